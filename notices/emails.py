"""How a ledger row becomes an e-mail: each app registers, per kind of notice, the function that writes it.

A writer is called when the message is about to be sent, perhaps hours after it was planned, and reads everything anew.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from notices.models import Notice

GAP = re.compile(r"\n{3,}")  # what a part that is empty leaves in the text


class NotNeeded(Exception):
    """The message has lost its point since it was planned: the event is cancelled, the person has no address, …"""


@dataclass
class Message:
    """What a writer returns. `template` names templates/<template>.html and .txt, which extend email/_layout."""

    subject: str
    template: str
    context: dict
    attachments: list[tuple[str, str, str]] = field(default_factory=list)
    pictures: dict[str, bytes] = field(default_factory=dict)  # PNG that the HTML shows as `cid:<key>`
    to_unconfirmed: bool = False  # only mails about an address that is still to confirm itself
    to: str = ""  # the address of a log-in, which need not be a channel; it gets no link to the person's settings
    reply_to: str = ""  # where an answer goes, when somebody wants one


class Mail(EmailMultiAlternatives):
    """A mail whose HTML shows pictures that travel in it, so that nothing is fetched when it is opened."""

    pictures: dict[str, bytes]

    def message(self, **options: Any) -> Any:
        whole = super().message(**options)
        if self.pictures:
            both: Any = next(part for part in whole.walk() if part.get_content_subtype() == "alternative")
            *others, page = both.get_payload()
            both.set_payload([*others, self._with_pictures(page)])
        return whole

    def _with_pictures(self, page) -> MIMEMultipart:
        related = MIMEMultipart("related", type="text/html")
        related.attach(page)
        for name, content in self.pictures.items():
            picture = MIMEImage(content, "png")
            picture["Content-ID"] = f"<{name}>"
            picture["Content-Disposition"] = "inline"
            related.attach(picture)
        return related


Writer = Callable[[Notice, datetime], Message]
WRITERS: dict[str, Writer] = {}
SECRET_KINDS: set[str] = set()


def writes(kind: str, *, secret: bool = False):
    """Register the decorated function, called with the notice and the moment, as the writer of notices of `kind`.

    The `data` of a `secret` kind is blanked as soon as the row closes: it holds a code that opens an account.
    """

    def register(function: Writer) -> Writer:
        WRITERS[kind] = function
        if secret:
            SECRET_KINDS.add(kind)
        return function

    return register


def absolute(path: str) -> str:
    """The public address of a path of this portal: mails are written where there is no request."""
    return settings.PUBLIC_URL + path


def address_of(person, *, unconfirmed: bool = False) -> str:
    """The person's e-mail address, '' when there is none that may be written to. One query."""
    for channel in person.channels.all():
        if channel.kind == channel.Kind.EMAIL and (channel.confirmed_at or unconfirmed):
            return channel.value
    return ""


def compose(notice: Notice, now: datetime) -> EmailMultiAlternatives:
    """Write `notice` in its reader's language, as things stand at `now`; NotNeeded when nothing should be sent."""
    person = notice.person
    with translation.override(person.language):
        message = WRITERS[notice.kind](notice, now)
        address = message.to or address_of(person, unconfirmed=message.to_unconfirmed)
        if not address or person.erased_at:
            raise NotNeeded("no address")
        settings_url = "" if message.to else absolute(reverse("people:settings-by-link", args=[person.settings_token]))
        context = {**message.context, "subject": message.subject, "person": person, "settings_url": settings_url}
        mail = Mail(
            subject=" ".join(message.subject.splitlines()),  # a line break in a title is no header of its own
            body=GAP.sub("\n\n", render_to_string(f"{message.template}.txt", context)),
            to=[address],
            reply_to=[message.reply_to] if message.reply_to else None,
            headers={
                "Message-ID": f"<{notice.message_id}@{parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition('@')[2]}>",
                "Auto-Submitted": "auto-generated",
                "Content-Language": person.language,
            }
            | (
                {"List-Unsubscribe": f"<{settings_url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
                if settings_url
                else {}
            ),
        )
        mail.pictures = message.pictures
        mail.attach_alternative(render_to_string(f"{message.template}.html", context), "text/html")
        for name, content, mimetype in message.attachments:
            mail.attach(name, content, mimetype)
    return mail

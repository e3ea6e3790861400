"""allauth's side of the portal: its mails go through the ledger, and a proved address is claimed for its person.

It stands here and not in `people`, because the ledger stands above `people`.
"""

import math
import uuid
from datetime import datetime, timedelta
from typing import NamedTuple

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.userkit import filter_users_by_email
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notices import operations as notices
from notices.emails import Message, absolute, writes
from notices.models import Notice
from people import operations as people
from people.middleware import remember_language
from people.models import User

KIND = "account_mail"


class Mail(NamedTuple):
    subject: Promise
    text: Promise
    if_not_you: Promise | None = None
    address: str = ""  # name of the URL of the page to go to
    action: Promise | None = None


_IGNORE = _("If it was not you, do nothing: without the code nothing happens.")
_ALARM = _("If it was not you, set a new password at once and tell us.")

# What allauth sends, by the name of its template; the words are ours.
CODES = {
    "email_confirmation_signup": Mail(
        _("Confirm your e-mail"),
        _("You are registering with the resident councils of Ķekava municipality. Type this code into the page you "
          "left open."),
        _("If it was not you, do nothing: without the code the account does not begin to work."),
    ),
    "email_confirmation": Mail(
        _("Confirm your e-mail"),
        _("Somebody gave this address for an account of the resident councils. If it was you, type this code into the "
          "page you left open."),
        _IGNORE,
    ),
    "login_code": Mail(_("Code to log in"), _("Type this code into the page you left open, and you are in."), _IGNORE),
    "password_reset_code": Mail(
        _("Code for a new password"),
        _("Type this code into the page you left open. Then you choose a new password."),
        _("If it was not you, do nothing: your password stays as it is."),
    ),
    "delete_account_code": Mail(
        _("Code to delete your account"),
        _("Type this code into the page you left open, and your account is deleted. It cannot be brought back."),
        _("If it was not you, somebody is logged in as you: log out on all your devices and tell us."),
    ),
}  # fmt: skip
NEWS = {
    "account_already_exists": Mail(
        _("You already have an account"),
        _("Somebody tried to register with this address, but it already has an account. You can log in with a code "
          "sent to this address; no password is needed."),
        _("If it was not you, do nothing."),
        "account_request_login_code",
        _("Log in with a code"),
    ),
    "password_changed": Mail(
        _("Your password was changed"), _("The password of your account was changed."), _ALARM,
        "account_reset_password", _("Set a new password"),
    ),
    "password_reset": Mail(
        _("Your password was changed"), _("The password of your account was set anew with a code from your e-mail."),
        _ALARM, "account_reset_password", _("Set a new password"),
    ),
    "password_set": Mail(
        _("Your account has a password now"), _("From now on you can log in with the password, too."), _ALARM,
        "account_reset_password", _("Set a new password"),
    ),
    "email_changed": Mail(
        _("The e-mail of your account was changed"),
        _("You now log in with %(new)s, and e-mails go there. This address is no longer connected with the account."),
        _("If it was not you, tell us at once."),
    ),
}  # fmt: skip


def send(*, mail: str, user: User, to: str, now: datetime, once: str = "", **data: str) -> None:
    """Plan a mail of CODES or NEWS to `to`, which need not be a confirmed address of the user's person.

    A code withdraws the codes of the same sort that are not sent yet: only the newest opens anything.
    `once` makes the second mail with the same value nothing. No more than CODES_PER_HOUR codes are sent for one
    account, wherever to: a form sent again and again must not fill a mailbox.
    """
    about = f"user:{user.pk}:{mail}"[:40]
    is_code = mail in CODES
    with transaction.atomic():
        if is_code:
            sent = Notice.objects.filter(person=user.person, kind=KIND, planned_at__gt=now - timedelta(hours=1))
            if sent.count() >= settings.CODES_PER_HOUR:
                return
            notices.cancel(about=about, kinds=[KIND], now=now)
        notices.plan(
            key=f"{KIND}:{mail}:{user.pk}:{once or uuid.uuid4()}",
            kind=KIND,
            about=about,
            person_id=user.person.pk,
            now=now,
            expires_at=now + timedelta(minutes=settings.CODE_MINUTES) if is_code else None,
            data={"mail": mail, "to": to, **data},
        )


@writes(KIND, secret=True)
def account_mail(notice: Notice, now: datetime) -> Message:
    data = notice.data
    mail = CODES.get(data["mail"]) or NEWS[data["mail"]]
    return Message(
        subject=str(mail.subject),
        template="account/email/mail",
        to=data["to"],
        context={
            "text": str(mail.text) % {"new": data.get("new", "")},
            "code": data.get("code", ""),
            "minutes": math.ceil((notice.expires_at - now).total_seconds() / 60) if notice.expires_at else 0,
            "if_not_you": mail.if_not_you,
            "address": absolute(reverse(mail.address)) if mail.address else "",
            "action": mail.action,
        },
    )


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is closed. Call or write to us if you want to use it again."),
        "duplicate_email": _("This is the address you already use."),
        "email_password_mismatch": _("The e-mail or the password is not right. Try again or log in with a code."),
        "email_taken": _("This address belongs to another account."),
        "enter_current_password": _("This is not your current password."),
        "incorrect_code": _("The code is not right. Check it and type it again."),
        "incorrect_password": _("The password is not right."),
        "invalid_login": _("The e-mail or the password is not right. Try again or log in with a code."),
        "invalid_password_reset": _("The code no longer works. Ask for a new one."),
        "rate_limited": _("Too fast. Wait a little and try again."),
        "same_as_current": _("This is the address you already use."),
        "too_many_login_attempts": _("Too many attempts. Wait a few minutes and try again."),
    }

    def send_mail(self, template_prefix, email, context):
        """Put the mail into the ledger: nobody waits for a mail server here, and a dead one loses nothing."""
        mail = template_prefix.rpartition("/")[2]
        user = context.get("user") or next(iter(filter_users_by_email(email, prefer_verified=True)), None)
        if user is None:
            return
        now = timezone.now()
        # A form sent again and again must not fill a stranger's mailbox.
        once = f"{now:%Y%m%d%H}" if mail == "account_already_exists" else ""
        data = {"code": context["code"]} if "code" in context else {}
        if mail == "email_changed":
            data["new"] = context["to_email"]
        send(mail=mail, user=user, to=email, now=now, once=once, **data)

    def send_notification_mail(self, template_prefix, user, context=None, email=None):
        """Tell the user of a change to the account; allauth would add the network address and the browser."""
        email = email or EmailAddress.objects.get_primary_email(user)
        self.send_mail(template_prefix, email, {**(context or {}), "user": user})

    def confirm_email(self, request, email_address):
        confirmed = super().confirm_email(request, email_address)
        if confirmed:
            people.claim_email(user=email_address.user, email=email_address.email, now=timezone.now())
        return confirmed

    def login(self, request, user):
        """Claim an address that a mailed code has just proved on another way than registration.

        An account whose address nobody had proved before may have been made by somebody else, who knows its password:
        when the owner of the mailbox comes in with a code, that password ends.
        """
        if not people.has_claimed(user=user, email=user.email):
            people.claim_email(user=user, email=user.email, now=timezone.now())
            methods = [record["method"] for record in get_authentication_records(request, user)]
            if methods[-1:] == ["code"] and user.has_usable_password():
                user.set_unusable_password()
                user.save(update_fields=["password"])
                messages.warning(
                    request,
                    gettext(
                        "The password given before this address was confirmed no longer works. "
                        "You can set a new one under “My details”."
                    ),
                )
        super().login(request, user)

    def post_login(self, request, user, **kwargs):
        """A device on which nobody chose a language speaks the account's."""
        response = super().post_login(request, user, **kwargs)
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            remember_language(response, user.person.language)
        return response

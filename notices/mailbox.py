"""The embedded mode's mail server: each message is a file in `settings.MAIL_FOLDER`, read in the browser at /pasts/."""

import base64
import re
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from pathlib import Path, PurePath
from typing import cast

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend

BACKEND = "notices.mailbox.FolderBackend"
LINE = 60  # letters of a line of the HTML, about
EDGES, A_LINE, A_PICTURE, TALLEST = 260, 12, 210, 1000  # pixels, as the mails of the portal were measured
NAME = re.compile(r"[0-9]{20}-[0-9a-f]{8}")


class FolderBackend(BaseEmailBackend):
    """Writes each message aside and renames it: a reader never meets half a message."""

    text_began = False  # the renaming is the last step, so what fails was not sent

    def send_messages(self, email_messages):
        folder = Path(settings.MAIL_FOLDER)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{time.time_ns():020d}-{uuid.uuid4().hex[:8]}"
            draft = folder / f".{name}"
            draft.write_bytes(message.message().as_bytes(linesep="\r\n"))
            draft.replace(folder / f"{name}.eml")
        return len(email_messages)


def is_used() -> bool:
    """Do mails end here? Only then may they be shown: everybody who reaches the portal can read them."""
    return settings.EMBEDDED and settings.EMAIL_BACKEND == BACKEND


@dataclass
class StoredMail:
    """A message of the folder; `name` is that of its file, made of the moment it was stored (ns) and chance."""

    name: str

    @property
    def stored_at(self) -> datetime:
        return datetime.fromtimestamp(int(self.name.partition("-")[0]) / 1e9, UTC)

    @cached_property
    def message(self) -> EmailMessage:
        return message_from_bytes((Path(settings.MAIL_FOLDER) / f"{self.name}.eml").read_bytes(), policy=policy.default)

    @property
    def text(self) -> str:
        part = self.message.get_body(["plain"])
        return part.get_content() if part else ""

    @property
    def html(self) -> str:
        """With the pictures that travel in the mail put in their places."""
        part = self.message.get_body(["html"])
        page = part.get_content() if part else ""
        for picture in cast(Iterator[EmailMessage], self.message.walk()):
            if name := picture["Content-ID"]:
                content = base64.b64encode(picture.get_content()).decode()
                page = page.replace(f"cid:{name.strip('<>')}", f"data:{picture.get_content_type()};base64,{content}")
        return page

    @property
    def height(self) -> int:
        """About how many pixels the HTML takes: a frame does not grow with its page. The plain text says the same."""
        lines = sum(1 + len(line) // LINE for line in self.text.splitlines() if "://" not in line)
        pictures = sum(bool(part["Content-ID"]) for part in cast(Iterator[EmailMessage], self.message.walk()))
        return min(EDGES + A_LINE * lines + A_PICTURE * pictures, TALLEST)

    @property
    def attachments(self) -> list[tuple[str, EmailMessage]]:
        """The attached parts with their file names, which hold no folder."""
        return [(PurePath(part.get_filename("pielikums")).name, part) for part in self.message.iter_attachments()]


def stored() -> list[StoredMail]:
    """All messages, newest first; none is read yet."""
    names = sorted((path.stem for path in Path(settings.MAIL_FOLDER).glob("*.eml")), reverse=True)
    return [StoredMail(name) for name in names if NAME.fullmatch(name)]


def find(name: str) -> StoredMail | None:
    """The message of this name, None when the name is none of ours or nothing is stored under it."""
    if NAME.fullmatch(name) and (Path(settings.MAIL_FOLDER) / f"{name}.eml").is_file():
        return StoredMail(name)
    return None

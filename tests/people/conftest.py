"""Mails as the resident reads them, and pages as a Latvian reads them."""

import re
from email import message_from_bytes, policy
from html.parser import HTMLParser

import pytest
from django.test import Client

from notices import operations

ENGLISH = re.compile(
    r"\b(the|your|you|please|email|password|code|sign|log|and|with|this|that|is|are|not|must|field|required|enter|account"
    r"|confirm|address|user|name|from|save|mail|for)\b",
    re.IGNORECASE,
)


class _Text(HTMLParser):
    def __init__(self):
        super().__init__()
        self.words, self.hidden = [], 0

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.hidden += tag in ("style", "script") or attrs.get("lang") == "en"
        self.words += [attrs[name] or "" for name in ("aria-label", "placeholder", "title", "alt") if name in attrs]

    def handle_endtag(self, tag):
        if tag in ("style", "script", "button") and self.hidden:
            self.hidden -= 1

    def handle_data(self, data):
        if not self.hidden:
            self.words.append(data)


def visible(html: str) -> str:
    """What a page or a mail says, addresses taken out."""
    parser = _Text()
    parser.feed(html)
    return re.sub(r"\S+@\S+|https?://\S+", "", " ".join(" ".join(parser.words).split()))


@pytest.fixture
def is_latvian():
    """Fail when an English word stands on the page or in the mail."""

    def check(html: str) -> None:
        text = visible(html)
        assert text
        assert not ENGLISH.search(text), (ENGLISH.search(text), text)

    return check


@pytest.fixture
def post_office(db, settings):
    """Deliver what the ledger holds and give back the new mails, oldest first."""
    settings.EMAIL_BACKEND = "notices.mailbox.FolderBackend"
    seen = set()

    def collect():
        operations.deliver()
        new = sorted(set(settings.MAIL_FOLDER.glob("*.eml")) - seen)
        seen.update(new)
        return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in new]

    return collect


def code_in(mail) -> str:
    return re.search(r"\b\d{4}-\d{4}\b", mail.get_body(("plain",)).get_content())[0]


@pytest.fixture
def client_b():
    """A second visitor on another device."""
    return Client()

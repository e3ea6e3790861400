"""What the log must not hold."""

import logging
import re
from http import HTTPStatus

PERSONAL_LINK = re.compile(r"/(r|a|s|i|v|atbilde|lemumi/sekot|mans/kalendars)/[^/\s\"']+")
_LETTER = r"[^\s@<>()\"'=,;:]"
# A word is read once, with all mailboxes in it: were each of its letters tried as the first one of a mailbox, a long
# address would hold the process up.
MAILBOX = re.compile(rf"(?<!{_LETTER}){_LETTER}++(?:@(?={_LETTER}*\.\w){_LETTER}++)+")
# What PostgreSQL adds to a refusal: the row or the key itself, over as many lines as its texts have.
REFUSED_ROW = re.compile(
    r"DETAIL:.*?(?=\n(?:HINT|CONTEXT|QUERY):|\n\nThe above exception|\n\nDuring handling|\Z)", re.DOTALL
)


class WithoutPersonalLinks(logging.Filter):
    """Blank the key in addresses like /r/<key>/: Django names the address of every refused request, and whoever reads
    the log could act for the person. Neither mailboxes nor rows that the database refused are repeated, also not in
    the traceback that goes with the message."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = _without_people(record.getMessage()), None
        if record.exc_info:  # a formatter takes what stands here for its own work
            record.exc_text = _without_people(_FORMATTER.formatException(record.exc_info))
        return True


def _without_people(text: str) -> str:
    text = REFUSED_ROW.sub("DETAIL: …", text)
    return MAILBOX.sub("…@…", PERSONAL_LINK.sub(r"/\1/…", text))


_FORMATTER = logging.Formatter()


class WithoutFormMistakes(logging.Filter):
    """Drop what Django says of a form that came back with red words: somebody mistyped, and the page told so."""

    def filter(self, record: logging.LogRecord) -> bool:
        return getattr(record, "status_code", None) != HTTPStatus.UNPROCESSABLE_ENTITY

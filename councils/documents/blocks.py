"""What a document of the portal is made of, whatever it is shown as: HTML, PDF and DOCX are drawn from the same blocks.

A block holds plain text. What somebody typed stands in it as it was typed, and no writer reads markup into it.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

# Control characters but the line's end, marks that turn the direction of writing around, and what is no character at
# all (surrogates, U+FDD0–FDEF, the last two of each plane): nothing of that belongs into a record.
_LAST_OF_PLANES = "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
_NOTHING = re.compile(
    f"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef{_LAST_OF_PLANES}]"
)


def clean(text: str) -> str:
    """The text as documents have it: composed letters, line breaks of one kind, nothing that cannot be seen or printed.

    XML and PDF refuse control characters, PostgreSQL's JSON refuses NUL.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return _NOTHING.sub("", unicodedata.normalize("NFC", text)).strip()


def paragraphs(text: str) -> list[str]:
    """The text's paragraphs, which an empty line parts; a single line break stays inside of one."""
    parts: list[list[str]] = [[]]
    for line in text.split("\n"):
        if line.strip():
            parts[-1].append(line.strip())
        elif parts[-1]:
            parts.append([])
    return ["\n".join(lines) for lines in parts if lines]


@dataclass(frozen=True)
class Facts:
    """Pairs of a word and what it is here: "Datums", "2026. gada 28. oktobris"."""

    rows: list[tuple[str, str]]
    kind: str = "facts"


@dataclass(frozen=True)
class Checksum:
    """A number for programs: no word of any language."""

    word: str
    value: str
    kind: str = "checksum"


@dataclass(frozen=True)
class Text:
    """Paragraphs. `quiet` ones say something beside the matter."""

    paragraphs: list[str]
    quiet: bool = False
    kind: str = "text"


@dataclass(frozen=True)
class Points:
    items: list[str]
    lead: str = ""
    kind: str = "points"


@dataclass(frozen=True)
class Lines:
    """Lines that carry their own numbers, as an agenda does: depth, text, and the key of the section it is about."""

    items: list[tuple[int, str, str]]
    kind: str = "lines"


@dataclass(frozen=True)
class Table:
    """`name` says what the table holds; the first column names its rows."""

    name: str
    head: list[str]
    rows: list[list[str]]
    kind: str = "table"


@dataclass(frozen=True)
class Decision:
    """What was decided, with the lines that belong to it (votes, who is in charge), never torn from it."""

    lead: str
    paragraphs: list[str]
    lines: list[str] = field(default_factory=list)
    kind: str = "decision"


Block = Facts | Checksum | Text | Points | Lines | Table | Decision


@dataclass(frozen=True)
class Section:
    """A part that a difference is shown for as a whole; `key` stays the same from version to version."""

    key: str
    title: str
    blocks: list[Block]
    level: int = 2

    def texts(self) -> Iterator[str]:
        """Every piece of text of the section, in the order in which it is read; the heading is the first."""
        if self.title:
            yield self.title
        for block in self.blocks:
            yield from texts(block)


@dataclass(frozen=True)
class Document:
    title: str
    kicker: str  # above the title: what it is, and its number
    organisation: str  # head of every page
    address: str  # foot of every page: where the document stands
    on: date  # the day it is of
    sections: list[Section]
    notice: str = ""  # a warning before everything else: it is a draft
    language: str = "lv"

    def __hash__(self) -> int:
        return hash(self.as_json)

    @cached_property
    def as_json(self) -> str:
        return json.dumps({**vars(self), "on": self.on.isoformat()}, ensure_ascii=False, default=vars)


def texts(block: Block) -> Iterator[str]:
    """Every piece of text of a block, in the order in which it is read."""
    match block:
        case Facts():
            for word, value in block.rows:
                yield f"{word}: {value}"
        case Checksum():
            yield f"{block.word}: {block.value}"
        case Text():
            yield from block.paragraphs
        case Points():
            if block.lead:
                yield block.lead
            yield from block.items
        case Lines():
            yield from (text for _depth, text, _key in block.items)
        case Table():
            yield from block.head
            for row in block.rows:
                yield from row
        case Decision():
            first, *rest = block.paragraphs or [""]
            yield f"{block.lead} {first}".strip()
            yield from rest
            yield from block.lines

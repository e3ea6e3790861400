"""What changed from one version of a document to another, section by section, in words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from councils.documents.blocks import Section

SAME, ADDED, REMOVED = "same", "added", "removed"
_PIECES = re.compile(r"\S+\s*|\s+")


@dataclass(frozen=True)
class Piece:
    kind: str  # SAME, ADDED, REMOVED
    text: str


@dataclass(frozen=True)
class Change:
    """A section that changed, or came, or went: its paragraphs, each in pieces."""

    key: str
    title: str
    kind: str  # SAME: it is in both, with other words
    lines: list[list[Piece]]


@dataclass(frozen=True)
class Difference:
    changes: list[Change]
    unchanged: int  # sections


def compare(before: list[Section], after: list[Section]) -> Difference:
    """Sections are matched by their keys; those that went stand where they stood."""
    old, new = {section.key: section for section in before}, {section.key: section for section in after}
    changes, unchanged = [], 0
    for key in _in_order(list(old), list(new)):
        then, now = old.get(key), new.get(key)
        shown = now or then
        assert shown is not None
        was, is_ = (list(section.texts()) if section else [] for section in (then, now))
        if was == is_:
            unchanged += 1
            continue
        kind = SAME if then and now else ADDED if now else REMOVED
        changes.append(Change(key, shown.title, kind, list(_lines(was, is_))))
    return Difference(changes, unchanged)


def _in_order(old: list[str], new: list[str]) -> Iterator[str]:
    """Every key once, in the new order, with the old ones that went put in before what followed them."""
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "insert":
            yield from (key for key in old[i:j] if tag == "equal" or key not in new)
        if tag in ("insert", "replace"):
            yield from new[k:m]


def _lines(was: list[str], is_: list[str]) -> Iterator[list[Piece]]:
    """The paragraphs one under the other; those that did not change are left out."""
    for tag, i, j, k, m in SequenceMatcher(None, was, is_, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        old, new = was[i:j], is_[k:m]
        for number in range(max(len(old), len(new))):
            before = old[number] if number < len(old) else ""
            after = new[number] if number < len(new) else ""
            yield list(_words(before, after))


def _words(before: str, after: str) -> Iterator[Piece]:
    """In long texts the commonest words are no marks to hold on to: with them, the search would take minutes."""
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=True).get_opcodes():
        if tag == "equal":
            yield Piece(SAME, "".join(old[i:j]))
            continue
        if i < j:
            yield Piece(REMOVED, "".join(old[i:j]))
        if k < m:
            yield Piece(ADDED, "".join(new[k:m]))

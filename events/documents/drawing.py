"""PDF drawn by typst: tagged, PDF/A-2a to be kept and PDF/UA-1 to be read aloud.

What is drawn goes to typst as JSON: what somebody typed never becomes markup. Fonts come from the portal's own files
(tools/assets.py), never from the machine, so that a document looks the same wherever it is made.
"""

import json
import re
import unicodedata
from datetime import UTC, date, datetime, time
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from fontTools.ttLib import TTFont

STANDARDS: Any = ["a-2a", "ua-1"]
# What the font lacks and people type. PDF/A takes no letter that cannot be drawn.
INSTEAD = {
    "→": "->",
    "←": "<-",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "✓": "+",
    "✔": "+",
    "✗": "x",
    "✘": "x",
    "‐": "-",
    "‑": "-",
}
UNKNOWN = "[?]"
LONG_WORD = re.compile(r"\S{30,}")
PIECE = re.compile(r".{10}(?=.)")


def _folder() -> Path:
    return settings.BASE_DIR / "static/built/documents"


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[_folder()])


@cache
def _letters() -> frozenset[str]:
    with TTFont(_folder() / "KPSans-Regular.ttf", lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap())) | {"\n"}


def drawable(text: str) -> str:
    """The text with nothing in it that the font cannot draw."""
    letters = _letters()
    if letters.issuperset(text):
        return text
    return "".join(char if char in letters else _instead(char) for char in text)


def _instead(char: str) -> str:
    letters = _letters()
    other = INSTEAD.get(char) or unicodedata.normalize("NFKC", char)
    if letters.issuperset(other):
        return other
    bare = "".join(part for part in unicodedata.normalize("NFKD", char) if part in letters)
    if bare or unicodedata.category(char) in ("Cf", "Mn", "Me"):  # nothing that stands alone
        return bare
    return UNKNOWN


def breakable(text: str) -> str:
    """The text with places at which a word that fits no line may be broken; they are seen and copied by nobody."""
    return LONG_WORD.sub(lambda found: PIECE.sub(lambda piece: f"{piece[0]}\u200b", found[0]), text)


def _drawable(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _drawable(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_drawable(part) for part in value]
    return _fit(value) if isinstance(value, str) else value


@lru_cache(maxsize=1024)
def _fit(text: str) -> str:
    """Most words of a document come again and again."""
    return breakable(drawable(text))


def draw(template: Path, *, on: date, picture: str = "", **inputs: Any) -> bytes:
    """The template with `inputs`, which it reads as `json(bytes(sys.inputs.name))`, and an SVG of our own making, which
    is `sys.inputs.picture`. The same inputs give the same file, dated noon of the day `on`."""
    made: bytes = typst.compile(
        template,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={name: json.dumps(_drawable(value)) for name, value in inputs.items()} | {"picture": picture},
        pdf_standards=STANDARDS,
        timestamp=datetime.combine(on, time(12), UTC),
    )
    return made

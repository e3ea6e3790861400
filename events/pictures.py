"""The picture that shows when somebody shares an event: a card of 1200×630 with title, time and place.

Nothing but letters is drawn on it, so there is nothing in it that somebody typed and a program would run. The letters
come from the portal's own files (tools/assets.py). About 20 ms a picture.
"""

import hashlib
import io
import unicodedata
from dataclasses import astuple, dataclass
from functools import cache, lru_cache

from django.conf import settings
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont

from events.models import Event
from neighbourhoods import latvian

VERSION = 1  # goes up whenever the same event is drawn otherwise
SIZE = (1200, 630)
MARGIN = 72
WIDTH = SIZE[0] - 2 * MARGIN
LINEN, INK, MUTED, GREEN, RED = "#F6F3EC", "#2B2C27", "#5D5E5A", "#12594A", "#B3261E"
TITLE_SIZES, MOST_LINES = (88, 80, 72, 64, 56, 50), 4
TITLE_TOP, TITLE_BOTTOM = 176, 450


@dataclass(frozen=True)
class Card:
    """What stands on the picture, in the language of the municipality."""

    kicker: str
    title: str
    when: str
    where: str
    mark: str = ""  # "Atcelts"

    @property
    def version(self) -> str:
        """The same for the same picture, whoever draws it."""
        return hashlib.sha256("\0".join([str(VERSION), *astuple(self)]).encode()).hexdigest()[:20]


def card(event: Event, areas: list[str]) -> Card:
    """The card of an event; `areas` are the names of its neighbourhoods. No query."""
    with translation.override(settings.LANGUAGE_CODE):
        place = event.venue if event.has_room else _("Remotely")
        return Card(
            kicker=" · ".join([event.get_kind_display(), ", ".join(areas) or _("Whole municipality")]),
            title=event.title,
            when=capfirst(latvian.span(event.starts_at, event.ends_at)),
            where=place,
            mark=pgettext("event", "Cancelled") if event.cancelled_at else "",
        )


def draw(card: Card) -> bytes:
    """The card as PNG; the same card always gives the same bytes."""
    picture = Image.new("RGB", SIZE, LINEN)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, SIZE[0], 18), fill=GREEN)
    kicker_width = WIDTH - (_mark(pen, card.mark) if card.mark else 0)
    pen.text((MARGIN, 88), _line(card.kicker, _font("Bold", 40), kicker_width), GREEN, _font("Bold", 40))
    lines, font = _title(card.title)
    step = round(font.size * 1.12)
    top = TITLE_TOP + max(0, (TITLE_BOTTOM - TITLE_TOP - step * len(lines)) // 2)
    for number, line in enumerate(lines):
        pen.text((MARGIN, top + number * step), line, INK, font)
    beside_sign = WIDTH - 110
    size = next((size for size in (42, 38, 34) if _font("Bold", size).getlength(card.when) <= beside_sign), 30)
    pen.text((MARGIN, 470), _line(card.when, _font("Bold", size), beside_sign), INK, _font("Bold", size))
    pen.text((MARGIN, 532), _line(card.where, _font("Regular", 36), beside_sign), MUTED, _font("Regular", 36))
    picture.paste(_sign(), (SIZE[0] - MARGIN - 80, SIZE[1] - 52 - 80))
    file = io.BytesIO()
    few = picture.quantize(64, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.save(file, "PNG")
    return file.getvalue()


def _mark(pen: ImageDraw.ImageDraw, word: str) -> int:
    """The word in a red box at the right; returns the width it takes."""
    font = _font("Bold", 36)
    width = round(font.getlength(word)) + 48
    right = SIZE[0] - MARGIN
    pen.rounded_rectangle((right - width, 80, right, 80 + 64), 12, fill=RED)
    pen.text((right - width // 2, 80 + 31), word, "#FFFFFF", font, anchor="mm")
    return width + 32


@cache
def _sign() -> Image.Image:
    """The portal's mark, static/icon.svg, drawn twice as large as needed and made smaller, for smooth edges."""
    scale = 4.0
    sign = Image.new("RGB", (round(40 * scale),) * 2, LINEN)
    pen = ImageDraw.Draw(sign)
    pen.rounded_rectangle((0, 0, sign.width - 1, sign.height - 1), 9 * scale, fill=GREEN)
    for x, y in ((14, 10), (22, 10), (10, 16.5), (18, 16.5), (26, 16.5), (14, 23), (22, 23), (30, 23)):
        pen.circle((x * scale, y * scale), 2.6 * scale, fill="#FFFFFF")
    # The wave's two Bézier curves as points.
    points = []
    for (x0, y0), (x1, y1), (x2, y2), (x3, y3) in (
        ((5.0, 31.0), (10.0, 27.5), (14.0, 33.6), (20.0, 31.0)),
        ((20.0, 31.0), (26.0, 28.4), (29.0, 27.6), (35.0, 31.0)),
    ):
        for n in range(13):
            t = n / 12
            a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
            points.append(((a * x0 + b * x1 + c * x2 + d * x3) * scale, (a * y0 + b * y1 + c * y2 + d * y3) * scale))
    pen.line(points, fill="#FFFFFF", width=round(2.6 * scale), joint="curve")
    return sign.resize((80, 80), Image.Resampling.LANCZOS)


# --- letters ----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=16)
def _font(style: str, size: int) -> ImageFont.FreeTypeFont:
    path = settings.BASE_DIR / f"static/built/documents/KPSans-{style}.ttf"
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)


@cache
def _letters() -> frozenset[str]:
    with TTFont(settings.BASE_DIR / "static/built/documents/KPSans-Bold.ttf", lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))


def _drawable(text: str) -> str:
    """One line without what the font cannot draw: a letter with a strange mark loses the mark, a picture goes."""
    known = _letters()
    found = []
    for char in unicodedata.normalize("NFC", text):
        instead = " " if char.isspace() else unicodedata.normalize("NFKD", char)
        found.append(char if char in known else "".join(part for part in instead if part in known))
    return " ".join("".join(found).split())


def _title(text: str) -> tuple[list[str], ImageFont.FreeTypeFont]:
    """The title in lines, in the largest letters that leave room for all of it; what is too long ends in "…"."""
    words = _drawable(text)
    for size in TITLE_SIZES:
        font = _font("Bold", size)
        lines = _wrapped(words, font)
        if len(lines) <= MOST_LINES and len(lines) * size * 1.12 <= TITLE_BOTTOM - TITLE_TOP:
            return lines, font
    lines = lines[:MOST_LINES]
    lines[-1] = _line(f"{lines[-1]} …", font, WIDTH)
    return lines, font


def _wrapped(text: str, font: ImageFont.FreeTypeFont) -> list[str]:
    """The text broken at spaces, and inside a word only where the word is longer than a line."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if font.getlength(longer) <= WIDTH:
            lines[-1] = longer
            continue
        if lines[-1]:
            lines.append("")
        for char in word:
            if font.getlength(lines[-1] + char) > WIDTH:
                lines.append("")
            lines[-1] += char
    return lines


def _line(text: str, font: ImageFont.FreeTypeFont, width: float) -> str:
    """One line; what does not fit is left out after "…"."""
    text = _drawable(text)
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(f"{text}…") > width:
        text = text[:-1].rstrip(" …")
    return f"{text}…"

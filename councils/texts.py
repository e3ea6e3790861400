"""Texts that people write in the portal: Markdown on its way to a page, numbers of the regulation that fill themselves
in, and the words with which a document begins."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any

import nh3
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from markdown_it import MarkdownIt
from markdown_it.token import Token

from councils.models import LetterTemplate
from councils.regulation import RULES, Regulation

# --- Markdown ---------------------------------------------------------------------------------------------------------

# HTML stays text, pictures have their own place beside the text, and a line break is a line break.
_markdown = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(["image", "html_inline", "html_block"])
_clean: Callable[[str], str] = nh3.Cleaner(
    tags={"p", "br", "hr", "strong", "em", "a", "ul", "ol", "li", "blockquote", "code", "pre"}
    | {f"h{n}" for n in range(2, 7)},
    attributes={"a": {"href", "class"}, "ol": {"start"}},
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel="noopener",
).clean  # fmt: skip
BARE_ADDRESS = re.compile(r"(?<!\]\()(?<![<\[\w/\"'`=.@])(https?://[^\s<>()\[\]\"'`]*[^\s<>()\[\]\"'`.,;:!?*_])")


def to_html(text: str, *, first_heading: int = 2) -> SafeString:
    """Markdown as HTML that may stand in a page whose headings above it end at `first_heading` - 1.

    Whatever signs the writer used, headings begin at `first_heading` and leave no level out. HTML in the text is
    shown as text; what is made of the rest passes an allow-list. An address alone becomes a link.
    """
    tokens = _markdown.parse(BARE_ADDRESS.sub(r"<\1>", text))
    _level_headings(tokens, first_heading)
    for token in tokens:
        for part in token.children or ():
            if part.type == "link_open":
                part.attrSet("class", "ds-link")
    return mark_safe(_clean(_markdown.renderer.render(tokens, _markdown.options, {})))  # noqa: S308 - allow-listed above


def plain(text: str) -> str:
    """Markdown as words alone, for a mail or the line under a title."""
    return unescape(strip_tags(to_html(text))).strip()


def _level_headings(tokens: Iterable[Token], first: int) -> None:
    open_levels: list[int] = []
    for token in tokens:
        if token.type == "heading_open":
            level = int(token.tag[1])
            while open_levels and open_levels[-1] >= level:
                open_levels.pop()
            open_levels.append(level)
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(first + len(open_levels) - 1, 6)}"


# --- numbers and names that fill themselves in ------------------------------------------------------------------------

PLACE = re.compile(r"\{(\w+)\}")


def fill(text: str, facts: Mapping[str, Any]) -> str:
    """Put facts into `{NAME}`; a name that is none stays as it is written."""
    return PLACE.sub(lambda found: str(facts.get(found[1], found[0])), text)


def unknown_names(text: str, known: Iterable[str]) -> list[str]:
    """Names in braces that `fill` would leave standing, in the order in which they come."""
    return [name for name in dict.fromkeys(PLACE.findall(text)) if name not in set(known)]


# --- the words with which a document begins ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Letter:
    """A document, the words it begins with as long as the municipality has not written others, and the names it knows
    beside the regulation's numbers."""

    title: Any
    default: str
    names: tuple[str, ...]


LETTERS = {
    "announcement": Letter(
        _("Announcement of a meeting"),
        "Saskaņā ar Ķekavas novada iedzīvotāju padomju nolikuma (Nr. 12/2025) 38. punktu izziņojam padomes sēdi: "
        "{councils}. Sēde ir atklāta, ikviens var nākt un klausīties.",
        ("councils",),
    ),
    "minutes_head": Letter(
        _("Head of the minutes"),
        "Ķekavas novada pašvaldība\n{councils}",
        ("councils",),
    ),
    "submission_letter": Letter(
        _("Letter with a submission"),
        "Iesniedzam padomes iesniegumu. Lūdzam to izskatīt {SUBMISSION_REPLY} mēneša laikā, kā nosaka Ķekavas novada "
        "iedzīvotāju padomju nolikuma (Nr. 12/2025) 27. punkts, un atbildē norādīt, kas tiks darīts un kad; ja "
        "iesniegumu neatbalsta, – iemeslu un to, ko piedāvājat tā vietā.",
        ("councils", "unit"),
    ),
}


def letter_names(code: str) -> tuple[str, ...]:
    """What may stand in braces in the words of this document."""
    return (*LETTERS[code].names, *RULES)


def letter(code: str, rules: Regulation, **facts: Any) -> str:
    """The words with which the document begins, with everything filled in; `facts` are those of `Letter.names`.

    One query. KeyError for an unknown code, TypeError when a fact is missing.
    """
    if missing := set(LETTERS[code].names) - set(facts):
        raise TypeError(f"letter({code!r}) needs {', '.join(sorted(missing))}.")
    row = LetterTemplate.objects.filter(code=code, language="lv").first()
    return fill(row.text if row else LETTERS[code].default, {**rules.numbers, **facts})

"""Words of Latvian that a page of another language does not mark as such (WCAG 3.1.2)."""

import re
from collections.abc import Iterable
from html.parser import HTMLParser

LETTERS = re.compile("[āčēģīķļņšūž]", re.IGNORECASE)
EMPTY = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
HOLDS_NO_ELEMENT = {"title", "script", "style", "textarea"}


def unmarked(html: str, names: Iterable[str] = ()) -> list[str]:
    """Texts with letters that Latvian alone has, and no `lang="lv"` around them. `names` are nobody's language."""
    reader = _Reader()
    reader.feed(html)
    longest_first = sorted(filter(None, names), key=len, reverse=True)
    named = re.compile("|".join(map(re.escape, longest_first)) or "$^")
    return [text for text in reader.texts if LETTERS.search(named.sub("", text))]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag not in EMPTY:
            self.open.append((tag, dict(attrs).get("lang") or (self.open[-1][1] if self.open else "")))

    def handle_startendtag(self, tag, attrs):
        """An empty element of SVG."""

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if self.open and self.open[-1][0] not in HOLDS_NO_ELEMENT and self.open[-1][1] != "lv" and data.strip():
            self.texts.append(" ".join(data.split()))

"""A document as PDF (events/documents/drawing.py says how). About 20 ms for three agenda items, see
tests/councils/test_documents.py."""

import json
from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext as _

from councils.documents.blocks import Document
from events.documents.drawing import draw

TEMPLATE = Path(__file__).with_name("document.typ")


def render(document: Document) -> bytes:
    """The same document always gives the same file."""
    with translation.override(document.language):
        words = {"page": _("page {page} of {pages}")}
    return draw(TEMPLATE, on=document.on, document=json.loads(document.as_json), words=words)

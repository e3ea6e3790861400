"""A document as DOCX, with python-docx: real headings, lists and table headers, in the document's language."""

import io
from datetime import datetime, time

import docx
from django.utils import translation
from django.utils.translation import gettext as _
from docx.document import Document as Word
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from councils.documents.blocks import Block, Checksum, Decision, Document, Facts, Lines, Points, Table, Text

GREEN, QUIET = RGBColor(0x12, 0x59, 0x4A), RGBColor(0x44, 0x44, 0x44)
FONT = "Calibri"
LOCALES = {"lv": "lv-LV", "en": "en-GB"}
PAGE = (Mm(210), Mm(297))
MARGINS = {"left_margin": Mm(20), "right_margin": Mm(18), "top_margin": Mm(24), "bottom_margin": Mm(24)}


def render(document: Document) -> bytes:
    word = docx.Document()
    _set_up(word, document)
    if document.notice:
        word.add_paragraph(style="Notice").add_run(document.notice)
    word.add_paragraph(document.kicker, style="Quiet")
    word.add_heading(document.title, level=1)
    for section in document.sections:
        if section.title:
            word.add_heading(section.title, level=section.level)
        for block in section.blocks:
            _draw(word, block)
    content = io.BytesIO()
    word.save(content)
    return content.getvalue()


# --- the file as a whole ----------------------------------------------------------------------------------------------


def _set_up(word: Word, document: Document) -> None:
    about = word.core_properties
    about.title = f"{document.kicker}. {document.title}"[:255]
    about.author = about.last_modified_by = document.organisation
    about.comments = about.keywords = ""
    about.language = LOCALES[document.language]
    about.created = about.modified = datetime.combine(document.on, time(12))
    _make_styles(word, LOCALES[document.language])
    page = word.sections[0]
    page.page_width, page.page_height = PAGE
    for name, width in MARGINS.items():
        setattr(page, name, width)
    page.header.paragraphs[0].text = document.organisation
    foot = page.footer.paragraphs[0]
    foot.text = document.address
    with translation.override(document.language):
        before, between, after = _split(_("page {page} of {pages}"))
    foot.add_run(f"\t{before}")
    _add_field(foot, "PAGE")
    foot.add_run(between)
    _add_field(foot, "NUMPAGES")
    foot.add_run(after)
    width = Mm(210 - 20 - 18)
    foot.paragraph_format.tab_stops.add_tab_stop(width, WD_TAB_ALIGNMENT.RIGHT)


def _split(words: str) -> tuple[str, str, str]:
    before, _found, rest = words.partition("{page}")
    between, _found, after = rest.partition("{pages}")
    return before, between, after


def _make_styles(word: Word, locale: str) -> None:
    styles = word.styles
    defaults = styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    language = defaults.find(qn("w:lang"))
    for name in ("val", "eastAsia"):
        language.set(qn(f"w:{name}"), locale)
    normal = styles["Normal"]
    _set_font(normal, 11)
    normal.paragraph_format.space_after = Pt(6)
    for level, size in ((1, 18), (2, 13), (3, 11.5), (4, 11), (5, 11), (6, 11)):
        heading = styles[f"Heading {level}"]
        _set_font(heading, size, bold=True, italic=False)
        heading.font.color.rgb = RGBColor(0, 0, 0)
        heading.paragraph_format.space_before = Pt(14 if level > 1 else 0)
        heading.paragraph_format.space_after = Pt(4)
        heading.paragraph_format.keep_with_next = True
    for name in ("Header", "Footer"):
        _set_font(styles[name], 9.5)
        styles[name].font.color.rgb = QUIET
        styles[name].paragraph_format.tab_stops.clear_all()
    quiet = styles.add_style("Quiet", WD_STYLE_TYPE.PARAGRAPH)
    quiet.base_style = normal
    quiet.font.color.rgb = QUIET
    notice = styles.add_style("Notice", WD_STYLE_TYPE.PARAGRAPH)
    notice.base_style = normal
    notice.font.bold = True
    _add_border(notice, "top", "left", "bottom", "right", size=8, colour="000000")
    decision = styles.add_style("Decision", WD_STYLE_TYPE.PARAGRAPH)
    decision.base_style = normal
    decision.paragraph_format.left_indent = Mm(5)
    decision.paragraph_format.keep_together = True
    _add_border(decision, "left", size=20, colour="12594A")


def _set_font(style, size: float, **more: bool) -> None:
    """For every script: the template's styles name fonts of a theme, which would win."""
    style.font.name = FONT
    style.font.size = Pt(size)
    for name, value in more.items():
        setattr(style.font, name, value)
    fonts = style.element.rPr.rFonts
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), FONT)


def _add_border(style, *sides: str, size: int, colour: str) -> None:
    properties = style.element.get_or_add_pPr()
    borders = OxmlElement("w:pBdr")
    for side in sides:
        border = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", str(size)), ("space", "8"), ("color", colour)):
            border.set(qn(f"w:{name}"), value)
        borders.append(border)
    properties.insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:outlineLvl")


def _add_field(paragraph, code: str) -> None:
    """A number that Word counts itself."""
    for kind, text in (("begin", ""), ("", code), ("separate", ""), ("text", "1"), ("end", "")):
        run = paragraph.add_run()
        if kind == "text":
            run.text = text
            continue
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.set(qn("xml:space"), "preserve")
            element.text = f" {text} "
        run._r.append(element)


# --- its parts --------------------------------------------------------------------------------------------------------


def _draw(word: Word, block: Block) -> None:
    match block:
        case Facts():
            for label, value in block.rows:
                paragraph = word.add_paragraph()
                paragraph.paragraph_format.space_after = Pt(2)
                paragraph.add_run(f"{label}: ").bold = True
                paragraph.add_run(value)
        case Checksum():
            paragraph = word.add_paragraph()
            paragraph.add_run(f"{block.word}: ").bold = True
            paragraph.add_run(block.value)
        case Text():
            for text in block.paragraphs:
                word.add_paragraph(text, style="Quiet" if block.quiet else None)
        case Points():
            if block.lead:
                word.add_paragraph(block.lead).paragraph_format.keep_with_next = True
            for item in block.items:
                word.add_paragraph(item, style="List Bullet")
        case Lines():
            for depth, line, _key in block.items:
                paragraph = word.add_paragraph(line, style="List")
                paragraph.paragraph_format.first_line_indent = 0
                paragraph.paragraph_format.left_indent = Mm(6 * depth)
                paragraph.paragraph_format.space_after = Pt(2)
        case Table():
            _draw_table(word, block)
        case Decision():
            _draw_decision(word, block)


def _draw_table(word: Word, block: Table) -> None:
    table = word.add_table(rows=0, cols=len(block.head), style="Table Grid")
    for number, texts in enumerate([block.head, *block.rows]):
        cells = table.add_row().cells
        for cell, text in zip(cells, texts, strict=True):
            cell.paragraphs[0].paragraph_format.space_after = Pt(2)
            cell.paragraphs[0].add_run(text).bold = number == 0 or None
    head = table.rows[0]._tr.get_or_add_trPr()
    head.append(OxmlElement("w:tblHeader"))  # repeated on every page, and read as the head
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    _describe(table, block.name)
    word.add_paragraph().paragraph_format.space_after = Pt(0)


def _describe(table, name: str) -> None:
    caption = OxmlElement("w:tblCaption")
    caption.set(qn("w:val"), name)
    table._tbl.tblPr.append(caption)


def _draw_decision(word: Word, block: Decision) -> None:
    first, *rest = block.paragraphs or [""]
    paragraph = word.add_paragraph(style="Decision")
    paragraph.add_run(f"{block.lead} ").bold = True
    paragraph.add_run(first)
    lines = [word.add_paragraph(text, style="Decision") for text in rest]
    for line in block.lines:
        lines.append(word.add_paragraph(style="Decision"))
        lines[-1].add_run(line).font.color.rgb = QUIET
    for before, after in zip([paragraph, *lines], lines, strict=False):
        before.paragraph_format.keep_with_next = True
        before.paragraph_format.space_after = after.paragraph_format.space_before = Pt(2)

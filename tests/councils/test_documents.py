"""The record of a meeting as data, and the documents drawn from it: the page, the PDF and the DOCX say the same."""

import gc
import io
import json
import re
import statistics
import time
import zipfile
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import docx as word
import pytest
from django.template.loader import render_to_string
from django.utils import translation
from pypdf import PdfReader

from councils.documents import blocks, differences, docx, pdf, record
from councils.documents import minutes as documents
from councils.documents.blocks import Checksum, Decision, Document, Facts, Lines, Points, Section, Table, Text
from councils.documents.minutes import Seal
from councils.models import AgendaItem, LetterTemplate, Meeting, Minutes, Paper, StoredFile
from events.documents.drawing import drawable
from tests.councils import minutes_world as world

pytestmark = pytest.mark.django_db


def taken(there, number="8/2026"):
    return world.taken(there.meeting, number)


def drawn(content, **fields):
    return documents.document(content, Seal(**({"version": 1, "sha256": record.digest(content)} | fields)))


# --- the record -------------------------------------------------------------------------------------------------------


def test_record_says_what_pl_41_7_asks_for():
    content = taken(world.held_meeting())

    assert (content["opened_at"], content["closed_at"]) == ("2026-11-12T18:30+02:00", "2026-11-12T20:10+02:00")
    assert content["leader"] == {"name": "Āris Ķēniņš", "office": "chair"}
    assert content["minute_taker"] == {"name": "Žanete Ļaudona", "office": "secretary"}
    assert (content["openness"], content["residents"]) == ("open", 27)
    assert content["others"] == ["Jānis Bērziņš, Ceļu nodaļa", "Ilze Ozola, KAC"]
    [group] = content["members"]
    assert (group["present"], group["needed"]) == (3, 3)
    assert [(p["name"], p["mark"], p["arrived_at"], p["left_at"]) for p in group["people"]] == [
        ("Ņina Čaka", "excused", None, None),
        ("Ēriks Ģērmanis", "unexcused", None, None),
        ("Āris Ķēniņš", "present", None, None),
        ("Žanete Ļaudona", "remote", "2026-11-12T18:45+02:00", None),
        ("Anna Šķēle", "present", None, "2026-11-12T19:30+02:00"),
    ]
    item = content["items"][1]
    assert (item["label"], item["title"], item["outcome"]) == ("2", "Gājēju pāreja nr. 2", "discussed")
    assert item["recusals"] == ["Žanete Ļaudona"]
    assert item["tasks"] == [{"title": "Sagatavot 2. vēstuli", "owner": "Anna Šķēle", "due_on": "2026-12-02"}]
    [resolution] = item["resolutions"]
    assert (resolution["number"], resolution["outcome"], resolution["casting_vote"]) == (
        "2/2026",
        "adopted",
        "in_favour",
    )
    assert resolution["names"] == {
        "in_favour": ["Āris Ķēniņš"],
        "against": ["Anna Šķēle"],
        "abstained": [],
        "not_voted": [],
    }


def test_record_names_no_resident_no_private_reason_and_no_link_to_join():
    text = record.canonical(taken(world.held_meeting())).decode()
    for secret in ("slims bērns", "radinieka uzņēmums", "slepena-saite", "biedrs0"):
        assert secret not in text


def test_record_of_a_vote_by_count_names_nobody():
    there = world.held_meeting()
    resolution = there.meeting.agenda.get(position=1).resolutions.get()
    resolution.vote_kind, resolution.in_favour = "by_count", 3
    resolution.save()

    [said] = taken(there)["items"][0]["resolutions"]

    assert (said["in_favour"], said["names"]) == (3, None)
    sections = {section.key: section for section in drawn(taken(there)).sections}
    text = "\n".join(sections[f"item-{resolution.item_id}"].texts())
    assert "Par – 3, pret – 1, atturas – 0" in text
    assert "Par: " not in text


def test_record_of_a_joint_meeting_keeps_the_councils_apart():
    there = world.held_meeting(items=1)
    other = world.council_with_members(["Zane Zīle", "Yvo Ņūtons"])
    there.meeting.councils.add(other.council)
    item = there.meeting.agenda.get()
    world.vote(item, there, 7, council=other.council, position=2)

    content = taken(there)

    assert [(group["council"], len(group["people"]), group["present"]) for group in content["members"]] == [
        (there.council.name, 5, 3),
        (other.council.name, 2, 0),
    ]
    assert [row["council"] for row in content["items"][0]["resolutions"]] == [there.council.name, other.council.name]
    titles = [section.title for section in drawn(content).sections]
    assert f"Padomes locekļi: {other.council.name}" in titles


def closed(there, position, **fields):
    AgendaItem.objects.filter(meeting=there.meeting, position=position).update(is_restricted=True, **fields)


def test_par_38_public_record_has_of_a_closed_item_its_number_alone():
    there = world.held_meeting()
    closed(there, 2, title="Par Kārļa Kalna parādu", notes="Kārlis Kalns ir parādā.")
    child = world.add_item(there.meeting, there, 4, title="Kalna maksājumi", notes="Pa daļām.")
    AgendaItem.objects.filter(pk=child.pk).update(parent=there.meeting.agenda.get(position=2), position=9)
    content = taken(there)

    public = record.public(content)

    assert (content["openness"], public["openness"]) == ("partly", "partly")
    assert [item.get("title") for item in public["items"]] == ["Gājēju pāreja nr. 1", None, "Gājēju pāreja nr. 3", None]
    assert set(public["items"][1]) == {"id", "label", "depth", "is_closed"}
    said = record.canonical(public).decode() + drawn(public).as_json
    for secret in ("Kaln", "parād", "Pa daļām", "2. priekšlikumu", "2. vēstuli"):
        assert secret not in said
    assert "2. Slēgts jautājums" in drawn(public).as_json
    assert "Kārlis Kalns ir parādā." in drawn(content).as_json
    assert (record.is_whole(content), record.is_whole(public)) == (False, True)


def test_record_is_the_same_bytes_whatever_order_its_keys_have():
    content = taken(world.held_meeting())
    shuffled = json.loads(json.dumps(content, sort_keys=True))
    assert record.canonical(shuffled) == record.canonical(content)
    assert record.digest(content) == record.digest(shuffled)
    assert "Āris Ķēniņš".encode() in record.canonical(content)


def test_record_costs_the_same_queries_for_three_items_and_for_thirty(django_assert_num_queries):
    three, thirty = world.held_meeting(items=3), world.held_meeting(items=30)
    for there in (three, thirty):
        with django_assert_num_queries(13):
            taken(there)


def test_record_lists_public_papers_and_the_minutes_that_were_approved():
    there = world.held_meeting()
    item = there.meeting.agenda.get(position=1)
    file = StoredFile.objects.create(name="a.pdf", kind="pdf", size=1, sha256="0" * 64, uploaded_at=world.AFTER)
    Paper.objects.create(item=item, file=file, title="Plāns")
    Paper.objects.create(item=item, file=file, title="Slepenais", is_restricted=True)
    AgendaItem.objects.filter(pk=item.pk).update(kind="approval")
    earlier = world.held_meeting(items=0, world=there, starts_at=world.OPENED - 30 * world.DAY).meeting
    Minutes.objects.create(meeting=earlier, year=2026, number=7, drafted_at=world.AFTER, approved_in=item.meeting)

    said = world.taken(item.meeting)["items"][0]

    assert (said["papers"], said["approves"]) == (["Plāns"], ["7/2026"])


def test_record_begins_with_the_words_of_the_municipality():
    there = world.held_meeting(items=0)
    assert taken(there)["head"] == f"Ķekavas novada pašvaldība\n{there.council.name}"
    LetterTemplate.objects.create(code="minutes_head", text="Cita pašvaldība, {councils}", changed_at=world.AFTER)
    assert drawn(taken(there)).organisation == f"Cita pašvaldība, {there.council.name}"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" a\r\nb\rc\t d \n", "a\nb\nc  d"),
        ("ka\u0304ts", "kāts"),
        ("a\x00b\x1bc\x7f", "abc"),
        ("\u202egrozīts\u2066", "grozīts"),
        ("x\ufffe\ufdd0y", "xy"),
    ],
)
def test_clean_keeps_what_a_document_can_hold(typed, kept):
    assert blocks.clean(typed) == kept


# --- three shapes, one text -------------------------------------------------------------------------------------------

WORDS = re.compile(r"[\s\u200b]+")


def bare(text):
    """The letters of a text in their order: how lines and cells are set is each shape's own."""
    return WORDS.sub("", text)


class Html(HTMLParser):
    """Texts of the sections of a page, by the section's id."""

    def __init__(self, html):
        super().__init__()
        self.found, self.key = {}, None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag == "section":
            self.key = dict(attrs)["id"]
            self.found[self.key] = ""
        if tag == "dd":
            self.handle_data(": ")

    def handle_endtag(self, tag):
        if tag == "section":
            self.key = None

    def handle_data(self, data):
        if self.key:
            self.found[self.key] += data


def html_sections(document):
    return Html(render_to_string("councils/_minutes_document.html", {"document": document})).found


def pdf_text(content):
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def docx_parts(content):
    """Every paragraph and table of the file in its order: (style or "table", text)."""
    file = word.Document(io.BytesIO(content))
    for part in file.iter_inner_content():
        if hasattr(part, "rows"):
            yield "table", "\n".join(cell.text for row in part.rows for cell in row.cells)
        else:
            yield part.style.name, part.text


def docx_sections(content, document):
    """The same by the section's key: a heading begins the next one."""
    keys = iter([section.key for section in document.sections if section.title])
    found, key = {"head": ""}, "head"
    for style, text in docx_parts(content):
        if style.startswith("Heading") and style != "Heading 1":
            key = next(keys)
            found[key] = ""
        if style not in ("Heading 1", "Notice") and text != document.kicker:
            found[key] += text
    return found


def pdf_sections(content, document):
    """The same of a PDF, cut at the titles of the sections, without the head and foot of the pages."""
    reader = PdfReader(io.BytesIO(content))
    count = len(reader.pages)
    text = ""
    for number, page in enumerate(reader.pages, 1):
        part = bare(page.extract_text()).removeprefix(bare(document.organisation))
        text += part.removesuffix(bare(f"{document.address}{number}. lapa no {count}"))
    text = text.removeprefix(bare(document.notice + document.kicker + document.title)).replace("•", "")
    found, key = {}, "head"
    for section in document.sections[1:]:
        at = text.index(bare("".join(list(section.texts())[:2])))  # an agenda says the titles, too
        found[key], text, key = text[:at], text[at:], section.key
    found[key] = text
    return found


def assert_three_shapes_say(document):
    said = {section.key: bare("".join(section.texts())) for section in document.sections}
    html = html_sections(document)
    made = docx_sections(docx.render(document), document)
    drawn_ = pdf_sections(pdf.render(document), document)
    assert list(html) == list(made) == list(drawn_) == list(said)
    for key, text in said.items():
        assert bare(html[key]) == text, key
        assert bare(made[key]) == text, key
        assert drawn_[key] == text, key


def test_page_pdf_and_docx_say_the_same_item_by_item():
    there = world.held_meeting(items=12)
    closed(there, 5)
    AgendaItem.objects.filter(meeting=there.meeting, position=6).update(parent=there.meeting.agenda.get(position=4))
    content = taken(there)
    for shown in (content, record.public(content)):
        document = drawn(shown, signed_name="Āris Ķēniņš", signed_at=world.AFTER, address="https://example.org/p/8/")
        assert len(document.sections) == 12 + 4
        assert_three_shapes_say(document)


NASTY_TEXTS = [
    world.NASTY,
    "Ķ" * 200,
    "https://example.org/" + "ļoti-gara-adrese/" * 12,
    '"; #panic() // ',
    "<w:p/>&amp;<!--",
    "-- - + = /term: x",
    "1. saraksts",
    "Иван Кириллов, Ελλάδα",
]


@pytest.mark.parametrize("text", NASTY_TEXTS)
def test_what_people_type_is_text_in_every_shape(text):
    there = world.held_meeting(items=1, others_present=text[:200])
    AgendaItem.objects.filter(meeting=there.meeting).update(
        title=text[:300], notes=f"{text}\n\n{text}", rapporteur=text[:200]
    )
    person = there.members[0].person
    person.given_name, person.family_name = text[:100], "Ķēniņš"
    person.save()
    resolution = there.meeting.agenda.get().resolutions.get()
    resolution.text = text
    resolution.save()

    document = drawn(taken(there))

    assert_three_shapes_say(document)
    html = render_to_string("councils/_minutes_document.html", {"document": document})
    assert "<script>" not in html
    assert "alert(1)" not in re.sub(r"&lt;script&gt;alert\(1\)&lt;/script&gt;", "", html)


def test_what_the_font_cannot_draw_keeps_no_pdf_from_being_made():
    there = world.held_meeting(items=1)
    AgendaItem.objects.filter(meeting=there.meeting).update(
        title="Balsis 👍 → 5 ≥ 3", notes="شكرا \ue000 e\u0300\u0301 x\u20dd"
    )
    document = drawn(taken(there))

    text = pdf_text(pdf.render(document))

    assert "Balsis [?] -> 5 >= 3" in text
    assert "👍" in html_sections(document)[document.sections[-2].key]
    assert "👍" in "".join(text for _style, text in docx_parts(docx.render(document)))


def test_every_latvian_letter_is_drawn_as_itself():
    letters = "āčēģīķļņōŗšūž ĀČĒĢĪĶĻŅŌŖŠŪŽ „”“’–—… § € ½ ²"
    assert drawable(letters) == letters
    document = Document(letters, "x", "x", "", date(2026, 1, 1), [Section("a", letters, [Text([letters])])])
    assert pdf_text(pdf.render(document)).count(letters) == 3


# --- the PDF ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def whole():
    """A document with every kind of block."""
    parts = [
        Facts([("Datums", "2026. gada 12. novembris")]),
        Checksum("Summa", "ab12" * 16),
        Text(["Teksts."]),
        Text(["Kluss."], quiet=True),
    ]
    parts += [Points(["viens", "divi"], lead="Uzdevumi:"), Lines([(0, "1. Ceļi", "b"), (1, "1.1. Pāreja", "c")])]
    parts += [Table("Locekļi", ["Vārds", "Amats"], [["Anna", "–"], ["Zane", "sekretārs"]])]
    parts += [Decision("Nolēma:", ["lūgt.", "Vēl."], ["Par – 3"])]
    sections = [Section("a", "Daļa", parts), Section("b", "Mazāka", [Text(["x"])], level=3)]
    return Document("Sēde", "Protokols Nr. 8/2026", "Padome", "https://example.org/", date(2026, 11, 12), sections)


def test_pdf_is_tagged_titled_in_latvian_and_made_to_be_kept(whole):
    content = pdf.render(whole)

    reader = PdfReader(io.BytesIO(content))
    root = reader.trailer["/Root"]
    assert bool(root["/MarkInfo"]["/Marked"])
    assert root["/Lang"] == "lv"
    assert bool(root["/ViewerPreferences"]["/DisplayDocTitle"])
    assert reader.metadata.title == "Protokols Nr. 8/2026. Sēde"
    about = root["/Metadata"].get_data().decode()
    for claim in ("<pdfaid:part>2<", "<pdfaid:conformance>A<", "<pdfuaid:part>1<"):
        assert claim in about
    assert root["/OutputIntents"]
    fonts = {font for page in reader.pages for font in page["/Resources"]["/Font"].values()}
    for font in fonts:
        descriptor = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert "/FontFile2" in descriptor or "/FontFile3" in descriptor
        assert "KPSans" in str(descriptor["/FontName"])


def tags(node, found):
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        for part in node:
            tags(part, found)
    elif isinstance(node, dict):
        if "/S" in node:
            found.append(str(node["/S"]))
        if "/K" in node:
            tags(node["/K"], found)
    return found


def test_pdf_has_headings_lists_and_a_table_with_its_head(whole):
    found = tags(PdfReader(io.BytesIO(pdf.render(whole))).trailer["/Root"]["/StructTreeRoot"], [])
    assert [tag for tag in found if re.match(r"/H\d", tag)] == ["/H1", "/H2", "/H3"]
    for tag, count in {"/Table": 1, "/TH": 2, "/TD": 4, "/LI": 5}.items():  # a fact, two points, two lines
        assert found.count(tag) == count, tag


def test_pdf_of_the_same_document_is_the_same_file(whole):
    assert pdf.render(whole) == pdf.render(replace(whole))
    assert pdf.render(whole) != pdf.render(replace(whole, title="Cita"))


def test_pdf_of_thirty_items_takes_less_than_three_times_that_of_three():
    """From the tables to the file. Typst remembers what it has set: every measured document has words of its own. The
    processor's time is measured, which others on the machine do not stretch."""
    meetings = {count: world.held_meeting(items=count) for count in (3, 30)}

    def seconds(count, turn):
        there = meetings[count]
        for item in there.meeting.agenda.all():
            item.title, item.notes = f"Gājēju pāreja {turn}", f"{turn} {count} {item.position} " * 30
            item.save()
        gc.collect()
        gc.disable()  # what others left is not of this document
        try:
            started = time.process_time()
            pdf.render(drawn(taken(there, number=f"{turn}/2026")))
            return time.process_time() - started
        finally:
            gc.enable()

    seconds(3, 0)  # fonts are read once
    turns = [(seconds(3, turn), seconds(30, turn)) for turn in range(1, 16)]
    ratio = statistics.median(many / few for few, many in turns)  # of two that ran side by side
    print(f"30 items take {ratio:.2f} times what 3 take")
    assert ratio < 3


# --- the DOCX ---------------------------------------------------------------------------------------------------------


def test_docx_has_headings_lists_a_table_head_and_its_language(whole):
    content = docx.render(whole)

    styles = [style for style, _text in docx_parts(content)]
    assert [style for style in styles if style.startswith("Heading")] == ["Heading 1", "Heading 2", "Heading 3"]
    assert styles.count("List Bullet") == 2
    file = word.Document(io.BytesIO(content))
    about = file.core_properties
    assert (about.title, about.language, about.author) == ("Protokols Nr. 8/2026. Sēde", "lv-LV", "Padome")
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert 'w:lang w:val="lv-LV"' in package.read("word/styles.xml").decode()
        body = package.read("word/document.xml").decode()
    assert body.count("<w:tblHeader") == 1
    assert 'w:tblCaption w:val="Locekļi"' in body
    assert "python-docx" not in (about.comments + about.keywords + about.last_modified_by)


# --- differences ------------------------------------------------------------------------------------------------------


def lines(change):
    return ["".join(f"[{p.kind[0]}:{p.text}]" if p.kind != "same" else p.text for p in line) for line in change.lines]


def test_difference_shows_words_added_and_removed_by_item():
    there = world.held_meeting(items=3)
    before = taken(there)
    items = list(there.meeting.agenda.order_by("position"))
    AgendaItem.objects.filter(pk=items[1].pk).update(notes=items[1].notes.replace("jautā", "vēlreiz jautā"))
    Meeting.objects.filter(pk=there.meeting.pk).update(residents_present=28)

    with translation.override("lv"):
        found = differences.compare(documents.sections(before), documents.sections(taken(there)))

    assert [(change.key, change.kind) for change in found.changes] == [
        ("head", "same"),
        (f"item-{items[1].pk}", "same"),
    ]
    assert lines(found.changes[0]) == ["Iedzīvotāji: [r:27][a:28]"]
    assert lines(found.changes[1]) == ["Anna [a:vēlreiz ]jautā par termiņu.\nAtbild Ceļu nodaļa."]
    assert found.unchanged == 4


def test_difference_follows_an_item_whose_number_moved():
    there = world.held_meeting(items=2)
    before = documents.sections(taken(there))
    AgendaItem.objects.filter(meeting=there.meeting, position=1).update(position=9)
    added = world.add_item(there.meeting, there, 5, title="Jauns")

    changes = {c.key: c.kind for c in differences.compare(before, documents.sections(taken(there))).changes}

    ids = there.meeting.agenda.order_by("pk").values_list("pk", flat=True)
    assert changes == {
        "agenda": "same",
        f"item-{ids[0]}": "same",
        f"item-{ids[1]}": "same",
        f"item-{added.pk}": "added",
    }


def test_difference_of_long_texts_is_found_quickly():
    before, after = "ak " * 7000, "ak " * 3500 + "vai " + "ak " * 3499
    started = time.perf_counter()
    [change] = differences.compare([Section("a", "", [Text([before])])], [Section("a", "", [Text([after])])]).changes
    assert time.perf_counter() - started < 5
    assert "".join(p.text for line in change.lines for p in line if p.kind != "removed") == after

import hashlib
import io
import os
import re
import zipfile
from datetime import datetime

import pytest
import yaml
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from docx import Document as Word
from openpyxl import Workbook
from PIL import Image

from councils import files
from councils.forms.fields import UploadField
from councils.models import StoredFile
from tests import factories
from tests.conftest import RIGA
from tests.servers import ROOT

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=RIGA)
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
WORD_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/word/document.xml" ContentType="{}"/>{}</Types>'
)
WORD_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    with translation.override("en"):
        yield settings.MEDIA_ROOT


def upload(content: bytes, name: str = "fails.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def picture(kind="JPEG", size=(40, 30), mode="RGB", **options) -> bytes:
    drawn = io.BytesIO()
    Image.new(mode, size, "green" if mode in ("RGB", "RGBA") else 0).save(drawn, kind, **options)
    return drawn.getvalue()


def package(parts: dict[str, bytes | str], compression=zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return packed.getvalue()


def word(**more: bytes | str) -> bytes:
    return package({"[Content_Types].xml": WORD_TYPES.format(WORD_MAIN, ""), "word/document.xml": "<w/>"} | more)


def real_word() -> bytes:
    made = io.BytesIO()
    document = Word()
    document.add_paragraph("Ķekavas pļavas")
    document.save(made)
    return made.getvalue()


def real_workbook() -> bytes:
    made = io.BytesIO()
    book = Workbook()
    book.active["A1"] = "Ņ"
    book.save(made)
    return made.getvalue()


def opendocument(mimetype="application/vnd.oasis.opendocument.text", **more: bytes | str) -> bytes:
    parts = {"mimetype": mimetype, "content.xml": "<x/>", "META-INF/manifest.xml": "<manifest:manifest/>"}
    return package(parts | more)


def refusal(content: bytes, name: str = "fails.pdf") -> str:
    with pytest.raises(files.FileRefused) as refused:
        files.examine(upload(content, name))
    return str(refused.value)


# --- what is taken ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("pdf", PDF),
        ("docx", real_word()),
        ("xlsx", real_workbook()),
        ("odt", opendocument()),
        ("jpg", picture()),
        ("png", picture("PNG")),
    ],
)
def test_kind_is_read_from_the_content_whatever_the_name_says(kind, content):
    found = files.examine(upload(content, "Darba kārtība.txt"))
    assert (found.kind, found.name) == (kind, f"Darba kārtība.txt.{kind}")


@pytest.mark.django_db
def test_stored_file_says_what_came_and_by_whom(media):
    by = factories.user()
    row = files.store(upload(PDF, "Sēdes protokols.pdf"), by=by, now=NOW)
    row = StoredFile.objects.get(pk=row.pk)
    assert (row.name, row.kind, row.size, row.uploaded_by, row.uploaded_at) == (
        "Sēdes protokols.pdf",
        "pdf",
        len(PDF),
        by,
        NOW,
    )
    assert row.sha256 == hashlib.sha256(PDF).hexdigest()
    assert row.content.read() == PDF
    assert "protokols" not in row.content.name
    assert (media / row.content.name).is_file()


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("rekins.pdf", b"MZ\x90\x00\x03" + bytes(200)),
        ("lapa.pdf", b"<!DOCTYPE html><script>alert(1)</script>"),
        ("lapa.pdf", b"<html>%PDF-1.7 %%EOF</html>"),
        ("zime.png", b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        ("zime.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>'),
        ("foto.jpg", b"GIF89a" + bytes(40)),
        ("vecs.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
        ("arhivs.zip", package({"lasi.txt": "x"})),
        ("arhivs.docx", package({"lasi.txt": "x"})),
        ("veidne.odt", opendocument("application/vnd.oasis.opendocument.text-template")),
        ("skripts.sh", b"#!/bin/sh\n"),
        ("teksts.pdf", b"x"),
    ],
    ids=[
        "exe", "html", "html with a signature inside", "svg as png", "svg", "gif", "old word", "zip", "zip as docx",
        "template", "script", "text",
    ],
)  # fmt: skip
def test_other_types_are_refused_whatever_they_are_called(name, content):
    assert refusal(content, name) == "Choose a file of one of these kinds: PDF, DOCX, ODT, XLSX, JPG, PNG."


def test_an_empty_file_is_refused():
    assert refusal(b"") == "The file is empty."


def test_a_file_above_the_limit_is_refused_and_one_at_the_limit_taken(settings):
    settings.FILE_MEGABYTES = 1
    head, tail = PDF[:9], PDF[-7:]
    at_the_limit = head + bytes(1024 * 1024 - len(head) - len(tail)) + tail
    assert files.examine(upload(at_the_limit)).kind == "pdf"
    assert refusal(at_the_limit + b"\n") == "The file is too big: at most 1 MB are taken, this one has 2 MB."


@pytest.mark.parametrize(
    "content",
    [
        word(**{"word/vbaProject.bin": b"\xcc\x61"}),
        word(**{"word/activeX/activeX1.bin": b"x"}),
        package(
            {
                "[Content_Types].xml": WORD_TYPES.format("application/vnd.ms-word.document.macroEnabled.main+xml", ""),
                "word/document.xml": "<w/>",
            }
        ),
        package(
            {
                "[Content_Types].xml": WORD_TYPES.format(
                    WORD_MAIN, '<Override PartName="/word/x" ContentType="application/vnd.ms-office.vbaProject"/>'
                ),
                "word/document.xml": "<w/>",
                "word/x": "hidden under another name",
            }
        ),
        opendocument(**{"Basic/Standard/Module1.xml": "Sub Main"}),
        opendocument(**{"Scripts/python/x.py": "print()"}),
    ],
    ids=["vba", "activex", "docm", "vba by another name", "basic", "python"],
)
def test_macros_are_refused(content):
    assert (
        refusal(content, "līgums.docx") == "The file holds macros or other programs. Save it without them, or as PDF."
    )


def test_a_bomb_of_one_squeezed_part_is_refused():
    bomb = word(**{"word/media/x.bin": bytes(files.ALWAYS_BEARABLE + files.CHUNK + 1)})
    assert len(bomb) < 20_000
    assert refusal(bomb, "x.docx") == "The file unpacks to far more than it should. Save it anew, or as PDF."


def test_a_bomb_of_too_many_bytes_is_refused(monkeypatch):
    monkeypatch.setattr(files, "MOST_UNPACKED", 1_000_000)
    bomb = word(**{f"word/{n}.bin": os.urandom(600_000) for n in range(2)})
    assert "far more" in refusal(bomb, "x.docx")


def test_a_bomb_of_too_many_parts_is_refused(monkeypatch):
    monkeypatch.setattr(files, "MOST_PARTS", 10)
    assert "far more" in refusal(word(**{f"word/{n}.xml": "x" for n in range(10)}), "x.docx")


def test_a_package_that_lies_about_its_size_is_refused():
    """The directory claims one byte, the part holds a million."""
    honest = word(**{"word/x.bin": b"a" * 1_000_000})
    lying = honest.replace((1_000_000).to_bytes(4, "little"), (1).to_bytes(4, "little"))
    assert lying != honest
    assert refusal(lying, "x.docx").startswith("This file is damaged.")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.docx", b"PK\x03\x04" + bytes(50)),
        ("x.docx", real_word()[:-200]),
        ("x.docx", word(**{"../../evil": "x"})),
        ("x.docx", package({"[Content_Types].xml": "<!DOCTYPE x [<!ENTITY a 'b'>]><Types/>"})),
        ("x.docx", package({"[Content_Types].xml": "<Types"})),
        ("x.pdf", PDF[:30]),
        ("x.jpg", b"\xff\xd8\xff" + bytes(40)),
        ("x.jpg", picture(size=(400, 300))[:400]),
        ("x.png", picture("PNG")[:40]),
    ],
    ids=["zip head", "cut zip", "climbing", "entities", "xml", "cut pdf", "jpg head", "cut jpg", "cut png"],
)
def test_damaged_files_are_refused_with_what_to_do(name, content):
    assert refusal(content, name) == "This file is damaged. Open it on your computer, save it anew and choose it again."


def test_a_locked_document_is_refused():
    locked = opendocument(**{"META-INF/manifest.xml": "<manifest:encryption-data/>"})
    assert refusal(locked, "x.odt") == "The file is locked with a password. Save it without one."


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_drawn(monkeypatch):
    monkeypatch.setattr(files, "MOST_PIXELS", 1_000_000)
    assert "too many pixels" in refusal(picture("PNG", size=(2000, 501)), "x.png")
    assert files.examine(upload(picture("PNG", size=(2000, 500)), "x.png")).kind == "png"


# --- pictures ---------------------------------------------------------------------------------------------------------


def redrawn(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(files.examine(upload(content, "x.jpg")).content))


def test_picture_loses_what_the_camera_wrote_and_what_hides_behind_it():
    exif = Image.Exif()
    exif[0x010F] = "Kamera"
    exif.get_ifd(0x8825)[1] = "N"
    content = picture(exif=exif, comment=b"slepens", icc_profile=b"profile") + b"PK\x03\x04<script>"
    assert b"Kamera" in content
    drawn = files.examine(upload(content, "x.jpg")).content
    for gone in (b"Kamera", b"Exif", b"slepens", b"ICC_PROFILE", b"<script>"):
        assert gone not in drawn
    assert not redrawn(content).getexif()


def test_png_keeps_its_transparency_and_no_words():
    from PIL.PngImagePlugin import PngInfo

    words = PngInfo()
    words.add_text("Author", "slepens")
    content = picture("PNG", mode="RGBA", pnginfo=words)
    found = files.examine(upload(content, "x.png"))
    assert b"slepens" in content
    assert b"slepens" not in found.content
    assert Image.open(io.BytesIO(found.content)).mode == "RGBA"


def test_picture_stands_upright_and_is_no_longer_than_it_may_be():
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    assert redrawn(picture(size=(3600, 1200), exif=exif)).size == (800, 2400)
    assert redrawn(picture(size=(2400, 100))).size == (2400, 100)


@pytest.mark.django_db
def test_big_picture_is_kept_a_second_time_for_lists():
    row = files.store(upload(picture(size=(1600, 1200)), "x.jpg"), by=None, now=NOW)
    row = StoredFile.objects.get(pk=row.pk)
    assert (row.width, row.height) == (1600, 1200)
    assert Image.open(row.small).size == (800, 600)
    assert b"".join(files.response(row, inline=True, small=True)) == row.small.open().read()
    plain = files.store(upload(picture(size=(800, 600)), "x.jpg"), by=None, now=NOW)
    assert not plain.small
    assert b"".join(files.response(plain, small=True)) == plain.content.open().read()


@pytest.mark.parametrize("mode", ["L", "CMYK", "RGB"])
def test_jpg_of_every_kind_of_colours_is_drawn(mode):
    assert redrawn(picture(mode=mode)).mode in ("L", "RGB")


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16", "RGB", "RGBA"])
def test_png_of_every_kind_of_colours_is_drawn(mode):
    assert files.examine(upload(picture("PNG", mode=mode), "x.png")).kind == "png"


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Ļaudonas ielas ķieģeļi.pdf", "Ļaudonas ielas ķieģeļi.pdf"),
        ("PROTOKOLS.PDF", "PROTOKOLS.PDF"),
        ("lapa.html", "lapa.html.pdf"),
        ("foto.jpg", "foto.pdf"),
        ("C:\\Users\\Anna\\plāns.pdf", "plāns.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("a\r\nSet-Cookie: x\x00.pdf", "a Set-Cookie: x.pdf"),
        ("a\u202efdp.exe", "afdp.exe.pdf"),
        (".pdf", "fails.pdf"),
        ("...", "fails.pdf"),
        ("x" * 200, "x" * 196 + ".pdf"),
        ("ķ" * 250 + ".pdf", "ķ" * 196 + ".pdf"),
        ("ķ" * 196 + ".pdf", "ķ" * 196 + ".pdf"),
    ],
)
def test_name_is_kept_as_far_as_it_is_true_and_visible(given, kept):
    found = files._name(given, "pdf")
    assert found == kept
    assert len(found) <= files.LONGEST_NAME


@pytest.mark.django_db
def test_name_of_200_characters_is_stored_and_sent_whole():
    name = "ļ" * 196 + ".pdf"
    row = files.store(upload(PDF, name), by=None, now=NOW)
    assert StoredFile.objects.get(pk=row.pk).name == name
    assert "%C4%BC" * 196 in files.response(row)["Content-Disposition"]


# --- what goes out ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_answer_is_a_download_that_runs_nowhere():
    row = files.store(upload(PDF, "Ķieģeļu iela.pdf"), by=None, now=NOW)
    for inline in (False, True):
        answer = files.response(row, inline=inline)
        assert answer["Content-Disposition"] == "attachment; filename*=utf-8''%C4%B6ie%C4%A3e%C4%BCu%20iela.pdf"
        assert answer["Content-Type"] == "application/pdf"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert b"".join(answer) == PDF


@pytest.mark.django_db
def test_picture_alone_may_stand_inside_a_page():
    row = files.store(upload(picture(), "Talka.jpg"), by=None, now=NOW)
    assert files.response(row, inline=True)["Content-Disposition"] == 'inline; filename="Talka.jpg"'
    assert files.response(row)["Content-Disposition"] == 'attachment; filename="Talka.jpg"'


@pytest.mark.django_db
def test_file_that_the_disk_lost_is_not_found(media):
    from django.http import Http404

    row = files.store(upload(PDF), by=None, now=NOW)
    (media / row.content.name).unlink()
    with pytest.raises(Http404):
        files.response(row)


# --- the production shape ---------------------------------------------------------------------------------------------


def test_proxy_and_web_server_have_room_for_the_largest_file(settings):
    proxy = int(re.search(r"max_size (\d+)MB", (ROOT / "docker/Caddyfile").read_text(encoding="utf-8"))[1])
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    (temporary,) = services["web"]["tmpfs"]
    assert proxy > settings.FILE_MEGABYTES
    assert int(re.search(r"size=(\d+)m", temporary)[1]) >= 4 * proxy  # two processes with two threads each
    assert "data:/data" in services["web"]["volumes"]
    assert "data:/data" in services["worker"]["volumes"]


# --- the field of a form ----------------------------------------------------------------------------------------------


class UploadForm(forms.Form):
    paper = UploadField(label="Paper", help_text="The plan.")
    photo = UploadField(label="Photo", kinds=files.PICTURES, required=False)


def errors(**uploads) -> dict[str, list[str]]:
    return {name: list(found) for name, found in UploadForm({}, uploads).errors.items()}


def test_field_says_its_limit_and_kinds(settings):
    settings.FILE_MEGABYTES = 7
    form = UploadForm()
    assert str(form["paper"].help_text) == "The plan. PDF, DOCX, ODT, XLSX, JPG, PNG, up to 7 MB."
    assert str(form["photo"].help_text) == "JPG, PNG, up to 7 MB."
    assert 'accept=".jpg,.png,.jpeg"' in str(form["photo"])
    assert form.is_multipart()


def test_field_puts_the_sentence_beside_itself():
    assert errors(paper=upload(b"MZ" + bytes(50), "x.exe")) == {
        "paper": ["Choose a file of one of these kinds: PDF, DOCX, ODT, XLSX, JPG, PNG."]
    }
    assert errors(paper=upload(PDF), photo=upload(PDF)) == {"photo": ["Choose a file of one of these kinds: JPG, PNG."]}
    assert errors() == {"paper": ["Choose a file."]}
    assert errors(paper=upload(b"", "x.pdf")) == {"paper": ["The file is empty."]}


@pytest.mark.django_db
def test_field_gives_an_upload_that_is_examined_once(monkeypatch):
    form = UploadForm({}, {"paper": upload(picture("PNG"), "x.png")})
    assert form.is_valid()
    assert form.cleaned_data["photo"] is None
    monkeypatch.setattr(files, "_examine", lambda upload: pytest.fail("examined twice"))
    assert files.store(form.cleaned_data["paper"], by=None, now=NOW).kind == "png"

"""Files that come in and go out: what kind they are is read from their content, never from their name.

Six kinds are taken (`KINDS`). A picture is drawn anew, so nothing of the camera, of the place, or hidden behind the
picture comes along; a document of an office program may hold no macros and must unpack to a bearable size. They leave
as downloads that a browser opens nowhere near the portal's own pages; see docs/adr/0009-files-that-come-in.md.
"""

import hashlib
import io
import re
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

from django.conf import settings
from django.core.files.base import ContentFile
from django.http import FileResponse, Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image, ImageOps

from councils.models import StoredFile
from people.models import User


class FileRefused(Exception):
    """The file is not taken; the text says why, and what to do."""


# Extension, and the type a browser is told.
KINDS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jpg": "image/jpeg",
    "png": "image/png",
}
PICTURES = ("jpg", "png")
SUFFIXES = {"jpeg": "jpg"} | {kind: kind for kind in KINDS}  # how a name may already end
LONGEST_NAME = 200
LONGEST_SIDE = 2400  # pixels of a kept picture
SMALL_SIDE = 800  # … of the one that lists show
MOST_PIXELS = 60_000_000  # of a picture that comes: decoded, about 240 MB
MOST_PARTS = 5_000  # files in a document of an office program
MOST_UNPACKED = 200 * 1024 * 1024  # bytes of all of them
MOST_SQUEEZED = 250  # times that a part may grow when it is unpacked, from ALWAYS_BEARABLE bytes on
ALWAYS_BEARABLE = 4 * 1024 * 1024
CHUNK = 64 * 1024

BROKEN = gettext_lazy("This file is damaged. Open it on your computer, save it anew and choose it again.")


@dataclass(frozen=True)
class Examined:
    """A file that may be kept: its kind, the name it gets, and its bytes as they will stand on the disk.

    Of a picture also its size in pixels and, where that is more than SMALL_SIDE, the same smaller.
    """

    kind: str
    name: str
    content: bytes
    width: int | None = None
    height: int | None = None
    small: bytes = b""


def largest() -> int:
    """Bytes that a file may have."""
    return settings.FILE_MEGABYTES * 1024 * 1024


def said(kinds=tuple(KINDS)) -> str:
    """The kinds as a sentence has them: "PDF, DOCX, JPG"."""
    return ", ".join(kind.upper() for kind in kinds)


def examine(upload: Any, kinds=tuple(KINDS)) -> Examined:
    """Look at an uploaded file (anything with `name`, `size`, `read`) once; asked again, the answer is the first one.

    Raises FileRefused for one that is empty, too big, broken, of another kind, locked, a bomb, or carries macros.
    """
    known = getattr(upload, "examined", None)
    if known is None:
        known = upload.examined = _examine(upload)
    if known.kind not in kinds:
        raise FileRefused(_("Choose a file of one of these kinds: %(kinds)s.") % {"kinds": said(kinds)})
    return known


def _examine(upload: Any) -> Examined:
    if not upload.size:
        raise FileRefused(_("The file is empty."))
    if upload.size > largest():
        raise FileRefused(
            _("The file is too big: at most %(limit)d MB are taken, this one has %(size)s MB.")
            % {"limit": settings.FILE_MEGABYTES, "size": -(-upload.size // (1024 * 1024))}
        )
    upload.seek(0)
    content = upload.read(largest() + 1)
    upload.seek(0)
    if len(content) > largest():
        raise FileRefused(
            _("The file is too big: at most %(limit)d MB are taken.") % {"limit": settings.FILE_MEGABYTES}
        )
    kind = _kind(content)
    name = _name(upload.name or "", kind)
    return _drawn_anew(content, kind, name) if kind in PICTURES else Examined(kind, name, content)


def store(upload: Any, *, by: User | None, now: datetime, kinds=tuple(KINDS)) -> StoredFile:
    """Keep a file; the caller's transaction holds the row. Raises FileRefused as `examine` does.

    What a transaction that fails leaves on the disk goes with the next night's `operations.voice.forget_files`.
    """
    found = examine(upload, kinds)
    row = StoredFile(
        name=found.name,
        kind=found.kind,
        size=len(found.content),
        sha256=hashlib.sha256(found.content).hexdigest(),
        uploaded_at=now,
        uploaded_by=by,
        width=found.width,
        height=found.height,
    )
    row.content.save(found.name, ContentFile(found.content), save=False)
    if found.small:
        row.small.save(found.name, ContentFile(found.small), save=False)
    row.save()
    return row


def response(stored: StoredFile, *, inline: bool = False, small: bool = False) -> FileResponse:
    """The file to download. `inline`, for a picture inside a page, is heard for JPG and PNG only; `small` asks for the
    picture as lists show it.

    The name goes along in both ways of RFC 6266. Whether a proxy or the browser may keep it is for the view to say.
    Raises Http404 when the disk does not have it.
    """
    try:
        content = (stored.small if small and stored.small else stored.content).open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    shown = inline and stored.kind in PICTURES
    answer = FileResponse(content, as_attachment=not shown, filename=stored.name, content_type=KINDS[stored.kind])
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


# --- what it is -------------------------------------------------------------------------------------------------------


def _kind(content: bytes) -> str:
    if content.startswith(b"%PDF-"):
        if b"%%EOF" not in content[-4096:]:  # cut off on its way
            raise FileRefused(str(BROKEN))
        return "pdf"
    if content.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content.startswith(b"PK\x03\x04"):
        return _office(content)
    raise FileRefused(_("Choose a file of one of these kinds: %(kinds)s.") % {"kinds": said()})


MAIN_PARTS = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": "xlsx",
}
CONTENT_TYPES = "[Content_Types].xml"
# What runs when a document is opened: in the types of an OOXML package, and in the names of either kind of package.
ACTIVE_TYPE = re.compile(r"macroenabled|vbaproject|activex|macrosheet|dialogsheet", re.IGNORECASE)
ACTIVE_NAME = re.compile(r"(^|/)(vbaProject|vbaData|activeX|macrosheets|Basic|Scripts)(/|\.|$)", re.IGNORECASE)


def _office(content: bytes) -> str:
    """The kind of a document that is a ZIP package; reads every part of it, so that its size is known and no claim."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            _refuse_odd_parts(parts)
            _refuse_bomb(package, parts)
            names = {part.filename for part in parts}
            kind = _of_ooxml(package) if CONTENT_TYPES in names else _of_opendocument(package, names)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, KeyError) as error:
        raise FileRefused(str(BROKEN)) from error
    if any(ACTIVE_NAME.search(name) for name in names):
        _refuse_macros()
    return kind


def _refuse_macros() -> None:
    raise FileRefused(_("The file holds macros or other programs. Save it without them, or as PDF."))


def _refuse_odd_parts(parts: list[zipfile.ZipInfo]) -> None:
    if any(part.flag_bits & 0x1 for part in parts):
        raise FileRefused(_("The file is locked with a password. Save it without one."))
    names = [part.filename for part in parts]
    if len(set(names)) != len(names) or any(name.startswith("/") or ".." in name.split("/") for name in names):
        raise FileRefused(str(BROKEN))


def _refuse_bomb(package: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    """Unpack part after part and stop as soon as it is too much; a part that is not what it says it is, is damaged."""
    too_much = _("The file unpacks to far more than it should. Save it anew, or as PDF.")
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise FileRefused(too_much)
    total = 0
    for part in parts:
        grown = 0
        with package.open(part) as stream:
            while block := stream.read(CHUNK):
                grown += len(block)
                total += len(block)
                squeezed = grown > ALWAYS_BEARABLE and grown > MOST_SQUEEZED * max(part.compress_size, 1)
                if squeezed or total > MOST_UNPACKED:
                    raise FileRefused(too_much)


def _of_ooxml(package: zipfile.ZipFile) -> str:
    text = package.read(CONTENT_TYPES).decode("utf-8-sig")
    if "<!" in text.replace("<!--", ""):  # a document type: nothing an office program writes
        raise FileRefused(str(BROKEN))
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - without a document type there is nothing to expand
    except ElementTree.ParseError as error:
        raise FileRefused(str(BROKEN)) from error
    types = {element.get("ContentType", "") for element in root}
    if any(ACTIVE_TYPE.search(name) for name in types):
        _refuse_macros()
    kinds = {MAIN_PARTS[name] for name in types if name in MAIN_PARTS}
    if len(kinds) != 1:
        raise FileRefused(_("Choose a file of one of these kinds: %(kinds)s.") % {"kinds": said()})
    return kinds.pop()


def _of_opendocument(package: zipfile.ZipFile, names: set[str]) -> str:
    if not {"mimetype", "content.xml", "META-INF/manifest.xml"} <= names:
        raise FileRefused(_("Choose a file of one of these kinds: %(kinds)s.") % {"kinds": said()})
    if package.read("mimetype").strip() != KINDS["odt"].encode():
        raise FileRefused(_("Choose a file of one of these kinds: %(kinds)s.") % {"kinds": said()})
    if b"manifest:encryption-data" in package.read("META-INF/manifest.xml"):
        raise FileRefused(_("The file is locked with a password. Save it without one."))
    return "odt"


# --- pictures ---------------------------------------------------------------------------------------------------------

FORMATS = {"jpg": "JPEG", "png": "PNG"}


def _drawn_anew(content: bytes, kind: str, name: str) -> Examined:
    """The same picture, upright, no side longer than LONGEST_SIDE, and nothing but its pixels."""
    try:
        with Image.open(io.BytesIO(content), formats=[FORMATS[kind]]) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise Image.DecompressionBombError
            opened.draft(None, (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is decoded no bigger than it has to be
            picture = _with_plain_colours(ImageOps.exif_transpose(opened), kind)
            picture.info.clear()
            picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            width, height = picture.size
            drawn, small = _written(picture, kind), b""
            if max(picture.size) > SMALL_SIDE:
                picture.thumbnail((SMALL_SIDE, SMALL_SIDE))
                small = _written(picture, kind)
    except Image.DecompressionBombError as error:
        raise FileRefused(
            _("The picture has too many pixels: at most %(limit)d million are taken. Make it smaller.")
            % {"limit": MOST_PIXELS // 1_000_000}
        ) from error
    except Exception as error:  # Pillow raises what it likes over a broken picture
        raise FileRefused(str(BROKEN)) from error
    return Examined(kind, name, drawn, width, height, small)


def _written(picture: Image.Image, kind: str) -> bytes:
    drawn = io.BytesIO()
    options = {"quality": 85, "optimize": True, "progressive": True} if kind == "jpg" else {}
    picture.save(drawn, FORMATS[kind], **options)
    return drawn.getvalue()


def _with_plain_colours(picture: Image.Image, kind: str) -> Image.Image:
    """Grey or RGB, a PNG also with transparency; colours of another profile as close as sRGB comes."""
    if picture.mode.startswith("I"):  # 16 bits of grey
        picture = picture.convert("I").point(lambda value: value / 256).convert("L")
    if picture.mode in ("P", "PA", "LA", "La", "RGBa") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
    picture = _in_srgb(picture)
    plain = ("L", "RGB", "RGBA") if kind == "png" else ("L", "RGB")
    return picture if picture.mode in plain else picture.convert("RGB")


def _in_srgb(picture: Image.Image) -> Image.Image:
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in ("RGB", "CMYK"):
        return picture
    from PIL import ImageCms  # loads a library of its own, which few pictures need

    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture
    return converted or picture


# --- what it is called ------------------------------------------------------------------------------------------------


def _name(name: str, kind: str) -> str:
    """The name as it came, without what nobody can see or a folder's path, with the ending that is true."""
    name = name.replace("\\", "/").rpartition("/")[2]
    name = "".join(" " if unicodedata.category(char) in ("Zl", "Zp", "Cc") else char for char in name)
    name = "".join(char for char in name if not unicodedata.category(char).startswith("C"))
    name = " ".join(unicodedata.normalize("NFC", name).split()).rstrip(". ")
    stem, dot, suffix = name.rpartition(".")
    if dot and suffix.lower() in SUFFIXES:
        ending = f".{suffix}" if SUFFIXES[suffix.lower()] == kind else f".{kind}"
    else:
        stem, ending = name, f".{kind}"
    stem = stem.strip(". ") or "fails"
    return stem[: LONGEST_NAME - len(ending)].rstrip(". ") + ending

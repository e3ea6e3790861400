"""One of everything that councils publish and the municipality sets, for the tests of their pages; most made once."""

import io
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from councils.models import (
    Album,
    DayOverride,
    Document,
    Folder,
    MunicipalUnit,
    NewsPost,
    Photo,
    RegulationValue,
    RespondingOfficer,
    Topic,
)
from councils.operations import voice
from neighbourhoods.models import Place
from tests import factories

PDF = b"%PDF-1.7\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def pdf(more: bytes = b"", name: str = "Nolikums.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF[:9] + more + PDF[9:])


def exe() -> SimpleUploadedFile:
    return SimpleUploadedFile("rēķins.pdf", b"MZ" + bytes(100))


def photo(name: str = "talka.jpg", size: tuple[int, int] = (60, 40), colour: str = "green") -> SimpleUploadedFile:
    drawn = io.BytesIO()
    Image.new("RGB", size, colour).save(drawn, "JPEG")
    return SimpleUploadedFile(name, drawn.getvalue())


def news(council=None, **fields) -> NewsPost:
    """A draft."""
    values = {"title": "Talka parkā", "body": "Nāc!", "by": None, "now": timezone.now()}
    return voice.write_news(council=council, **(values | fields))


def folder(council, name: str = "Līgumi") -> Folder:
    there = Folder.objects.filter(council=council, name=name).first()
    return there or voice.make_folder(council=council, name=name, by=None, now=timezone.now())


def document(council, **fields) -> Document:
    values = {"title": "Nolikums", "upload": pdf(), "by": None, "now": timezone.now()}
    return voice.add_document(council=council, **(values | fields))


def album(event) -> Album:
    """With one picture; hidden."""
    if there := Album.objects.filter(event=event).first():
        return there
    row = voice.make_album(event=event, title="Sēdes attēli", by=None, now=timezone.now())
    voice.add_photos(album=row, photos=[(photo(), "Zāle.")], by=None, now=timezone.now())
    return row


def picture(event) -> Photo:
    return album(event).photos.get()


def number() -> RegulationValue:
    """A number that is to change in ten days."""
    day = timezone.localdate() + timedelta(days=10)
    values = {"value": "7", "unit": "darbdienas", "paragraph": "Nr. 1/2027 §2"}
    return RegulationValue.objects.get_or_create(code="MINUTES_SENT", valid_from=day, defaults=values)[0]


def topic() -> Topic:
    return Topic.objects.get_or_create(code="5.1", defaults={"name_lv": "Teritorijas labiekārtošana"})[0]


def unit() -> MunicipalUnit:
    return MunicipalUnit.objects.get_or_create(name="Ceļu nodaļa", defaults={"email": "celi@example.org"})[0]


def officer() -> RespondingOfficer:
    if there := RespondingOfficer.objects.first():
        return there
    person = factories.person("Ģirts Ķēniņš", email="girts@example.org")
    return RespondingOfficer.objects.create(unit=unit(), person=person, started_on=timezone.localdate())


def place() -> Place:
    return Place.objects.filter(name="Skujenieki").first() or factories.place("Skujenieki")


def moved_day() -> DayOverride:
    values = {"is_working": False, "note": "MK rīkojums"}
    return DayOverride.objects.get_or_create(day=timezone.localdate(), defaults=values)[0]

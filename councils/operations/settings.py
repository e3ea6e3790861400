"""What the municipality sets for itself. Every change is in the audit with what stood before."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from councils import regulation, texts, working_days
from councils.models import (
    DayOverride,
    LetterTemplate,
    MunicipalUnit,
    RegulationValue,
    RespondingOfficer,
    Topic,
)
from councils.operations.base import CouncilRefused, write
from neighbourhoods.models import Neighbourhood, Place, Street
from people import operations as people
from people.models import User


class SettingRefused(CouncilRefused):
    """The setting cannot be so; the text says why, and `field` names what was said wrong."""

    def __init__(self, text: str, field: str = ""):
        super().__init__(text)
        self.field = field or None


def _record(by: User | None, verb: str, target: models.Model, now: datetime, before: Any, after: Any) -> None:
    people.record(by=by, verb=verb, target=target, now=now, details={"before": before, "after": after})


def _values(row: models.Model, *names: str) -> dict[str, Any]:
    """Fields of a row as the audit keeps them."""
    return people.told({name: getattr(row, name) for name in names})


def _change(row, verb: str, by: User | None, now: datetime, **values: Any):
    """Write the values and an entry of what changed; nothing when nothing does."""
    before = _values(row, *values) if row.pk else None
    for name, value in values.items():
        setattr(row, name, value)
    after = _values(row, *values)
    if before != after:
        write(row, SettingRefused)
        _record(by, verb, row, now, before, after)
    return row


# --- the regulation's numbers -----------------------------------------------------------------------------------------

# Between what a number of each unit can lie.
LIMITS = {
    "darbdienas": (0, 100),
    "kalendārās dienas": (0, 366),
    "mēneši": (1, 12),
    "gadi": (1, 99),
    "gads": (2025, 2100),
    "procenti": (0, 99),
    "locekļi": (1, 99),
    "cilvēki": (1, 999),
    "sēdes": (1, 99),
    "reizes gadā": (1, 99),
    "iedzīvotāji": (1, 999_999),
    "1: reģistrēšana, 0: nosūtīšana": (0, 1),
    "1: tas pats datums, 0: diena pirms tā": (0, 1),
    "0: neskaita, 1: skaita": (0, 1),
}
AT_LEAST_ONE = ("REPLY_REMIND_EVERY", "FOLLOW_UP_EVERY")  # what comes again and again comes after a day at least
# The first can never be more than the second.
IN_ORDER = (
    ("SMALL_COUNCIL_UP_TO", "MIDDLE_COUNCIL_UP_TO"),
    ("SMALL_COUNCIL_SEATS", "MIDDLE_COUNCIL_SEATS"),
    ("MIDDLE_COUNCIL_SEATS", "LARGE_COUNCIL_SEATS"),
    ("APPLICATION_WINDOW_MIN", "APPLICATION_WINDOW_MAX"),
    ("ELECTION_AFTER_LIST_MIN", "ELECTION_AFTER_LIST_MAX"),
    ("AGENDA_PUBLISHED", "AGENDA_TO_ADMIN"),
)


def limits(code: str) -> tuple[int, int]:
    least, most = LIMITS.get(regulation.RULES[code].unit, (0, 999_999))
    return (max(least, 1) if code in AT_LEAST_ONE else least), most


@transaction.atomic
def set_number(
    *, code: str, value: int, paragraph: str, valid_from: date, by: User | None, now: datetime, note: str = ""
) -> RegulationValue:
    """A number of the regulation from a day on; what stood there for the same day is corrected.

    Raises SettingRefused for a number outside its limits, for a day before the portal vouches for the regulation, and
    when numbers that belong together fall out of order, then or on the day of a later change. KeyError for an unknown
    code. Deadlines that were promised already (a reply's last day) stay as they were promised.
    """
    rule = regulation.RULES[code]
    least, most = limits(code)
    if not least <= value <= most:
        raise SettingRefused(
            _("Write a number from %(least)d to %(most)d.") % {"least": least, "most": most}, field="value"
        )
    if valid_from < rule.valid_from:
        day = f"{rule.valid_from:%d.%m.%Y}."
        raise SettingRefused(_("The regulation is in force since %(day)s") % {"day": day}, field="valid_from")
    row = RegulationValue.objects.select_for_update(no_key=True).filter(code=code, valid_from=valid_from).first()
    before = {"value": str(regulation.in_force(valid_from)[code])}
    if row:
        before = _values(row, "value", "paragraph", "note")
    row = row or RegulationValue(code=code, valid_from=valid_from)
    row.value, row.unit, row.paragraph, row.note, row.changed_by = str(value), rule.unit, paragraph, note, by
    write(row, SettingRefused)
    _refuse_disorder(code, valid_from)
    after = {**_values(row, "value", "paragraph", "note"), "valid_from": valid_from}
    _record(by, "set_number", row, now, before, after)
    return row


def _refuse_disorder(code: str, begins_on: date) -> None:
    pairs = [pair for pair in IN_ORDER if code in pair]
    names = {name for pair in pairs for name in pair}
    later = RegulationValue.objects.filter(code__in=names, valid_from__gt=begins_on).order_by("valid_from")
    for day in [begins_on, *later.values_list("valid_from", flat=True)] if pairs else []:
        numbers = regulation.in_force(day)
        for low, high in pairs:
            if numbers[low] > numbers[high]:
                other = high if code == low else low
                raise SettingRefused(
                    _("On %(day)s this does not go with “%(title)s” (%(value)d).")
                    % {
                        "day": f"{day:%d.%m.%Y}.",
                        "title": regulation.TITLES[other],
                        "value": numbers[other],
                    },
                    field="value",
                )


@transaction.atomic
def remove_number(*, row: RegulationValue, by: User | None, now: datetime) -> None:
    """Take back a number that is not in force yet. Raises SettingRefused for one that is or was."""
    if row.valid_from <= timezone.localdate(now):
        raise SettingRefused(_("This number is in force already: it is corrected, not removed."))
    _record(by, "remove_number", row, now, _values(row, "value", "paragraph", "valid_from"), None)
    code, begins_on = row.code, row.valid_from
    row.delete()
    _refuse_disorder(code, begins_on)


# --- topics -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def save_topic(
    *,
    topic: Topic | None,
    name_lv: str,
    name_en: str,
    paragraph: str,
    position: int,
    by: User | None,
    now: datetime,
) -> Topic:
    """A new topic, with a code of its own, or one changed; the code never changes, because matters keep it."""
    row = topic or Topic(code=_next_code())
    values = {"name_lv": name_lv, "name_en": name_en, "paragraph": paragraph, "position": position}
    return _change(row, "save_topic", by, now, **values)


def _next_code() -> str:
    codes = set(Topic.objects.values_list("code", flat=True))
    return next(f"p{n}" for n in range(1, len(codes) + 2) if f"p{n}" not in codes)


@transaction.atomic
def retire_topic(*, topic: Topic, by: User | None, now: datetime, back: bool = False) -> Topic:
    """Offer a topic no more, or again; what has it keeps it."""
    return _change(topic, "retire_topic", by, now, retired_on=None if back else timezone.localdate(now))


# --- units and who answers for them -----------------------------------------------------------------------------------


@transaction.atomic
def save_unit(*, unit: MunicipalUnit | None, name: str, email: str, by: User | None, now: datetime) -> MunicipalUnit:
    """A unit that answers councils. Raises SettingRefused for a name that is taken."""
    return _change(unit or MunicipalUnit(), "save_unit", by, now, name=name, email=email)


@transaction.atomic
def retire_unit(*, unit: MunicipalUnit, by: User | None, now: datetime, back: bool = False) -> MunicipalUnit:
    """Offer a unit no more, or again; what it was asked and said stays."""
    return _change(unit, "retire_unit", by, now, retired_on=None if back else timezone.localdate(now))


@transaction.atomic
def name_officer(
    *,
    unit: MunicipalUnit,
    given_name: str,
    family_name: str,
    email: str,
    started_on: date,
    by: User,
    now: datetime,
) -> RespondingOfficer:
    """Somebody answers for the unit from a day on, by personal links that come to this address. Raises SettingRefused
    for one who does already."""
    person = people.enter_person(given_name=given_name, family_name=family_name, email=email, by=by, now=now)
    row = write(RespondingOfficer(unit=unit, person=person, started_on=started_on), SettingRefused)
    details = {"after": {"started_on": started_on}}
    people.record(by=by, verb="name_officer", target=unit, now=now, on_behalf_of=person, details=details)
    return row


@transaction.atomic
def end_officer(*, officer: RespondingOfficer, ended_on: date, by: User | None, now: datetime) -> RespondingOfficer:
    """`ended_on` is the first day on which the person answers no more. Raises SettingRefused for a day before the
    first. Locks the officer's row."""
    rows = RespondingOfficer.objects.select_for_update(no_key=True, of=("self",)).select_related("unit", "person")
    row = rows.get(pk=officer.pk)
    before, row.ended_on = row.ended_on, ended_on
    write(row, SettingRefused)
    details = {"before": {"ended_on": before or ""}, "after": {"ended_on": ended_on}}
    people.record(by=by, verb="end_officer", target=row.unit, now=now, on_behalf_of=row.person, details=details)
    return row


# --- places and streets -----------------------------------------------------------------------------------------------


@transaction.atomic
def add_place(
    *, neighbourhood: Neighbourhood, name: str, kind: str, valid_from: date, by: User | None, now: datetime
) -> Place:
    """Raises SettingRefused for a place that belongs to a neighbourhood already."""
    values = {"neighbourhood": neighbourhood, "name": name, "kind": kind, "valid_from": valid_from}
    return _change(Place(), "add_place", by, now, **values)


@transaction.atomic
def rename_place(*, place: Place, name: str, kind: str, by: User | None, now: datetime) -> Place:
    """Correct what a place is called, for all its time in this neighbourhood."""
    return _change(place, "rename_place", by, now, name=name, kind=kind)


@transaction.atomic
def move_place(
    *, place: Place, neighbourhood: Neighbourhood | None, on: date, by: User | None, now: datetime
) -> Place | None:
    """From the day on the place belongs to another neighbourhood (§4), or to none; where it belonged before stays
    known. Raises SettingRefused for a day that is not after the first one here, and for a place that has moved."""
    row = Place.objects.select_for_update(no_key=True, of=("self",)).select_related("neighbourhood").get(pk=place.pk)
    if row.valid_until is not None:
        raise SettingRefused(_("This place does not belong here any more."))
    if on <= row.valid_from:
        raise SettingRefused(_("The day must come after the first day here."), field="on")
    if neighbourhood == row.neighbourhood:
        raise SettingRefused(_("The place is in this neighbourhood already."), field="neighbourhood")
    before = str(row.neighbourhood)
    row.valid_until = on
    write(row, SettingRefused)
    moved = None
    if neighbourhood is not None:
        moved = write(Place(neighbourhood=neighbourhood, name=row.name, kind=row.kind, valid_from=on), SettingRefused)
    after = {"neighbourhood": str(neighbourhood or ""), "on": on}
    _record(by, "move_place", row, now, {"neighbourhood": before}, after)
    return moved


@transaction.atomic
def record_street(*, street: Street, before: dict[str, str] | None, by: User | None, now: datetime) -> None:
    """The coordinator's own table of streets is written by its form; what stood there before goes into the audit."""
    _record(by, "save_street", street, now, before, street_values(street))


@transaction.atomic
def delete_street(*, street: Street, by: User | None, now: datetime) -> None:
    _record(by, "delete_street", street, now, street_values(street), None)
    street.delete()


def street_values(street: Street) -> dict[str, Any]:
    return _values(street, "name", "town", "houses", "neighbourhood")


# --- days -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Day:
    """A day as a list of moved days says it; `line` is where it stands there."""

    day: date
    is_working: bool
    note: str = ""
    line: int = 0


@transaction.atomic
def set_day(*, day: date, is_working: bool, note: str, by: User | None, now: datetime) -> DayOverride:
    """Count a day otherwise than the calendar does. Raises SettingRefused where the calendar says the same."""
    if working_days.is_working_day(day) == is_working:
        raise SettingRefused(
            _("The calendar says so already: this is a working day.")
            if is_working
            else _("The calendar says so already: this is a day off."),
            field="day",
        )
    return _set_day(Day(day, is_working, note), by, now)


def _set_day(said: Day, by: User | None, now: datetime) -> DayOverride:
    row = DayOverride.objects.select_for_update(no_key=True).filter(day=said.day).first() or DayOverride(day=said.day)
    return _change(row, "set_day", by, now, is_working=said.is_working, note=said.note)


@transaction.atomic
def remove_day(*, row: DayOverride, by: User | None, now: datetime) -> None:
    """Let the calendar say again what the day is."""
    _record(by, "remove_day", row, now, _values(row, "is_working", "note"), None)
    row.delete()


@transaction.atomic
def import_days(*, days: Iterable[Day], by: User | None, now: datetime) -> tuple[int, int]:
    """A year's list at once; returns how many days are new or changed, and how many the portal knew already.

    Where the list and the calendar agree, an older row that says otherwise goes.
    """
    changed = known = 0
    for said in days:
        row = DayOverride.objects.filter(day=said.day).first()
        if working_days.is_working_day(said.day) == said.is_working:
            if row:
                remove_day(row=row, by=by, now=now)
                changed += 1
            else:
                known += 1
        elif row and (row.is_working, row.note) == (said.is_working, said.note):
            known += 1
        else:
            _set_day(said, by, now)
            changed += 1
    return changed, known


# --- the words with which documents begin -----------------------------------------------------------------------------


@transaction.atomic
def write_letter(*, code: str, text: str, by: User | None, now: datetime) -> LetterTemplate:
    """The municipality's own words for a document of `councils.texts.LETTERS`.

    Raises SettingRefused for a name in braces that the document does not know.
    """
    if unknown := texts.unknown_names(text, texts.letter_names(code)):
        names = ", ".join(f"{{{name}}}" for name in unknown)
        raise SettingRefused(_("Nothing is known by this name: %(names)s.") % {"names": names}, field="text")
    row = LetterTemplate.objects.select_for_update(no_key=True).filter(code=code, language="lv").first()
    before = {"text": row.text} if row else None
    row = row or LetterTemplate(code=code)
    if before == {"text": text}:
        return row
    row.text, row.changed_at, row.changed_by = text, now, by
    write(row, SettingRefused)
    _record(by, "write_letter", row, now, before, {"text": text})
    return row


@transaction.atomic
def reset_letter(*, code: str, by: User | None, now: datetime) -> None:
    """Back to the words that come with the portal."""
    row = LetterTemplate.objects.select_for_update().filter(code=code, language="lv").first()
    if row is not None:
        _record(by, "reset_letter", row, now, {"text": row.text}, None)
        row.delete()

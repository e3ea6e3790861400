"""Tables that the coordinator brings into the councils' records."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from import_export import fields, results, widgets

from councils.models import Membership, Substitute, Term
from councils.operations import lock
from neighbourhoods import latvian
from neighbourhoods.resources import Table
from people import operations as people
from people.models import ContactChannel, Person, User

MOMENTS = ("%d.%m.%Y %H:%M", "%d.%m.%Y. %H:%M", "%d.%m.%Y %H.%M", "%Y-%m-%d %H:%M", "%d.%m.%Y", "%d.%m.%Y.", "%Y-%m-%d")
PARKED = 10_000  # added to the places of the order while a table moves them


class WholeNumber(widgets.Widget):
    def clean(self, value, row=None, **kwargs):
        text = str(value if value is not None else "").strip().removesuffix(".")
        if text and not (text.isascii() and text.isdigit() and len(text) < 7):
            raise ValueError(_("Write a whole number."))
        return int(text) if text else None

    def render(self, value, obj=None, **kwargs):
        return value


class Moment(widgets.Widget):
    """A day and a clock as Excel has them, or written as 20.11.2025 09:30, as clocks here show it."""

    def clean(self, value, row=None, **kwargs):
        found = value if isinstance(value, datetime) else None
        if found is None and isinstance(value, date):
            found = datetime.combine(value, time.min)
        text = " ".join(str(value or "").split())
        for pattern in MOMENTS if text and found is None else ():
            try:
                found = datetime.strptime(text, pattern)
                break
            except ValueError:
                continue
        if text and found is None:
            raise ValueError(_("Write the moment as 20.11.2025 09:30."))
        return timezone.make_aware(found) if found and timezone.is_naive(found) else found

    def render(self, value, obj=None, **kwargs):
        return value


class Said(fields.Field):
    """A column that says who the person is: read by the table as a whole, not written to the row."""

    def save(self, instance, row, is_m2m=False, **kwargs):
        return


class SubstituteTable(Table):
    """The candidates of a term who were not elected, in their order (§17, §19). All rows or none.

    Who somebody is follows from the e-mail. Without one, a name that stands in the order already is that candidate; a
    name that the portal knows from elsewhere is refused, because nobody can say from a name alone who is meant.
    Candidates who are not in the table stay as they are.
    """

    rank = fields.Field("rank", "Kārta", WholeNumber())
    family_name = Said(column_name="Uzvārds")
    given_name = Said(column_name="Vārds")
    email = Said(column_name="E-pasts")
    phone = Said(column_name="Tālrunis")
    votes = fields.Field("votes", "Balsis", WholeNumber())
    applied_at = fields.Field("applied_at", "Pieteicās", Moment())
    source = fields.Field("source", "Dokuments", widgets.CharWidget())

    class Meta(Table.Meta):
        model = Substitute
        fields = ("rank", "family_name", "given_name", "email", "phone", "votes", "applied_at", "source")
        import_id_fields = ()
        skip_unchanged = False  # each row of the table gets its place back
        skip_diff = True
        store_instance = True

    def __init__(self, *, term: Term, by: User, now: datetime):
        super().__init__()
        self.term, self.by, self.now = term, by, now
        self.known: dict[int, Substitute] = {}
        self.people: dict[int, Person] = {}  # by the number of the row
        self.seen: set[int] = set()
        self.before: dict[int, tuple] = {}
        self.row_number = 0

    # --- who it is ---

    def before_import(self, dataset, **kwargs):
        super().before_import(dataset, **kwargs)
        lock(self.term.council_id)
        rows = self.term.substitutes.select_related("person")
        self.known = {row.person_id: row for row in rows}
        self.before = {pk: _values(row) for pk, row in self.known.items()}
        self.seen = set()
        self.term.substitutes.update(rank=F("rank") + PARKED)

    def before_import_row(self, row, **kwargs):
        person = self._person(row)
        if person.pk in self.seen:
            raise ValueError(_("%(person)s is in the table twice.") % {"person": person})
        if Membership.objects.filter(seat__term=self.term, person=person, substitute=None).exists():
            raise ValueError(_("%(person)s sits or sat in this convocation and is no substitute.") % {"person": person})
        self.seen.add(person.pk)
        self.people[kwargs["row_number"]] = person
        self.row_number = kwargs["row_number"]

    def _person(self, row) -> Person:
        given, family, email, phone = (_text(row, name) for name in ("Vārds", "Uzvārds", "E-pasts", "Tālrunis"))
        if not given or not family:
            raise ValueError(_("Write the given name and the family name."))
        name, email = latvian.fold(f"{given} {family}"), email.lower()
        if email:
            try:
                validate_email(email)
            except ValidationError:
                raise ValueError(_("Write the e-mail as vards@epasts.lv.")) from None
            channel = ContactChannel.objects.filter(kind="email", value__iexact=email).select_related("person").first()
            if channel is not None:
                if latvian.fold(channel.person.name) != name:
                    raise ValueError(_("This e-mail belongs to %(person)s.") % {"person": channel.person})
                return channel.person
        same = [found.person for found in self.known.values() if latvian.fold(found.person.name) == name]
        if len(same) == 1 and not email:
            return same[0]
        if same or _has_namesake(f"{given} {family}"):
            raise ValueError(
                _("The portal knows somebody of this name. Add this candidate by hand, then load the table again.")
            )
        new = {"given_name": given, "family_name": family, "email": email, "phone": phone}
        return people.enter_person(by=self.by, now=self.now, **new)

    def get_instance(self, instance_loader, row):
        return self.known.get(self.people[self.row_number].pk)

    def init_instance(self, row=None):
        return Substitute(term=self.term, person=self.people[self.row_number])

    # --- what becomes of it ---

    def after_import_row(self, row, row_result, **kwargs):
        """Say for the preview who it is and what changes: "new", "changed" or "same"."""
        person = row_result.person = self.people[kwargs["row_number"]]
        before = self.before.get(person.pk)
        row_result.change = "same" if before == _values(row_result.instance) else "changed" if before else "new"

    def after_import(self, dataset, result, **kwargs):
        super().after_import(dataset, result, **kwargs)
        if result.has_errors() or result.has_validation_errors():
            return
        taken = set(self.term.substitutes.filter(rank__lt=PARKED).values_list("rank", flat=True))
        for left in self.term.substitutes.filter(rank__gte=PARKED).select_related("person").order_by("rank"):
            if left.rank - PARKED in taken:
                raise ValueError(
                    _("Place %(rank)d belongs to %(person)s, who is not in the table.")
                    % {"rank": left.rank - PARKED, "person": left.person}
                )
        self.term.substitutes.filter(rank__gte=PARKED).update(rank=F("rank") - PARKED)
        new = result.totals[results.RowResult.IMPORT_TYPE_NEW]
        details = {"before": {}, "after": {"rows": len(dataset), "new": new}}
        people.record(by=self.by, verb="import_substitutes", target=self.term.council, now=self.now, details=details)


def _values(row: Substitute) -> tuple:
    return (row.rank, row.votes, row.applied_at, row.source)


def _text(row: Any, name: str) -> str:
    return " ".join(str(row.get(name) or "").split())


def _has_namesake(name: str) -> bool:
    """Does the portal know somebody called so, whatever the diacritics and the case?"""
    found: Iterable[Person] = Person.objects.matching(name).filter(erased_at=None)
    return any(latvian.fold(person.name) == latvian.fold(name) for person in found)

from functools import lru_cache

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Collate
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from neighbourhoods import latvian
from neighbourhoods.periods import holds


class FoundQuerySet(models.QuerySet):
    """Rows that are looked for by the words of their names."""

    def matching(self, query):
        """Those whose name holds every word of `query`, in any grammatical case, with or without diacritics."""
        for term in latvian.search_terms(query):
            self = self.filter(search_text__contains=term)
        return self


@lru_cache(maxsize=100)
def _address(slug: str) -> str:
    """Where a neighbourhood stands in the portal; every page names all of them once or twice."""
    return reverse("dashboard:neighbourhood", args=[slug])


class DatedQuerySet(FoundQuerySet):
    """Rows valid in a half-open period: `valid_until` is the first day out."""

    def valid(self, on):
        return self.filter(holds(on, "valid_from", "valid_until"))


class NeighbourhoodQuerySet(DatedQuerySet):
    def by_name(self):
        return self.order_by(Collate("short_name", "lv"), "pk")

    def by_law(self):
        """In the order of the regulation's §3."""
        return self.order_by("legal_order", "pk")

    def called(self, slug):
        """The one of this slug, as somebody typed it into an address: with a NUL, which PostgreSQL refuses, none."""
        return self.none() if "\0" in slug else self.filter(slug=slug)


class Neighbourhood(models.Model):
    """An apkaime of Nr. 12/2025 §3. Its boundaries may change (§4), so it and its places are valid for a period."""

    name = models.CharField(_("official name"), max_length=120)
    short_name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("address in the portal"), max_length=60, unique=True)
    legal_paragraph = models.CharField(_("paragraph"), max_length=20, blank=True)
    legal_order = models.PositiveSmallIntegerField(_("order in the regulation"), default=0)
    hex_q = models.SmallIntegerField(_("map column"), null=True, blank=True)
    hex_r = models.SmallIntegerField(_("map row"), null=True, blank=True)
    population = models.PositiveIntegerField(_("residents"), null=True, blank=True)
    population_on = models.DateField(_("residents counted on"), null=True, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    search_text = models.TextField(editable=False, default="")

    objects = NeighbourhoodQuerySet.as_manager()

    class Meta:
        verbose_name = _("neighbourhood")
        verbose_name_plural = _("neighbourhoods")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")),
                name="neighbourhood_ends_after_it_begins",
                violation_error_message=_("The last day must come after the first."),
            ),
            models.UniqueConstraint(
                fields=["hex_q", "hex_r"],
                condition=Q(valid_until=None),
                name="neighbourhood_has_its_own_hexagon",
                violation_error_message=_("Another neighbourhood stands on this place of the map."),
            ),
        ]

    def __str__(self):
        return self.short_name

    def save(self, *args, **kwargs):
        self.search_text = latvian.search_text(self.name, self.short_name)
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return _address(self.slug)


class PlaceQuerySet(DatedQuerySet):
    def by_name(self):
        return self.order_by(Collate("name", "lv"), "pk")


class Place(models.Model):
    """A town, parish, village or historic area that §3 counts to a neighbourhood; it moves by a new dated row."""

    class Kind(models.TextChoices):
        TOWN = "town", _("town")
        PARISH = "parish", _("parish")
        VILLAGE = "village", _("village")
        AREA = "area", _("historic area")

    neighbourhood = models.ForeignKey(
        Neighbourhood, models.PROTECT, related_name="places", verbose_name=_("neighbourhood")
    )
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    printed_mark = models.CharField(_("mark in the act"), max_length=2, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    search_text = models.TextField(editable=False, default="")

    objects = PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")),
                name="place_ends_after_it_begins",
                violation_error_message=_("The last day must come after the first."),
            ),
            models.UniqueConstraint(
                fields=["name", "kind"],
                condition=Q(valid_until=None),
                name="place_is_in_one_neighbourhood",
                violation_error_message=_("This place already belongs to a neighbourhood."),
            ),
        ]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.search_text = latvian.search_text(self.name)
        super().save(*args, **kwargs)

    @property
    def name_says_kind(self):
        """Does the name end with the kind in the reader's language: "Ķekavas pilsēta"?"""
        return self.name.casefold().endswith(f" {self.get_kind_display()}".casefold())


class Street(models.Model):
    """A street, or a part of it, that leads a resident to the neighbourhood; the coordinator keeps this table."""

    name = models.CharField(_("street"), max_length=120)
    town = models.CharField(_("town or village"), max_length=120)
    houses = models.CharField(
        _("house numbers"), max_length=120, blank=True, help_text=_("Empty: the whole street. For example: 1–25, odd.")
    )
    neighbourhood = models.ForeignKey(
        Neighbourhood, models.PROTECT, related_name="streets", verbose_name=_("neighbourhood")
    )
    search_text = models.TextField(editable=False, default="")

    objects = PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("street")
        verbose_name_plural = _("streets")
        constraints = [
            models.UniqueConstraint(
                fields=["name", "town", "houses"],
                name="street_part_is_listed_once",
                violation_error_message=_("This street is already in the table."),
            )
        ]

    def __str__(self):
        return f"{self.name}, {self.town}"

    def save(self, *args, **kwargs):
        self.search_text = latvian.search_text(self.name, self.town)
        super().save(*args, **kwargs)

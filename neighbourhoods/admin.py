"""Reference data that the administrator keeps: what §3 of the regulation counts where, and which street leads where."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import get_fields_from_path
from django.contrib.admin.views.main import ChangeList
from django.db import models
from django.db.models import Q
from django.db.models.functions import Collate
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from import_export.admin import ImportExportMixin
from import_export.forms import ExportForm
from import_export.tmp_storages import CacheStorage

from neighbourhoods import latvian
from neighbourhoods.formats import LatvianCSV, SafeXLSX, Unreadable
from neighbourhoods.models import Neighbourhood, Place, Street
from neighbourhoods.resources import PlaceTable, StreetTable


class LatvianList(ChangeList):
    """A list whose headings, when clicked, sort words as Latvian does and not as their bytes lie."""

    def get_ordering(self, request, queryset):
        return [self._in_latvian(term) for term in super().get_ordering(request, queryset)]

    def _in_latvian(self, term):
        if not isinstance(term, str) or term.lstrip("-") == "pk":
            return term
        path = term.lstrip("-")
        field = get_fields_from_path(self.model, path)[-1]
        if not isinstance(field, models.CharField | models.TextField):
            return term
        word = Collate(path, "lv")
        return word.desc() if term.startswith("-") else word.asc()


class WordFilter(admin.AllValuesFieldListFilter):
    """All words that stand in a column, in the order of the Latvian alphabet."""

    def choices(self, changelist):
        words = sorted(self.lookup_choices, key=lambda word: latvian.sort_key(word or ""))
        vars(self).update(lookup_choices=words)  # Django only walks through them
        return super().choices(changelist)


# What Django 6 does by itself with an address typed without a scheme.
WITH_HTTPS: Mapping[type[models.Field], Mapping[str, Any]] = {models.URLField: {"assume_scheme": "https"}}


class SearchedAdmin(admin.ModelAdmin):
    """Finds rows by words, each of which must stand in one of `search_fields`.

    A field named `search_text` finds a word in any grammatical case, with or without diacritics; another as it is.
    """

    list_per_page = 50
    formfield_overrides = WITH_HTTPS

    def get_changelist(self, request, **kwargs):
        return LatvianList

    def get_search_results(self, request, queryset, search_term):
        for word in search_term.split():
            found = Q()
            for name in self.get_search_fields(request):
                if name.endswith("search_text"):
                    terms = latvian.search_terms(word)
                    found |= Q(*(Q(**{f"{name}__contains": term}) for term in terms)) if terms else Q()
                else:
                    found |= Q(**{f"{name}__icontains": word})
            queryset = queryset.filter(found)
        return queryset, False


class TableAdmin(ImportExportMixin, SearchedAdmin):
    """Goes out as a spreadsheet and comes back: a preview first, then all rows or none."""

    file_name = ""
    search_fields = ("search_text",)
    import_formats = export_formats = (SafeXLSX, LatvianCSV)
    import_template_name = "admin/table_import.html"
    export_form_class = ExportForm
    tmp_storage_class = CacheStorage  # the confirmation may reach another process or machine
    to_encoding = "utf-8"

    def export_action(self, request):
        """An address that narrows the list by what is no column leads to the list, as it does there."""
        try:
            return super().export_action(request)
        except IncorrectLookupParameters:
            messages.error(request, _("The list cannot be narrowed by what the address says; this is all of it."))
            return redirect("../")

    def get_export_filename(self, request, queryset, file_format):
        return f"{self.file_name}-{timezone.localdate():%Y-%m-%d}.{file_format.get_extension()}"

    def get_import_data_kwargs(self, **kwargs):
        return {**super().get_import_data_kwargs(**kwargs), "rollback_on_validation_errors": True}

    def add_data_read_fail_error_to_form(self, form, e):
        if isinstance(e, Unreadable):
            form.add_error("import_file", str(e))
        else:
            super().add_data_read_fail_error_to_form(form, e)

    def process_import(self, request, **kwargs):
        try:
            return super().process_import(request, **kwargs)
        except Unreadable as error:  # kept for a day, and only while the cache is there
            messages.error(request, str(error))
            return redirect("../import/")

    def process_result(self, result, request):
        if result.has_errors() or result.has_validation_errors():
            messages.error(request, _("Nothing was changed: the data is different by now. Choose the file again."))
            return redirect("../import/")
        return super().process_result(result, request)


class PlaceInline(admin.TabularInline):
    model = Place
    extra = 0


@admin.register(Neighbourhood)
class NeighbourhoodAdmin(SearchedAdmin):
    list_display = ("short_name", "name", "legal_paragraph", "population", "valid_from", "valid_until")
    search_fields = ("search_text",)
    ordering = ("legal_order", "pk")
    inlines = (PlaceInline,)


@admin.register(Place)
class PlaceAdmin(TableAdmin):
    resource_classes = (PlaceTable,)
    file_name = "vietas"
    list_display = ("name", "kind", "neighbourhood", "valid_from", "valid_until")
    list_select_related = ("neighbourhood",)
    list_filter = ("neighbourhood", "kind")
    ordering = ("neighbourhood__legal_order", "pk")


@admin.register(Street)
class StreetAdmin(TableAdmin):
    resource_classes = (StreetTable,)
    file_name = "ielas"
    list_display = ("name", "town", "houses", "neighbourhood")
    list_select_related = ("neighbourhood",)
    list_filter = ("neighbourhood", ("town", WordFilter))
    ordering = (Collate("town", "lv"), Collate("name", "lv"), "houses", "pk")

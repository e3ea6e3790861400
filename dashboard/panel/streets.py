"""The table that leads a resident from a street to the neighbourhood."""

from django.contrib import messages
from django.db import transaction
from django.db.models.functions import Collate
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from councils.operations import settings
from dashboard.filters import Address
from dashboard.panel.forms.councils import StreetForm
from dashboard.panel.forms.lists import StreetFilter
from dashboard.panel.page import coordinators_only, form_page, page_of, panel, query_without_page
from neighbourhoods.models import Street
from neighbourhoods.requests import form_view, posted

SECTION = "streets"


@coordinators_only
@require_safe
def street_list(request):
    address = Address(request.GET)
    rows = Street.objects.select_related("neighbourhood").matching(address.words("q"))
    if area := address.neighbourhood():
        rows = rows.filter(neighbourhood=area)
    rows = rows.order_by(Collate("name", "lv"), Collate("town", "lv"), "houses", "pk")
    context = {
        "filter": StreetFilter(request.GET or None, on=timezone.localdate()),
        "is_narrow": bool(address.chosen),
        "page": page_of(request, rows),
        "query": query_without_page(request),
    }
    return panel(request, "streets", context, section=SECTION)


@coordinators_only
@form_view
def street_edit(request, pk=None):
    """A new street, or one that is there."""
    row = get_object_or_404(Street, pk=pk) if pk else None
    before = settings.street_values(row) if row else None
    form = StreetForm(posted(request), instance=row, on=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            settings.record_street(street=form.save(), before=before, by=request.user, now=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("dashboard:panel-streets")
    return form_page(
        request,
        form,
        section=SECTION,
        title=_("Change the street") if row else _("New street"),
        submit=_("Save"),
        back=reverse("dashboard:panel-streets"),
        remove=reverse("dashboard:panel-street-delete", args=[row.pk]) if row else "",
    )


@coordinators_only
@form_view
def street_delete(request, pk):
    row = get_object_or_404(Street.objects.select_related("neighbourhood"), pk=pk)
    if request.method == "POST":
        settings.delete_street(street=row, by=request.user, now=timezone.now())
        messages.success(request, _("%(street)s is deleted.") % {"street": row})
        return redirect("dashboard:panel-streets")
    return form_page(
        request,
        None,
        section=SECTION,
        title=_("Delete the street?"),
        lead=f"{row}{f', {row.houses}' if row.houses else ''} → {row.neighbourhood}",
        submit=_("Delete"),
        danger=True,
        back=reverse("dashboard:panel-street-edit", args=[pk]),
    )

"""The page of a member who stayed away (§32): on what the case rests, the decision, and the word to the dome."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from councils import permissions, regulation
from councils.forms.room import DecideForm, InformForm
from councils.models import AbsenceCase
from councils.operations import absences
from councils.operations.base import CouncilRefused
from neighbourhoods.requests import form_view, posted


@form_view
def case(request, pk):
    """One form at a time: first the decision; after a release, when the dome was told. Then both stand there."""
    now = timezone.now()
    on = timezone.localdate(now)
    rows = AbsenceCase.objects.select_related(
        "membership__person", "membership__seat__term__council__neighbourhood", "last_meeting__event"
    )
    row = get_object_or_404(rows, pk=pk)
    if not permissions.can_decide_absences(request.user, row, on):
        raise PermissionDenied
    data = posted(request)
    form: DecideForm | InformForm | None = None
    if not row.decision:
        form = DecideForm(data)
    elif row.decision == AbsenceCase.Decision.RELEASED and row.dome_informed_on is None:
        form = InformForm(data, initial={"informed_on": on})
    if form is not None and data is not None and form.is_valid():
        try:
            if isinstance(form, DecideForm):
                absences.decide(case=row, by=request.user, now=now, **form.cleaned_data)
            else:
                absences.inform_dome(case=row, by=request.user, now=now, **form.cleaned_data)
        except CouncilRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect(row)
    context = {
        "case": row,
        "council": row.membership.seat.term.council,
        "absences": absences.absences_of(row),
        "inform_by": absences.inform_by(row, regulation.in_force(row.decided_on or on)),
        "form": form,
        "today": on,
    }
    return render(request, "councils/absence_case.html", context)

"""What the municipality sets for itself: numbers, topics, units, places, days, words. Each change is in the audit."""

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from councils import day_lists, regulation, texts, working_days
from councils.models import (
    DayOverride,
    LetterTemplate,
    MunicipalUnit,
    RegulationValue,
    RespondingOfficer,
    TextPage,
    Topic,
)
from councils.operations import settings as operations
from councils.operations import voice
from councils.operations.base import CouncilRefused
from dashboard import pages_content
from dashboard.panel.forms.councils import DayForm as LastDayForm
from dashboard.panel.forms.settings import (
    DayForm,
    DayListForm,
    LetterForm,
    MovePlaceForm,
    NewPlaceForm,
    NumberForm,
    OfficerForm,
    PageForm,
    PlaceForm,
    TopicForm,
    UnitForm,
)
from dashboard.panel.page import coordinators_only, form_page, panel
from neighbourhoods.models import Neighbourhood, Place
from neighbourhoods.periods import lasts
from neighbourhoods.requests import form_view, posted
from neighbourhoods.templatetags.portal import number as number_of
from people.models import AuditEntry

SECTION = "settings"
VERSIONS = 30  # of a page that are offered

# The pages of settings: name of the address, title, what one finds there.
SUBJECTS = (
    (
        "dashboard:settings-numbers",
        gettext_lazy("Numbers of the regulation"),
        gettext_lazy("Deadlines, limits and counts, each with its paragraph and from when it holds."),
    ),
    (
        "dashboard:settings-topics",
        gettext_lazy("Topics"),
        gettext_lazy("What councils deal with (§5): the list that submissions and decisions choose from."),
    ),
    (
        "dashboard:settings-units",
        gettext_lazy("Municipal units"),
        gettext_lazy("Who answers the councils, and who answers for each unit by a personal link."),
    ),
    (
        "dashboard:settings-places",
        gettext_lazy("Places"),
        gettext_lazy("Towns, villages and parishes of each neighbourhood (§3)."),
    ),
    (
        "dashboard:panel-streets",
        gettext_lazy("Streets"),
        gettext_lazy("The table that leads a resident from a street to the neighbourhood."),
    ),
    (
        "dashboard:settings-days",
        gettext_lazy("Holidays and moved working days"),
        gettext_lazy("Which days deadlines count; the government’s list of a year in one go."),
    ),
    (
        "dashboard:panel-councils",
        gettext_lazy("Terms of office"),
        gettext_lazy("Convocations, seats and offices are on the page of each council."),
    ),
    (
        "dashboard:settings-letters",
        gettext_lazy("Words of documents"),
        gettext_lazy("How an announcement, minutes and a submission’s letter begin."),
    ),
    (
        "dashboard:settings-pages",
        gettext_lazy("Pages of the site"),
        gettext_lazy("About the councils, how to form one, contacts, help: in Latvian and English."),
    ),
)


def _refused(form, refusal: CouncilRefused) -> None:
    """Put the sentence beside the field that it is about."""
    field = getattr(refusal, "field", None)
    form.add_error(field if field in form.fields else None, str(refusal))


def _form(
    request: HttpRequest, form, act: Callable[[dict], object], *, back: str, saved: str = "", **page
) -> HttpResponse:
    """A form on a page of its own that does one thing: `act` takes what the form says."""
    if request.method == "POST" and form.is_valid():
        try:
            act({**form.cleaned_data, "by": request.user, "now": timezone.now()})
        except CouncilRefused as refusal:
            _refused(form, refusal)
        else:
            messages.success(request, saved or _("Saved."))
            return redirect(back)
    return form_page(request, form, section=SECTION, back=back, **{"submit": _("Save"), **page})


def _sure(request: HttpRequest, act: Callable[[dict], object], *, back: str, saved: str, **page) -> HttpResponse:
    """A page that asks before something is done."""
    if request.method == "POST":
        try:
            act({"by": request.user, "now": timezone.now()})
        except CouncilRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, saved)
        return redirect(back)
    return form_page(request, None, section=SECTION, back=back, **page)


@coordinators_only
@require_safe
def index(request):
    return panel(request, "settings", {"subjects": SUBJECTS}, section=SECTION)


# --- the regulation's numbers -----------------------------------------------------------------------------------------


@coordinators_only
@require_safe
def numbers(request):
    """Every number as it stands today, and what is to change. Two queries beside the panel's own."""
    on = timezone.localdate()
    rules = regulation.in_force(on)
    coming: dict[str, list[RegulationValue]] = {}
    for row in RegulationValue.objects.filter(valid_from__gt=on).order_by("valid_from"):
        coming.setdefault(row.code, []).append(row)
    rows = [
        {
            "code": code,
            "title": regulation.TITLES[code],
            "rule": rule,
            "value": rules[code],
            "coming": coming.get(code, []),
        }
        for code, rule in regulation.RULES.items()
    ]
    return panel(request, "settings_numbers", {"rows": rows}, section=SECTION)


def _known(code: str) -> str:
    if code not in regulation.RULES:
        raise Http404
    return code


@coordinators_only
@form_view
def number(request, code):
    """One number: what it was, is and will be; and another value from a day on."""
    rule = regulation.RULES[_known(code)]
    on = timezone.localdate()
    now_in_force = regulation.in_force(on)[code]
    initial = {"value": now_in_force, "valid_from": on, "paragraph": rule.source, "note": rule.note}
    form = NumberForm(posted(request), code=code, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            operations.set_number(code=code, by=request.user, now=timezone.now(), **form.cleaned_data)
        except operations.SettingRefused as refusal:
            _refused(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("dashboard:settings-number", code)
    context = {
        "title": regulation.TITLES[code],
        "rule": rule,
        "value": now_in_force,
        "history": RegulationValue.objects.filter(code=code)
        .select_related("changed_by__person")
        .order_by("-valid_from"),
        "form": form,
        "today": on,
    }
    return panel(request, "settings_number", context, section=SECTION)


@coordinators_only
@form_view
def number_remove(request, pk):
    row = get_object_or_404(RegulationValue, pk=pk, code__in=regulation.RULES)
    return _sure(
        request,
        lambda said: operations.remove_number(row=row, **said),
        title=_("Take the number back?"),
        lead=f"{regulation.TITLES[row.code]}: {number_of(int(row.value))} ({row.valid_from:%d.%m.%Y}.)",
        crumb=_("Numbers of the regulation"),
        submit=_("Take back"),
        danger=True,
        saved=_("The number is taken back."),
        back=reverse("dashboard:settings-number", args=[row.code]),
    )


# --- topics -----------------------------------------------------------------------------------------------------------


@coordinators_only
@require_safe
def topics(request):
    rows = Topic.objects.order_by("position", "code")
    return panel(request, "settings_topics", {"topics": rows}, section=SECTION)


@coordinators_only
@form_view
def topic_edit(request, pk=None):
    row = get_object_or_404(Topic, pk=pk) if pk else None
    initial = TopicForm.of(row) if row else {"position": Topic.objects.count() + 1}
    return _form(
        request,
        TopicForm(posted(request), initial=initial),
        lambda said: operations.save_topic(topic=row, **said),
        title=_("Change the topic") if row else _("New topic"),
        crumb=_("Topics"),
        back=reverse("dashboard:settings-topics"),
    )


@coordinators_only
@form_view
def topic_retire(request, pk):
    row = get_object_or_404(Topic, pk=pk)
    back = row.retired_on is not None
    return _sure(
        request,
        lambda said: operations.retire_topic(topic=row, back=back, **said),
        title=_("Offer the topic again?") if back else _("Offer the topic no more?"),
        lead=row.label,
        written=row.written,
        crumb=_("Topics"),
        submit=_("Offer again") if back else _("Offer no more"),
        danger=not back,
        saved=_("Saved."),
        back=reverse("dashboard:settings-topics"),
    )


# --- units and who answers for them -----------------------------------------------------------------------------------


@coordinators_only
@require_safe
def units(request):
    on = timezone.localdate()
    officers = (
        RespondingOfficer.objects.lasting_beyond(on).select_related("person").prefetch_related("person__channels")
    )
    rows = MunicipalUnit.objects.prefetch_related(Prefetch("officers", officers.order_by("pk"), to_attr="answering"))
    context = {"units": rows.by_name(), "today": on}
    return panel(request, "settings_units", context, section=SECTION)


@coordinators_only
@form_view
def unit_edit(request, pk=None):
    row = get_object_or_404(MunicipalUnit, pk=pk) if pk else None
    initial = {"name": row.name, "email": row.email} if row else {}
    return _form(
        request,
        UnitForm(posted(request), unit=row, initial=initial),
        lambda said: operations.save_unit(unit=row, **said),
        title=_("Change the unit") if row else _("New unit"),
        crumb=_("Municipal units"),
        back=reverse("dashboard:settings-units"),
    )


@coordinators_only
@form_view
def unit_retire(request, pk):
    row = get_object_or_404(MunicipalUnit, pk=pk)
    back = row.retired_on is not None
    return _sure(
        request,
        lambda said: operations.retire_unit(unit=row, back=back, **said),
        title=_("Offer the unit again?") if back else _("Offer the unit no more?"),
        lead=row.name,
        written=[row.name],
        crumb=_("Municipal units"),
        submit=_("Offer again") if back else _("Offer no more"),
        danger=not back,
        saved=_("Saved."),
        back=reverse("dashboard:settings-units"),
    )


@coordinators_only
@form_view
def officer_new(request, pk):
    unit = get_object_or_404(MunicipalUnit, pk=pk)
    return _form(
        request,
        OfficerForm(posted(request), initial={"started_on": timezone.localdate()}),
        lambda said: operations.name_officer(unit=unit, **said),
        title=_("Who answers for: %(unit)s") % {"unit": unit},
        written=[unit.name],
        crumb=_("Municipal units"),
        submit=_("Add"),
        back=reverse("dashboard:settings-units"),
    )


@coordinators_only
@form_view
def officer_end(request, pk):
    row = get_object_or_404(RespondingOfficer.objects.select_related("person", "unit"), pk=pk)
    return _form(
        request,
        LastDayForm(posted(request), initial={"ended_on": timezone.localdate()}),
        lambda said: operations.end_officer(officer=row, **said),
        title=_("Answers no more: %(person)s") % {"person": row.person},
        lead=str(row.unit),
        written=[row.unit.name],
        crumb=_("Municipal units"),
        submit=_("Save"),
        danger=True,
        back=reverse("dashboard:settings-units"),
    )


# --- places -----------------------------------------------------------------------------------------------------------


@coordinators_only
@require_safe
def places(request):
    """The places of each neighbourhood today, and those that are to move."""
    on = timezone.localdate()
    rows = Place.objects.filter(lasts(on, "valid_until"))
    areas = (
        Neighbourhood.objects.valid(on).by_law().prefetch_related(Prefetch("places", rows.by_name(), to_attr="here"))
    )
    return panel(request, "settings_places", {"areas": areas, "today": on}, section=SECTION)


def _areas():
    return Neighbourhood.objects.valid(timezone.localdate()).by_law()


@coordinators_only
@form_view
def place_new(request):
    return _form(
        request,
        NewPlaceForm(posted(request), neighbourhoods=_areas(), initial={"valid_from": timezone.localdate()}),
        lambda said: operations.add_place(**said),
        title=_("New place"),
        crumb=_("Places"),
        back=reverse("dashboard:settings-places"),
    )


@coordinators_only
@form_view
def place_edit(request, pk):
    row = get_object_or_404(Place, pk=pk)
    return _form(
        request,
        PlaceForm(posted(request), initial={"name": row.name, "kind": row.kind}),
        lambda said: operations.rename_place(place=row, **said),
        title=_("Correct the place"),
        crumb=_("Places"),
        back=reverse("dashboard:settings-places"),
    )


@coordinators_only
@form_view
def place_move(request, pk):
    row = get_object_or_404(Place.objects.select_related("neighbourhood"), pk=pk)
    return _form(
        request,
        MovePlaceForm(posted(request), neighbourhoods=_areas(), initial={"on": timezone.localdate()}),
        lambda said: operations.move_place(place=row, **said),
        title=_("Move to another neighbourhood: %(place)s") % {"place": row},
        lead=_("Now it belongs to: %(area)s. Where it belonged until then stays known.") % {"area": row.neighbourhood},
        crumb=_("Places"),
        submit=_("Move"),
        back=reverse("dashboard:settings-places"),
    )


# --- days -------------------------------------------------------------------------------------------------------------


@coordinators_only
@require_safe
def days(request):
    """What the calendar says of a year, and where the municipality says otherwise."""
    today = timezone.localdate()
    asked = request.GET.get("gads", "")
    year = int(asked) if len(asked) == 4 and asked.isdecimal() and int(asked) in working_days.YEARS else today.year
    rows = DayOverride.objects.filter(day__gte=date(year, 1, 1), day__lte=date(year, 12, 31)).order_by("day")
    context = {
        "year": year,
        "years": range(today.year - 1, today.year + 3),
        "rows": rows,
        "calendar": working_days.special_days(year),
    }
    return panel(request, "settings_days", context, section=SECTION)


@coordinators_only
@form_view
def day_new(request):
    return _form(
        request,
        DayForm(posted(request)),
        lambda said: operations.set_day(**said),
        title=_("A day that counts otherwise"),
        crumb=_("Holidays and moved working days"),
        back=reverse("dashboard:settings-days"),
    )


@coordinators_only
@form_view
def day_remove(request, pk):
    row = get_object_or_404(DayOverride, pk=pk)
    return _sure(
        request,
        lambda said: operations.remove_day(row=row, **said),
        title=_("Let the calendar decide again?"),
        lead=f"{row.day:%d.%m.%Y}. {row.note}",
        written=[row.note],
        crumb=_("Holidays and moved working days"),
        submit=_("Remove"),
        danger=True,
        saved=_("The calendar decides again."),
        back=f"{reverse('dashboard:settings-days')}?gads={row.day.year}",
    )


@coordinators_only
@form_view
def day_import(request):
    """The list of a year: taken whole, or not at all with a sentence for each line."""
    form = DayListForm(posted(request), request.FILES if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            said = day_lists.read(form.cleaned_data["upload"])
        except day_lists.ListRefused as refusal:
            for sentence in refusal.sentences:
                form.add_error("upload", sentence)
        else:
            changed, known = operations.import_days(days=said, by=request.user, now=timezone.now())
            told = {"changed": changed, "known": known}
            messages.success(request, _("Days changed: %(changed)d; known already: %(known)d.") % told)
            return redirect(f"{reverse('dashboard:settings-days')}?gads={said[0].day.year}")
    return form_page(
        request,
        form,
        section=SECTION,
        title=_("Load a list of days"),
        lead=_("The list is taken whole. When a line cannot be understood, nothing changes."),
        crumb=_("Holidays and moved working days"),
        submit=_("Take in"),
        back=reverse("dashboard:settings-days"),
    )


# --- the words with which documents begin -----------------------------------------------------------------------------


@coordinators_only
@require_safe
def letters(request):
    own = set(LetterTemplate.objects.filter(language="lv").values_list("code", flat=True))
    rows = [{"code": code, "letter": letter, "is_own": code in own} for code, letter in texts.LETTERS.items()]
    return panel(request, "settings_letters", {"rows": rows}, section=SECTION)


def _letter(code: str) -> texts.Letter:
    if code not in texts.LETTERS:
        raise Http404
    return texts.LETTERS[code]


@coordinators_only
@form_view
def letter_edit(request, code):
    letter = _letter(code)
    row = LetterTemplate.objects.filter(code=code, language="lv").first()
    names = ", ".join(f"{{{name}}}" for name in (*letter.names, "MINUTES_SENT", "SUBMISSION_REPLY"))
    return _form(
        request,
        LetterForm(posted(request), initial={"text": row.text if row else letter.default}),
        lambda said: operations.write_letter(code=code, **said),
        title=str(letter.title),
        lead=_("In Latvian, as the document is. What fills itself in: %(names)s, and every other number by its name.")
        % {"names": names},
        crumb=_("Words of documents"),
        back=reverse("dashboard:settings-letters"),
    )


@coordinators_only
@form_view
def letter_reset(request, code):
    letter = _letter(code)
    return _sure(
        request,
        lambda said: operations.reset_letter(code=code, **said),
        title=_("Back to the text that comes with the portal?"),
        lead=str(letter.title),
        crumb=_("Words of documents"),
        submit=_("Put back"),
        danger=True,
        saved=_("The text that comes with the portal is back."),
        back=reverse("dashboard:settings-letters"),
    )


# --- pages of the site ------------------------------------------------------------------------------------------------

LANGUAGES = ("lv", "en")


@coordinators_only
@require_safe
def pages(request):
    own = {(row.slug, row.language): row for row in TextPage.objects.select_related("changed_by__person")}
    rows = [
        {"slug": slug, "language": language, "title": said[language].title, "own": own.get((slug, language))}
        for slug, said in pages_content.PAGES.items()
        for language in LANGUAGES
    ]
    return panel(request, "settings_pages", {"rows": rows}, section=SECTION)


def _page_text(slug: str, language: str) -> tuple[str, str]:
    """What comes with the portal; 404 for a page that there is not."""
    if slug not in pages_content.PAGES or language not in LANGUAGES:
        raise Http404
    return pages_content.as_markdown(slug, language)


def _versions(slug: str, language: str):
    rows = AuditEntry.objects.filter(verb__in=("write_page", "reset_page"), details__slug=slug)
    return rows.filter(details__language=language).select_related("by__person").order_by("-at", "-pk")


@coordinators_only
@form_view
def page_edit(request, slug, language):
    """Write a page anew: look at it first, save it, or begin from an earlier version (`?versija=`)."""
    title, body = _page_text(slug, language)
    own = TextPage.objects.filter(slug=slug, language=language).first()
    if own:
        title, body = own.title, own.body
    chosen = request.GET.get("versija", "")
    if chosen.isdecimal() and len(chosen) < 19:
        earlier = get_object_or_404(_versions(slug, language), pk=chosen).details["before"]
        title, body = (earlier["title"], earlier["body"]) if earlier else _page_text(slug, language)
    form = PageForm(posted(request), initial={"title": title, "body": body})
    known = pages_content.facts(regulation.in_force(timezone.localdate()))
    preview = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if request.POST.get("what") == "preview":
            preview = {
                "title": texts.fill(given["title"], known),
                "body": texts.to_html(texts.fill(given["body"], known), first_heading=3),
                "unknown": texts.unknown_names(f"{given['title']} {given['body']}", known),
            }
        else:
            said = {"slug": slug, "language": language, "known": list(known), "by": request.user}
            try:
                voice.write_page(**said, **given, now=timezone.now())
            except voice.VoiceRefused as refusal:
                form.add_error("body", str(refusal))
            else:
                messages.success(request, _("Saved. This is how everybody sees it."))
                return redirect("dashboard:settings-page", slug, language)
    context = {
        "slug": slug,
        "language": language,
        "own": own,
        "form": form,
        "preview": preview,
        "names": sorted(known.items()),
        "versions": _versions(slug, language)[:VERSIONS],
    }
    return panel(request, "settings_page", context, section=SECTION)


@coordinators_only
@form_view
def page_reset(request, slug, language):
    title, _body = _page_text(slug, language)
    return _sure(
        request,
        lambda said: voice.reset_page(slug=slug, language=language, **said),
        title=_("Back to the text that comes with the portal?"),
        lead=format_html('<span lang="{}">{}</span>', language, title),
        crumb=_("Pages of the site"),
        submit=_("Put back"),
        danger=True,
        saved=_("The text that comes with the portal is back."),
        back=reverse("dashboard:settings-page", args=[slug, language]),
    )

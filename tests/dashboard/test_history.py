"""What every page costs when councils have worked for four years: as many queries as in their first.

The addresses are those of the URL configuration, so a new page is measured without a word here, or asks for its rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLResolver
from django.utils import timezone

from councils import answers
from councils.models import (
    AbsenceCase,
    AnswerLink,
    Council,
    DayOverride,
    Document,
    Enquiry,
    Folder,
    Meeting,
    Membership,
    MunicipalUnit,
    NewsPost,
    Office,
    OpinionRequest,
    Photo,
    Proposal,
    RegulationValue,
    Resolution,
    RespondingOfficer,
    StoredFile,
    Submission,
    Substitute,
    Task,
    Topic,
)
from dashboard.demo_content import ADMINISTRATOR, COORDINATOR, MEMBER, MEMBER_COUNCIL, RESIDENT
from dashboard.pages_content import SLUGS
from elections.models import Formation
from events import codes
from events.models import CalendarKey, CheckIn, Event, Rsvp
from neighbourhoods.models import Place, Street
from people.context_processors import _demo
from people.models import Role, User
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.prove, pytest.mark.databases]

PUBLIC, PANEL = 12, 20  # queries
OWN_DATA = 31  # of the file of all that is known of a person: one for each table that may know something, and no more
YEAR = timedelta(days=365)
FORMING = "panelis/apkaimes/<slug:slug>/veidosana/"  # where all councils work, none is being formed
WHO = {
    "visitor": "",
    "resident": RESIDENT.email,
    "chair": MEMBER.email,
    "coordinator": COORDINATOR.email,
    "administrator": ADMINISTRATOR.email,
}
# A page that cannot be opened here, with its reason.
NOT_HERE = {
    "notices:mailbox": "production has no mailbox of its own",
    "notices:mailbox-message": "the same",
    "notices:mailbox-html": "the same",
    "notices:mailbox-file": "the same",
    "dashboard:panel-mail-retry": "no mail was planned",
    "dashboard:panel-mail-withdraw": "no mail was planned",
}


@dataclass(frozen=True)
class Route:
    name: str
    path: str
    parameters: frozenset[str]


def routes() -> list[Route]:
    """Every address of the portal but those of Django's admin and of log-in, which hold no rows of councils."""

    def walk(resolver: URLResolver, before: str, space: str, outer: frozenset[str]) -> Iterator[Route]:
        for pattern in resolver.url_patterns:
            path = before + str(pattern.pattern).removeprefix("^").removesuffix("$")
            names = outer.union(getattr(pattern.pattern, "converters", ()), pattern.pattern.regex.groupindex)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern, path, f"{space}{pattern.namespace}:" if pattern.namespace else space, names)
            else:
                yield Route(f"{space}{pattern.name}", path, names)

    return [
        route
        for route in walk(get_resolver(), "", "", frozenset())
        if not route.path.startswith(("parvaldiba/", "konts/"))
    ]


def rows() -> dict[str, dict[str, Any]]:
    """The parameters of all addresses that begin so; the last year of both demonstrations has the same rows.

    What they lack is made here.
    """
    now, today = timezone.now(), timezone.localdate()
    council = Council.objects.get(neighbourhood__slug=MEMBER_COUNCIL)
    chair, resident = User.objects.get(email=MEMBER.email), User.objects.get(email=RESIDENT.email)
    own = Membership.objects.of_council(council).held(today)
    of_council = Meeting.objects.filter(councils=council)
    corrected = Meeting.objects.held(now).filter(minutes__versions__reason__gt="", event__starts_at__gt=now - YEAR)
    held = corrected.filter(councils=council).first() or corrected.first()
    coming = of_council.upcoming(now).filter(kind=Meeting.Kind.COUNCIL).first()
    item, voted = coming.agenda.order_by("position").first(), None
    for meeting in of_council.held(now):
        voted = voted or Resolution.objects.filter(item__meeting=meeting, item__recusals__isnull=False).first()
    sent = Submission.objects.filter(councils=council)
    answered = sent.filter(resolution__isnull=False, replied_on__isnull=False).order_by("-sent_on", "-pk").first()
    waiting = sent.filter(replied_on=None).order_by("pk").first()
    pdf = StoredFile.objects.filter(kind="pdf").order_by("pk").first()
    picture = StoredFile.objects.filter(kind="jpg").order_by("pk").first()
    paper = factories.paper(item, file=pdf)
    officer = RespondingOfficer.objects.order_by("pk").first()
    link = AnswerLink.objects.create(submission=waiting, officer=officer, token="a" * 43, made_at=now)
    question = waiting.questions.create(text="Kurā vietā?", asked_at=now, asked_by=officer.person.name)
    file = waiting.files.create(file=pdf, title="Karte")
    answered.reply_file, answered.done_photo, answered.done_photo_alt = pdf, picture, "Jauns soliņš"
    answered.save()
    enquiry = Enquiry.objects.create(council=council, person=resident.person, text="Kad ir sēde?", written_at=now)
    CalendarKey.objects.create(person=resident.person, token="c" * 43, made_at=now)
    day = DayOverride.objects.create(day=today + timedelta(days=400), is_working=False, note="MK rīkojums")
    series = factories.event_series(2)
    talk = Event.objects.filter(meeting=None, kind=Event.Kind.DISCUSSION, ends_at__gt=now).order_by("starts_at").first()
    number = RegulationValue.objects.create(code="QUORUM", value="50", paragraph="§23", valid_from=day.day)
    news = NewsPost.objects.filter(council=council).published(now).first()
    news.picture, news.picture_alt = picture, "Kaimiņi talkā"
    news.save()
    opinion = OpinionRequest.objects.filter(council=council).first()
    opinion.file = pdf
    opinion.save()
    document = Document.objects.filter(council=council, is_public=True, retired_at=None).order_by("pk").first()
    folder = Folder.objects.filter(council=council).order_by("pk").first()
    photo = Photo.objects.select_related("album").order_by("pk").first()
    proposal = Proposal.objects.filter(council=council, decision="").first()
    case = AbsenceCase.objects.order_by("-raised_on").first()
    formation = Formation.objects.open().select_related("council__neighbourhood").order_by("pk").first()
    held.minutes.versions.filter(number=1).update(signed_file=pdf)
    rsvp = Rsvp.objects.filter(event=coming.event, state="going", person__user__isnull=True).order_by("pk").first()
    training = factories.event("Pirmā palīdzība", kind=Event.Kind.TRAINING, starts_at=now - timedelta(days=2))
    seen = factories.rsvp(training, resident.person)
    CheckIn.objects.create(event=training, rsvp=seen, key=uuid4(), at=now)
    asked = factories.own_question(coming.event)
    offered = factories.access_service(coming.event, "loop")
    invited = factories.invitation(coming.event, rsvp.person)
    follow = answered.matter.follows.order_by("pk").first()
    role = Role.objects.get(person__user__email=COORDINATOR.email)
    step = formation.steps.order_by("pk").last().step if formation else ""
    unit = MunicipalUnit.objects.order_by("pk").first()
    office = Office.objects.held(today).get(council=council, kind=Office.Kind.SECRETARY)
    given_up = Office.objects.filter(ended_on__isnull=False).order_by("-ended_on", "-pk").first()
    left = Membership.objects.filter(ended_on__isnull=False).order_by("-ended_on", "-pk").first()
    slug = {"slug": MEMBER_COUNCIL}
    recusal = voted.item.recusals.get()
    found = {
        "a/": {"token": resident.person.settings_token},
        "albumi/": {"pk": photo.album_id},
        "albumi/foto/": {"pk": photo.pk},
        "apkaimes/": slug,
        "atbilde/": {"token": link.token, "pk": file.pk},
        "dokumenti/": {"pk": document.versions.order_by("-number").first().pk},
        "i/": {"token": proposal.token},
        "e/": {"pk": coming.event_id},
        "ieeja/": {"pk": rsvp.pk, "mark": codes.check_in_url(rsvp).rpartition("-")[2].rstrip("/")},
        "kavejumi/": {"pk": case.pk},
        "lemumi/<int:pk>/": {"pk": answered.pk},
        "lemumi/<int:pk>-": {"pk": answered.matter_id, "slug": answered.matter.slug},
        "lemumi/faili/": {"pk": file.pk},
        "lemumi/iesniegumi/": {"pk": answered.pk},
        "lemumi/sekot/": {"token": follow.token},
        "mans/apkaimes/": slug,
        "mans/kalendars/": {"token": "c" * 43},
        "materiali/": {"pk": paper.pk},
        "padome/": slug | {"folder": folder.pk},
        "panelis/amati/": {"pk": office.pk},
        "panelis/amati/<int:pk>/beigas/": {"pk": given_up.pk},
        "panelis/apkaimes/": slug,
        "panelis/dokumenti/": {"pk": document.pk},
        "panelis/epasti/": {},
        "panelis/foto/": {"pk": photo.pk},
        "panelis/ielas/": {"pk": Street.objects.order_by("pk").first().pk},
        "panelis/ierosinajumi/": {"pk": proposal.pk},
        "panelis/ierasanas/": {"pk": factories.check_in(rsvp).pk},
        "panelis/kandidati/": {"pk": Substitute.objects.filter(term__council=council).order_by("pk").last().pk},
        "panelis/iestatijumi/atbildigie/": {"pk": officer.pk},
        "panelis/iestatijumi/dienas/": {"pk": day.pk},
        "panelis/iestatijumi/lapas/": {"slug": SLUGS[0], "language": "lv"},
        "panelis/iestatijumi/noteikumi/": {"code": "QUORUM", "pk": number.pk},
        "panelis/iestatijumi/strukturvienibas/": {"pk": unit.pk},
        "panelis/iestatijumi/teksti/": {"code": "submission_letter"},
        "panelis/iestatijumi/temati/": {"pk": Topic.objects.get(code="5.1").pk},
        "panelis/iestatijumi/vietas/": {"pk": Place.objects.order_by("pk").first().pk},
        "panelis/jautajumi/": {"pk": answered.matter_id},
        "panelis/lemumi/": {"pk": voted.pk},
        "panelis/lietotaji/": {"pk": role.pk},
        "panelis/mandati/": {"pk": own.by_name().first().pk},
        "panelis/mandati/<int:pk>/beigas/": {"pk": left.pk},
        "panelis/mapes/": {"pk": folder.pk},
        "panelis/materiali/": {"pk": paper.pk},
        "panelis/parskati/": {"kind": "meetings", "format": "xlsx"},
        "panelis/pasakumi/": {"pk": coming.event_id},
        "panelis/pasakumi/<int:pk>/": {"pk": talk.pk},
        "panelis/pasakumi/<int:pk>/albums/": {"pk": photo.album.event_id},
        "panelis/pasakumi/<int:pk>/pec-pasakuma/": {"pk": held.event_id},
        "panelis/pasakumi/serija/": {"pk": series.pk},
        "panelis/pieteikumi/": {"pk": rsvp.pk},
        "panelis/pieteiksanas/ielugumi/": {"pk": invited.pk},
        "panelis/pieteiksanas/jautajumi/": {"pk": asked.pk},
        "panelis/pieteiksanas/pakalpojumi/": {"pk": offered.pk},
        "panelis/priekslikumi/": {"pk": waiting.pk, "step": "registret"},
        "panelis/priekslikumi/faili/": {"pk": file.pk},
        "panelis/priekslikumi/jautajumi/": {"pk": question.pk},
        "panelis/sedes/": {"pk": coming.pk, "item_pk": item.pk, "ending": "txt"},
        "panelis/sedes/<int:pk>/protokols/": {"pk": held.pk},
        "panelis/viedokli/": {"pk": opinion.pk},
        "panelis/zinas/": {"pk": news.pk},
        "pasakumi/<int:pk>-": {"pk": coming.event_id, "slug": coming.event.slug},
        "pasakumi/serija/": {"pk": series.pk},
        "protokoli/": {"pk": held.pk, "number": 1, "step": "parakstit", "comment": 1},
        "r/": {"token": rsvp.token, "answer": "ja"},
        "r/<str:token>/apliecinajums.pdf": {"token": seen.token},
        "s/": {"token": answers.token(coming, own.get(person=chair.person)), "answer": "coming"},
        "sedes/": {"pk": coming.pk},
        "sedes/<int:pk>/telpa/": slug
        | {"pk": voted.item.meeting_id, "item_pk": voted.item_id, "position": 1, "recusal_pk": recusal.pk},
        "uzdevumi/": {"pk": Task.objects.order_by("pk").first().pk},
        "v/": {"token": enquiry.token},
        "zinas/": {"pk": news.pk, "slug": news.slug},
        "<page:": {"slug": SLUGS[0]},
    }
    if formation is None:
        return found | {FORMING: {"slug": None, "step": None}}
    return found | {FORMING: {"slug": formation.council.neighbourhood.slug, "step": step}}


def arguments(route: Route, known: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """What the longest beginnings of the address say of its parameters."""
    values: dict[str, Any] = {}
    for beginning in sorted(known, key=len):
        if route.path.startswith(beginning):
            values |= known[beginning]
    return {name: values[name] for name in route.parameters if values.get(name) is not None}


@dataclass
class Measured:
    """Of each page: who of WHO could open it first, and how many queries that took."""

    pages: dict[str, tuple[str, int]] = field(default_factory=dict)
    unreached: dict[str, str] = field(default_factory=dict)


def measure(known: dict[str, str]) -> Measured:
    """Open every page as the least of those who may; `known` says who that is, where it was asked before."""
    found = Measured()
    clients = {}
    for who, email in WHO.items():
        clients[who] = Client()
        if email:
            clients[who].force_login(User.objects.get(email=email))
        clients[who].get(reverse("dashboard:style"))
    chosen = rows()
    _demo.update(until=float("inf"), loaded=True)  # asked every half a minute, whatever page that meets
    for route in routes():
        label = f"{route.name} /{route.path}"
        values = arguments(route, chosen)
        if set(values) != route.parameters:
            found.unreached[label] = f"no row for {sorted(route.parameters - set(values))}"
            continue
        address = reverse(route.name, kwargs=values)
        for who in [known[label]] if label in known else WHO:
            cache.clear()
            with CaptureQueriesContext(connection) as queries:
                response = clients[who].get(address)
            status = response.status_code
            if status == 405:
                break
            if status == 200 or (status in (301, 302) and reverse("account_login") not in response["Location"]):
                if hasattr(response, "streaming_content"):
                    list(response.streaming_content)
                found.pages[label] = who, len(queries)
                break
            found.unreached[label] = f"{address}: {status}"
        else:
            continue
        found.unreached.pop(label, None)
    return found


@pytest.fixture(scope="module")
def measured(django_db_setup, django_db_blocker):
    """Both demonstrations, one after the other, each in a transaction that leaves nothing."""
    found: dict[int, Measured] = {}
    with django_db_blocker.unblock():
        for years in (1, 4):
            with transaction.atomic():
                call_command("demo", years=years, verbosity=0)
                found[years] = measure({label: who for label, (who, _n) in found[1].pages.items()} if found else {})
                transaction.set_rollback(True)
    return found


def test_every_address_of_the_portal_is_opened(measured):
    unreached = {label: why for label, why in measured[1].unreached.items() if label.split()[0] not in NOT_HERE}
    assert not unreached
    assert {label for label in measured[1].pages if label not in measured[4].pages and FORMING not in label} == set()


def test_public_pages_take_few_queries_however_long_the_history(measured):
    for years, pages in measured.items():
        dear = {label: n for label, (who, n) in pages.pages.items() if who == "visitor" and n > PUBLIC}
        assert not dear, years


def test_pages_of_those_who_work_here_take_few_queries_however_long_the_history(measured):
    for years, pages in measured.items():
        found = {label: n for label, (who, n) in pages.pages.items() if who != "visitor"}
        assert found.pop("dashboard:my-data /mans/dati/fails/") <= OWN_DATA
        assert not {label: n for label, n in found.items() if n > PANEL}, years


def test_pages_take_as_many_queries_after_four_years_as_after_one(measured):
    one, four = measured[1].pages, measured[4].pages
    assert {label: (one[label], four[label]) for label in one if label in four and one[label] != four[label]} == {}

from datetime import UTC, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from councils.models import AgendaItem, Office
from events.models import Event, Rsvp
from tests import factories

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def get(client, event):
    return client.get(event.get_absolute_url())


def test_event_page_tells_when_where_and_how(client):
    area = factories.neighbourhood("Baloži")
    event = factories.event(
        "Kur būt skeitparkam?",
        [area],
        venue="Pilsētas bibliotēka",
        directions="No pieturas pa labi.",
        accessibility="Uzbrauktuve.",
        description="Ņem līdzi idejas.\n\nhttps://example.org/plans",
    )

    response = get(client, event)

    assert response.status_code == 200
    for text in (
        "Kur būt skeitparkam?",
        "Pilsētas bibliotēka",
        "No pieturas pa labi.",
        "Uzbrauktuve.",
        area.short_name,
    ):
        assert text in response.text
    assert 'href="https://example.org/plans"' in response.text
    assert area.get_absolute_url() in response.text


def test_wrong_slug_leads_to_the_right_address(client):
    event = factories.event("Talka")

    response = client.get(f"/pasakumi/{event.pk}-cits/")

    assert (response.status_code, response["Location"]) == (301, event.get_absolute_url())


@pytest.mark.parametrize("path", ["/pasakumi/999-talka/", "/pasakumi/99999999999999999999999-talka/"])
def test_unknown_event_is_not_found(client, path):
    assert client.get(path).status_code == 404


def test_event_page_is_read_only(client):
    assert client.post(factories.event().get_absolute_url()).status_code == 405


def test_draft_is_seen_by_those_who_prepare_it(client):
    meeting = factories.meeting(factories.term().council, title="Melnraksta sēde", published=False)
    chair = factories.user()
    factories.office(factories.membership(meeting.councils.get().terms.get(), chair.person), Office.Kind.CHAIR)

    assert get(client, meeting.event).status_code == 404
    client.force_login(factories.user())
    assert get(client, meeting.event).status_code == 404
    for user in (factories.coordinator(), chair):
        client.force_login(user)
        response = get(client, meeting.event)
        assert (response.status_code, response.context["card"]) == (200, "draft")
        assert "noindex" in response.text


def test_draft_does_not_tell_its_title_by_redirect(client):
    event = factories.event("Slepens plāns", published=False)

    assert client.get(f"/pasakumi/{event.pk}-x/").status_code == 404


def test_cancelled_event_says_why(client):
    event = factories.event(cancelled_at=timezone.now(), cancel_reason="Vētras dēļ.")

    response = get(client, event)

    assert response.context["card"] == "cancelled"
    assert "Vētras dēļ." in response.text
    assert "<form" not in response.text.split('id="pieteikties"')[1].split("</aside>")[0]


def test_agenda_runs_by_its_minutes_and_hides_what_is_not_public(client):
    meeting = factories.meeting()
    start = timezone.localtime(meeting.event.starts_at)
    for position, (title, minutes, restricted) in enumerate(
        [("Pārejas", 30, False), ("Noslēpums", 15, True), ("Dažādi", None, False), ("Noslēgums", 5, False)], start=1
    ):
        AgendaItem.objects.create(
            meeting=meeting, position=position, title=title, minutes=minutes, is_restricted=restricted,
            description=f"Par {title}",
        )  # fmt: skip

    response = get(client, meeting.event)

    times = [line.at and timezone.localtime(line.at) for line in response.context["agenda"]]
    assert times == [start, start + timedelta(minutes=30), start + timedelta(minutes=45), None]
    assert "Pārejas" in response.text
    assert "Noslēpums" not in response.text
    assert "Slēgts jautājums" in response.text


def test_past_meeting_links_its_minutes_and_no_calendar(client):
    meeting = factories.meeting(starts_at=timezone.now() - 9 * DAY, format="hybrid", online_url="https://example.org/j")
    page = get(client, meeting.event).content.decode()
    assert "Lasīt protokolu" not in page
    assert "Pievienot kalendāram" not in page
    assert "Saiti nosūtīsim" not in page
    meeting.minutes_url, meeting.minutes_published_on = "https://example.org/protokols.pdf", timezone.localdate()
    meeting.save()
    assert 'href="https://example.org/protokols.pdf"' in get(client, meeting.event).content.decode()


def test_agenda_in_the_order_of_its_numbers(client):
    meeting = factories.meeting()
    for position in (2, 1):
        AgendaItem.objects.create(meeting=meeting, position=position, title=f"Jautājums {position}")

    assert [line.title for line in get(client, meeting.event).context["agenda"]] == ["Jautājums 1", "Jautājums 2"]


def test_agenda_leads_to_the_matters_that_everybody_sees(client):
    meeting = factories.meeting()
    public, hidden = (factories.matter(title=title, is_public=title == "Pāreja") for title in ("Pāreja", "Parāds"))
    top = factories.agenda_item(meeting, "Ceļi")
    factories.agenda_item(meeting, "Pāreja", matter=public, parent=top)
    factories.agenda_item(meeting, "Personāls", matter=hidden)
    link = f'href="{public.get_absolute_url()}"'

    page = get(client, meeting.event).text
    assert link in page
    assert hidden.get_absolute_url() not in page
    assert client.get(public.get_absolute_url()).status_code == 200

    meeting.event.cancelled_at = timezone.now()
    meeting.event.save()
    assert client.get(public.get_absolute_url()).status_code == 404
    assert link not in get(client, meeting.event).text


@pytest.mark.parametrize(
    ("facts", "card"),
    [
        ({}, "open"),
        ({"capacity": 1, "taken": 1}, "full"),
        ({"takes_rsvps": False}, "free_entry"),
        ({"closed": True}, "closed"),
        ({"begun": True}, "closed"),
        ({"over": True}, "over"),
    ],
)
def test_card_shows_the_state_of_the_sign_up(client, facts, card):
    now = timezone.now()
    start = now - HOUR if facts.pop("begun", False) else now - 2 * DAY if facts.pop("over", False) else now + DAY
    taken = facts.pop("taken", 0)
    closes = {"rsvps_close_at": now - HOUR} if facts.pop("closed", False) else {}
    event = factories.event(starts_at=start, **facts, **closes)
    for _ in range(taken):
        factories.rsvp(event)

    for user in (None, factories.user()):
        if user:
            client.force_login(user)
        response = get(client, event)
        assert response.context["card"] == card
        name = "rsvp-create" if user else "rsvp-guest"
        action = reverse(f"events:{name}", args=[event.pk, event.slug])
        assert (f'action="{action}"' in response.text) == (card in ("open", "full"))
        assert ('name="seat_at_once"' in response.text) == (card == "full")


@pytest.mark.parametrize(
    ("state", "own"), [("going", "going"), ("waiting", "waiting"), ("offered", "offered"), ("held", "unconfirmed")]
)
def test_card_shows_the_own_sign_up(client, state, own):
    user = factories.user()
    event = factories.event(capacity=5)
    row = factories.rsvp(event, user.person, state=state)
    client.force_login(user)

    response = get(client, event)

    assert (response.context["card"], response.context["own"]) == ("own", own)
    assert reverse("events:rsvp-answer", args=[row.token, "ne"]) in response.text
    accept = reverse("events:rsvp-accept", args=[row.token])
    assert (f'action="{accept}"' in response.text) == (state == "offered")
    assert "noindex" in response.text


def test_cancelled_sign_up_may_be_made_again(client):
    user = factories.user()
    event = factories.event()
    factories.rsvp(event, user.person, state="cancelled")
    client.force_login(user)

    assert get(client, event).context["card"] == "open"


def test_event_page_shows_nobody_who_signed_up(client):
    event = factories.event()
    factories.rsvp(event, factories.person("Ģertrūde Ņega", email="gertrude@example.org"), question="Vai būs tēja?")
    client.force_login(factories.user())

    text = get(client, event).text

    for secret in ("Ģertrūde", "Ņega", "gertrude@", "Vai būs tēja?"):
        assert secret not in text


def test_link_to_join_is_for_those_who_have_a_seat(client):
    user, waiting = factories.user(), factories.user()
    event = factories.event(format="hybrid", online_url="https://saruna.example.org/slepens")
    factories.rsvp(event, user.person)
    factories.rsvp(event, waiting.person, state="waiting")

    assert "slepens" not in get(client, event).text
    client.force_login(waiting)
    assert "slepens" not in get(client, event).text
    client.force_login(user)
    assert "slepens" not in get(client, event).text
    assert "Pieslēgšanās saite te būs tajā dienā no plkst." in get(client, event).text

    soon(event)
    assert 'href="https://saruna.example.org/slepens"' in get(client, event).text
    client.force_login(waiting)
    assert "slepens" not in get(client, event).text


def soon(event, minutes=59):
    """The event begins in less than an hour: from then on the link is shown."""
    starts_at = timezone.now() + timedelta(minutes=minutes)
    Event.objects.filter(pk=event.pk).update(starts_at=starts_at, ends_at=starts_at + timedelta(hours=2))


def test_link_to_join_is_gone_with_the_event(client):
    user = factories.user()
    event = factories.event(format="remote", online_url="https://saruna.example.org/slepens")
    factories.rsvp(event, user.person)
    client.force_login(user)
    for minutes, shown in ((61, False), (59, True), (-60, True), (-121, False)):
        soon(event, minutes)
        assert ("slepens" in get(client, event).text) is shown, minutes


def test_link_to_join_is_public_where_nobody_signs_up(client):
    event = factories.event(format="remote", online_url="https://saruna.example.org/visiem", takes_rsvps=False)

    assert "visiem" not in get(client, event).text
    soon(event)
    assert 'href="https://saruna.example.org/visiem"' in get(client, event).text


def test_calendar_links_carry_the_event(client):
    event = factories.event("Čiekuru talka")

    links = dict(get(client, event).context["links"])

    start = event.starts_at.astimezone(UTC)
    assert f"dates={start:%Y%m%dT%H%M%SZ}%2F" in links["Google kalendārs"]
    assert "subject=%C4%8Ciekuru+talka" in links["Outlook"]


@pytest.mark.parametrize("count", [1, 3, 300])
def test_event_page_makes_the_same_queries(client, count, django_assert_num_queries):
    meeting = factories.meeting(factories.term().council, capacity=count)
    event = meeting.event
    AgendaItem.objects.bulk_create(
        AgendaItem(meeting=meeting, position=n, title=f"{n}. jautājums") for n in range(1, min(count, 30) + 1)
    )
    person = factories.person()
    Rsvp.objects.bulk_create(
        Rsvp(
            event=event,
            person=person,
            number=n,
            state="cancelled",
            rsvped_at=timezone.now(),
            cancelled_at=timezone.now(),
        )
        for n in range(1, count + 1)
    )
    user = factories.user()
    row = factories.rsvp(event, user.person, state="waiting")
    get(client, event)  # asks once whether this is a demonstration

    with django_assert_num_queries(4):  # event, neighbourhoods, agenda, papers
        get(client, event)
    client.force_login(user)
    with django_assert_num_queries(10):  # session, person, roles; the same; own sign-up, place, address
        assert get(client, event).context["rsvp"] == row

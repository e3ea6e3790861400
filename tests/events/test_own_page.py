"""The pages behind a personal link: no log-in, GET changes nothing, each state in words."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from events import operations
from events.models import Rsvp
from people.models import AuditEntry
from tests import factories

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def link(row, name="rsvp", *args):
    return reverse(f"events:{name}", args=[row.token, *args])


def sign_up(state="going", person=None, **facts):
    fields = {name: facts.pop(name) for name in ("party_size", "cancelled_for") if name in facts}
    return factories.rsvp(factories.event(**facts), person, state=state, **fields)


NOW_STATES = {
    "going": lambda now: sign_up(),
    "waiting": lambda now: sign_up("waiting", capacity=1),
    "offered": lambda now: sign_up("offered", capacity=1),
    "unconfirmed": lambda now: sign_up("held"),
    "late": lambda now: factories.rsvp(factories.event(), state="offered", offer_expires_at=now - HOUR),
    "gone": lambda now: sign_up("cancelled"),
    "lapsed": lambda now: sign_up("cancelled", cancelled_for="unconfirmed"),
    "cancelled": lambda now: sign_up(cancelled_at=now),
    "running": lambda now: sign_up(starts_at=now - HOUR),
    "begun": lambda now: sign_up("waiting", starts_at=now - HOUR),
    "over": lambda now: sign_up(starts_at=now - DAY),
}
CAN_CANCEL = {"going", "waiting", "offered", "unconfirmed"}


@pytest.mark.parametrize("own", NOW_STATES)
def test_own_page_says_how_things_stand(client, own):
    row = NOW_STATES[own](timezone.now())
    before = Rsvp.objects.values().get()

    response = client.get(link(row))

    assert (response.status_code, response.context["own"]) == (200, own)
    assert (f'href="{link(row, "rsvp-answer", "ne")}"' in response.text) == (own in CAN_CANCEL)
    assert (f'action="{link(row, "rsvp-accept")}"' in response.text) == (own == "offered")
    assert (f'action="{link(row, "rsvp-confirm")}"' in response.text) == (own in ("unconfirmed", "lapsed"))
    assert Rsvp.objects.values().get() == before


@pytest.mark.parametrize("own", NOW_STATES)
@pytest.mark.parametrize("answer", ["ja", "ne"])
def test_answer_is_a_page_with_one_button_or_leads_to_the_own_page(client, own, answer):
    row = NOW_STATES[own](timezone.now())
    before = Rsvp.objects.values().get()

    response = client.get(link(row, "rsvp-answer", answer))

    if own in (CAN_CANCEL | {"late"} if answer == "ne" else {"going", "running"}):
        assert response.status_code == 200
        card = response.text.split("<main")[1].split("</main>")[0]
        assert card.count("<button") == 1
        assert 'method="post"' in card
    else:
        assert response["Location"] == link(row)
    assert Rsvp.objects.values().get() == before


PAGES = [("rsvp",), ("rsvp-confirm",), ("rsvp-accept",), ("rsvp-answer", "ja"), ("rsvp-answer", "ne"), ("rsvp-ics",)]


@pytest.mark.parametrize("page", PAGES)
def test_pages_behind_the_link_are_nobody_elses(client, page):
    row = sign_up()

    response = client.get(link(row, *page))

    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Referrer-Policy"] == "same-origin"
    row.token = "nav-tadas"
    assert client.get(link(row, *page)).status_code in (302, 404)
    assert client.get(link(row, *page), follow=True).status_code == 404
    assert client.post(link(row, *page)).status_code in (404, 405)
    assert client.delete(link(row, *page)).status_code == 405


@pytest.mark.parametrize("page", ["rsvp-confirm", "rsvp-accept"])
def test_get_on_an_action_shows_the_own_page(client, page):
    row = sign_up("held" if page == "rsvp-confirm" else "offered")

    assert client.get(link(row, page))["Location"] == link(row)
    row.refresh_from_db()
    assert row.state in ("held", "offered")


@pytest.mark.parametrize(("state", "asked"), [("going", "Vai atbrīvot vietu?"), ("waiting", "Vai iziet no rindas?")])
def test_title_asks_what_the_page_asks(client, state, asked):
    page = client.get(link(sign_up(state, capacity=1), "rsvp-answer", "ne")).content.decode()
    assert " ".join(page.partition("<title>")[2].partition("</title>")[0].split()).startswith(asked)


def test_own_sign_up_stands_before_the_facts(client):
    page = client.get(link(sign_up())).content.decode()
    assert page.index("Pieteikums saņemts") < page.index("kp-facts")


def test_place_in_the_queue(client):
    event = factories.event(capacity=1)
    factories.rsvp(event)
    rows = [factories.rsvp(event, state="waiting") for _ in range(3)]

    assert [client.get(link(row)).context["place"] for row in rows] == [1, 2, 3]
    assert "Tu esi 3. rindā" in client.get(link(rows[2])).text


def test_own_page_masks_the_address(client):
    row = sign_up(person=factories.person(email="vards@example.org"))

    text = client.get(link(row)).text

    assert "v…s@example.org" in text
    assert "vards@example.org" not in text


def test_own_page_of_somebody_without_mail(client):
    response = client.get(link(sign_up()))

    assert response.context["sent_to"] == ""
    assert "@" not in response.text.split('id="pieteikties"')[1].split("</aside>")[0]


# --- changing ---------------------------------------------------------------------------------------------------------


def test_sign_up_is_changed_on_its_own_page(client):
    row = sign_up(format="hybrid", capacity=5)

    response = client.post(
        link(row), {"attending": "remote", "party_size": "3", "question": "Vai būs tulks?", "wants_reminder": ""}
    )

    assert response["Location"] == link(row)
    row.refresh_from_db()
    assert (row.attending, row.party_size, row.question, row.wants_reminder) == ("remote", 3, "Vai būs tulks?", False)


def test_change_form_shows_what_stands(client):
    row = factories.rsvp(factories.event(), party_size=3, question="Kur ieeja?", wants_reminder=False)

    form = client.get(link(row)).context["form"]

    assert (form["party_size"].value(), form["question"].value(), form["wants_reminder"].value()) == (
        3,
        "Kur ieeja?",
        False,
    )


def test_waiting_may_choose_to_be_seated_at_once(client):
    event = factories.event(capacity=1)
    factories.rsvp(event)
    row = factories.rsvp(event, state="waiting")

    client.post(link(row), {"seat_at_once": "on", "wants_reminder": "on"})

    row.refresh_from_db()
    assert (row.state, row.seat_at_once) == ("waiting", True)


def test_change_that_does_not_fit_is_explained(client):
    event = factories.event(capacity=3)
    factories.rsvp(event, party_size=2)
    row = factories.rsvp(event)

    response = client.post(link(row), {"party_size": "3"})

    assert response.status_code == 422
    assert 'id="kludas"' in response.text
    row.refresh_from_db()
    assert row.party_size == 1


def test_change_of_a_cancelled_sign_up_is_refused(client):
    row = sign_up("cancelled")

    assert client.post(link(row), {"party_size": "2"}).status_code == 422


def test_change_by_an_officer_of_the_portal_is_audited(client):
    row = sign_up()
    coordinator = factories.coordinator()
    operations.change_rsvp(rsvp=row, by=coordinator, now=timezone.now(), party_size=2)
    assert AuditEntry.objects.count() == 1

    client.post(link(row), {"party_size": "3"})  # whoever has the link is the person

    assert AuditEntry.objects.count() == 1


# --- confirming, accepting, answering ---------------------------------------------------------------------------------


def test_guest_confirms_with_one_button(client):
    row = sign_up("held")

    page = client.post(link(row, "rsvp-confirm"), follow=True)

    assert page.context["own"] == "going"


def test_guest_who_comes_too_late_is_led_to_the_new_sign_up(client):
    row = sign_up("held")
    operations.expire(now=timezone.now() + 3 * HOUR)

    page = client.post(link(row, "rsvp-confirm"), follow=True)

    fresh = Rsvp.objects.get(state="going")
    assert page.redirect_chain == [(link(fresh), 302)]


def test_guest_who_comes_after_the_close_hears_why(client):
    row = sign_up("cancelled", cancelled_for="unconfirmed", rsvps_close_at=timezone.now() - HOUR)
    Rsvp.objects.update(confirmed_at=None)

    page = client.post(link(row, "rsvp-confirm"), follow=True)

    assert page.context["own"] == "lapsed"
    assert "Pieteikšanās šim pasākumam ir beigusies." in page.text


def test_offer_is_accepted_with_one_button(client):
    row = sign_up("offered", capacity=1)

    assert client.post(link(row, "rsvp-accept"), follow=True).context["own"] == "going"


def test_late_acceptance_hears_why(client):
    row = factories.rsvp(factories.event(), state="offered", offer_expires_at=timezone.now() - HOUR)

    page = client.post(link(row, "rsvp-accept"), follow=True)

    assert page.context["own"] == "late"
    assert "Vieta piedāvāta nākamajam rindā." in page.text


def test_offer_is_declined_from_the_answer_page(client):
    row = sign_up("offered", capacity=1)

    page = client.post(link(row, "rsvp-answer", "ne"), follow=True)

    row.refresh_from_db()
    assert (page.context["own"], row.cancelled_for) == ("gone", "declined")


def test_yes_is_written_down(client):
    row = sign_up()

    page = client.post(link(row, "rsvp-answer", "ja"), follow=True)

    row.refresh_from_db()
    assert row.affirmed_at is not None
    assert "Paldies! Uz tikšanos!" in page.text


def test_yes_of_somebody_without_a_seat_hears_why(client):
    row = sign_up("cancelled")

    page = client.post(link(row, "rsvp-answer", "ja"), follow=True)

    assert "Šo pieteikumu vairs nevar mainīt." in page.text
    assert page.context["own"] == "gone"


def test_no_frees_the_seat_for_the_queue(client):
    event = factories.event(capacity=1)
    row, waiting = factories.rsvp(event), factories.rsvp(event, state="waiting")

    client.post(link(row, "rsvp-answer", "ne"))

    waiting.refresh_from_db()
    assert waiting.state == "offered"


def test_no_after_the_start_hears_why(client):
    row = sign_up(starts_at=timezone.now() - HOUR)

    page = client.post(link(row, "rsvp-answer", "ne"), follow=True)

    assert "Pasākums jau ir sācies." in page.text


def test_other_answers_do_not_exist(client):
    assert client.get(f"/r/{sign_up().token}/varbut/").status_code == 404


def test_forms_behind_the_link_need_their_token(client):
    row = sign_up()
    strict = client.__class__(enforce_csrf_checks=True)

    assert strict.post(link(row, "rsvp-answer", "ne")).status_code == 403


# --- the own calendar file --------------------------------------------------------------------------------------------


def test_own_file_leads_who_has_a_seat_to_the_page_with_the_link(client):
    row = sign_up(format="remote", online_url="https://saruna.example.org/slepens")
    waiting = factories.rsvp(row.event, state="waiting")

    response = client.get(link(row, "rsvp-ics"))

    assert f"/r/{row.token}/".encode() in Calendar.from_ical(response.content).to_ical().replace(b"\r\n ", b"")
    assert b"slepens" not in response.content.replace(b"\r\n ", b"")
    assert b"CONFERENCE" not in client.get(link(waiting, "rsvp-ics")).content.replace(b"\r\n ", b"")


@pytest.mark.parametrize("count", [1, 3, 300])
def test_own_page_makes_the_same_queries(client, count, django_assert_num_queries):
    event = factories.event(capacity=1, neighbourhoods=[factories.neighbourhood()])
    person = factories.person(email="vards@example.org")
    Rsvp.objects.bulk_create(
        Rsvp(
            event=event,
            person=person,
            number=n,
            state="cancelled",
            rsvped_at=timezone.now(),
            cancelled_at=timezone.now(),
            cancelled_for="self",
        )
        for n in range(1, count + 1)
    )
    row = factories.rsvp(event, person, state="waiting")
    client.get(link(row))  # asks once whether this is a demonstration

    with django_assert_num_queries(5):  # sign-up, event, neighbourhoods, place, address
        client.get(link(row))

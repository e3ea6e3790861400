"""What people complain of at other event tools, each shown not to happen here, with data that could show it."""

import re
from collections import Counter
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from django.urls import reverse
from django.utils import timezone, translation

from events import operations
from events.models import Event, Rsvp
from neighbourhoods import latvian
from notices import operations as notices
from notices.models import Notice
from people import operations as people
from tests import factories
from tests.people.conftest import visible

pytestmark = pytest.mark.django_db
RIGA = ZoneInfo("Europe/Riga")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def sign_up(event, now, address="", person=None, **fields):
    person = person or factories.person(email=address)
    return operations.rsvp(event=event, person=person, by=None, now=now, **fields)


def sent(outbox, now):
    """(address, subject) of each mail that goes out now."""
    before = len(outbox)
    notices.deliver(now=now)
    return [(mail.to[0], mail.subject) for mail in outbox[before:]]


def states(event):
    return [row.state for row in event.rsvps.order_by("number")]


# --- mails about what does not happen ---------------------------------------------------------------------------------


@pytest.mark.parametrize("is_planned", [False, True])
def test_no_reminder_of_what_was_hidden_withdrawn_or_cancelled(now, mailoutbox, is_planned):
    """Be it before the reminders are planned, or between that and the sending."""
    stays, hidden, cancelled, left, put_out, forgotten = (
        factories.event(f"Saruna {n}", starts_at=now + 3 * DAY) for n in range(6)
    )
    everywhere = [stays, hidden, cancelled, left, put_out, forgotten]
    rows = {event: sign_up(event, now, f"a{n}@example.org") for n, event in enumerate(everywhere)}
    sent(mailoutbox, now)
    due = stays.starts_at - 24 * HOUR
    if is_planned:
        operations.plan_reminders(now=due)
        assert Notice.objects.filter(kind="reminder").count() == 6

    Event.objects.filter(pk=hidden.pk).update(published_at=None)
    operations.cancel_event(event=cancelled, by=None, now=due)
    operations.cancel_rsvp(rsvp=rows[left], by=None, now=due)
    operations.cancel_rsvp(rsvp=rows[put_out], by=factories.coordinator(), now=due, reason="organiser")
    people.erase_person(person=rows[forgotten].person, by=None, now=due)
    operations.plan_reminders(now=due)

    reminders = [to for to, subject in sent(mailoutbox, due) if subject.startswith("Rīt: ")]
    assert reminders == ["a0@example.org"]


def test_nothing_is_told_of_what_is_not_published(now, mailoutbox, client):
    area = factories.neighbourhood()
    factories.follow(factories.person(email="sekotajs@example.org"), area)
    draft = factories.event("Melnraksts", [area], published=False, starts_at=now + 3 * DAY)
    shown = factories.event("Gaidāma", [area], published=False, starts_at=now + 3 * DAY)
    taken_back = factories.event("Atsaukta", [area], published=False, starts_at=now + 3 * DAY)
    guest = factories.person(email="aicinata@example.org")
    for event in (draft, shown, taken_back):
        operations.invite(event=event, persons=[guest], by=None, now=now)
        operations.change_event(event=event, by=None, now=now, venue="Skola", starts_at=now + 4 * DAY,
                                ends_at=now + 4 * DAY + HOUR)  # fmt: skip
    for event in (shown, taken_back):
        operations.publish_event(event=event, by=None, now=now)
    Event.objects.filter(pk=taken_back.pk).update(published_at=None)
    operations.plan_reminders(now=now + 3 * DAY)
    operations.cancel_event(event=draft, by=None, now=now)

    told = sent(mailoutbox, now)
    assert sorted(to for to, _subject in told) == ["aicinata@example.org", "sekotajs@example.org"]
    assert all("Gaidāma" in subject for _to, subject in told)


def test_nobody_gets_a_mail_twice_whatever_is_pressed_twice(now, mailoutbox):
    area = factories.neighbourhood()
    factories.follow(factories.person(email="sekotajs@example.org"), area)
    event = factories.event("Sēde", [area], published=False, capacity=1, starts_at=now + 3 * DAY)
    told = []

    def twice(act):
        for _time in range(2):
            act()
        for _worker in range(2):
            told.extend(sent(mailoutbox, moment))

    moment = now
    twice(lambda: operations.publish_event(event=event, by=None, now=moment))
    going, waiting = factories.person(email="iet@example.org"), factories.person(email="gaida@example.org")
    twice(lambda: sign_up(event, moment, person=going))
    twice(lambda: sign_up(event, moment, person=waiting))
    guest = {"name": "Anna", "email": "viesis@example.org", "network": "", "language": "lv"}
    twice(lambda: operations.rsvp_as_guest(event=event, now=moment, **guest))
    row = Rsvp.objects.get(person__channels__value="viesis@example.org")
    twice(lambda: operations.confirm_rsvp(rsvp=row, now=moment))
    twice(lambda: operations.cancel_rsvp(rsvp=event.rsvps.get(person=going), by=None, now=moment))
    twice(lambda: operations.accept_offer(rsvp=event.rsvps.get(person=waiting), now=moment))
    twice(lambda: operations.change_event(event=event, by=None, now=moment, venue="Bibliotēka"))
    moment = event.starts_at - 24 * HOUR
    twice(lambda: operations.plan_reminders(now=moment))
    twice(lambda: operations.cancel_event(event=event, by=None, now=moment))

    assert set(Counter(told).values()) == {1}
    mails = Counter(to for to, _subject in told)
    assert mails == {
        "sekotajs@example.org": 3,  # published, moved, called off
        "iet@example.org": 1,
        "gaida@example.org": 6,  # queue, offer, seat, moved, reminder, called off
        "viesis@example.org": 4,  # link, queue, moved, called off
    }


def test_offer_is_never_sent_after_the_start(now, mailoutbox):
    """Neither one that waited for a dead mail server, nor one for a seat that nobody confirmed."""
    event = factories.event(capacity=1, starts_at=now + 3 * HOUR)
    row = sign_up(event, now, "iet@example.org")
    sign_up(event, now, "pirma@example.org")
    sign_up(event, now, "otra@example.org")
    sent(mailoutbox, now)
    operations.cancel_rsvp(rsvp=row, by=None, now=event.starts_at - MINUTE)
    assert states(event) == ["cancelled", "offered", "waiting"]
    assert Notice.objects.filter(kind="rsvp_offer", closed_at=None).count() == 1

    for moment in (event.starts_at, event.starts_at + MINUTE, event.starts_at + HOUR):
        operations.expire(now=moment)
        operations.change_event(event=event, by=None, now=moment, capacity=9)
        assert [told for told in sent(mailoutbox, moment) if "brīva vieta" in told[1]] == []
    assert states(event) == ["cancelled", "cancelled", "waiting"]


def test_each_gets_mails_in_their_own_language(mailoutbox, client):
    """Whoever presses the button, in whatever language they read the portal."""
    now = timezone.now()
    event = factories.event("Saruna", starts_at=now + 3 * DAY)
    for language in ("lv", "en"):
        sign_up(event, now, person=factories.person(email=f"{language}@example.org", language=language))
    with translation.override("en"):
        operations.change_event(event=event, by=None, now=now, venue="Skola")
        notices.deliver(now=now)
    where = reverse("events:rsvp-guest", args=[event.pk, event.slug])
    for language in ("lv", "en"):
        client.cookies["valoda"] = language
        client.post(where, {"name": "Anna", "email": f"viesis.{language}@example.org", "party_size": "1"})
    client.cookies["valoda"] = "en"
    client.post(where, {"name": "Anna", "email": "lv@example.org", "party_size": "1"})  # has a sign-up, is told so
    with translation.override("lv"):
        notices.deliver(now=timezone.now())

    said = Counter((mail.to[0], re.search(r'<html lang="(\w+)">', mail.alternatives[0][0])[1]) for mail in mailoutbox)
    assert said == {
        ("lv@example.org", "lv"): 3,  # signed up, moved, asked again
        ("en@example.org", "en"): 2,
        ("viesis.lv@example.org", "lv"): 1,
        ("viesis.en@example.org", "en"): 1,
    }


def test_no_seat_hangs_on_a_mail_that_was_never_sent(now, client):
    """With an account the page says all at once. A guest whose mail does not come calls, and the seat is confirmed;
    the message itself stays in the ledger, to be sent when the mail server is back."""
    event = factories.event(capacity=2)
    user = factories.user()
    client.force_login(user)
    page = client.post(reverse("events:rsvp-create", args=[event.pk, event.slug]), {"party_size": "1"}, follow=True)
    assert Notice.objects.get(kind="rsvp_confirmed").sent_at is None  # no worker runs
    row = user.person.rsvps.get()
    assert page.context["own"] == "going"
    assert client.get(reverse("events:rsvp-ics", args=[row.token])).status_code == 200
    assert row.get_absolute_url() in client.get("/mans/").text

    guest = {"name": "Anna", "email": "viesis@example.org", "network": "", "language": "lv"}
    held = operations.rsvp_as_guest(event=event, now=timezone.now(), **guest)
    operations.rsvp(event=event, person=held.person, by=factories.coordinator(), now=timezone.now())
    held.refresh_from_db()
    assert (held.state, held.hold_expires_at) == ("going", None)
    assert Notice.objects.filter(person=held.person, closed_at=None).exists()


# --- lists and pages --------------------------------------------------------------------------------------------------


@pytest.fixture
def listed():
    """One event to come, and what must not be listed as that: over, called off, not published."""
    now = timezone.now()
    area = factories.neighbourhood("Baloži")
    follower = factories.user()
    factories.follow(follower.person, area)
    council = factories.council(neighbourhood=area)
    titles = {
        "Gaidāma": {},
        "Notikusi": {"starts_at": now - DAY},
        "Atcelta": {"cancelled_at": now, "starts_at": now + DAY},
        "Nepublicēta": {"published": False, "starts_at": now + DAY},
        "Atcelta un pāri": {"cancelled_at": now - 3 * DAY, "starts_at": now - DAY},
    }
    for title, fields in titles.items():
        factories.meeting(council, title=f"{title} sēde", **fields)
    return area, follower


UPCOMING = ["/", "/apkaimes/{area}/", "/iegult/kalendars/", "/meklet/?q=sede", "/mans/", "/kalendars/?vietas=on"]


@pytest.mark.parametrize("address", UPCOMING)
def test_what_is_over_or_off_is_listed_as_upcoming_nowhere(client, listed, address):
    area, follower = listed
    client.force_login(follower)
    page = client.get(address.format(area=area.slug)).content.decode()
    upcoming = re.split('id="(?:bijusie|sedes)"', page)[0]  # before the part that says it is of the past
    assert "Gaidāma sēde" in upcoming
    for title in ("Notikusi sēde", "Nepublicēta sēde", "Atcelta un pāri", "Atcelta sēde"):
        assert title not in upcoming, title


@pytest.mark.parametrize("address", ["/kalendars/", "/kalendars/?q=sede", "/kalendars/?apkaime={area}"])
def test_calendar_lists_the_cancelled_as_cancelled_and_takes_no_sign_up_for_it(client, listed, address):
    page = client.get(address.format(area=listed[0].slug)).content.decode()
    items = {re.search(r"(\w+) sēde", item)[1]: item for item in page.split('<li class="kp-ev">')[1:]}
    assert set(items) == {"Gaidāma", "Atcelta"}
    assert "Atcelts" in items["Atcelta"]
    assert "#pieteikties" in items["Gaidāma"]
    assert "#pieteikties" not in items["Atcelta"]
    assert "Brīvas" not in items["Atcelta"]


def test_closed_sign_up_is_offered_nowhere(client):
    past = timezone.now() - HOUR
    area = factories.neighbourhood("Baloži")
    event = factories.event("Slēgta sēde", [area], capacity=9, rsvps_close_at=past)
    for address in ("/", f"/apkaimes/{area.slug}/", "/kalendars/", "/meklet/?q=sede"):
        page = client.get(address).content.decode()
        assert "Slēgta sēde" in page
        assert "#pieteikties" not in page, address
    page = client.get(event.get_absolute_url())
    assert page.context["card"] == "closed"
    assert "Slēgta sēde" not in client.get("/kalendars/?vietas=on").text


FEEDS = ["/kalendars.ics", "/apkaimes/{area}/kalendars.ics", "/apkaimes/{area}/padome/kalendars.ics"]


@pytest.mark.parametrize("address", FEEDS)
def test_feeds_say_that_the_cancelled_is_cancelled_and_hold_no_draft(client, listed, address):
    calendar = icalendar.Calendar.from_ical(client.get(address.format(area=listed[0].slug)).content)
    statuses = {str(entry["summary"]).rpartition(" sēde")[0]: str(entry["status"]) for entry in calendar.walk("VEVENT")}
    statuses = {title.split()[-1] if ":" in title else title: status for title, status in statuses.items()}
    assert statuses["Gaidāma"] == "CONFIRMED"
    assert {status for title, status in statuses.items() if "Atcelta" in title} == {"CANCELLED"}
    assert not [title for title in statuses if "Nepublicēta" in title]


def test_feed_of_news_and_sitemap_hold_no_draft(client, listed):
    for address in ("/kalendars.atom", "/sitemap.xml"):
        answer = client.get(address).content.decode()
        assert Event.objects.get(title="Gaidāma sēde").get_absolute_url() in answer
        for draft in Event.objects.filter(published_at=None):
            assert f"/pasakumi/{draft.pk}-" not in answer


def test_who_cancelled_signs_up_again_as_often_as_they_like(client):
    event = factories.event(capacity=1)
    user = factories.user()
    client.force_login(user)
    for n in range(1, 4):
        form = client.get(event.get_absolute_url())
        assert form.context["card"] == "open"
        page = client.post(reverse("events:rsvp-create", args=[event.pk, event.slug]), {"party_size": "1"}, follow=True)
        assert (page.status_code, page.context["own"]) == (200, "going")
        row = user.person.rsvps.get(state="going")
        assert row.number == n
        gone = client.post(reverse("events:rsvp-answer", args=[row.token, "ne"]), follow=True)
        assert gone.status_code == 200
        assert client.get(row.get_absolute_url()).context["own"] == "gone"


def test_guest_who_cancelled_signs_up_again_by_either_link(client):
    event = factories.event(capacity=1)
    where = reverse("events:rsvp-guest", args=[event.pk, event.slug])
    form = {"name": "Anna", "email": "viesis@example.org", "party_size": "1"}
    for n in range(1, 4):
        assert client.post(where, form, follow=True).status_code == 200
        row = Rsvp.objects.get(number=n)
        page = client.post(reverse("events:rsvp-confirm", args=[row.token]), follow=True)
        assert (page.status_code, page.context["own"]) == (200, "going")
        assert client.post(reverse("events:rsvp-answer", args=[row.token, "ne"]), follow=True).status_code == 200
    for row in Rsvp.objects.all():  # the links of all the mails
        page = client.post(reverse("events:rsvp-confirm", args=[row.token]), follow=True)
        assert (page.status_code, page.context["own"]) == (200, "gone")
    assert event.rsvps.active().count() == 0


def test_who_waits_is_shown_to_nobody_and_never_as_coming(client):
    area = factories.neighbourhood("Baloži")
    event = factories.event("Pilna sēde", [area], capacity=1)
    going = factories.rsvp(event, factories.person("Ieva Sēž"), name_on_list=True)
    named = factories.person("Zigfrīds Rindinieks", email="rinda@example.org")
    waiting = factories.rsvp(event, named, state="waiting", name_on_list=True, party_size=3)
    addresses = ["/", "/kalendars/", f"/apkaimes/{area.slug}/", "/meklet/?q=Rindinieks", "/meklet/?q=sede"]
    addresses += ["/iegult/kalendars/", "/kalendars.ics", "/kalendars.atom", event.get_absolute_url()]
    addresses += [reverse("events:ics", args=[event.pk, event.slug]), "/sitemap.xml"]
    for reader in (None, factories.user()):
        if reader:
            client.force_login(reader)
        for address in addresses:
            answer = client.get(address)
            said = re.sub(r"\r\n ", "", answer.content.decode())
            for secret in ("Zigfrīds", "Ieva Sēž", named.family_name + "<", "rinda@", waiting.token, going.token):
                assert secret not in said, (address, secret)
    page = visible(client.get(event.get_absolute_url()).content.decode())
    assert "Rindā ir 3 cilvēki" in page
    row = Event.objects.with_seats().get(pk=event.pk)
    assert (row.people_coming, row.people_waiting) == (1, 3)
    for is_limited in (True, False):
        Event.objects.filter(pk=event.pk).update(capacity=1 if is_limited else None)
        said = visible(client.get("/").content.decode())
        assert ("Vietu nav, gaida 3" if is_limited else "Pieteicies 1") in said


def test_promotion_goes_by_number_and_passes_only_what_does_not_fit(now):
    event = factories.event(capacity=4, starts_at=now + 9 * DAY)
    seated = [sign_up(event, now, party_size=2), sign_up(event, now), sign_up(event, now)]
    family, single, pair, late = (sign_up(event, now, party_size=size) for size in (3, 1, 2, 1))

    def standing():
        return [Rsvp.objects.get(pk=row.pk).state for row in (family, single, pair, late)]

    operations.cancel_rsvp(rsvp=seated[1], by=None, now=now)
    assert standing() == ["waiting", "offered", "waiting", "waiting"]
    operations.cancel_rsvp(rsvp=single, by=None, now=now)  # declined: the pair and the family do not fit
    assert standing() == ["waiting", "cancelled", "waiting", "offered"]
    operations.expire(now=now + 2 * DAY)  # nobody answered; nobody else is small enough
    assert standing() == ["waiting", "cancelled", "waiting", "cancelled"]
    again = sign_up(event, now + 2 * DAY, party_size=1)  # takes the one seat for which nobody waits
    assert (again.state, again.number) == ("going", 8)
    operations.cancel_rsvp(rsvp=seated[0], by=None, now=now + 2 * DAY)
    assert standing()[:3] == ["waiting", "cancelled", "offered"]
    operations.change_event(event=event, by=None, now=now + 2 * DAY, capacity=7)
    assert standing()[0] == "offered"


# --- free seats and the reader's own ----------------------------------------------------------------------------------

SEES = {
    "going": "Tev ir vieta",
    "waiting": "Tu stāvi rindā.",
    "offered": "Tev ir brīva vieta",
    "held": "Vēl nav apstiprināts",
}


@pytest.mark.parametrize("state", SEES)
def test_who_signed_up_is_told_so_in_every_list_and_offered_no_free_seat(client, state):
    area = factories.neighbourhood("Baloži")
    event = factories.event("Sēde", [area], capacity=9)
    user, other = factories.user(), factories.user()
    factories.rsvp(event, user.person, state=state)
    factories.rsvp(factories.event("Sēde citur", capacity=9), other.person)  # somebody else's is not mine
    addresses = ["/", "/kalendars/", "/kalendars/?q=sede", f"/apkaimes/{area.slug}/", "/meklet/?q=sede"]
    for reader in (None, other, user):
        if reader:
            client.force_login(reader)
        for address in addresses:
            page = client.get(address).content.decode()
            [item] = [item.split("</li>")[0] for item in page.split('<li class="kp-ev">')[1:] if "Sēde</a>" in item]
            said = visible(item)
            assert (SEES[state] in said) == (reader == user), (address, said)
            assert ("no 9" in said) == (reader != user), (address, said)
            assert ("Mans pieteikums" in said) == (reader == user)
            assert ("Pieteikties" in said) == (reader != user)
    page = client.get(event.get_absolute_url()).content.decode()
    assert "no 9" not in visible(page)
    assert reverse("events:rsvp-create", args=[event.pk, event.slug]) not in page


def test_cancelled_sign_up_is_not_told_as_one(client):
    user = factories.user()
    factories.rsvp(factories.event("Sēde", capacity=9), user.person, state="cancelled")
    client.force_login(user)
    assert "Brīvas 9 no 9" in visible(client.get("/kalendars/").content.decode())


@pytest.mark.parametrize("count", [1, 3])
def test_own_sign_ups_cost_one_query_however_many(client, count, django_assert_num_queries):
    area = factories.neighbourhood("Baloži")
    user = factories.user()
    for n in range(count):
        factories.rsvp(factories.event(f"Sēde {n}", [area]), user.person)
    client.force_login(user)
    for address, queries in (("/", 10), ("/kalendars/", 9), ("/meklet/?q=sede", 12)):
        client.get(address)
        with django_assert_num_queries(queries):
            assert "Mans pieteikums" in client.get(address).text


# --- the hour ---------------------------------------------------------------------------------------------------------


def last_sunday(month: int) -> date:
    """Of next year: clocks change on it in March and October."""
    day = date(timezone.localdate().year + 1, month, 31)
    return day - timedelta(days=(day.weekday() + 1) % 7)


SPRING, AUTUMN = last_sunday(3), last_sunday(10)


@pytest.mark.parametrize(
    ("day", "utc_hour"),
    [(SPRING - DAY, 8), (SPRING, 7), (AUTUMN - DAY, 7), (AUTUMN, 8)],
    ids=["before summer time", "on the day it begins", "before winter time", "on the day it ends"],
)
def test_hour_is_right_on_both_sides_of_the_change_of_time(client, mailoutbox, day, utc_hour):
    starts_at = datetime.combine(day, time(10), tzinfo=RIGA)
    event = factories.event("Talka", starts_at=starts_at)
    signed_up_at = starts_at - 9 * DAY
    row = sign_up(event, signed_up_at, "iet@example.org")
    notices.deliver(now=signed_up_at)
    [mail] = mailoutbox
    [(_name, file, _type)] = mail.attachments
    files = [file, client.get(reverse("events:ics", args=[event.pk, event.slug])).content]
    files += [client.get("/kalendars.ics").content, client.get(reverse("events:rsvp-ics", args=[row.token])).content]
    for content in files:
        [entry] = icalendar.Calendar.from_ical(content).walk("VEVENT")
        start = entry["dtstart"].dt
        assert start == starts_at
        assert start.astimezone(ZoneInfo("UTC")).hour == utc_hour
        assert start.astimezone(RIGA).hour == 10
    page = client.get(event.get_absolute_url()).content.decode()
    for text in (mail.body, visible(page)):
        assert re.findall(r"plkst\.\s(\d+\.\d\d)", text)[0] == "10.00"
    assert f"T{utc_hour:02}0000Z" in page  # what the calendars on the web are told


def test_reminder_comes_a_day_before_by_the_hour_across_the_change_of_time(mailoutbox):
    """24 hours before ten o'clock of the first day of summer time it is nine o'clock: tomorrow, at ten."""
    event = factories.event("Talka", starts_at=datetime.combine(SPRING, time(10), tzinfo=RIGA))
    sign_up(event, event.starts_at - 9 * DAY, "iet@example.org")
    notices.deliver(now=event.starts_at - 9 * DAY)
    due = event.starts_at.astimezone(ZoneInfo("UTC")) - 24 * HOUR
    operations.plan_reminders(now=due)
    [(_to, subject)] = sent(mailoutbox, due)
    assert due.astimezone(RIGA).hour == 9
    assert subject == f"Rīt: Talka, {latvian.at(event.starts_at)}"

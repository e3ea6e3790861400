"""Every mail about an event: how it reads in both languages, and when it is not written at all.

Each goes the whole way through the ledger; what the tests see is what the mail program would get.
"""

import base64
import html
import re
from datetime import timedelta

import icalendar
import pytest

from events import operations as events
from events import qr
from events.models import EventChange, Rsvp
from neighbourhoods import latvian
from neighbourhoods.models import Neighbourhood
from notices import mailbox
from notices import operations as notices
from notices.emails import NotNeeded, compose
from notices.mailbox import FolderBackend
from notices.models import Notice
from tests import factories
from tests.parts import unmarked

State, For = Rsvp.State, Rsvp.CancelledFor
ADDRESS = "liga@example.org"
TITLE = "Saruna par „ceļiem” & <ietvēm>"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["lv", "en"])
def language(request):
    return request.param


@pytest.fixture
def person():
    return factories.person(email=ADDRESS)


@pytest.fixture
def event(now):
    """On Wednesday evening, two days after `now`, in two neighbourhoods, with room and link."""
    areas = [factories.neighbourhood("Ķekavas pilsēta"), factories.neighbourhood("Alejas")]
    return factories.event(
        title=TITLE,
        neighbourhoods=areas,
        starts_at=now.replace(day=25, hour=18, minute=30),
        format="hybrid",
        venue="Kultūras nams, mazā zāle",
        online_url="https://tiksanas.example/padome?a=1&b=2",
        description="Runāsim par ziemu.\n\nNāc ar jautājumiem!",
        capacity=10,
    )


def notice(kind, person, event, now, /, **data):
    events_name = events.about(event)
    notices.plan(key=f"{kind}:{data}", kind=kind, about=events_name, person_id=person.pk, now=now, data=data)
    return Notice.objects.get(key=f"{kind}:{data}")


def of_rsvp(kind, person, event, now, state, **fields):
    row = factories.rsvp(event, person, state=state, now=now - HOUR, **fields)
    return notice(kind, person, event, now, rsvp=row.pk)


def lost(kind, person, event, now, reason):
    return of_rsvp(kind, person, event, now, State.CANCELLED, cancelled_for=reason)


def reminder(person, event, now, hours=24, **fields):
    if not fields.pop("no_rsvp", False):
        factories.rsvp(event, person, now=now - DAY, **({"state": State.GOING} | fields))
    return notice("reminder", person, event, now, event=event.pk, stamp=f"{hours}:{event.start_stamp}")


def changed(event, now, **changes):
    """The event moves as the coordinator moves it; the latest change's row in the ledger."""
    events.change_event(event=event, by=None, now=now, **changes)
    event.refresh_from_db()
    return Notice.objects.filter(kind="event_moved", cancelled_at=None).order_by("pk").last()


def moved(person, event, now, **fields):
    factories.rsvp(event, person, now=now - DAY, **({"state": State.GOING} | fields))
    return changed(event, now, starts_at=event.starts_at + DAY, ends_at=event.ends_at + DAY, venue="Ķekavas vidusskola")


def cancelled(person, event, now, **fields):
    factories.rsvp(event, person, now=now - DAY, **({"state": State.GOING} | fields))
    events.cancel_event(event=event, by=None, now=now, reason="Zāle ir applūdusi.")
    return Notice.objects.get(kind="event_cancelled")


def unconfirmed(person, event, now, kind="rsvp_confirm"):
    person.channels.update(confirmed_at=None)
    return of_rsvp(kind, person, event, now, State.HELD)


def lapsed(person, event, now):
    person.channels.update(confirmed_at=None)
    return lost("hold_lapsed", person, event, now, For.UNCONFIRMED)


def queued_guest(person, event, now):
    person.channels.update(confirmed_at=None)
    hold = {"confirmed_at": None, "hold_expires_at": now + HOUR}
    return of_rsvp("rsvp_confirm", person, event, now, State.WAITING, **hold)


def of_meeting(person, event, now):
    council = factories.council(name="Ķekavas pilsētas iedzīvotāju padome")
    councils_meeting = factories.meeting(council, title=TITLE, starts_at=event.starts_at)
    return reminder(person, councils_meeting.event, now)


def invited(person, event, now):
    event.invitations.create(person=person, invited_at=now)
    return notice("event_invited", person, event, now, event=event.pk)


MAILS = {
    "rsvp_confirm": unconfirmed,
    "rsvp_confirm, queue": queued_guest,
    "rsvp_exists, unconfirmed": lambda *a: unconfirmed(*a, kind="rsvp_exists"),
    "rsvp_exists, going": lambda *a: of_rsvp("rsvp_exists", *a, State.GOING),
    "rsvp_exists, waiting": lambda *a: of_rsvp("rsvp_exists", *a, State.WAITING),
    "rsvp_exists, offered": lambda *a: of_rsvp("rsvp_exists", *a, State.OFFERED),
    "rsvp_confirmed": lambda *a: of_rsvp("rsvp_confirmed", *a, State.GOING, party_size=2),
    "rsvp_waiting": lambda *a: of_rsvp("rsvp_waiting", *a, State.WAITING),
    "rsvp_waiting, at once": lambda *a: of_rsvp("rsvp_waiting", *a, State.WAITING, seat_at_once=True),
    "rsvp_offer": lambda *a: of_rsvp("rsvp_offer", *a, State.OFFERED),
    "rsvp_seated": lambda *a: of_rsvp("rsvp_seated", *a, State.GOING),
    "rsvp_cancelled": lambda *a: lost("rsvp_cancelled", *a, For.ORGANISER),
    "hold_lapsed": lapsed,
    "offer_lapsed": lambda *a: lost("offer_lapsed", *a, For.LAPSED),
    "reminder": reminder,
    "reminder, meeting": of_meeting,
    "event_announced": lambda p, e, now: notice("event_announced", p, e, now, event=e.pk),
    "event_invited": invited,
    "event_moved": moved,
    "event_moved, queue": lambda *a: moved(*a, state=State.WAITING),
    "event_cancelled": cancelled,
}


def written(row, now):
    """The message as a worker would write it at `now`."""
    Notice.objects.exclude(pk=row.pk).filter(closed_at=None).update(due_at=now + 99 * DAY)
    [leased] = notices._lease(now, 10)
    return compose(leased, now)


def html_of(mail):
    [(content, kind)] = mail.alternatives
    assert kind == "text/html"
    return content


def visible(content):
    """What one reads in a mail program, without the line that shows itself in the list of mails only."""
    body = re.sub(r"(?s)^.*?</div>", "", content[content.index("<body") :], count=1)
    return html.unescape(re.sub(r"<[^>]+>", " ", body))


def words(text):
    return re.findall(r"[^\W_]+", re.sub(r"https?://\S+", "", text))


def addresses(mail):
    return set(re.findall(r"https?://\S+", mail.body)), set(
        map(html.unescape, re.findall(r'href="(.*?)"', html_of(mail)))
    )


def calendar_of(mail):
    [(name, content, mimetype)] = mail.attachments
    assert name.endswith(".ics")
    return icalendar.Calendar.from_ical(content), mimetype


# --- how they read ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", MAILS.values(), ids=MAILS.keys())
def test_mail_reads_well(make, language, person, event, now, django_assert_max_num_queries):
    person.language = language
    person.save()
    row = make(person, event, now)
    Notice.objects.exclude(pk=row.pk).filter(closed_at=None).update(due_at=now + 99 * DAY)
    [leased] = notices._lease(now, 10)
    with django_assert_max_num_queries(6):
        mail = compose(leased, now)
    assert mail.to == [ADDRESS]
    assert TITLE in mail.subject
    assert "\n" not in mail.subject

    content = html_of(mail)
    assert "&lt;ietvēm&gt;" in content
    assert "<ietvēm>" not in content
    assert f'<html lang="{language}">' in content
    for text in (mail.subject, mail.body, content):
        for remains in ("{{", "{%", "{#", "%(", "None", "&amp;lt;"):
            assert remains not in text
    assert "\n\n\n" not in mail.body
    assert not mail.body.startswith("\n")

    in_text, in_html = addresses(mail)
    assert in_text == in_html
    assert all(address.startswith(("http://localhost:8000/", "https://tiksanas.example/")) for address in in_text)
    assert f"http://localhost:8000/a/{person.settings_token}/" in in_text
    assert sorted(words(mail.body)) == sorted(words(visible(content)))

    english = re.findall(
        r"\b(?:the|you|your|seat|sign|event|is|of|and|this|from|until|person|people)\b", visible(content)
    )
    latvian = re.findall(r"\b(?:tu|tev|tava|pieteicies|pasākum\w+|vieta|līdz|saņem)\b", visible(content))
    assert (latvian if language == "lv" else english) != []
    assert (english if language == "lv" else latvian) == []
    names = [
        "Ķekavas pilsētas iedzīvotāju padome",
        "Ķekava",
        "Līga",
        "Šķēle",
        *Neighbourhood.objects.values_list("name", flat=True),
    ]
    assert unmarked(content, names) == []


@pytest.mark.parametrize(
    ("kind", "subject"),
    {
        "rsvp_confirm": "Apstiprini pieteikumu: {}",
        "rsvp_exists, unconfirmed": "Apstiprini pieteikumu: {}",
        "rsvp_exists, going": "Tev jau ir pieteikums: {}",
        "rsvp_confirmed": "Pieteikums pieņemts: {}",
        "rsvp_waiting": "Tu esi rindā: {}",
        "rsvp_offer": "Tev ir brīva vieta: {}",
        "event_announced": "25.\xa0novembrī: {}",
        "event_moved": "Jauns laiks un vieta: {}",
        "event_cancelled": "Nenotiks: {}",
    }.items(),
)
def test_subject_says_what_happened(kind, subject, person, event, now):
    assert written(MAILS[kind](person, event, now), now).subject == subject.format(TITLE)


@pytest.mark.parametrize(
    ("before", "language", "subject"),
    [
        (HOUR, "lv", "Šodien: {}, plkst.\xa018.30"),
        (timedelta(hours=18), "lv", "Šodien: {}, plkst.\xa018.30"),
        (timedelta(hours=19), "lv", "Rīt: {}, plkst.\xa018.30"),  # 23.30 of the day before
        (DAY, "lv", "Rīt: {}, plkst.\xa018.30"),
        (DAY, "en", "Tomorrow: {}, 18:30"),
        (3 * DAY, "lv", "Pēc 3 dienām: {}, plkst.\xa018.30"),
    ],
)
def test_reminder_says_the_time_first(before, language, subject, person, event, now):
    person.language = language
    person.save()
    when = event.starts_at - before
    mail = written(reminder(person, event, when), when)
    assert mail.subject == subject.format(TITLE)


def test_reminder_has_two_answers_each_a_page(person, event, now):
    mail = written(reminder(person, event, now), now)
    token = Rsvp.objects.get().token
    assert f"Jā, būšu:\nhttp://localhost:8000/r/{token}/ja/\n" in mail.body
    assert f"Nevarēšu, atbrīvot vietu:\nhttp://localhost:8000/r/{token}/ne/\n" in mail.body
    assert html_of(mail).count('class="btn"') == html_of(mail).count('class="alt lnk"') == 1
    assert "Trešdien, 25.\xa0novembrī, plkst.\xa018.30–20.30" in mail.body
    assert "Tavs pieteikums: klātienē, 1 cilvēks." in mail.body


def test_kicker_names_the_councils_else_the_neighbourhoods_else_the_portal(person, event, now):
    assert written(MAILS["reminder, meeting"](person, event, now), now).body.startswith(
        "Ķekavas pilsētas iedzīvotāju padome\n"
    )
    announced = notice("event_announced", person, event, now, event=event.pk)
    assert written(announced, now).body.startswith("Alejas apkaime, Ķekavas pilsēta apkaime\n")
    event.neighbourhoods.clear()
    Notice.objects.update(leased_until=None)
    assert written(announced, now).body.startswith("Iedzīvotāju padomes\n")


def test_link_to_join_goes_to_people_with_a_seat_only_and_from_an_hour_before(person, event, now):
    earlier, told = set(), {}
    joins_at = event.starts_at - timedelta(minutes=60)
    for name, make in MAILS.items():
        if name == "reminder, meeting":  # its event has no link
            continue
        Rsvp.objects.all().delete()
        Notice.objects.all().delete()
        EventChange.objects.all().delete()
        type(event).objects.update(cancelled_at=None)
        person.channels.update(confirmed_at=now)
        event.refresh_from_db()
        notice = make(person, event, now)
        mail = written(notice, now)
        if "tiksanas.example" in mail.body + html_of(mail):
            earlier.add(name)
        Rsvp.objects.filter(confirmed_at=None).update(hold_expires_at=event.starts_at)
        Rsvp.objects.filter(state="offered").update(offer_expires_at=event.starts_at)
        mail = written(notice, joins_at)
        told[name] = "tiksanas.example" in mail.body + html_of(mail)
    assert earlier == set()
    assert {name for name, told_it in told.items() if told_it} == {
        "rsvp_exists, going", "rsvp_confirmed", "rsvp_seated", "reminder",
    }  # fmt: skip


def test_confirmation_brings_the_calendar_file_of_its_person(person, event, now):
    row = MAILS["rsvp_confirmed"](person, event, now)
    calendar, mimetype = calendar_of(written(row, now))
    assert mimetype == "text/calendar; method=PUBLISH"
    assert calendar["method"] == "PUBLISH"
    [entry] = calendar.events
    assert entry.start == event.starts_at
    assert Rsvp.objects.get().token in entry["description"]


def test_calendar_file_survives_the_way_through_the_mail(person, event, now):
    mail = written(MAILS["rsvp_confirmed"](person, event, now), now)
    [part] = [part for part in mail.message().walk() if part.get_content_type() == "text/calendar"]
    assert part.get_filename() == f"{event.slug}.ics"
    assert part.get_param("method") == "PUBLISH"
    [entry] = icalendar.Calendar.from_ical(part.get_payload(decode=True)).events
    assert entry["summary"] == TITLE


def pictures_of(mail):
    return [part for part in mail.message().walk() if part.get_content_maintype() == "image"]


@pytest.mark.parametrize("kind", ["rsvp_confirmed", "rsvp_seated"])
def test_confirmation_carries_the_code_for_the_door_in_its_html(kind, person, event, now):
    mail = written(MAILS[kind](person, event, now), now)
    [picture] = pictures_of(mail)
    rsvp = Rsvp.objects.select_related("event").get()
    assert picture.get_payload(decode=True) == qr.png(qr.at_the_door(rsvp, now))
    assert (picture.get_content_type(), picture["Content-Disposition"]) == ("image/png", "inline")
    name = picture["Content-ID"].strip("<>")
    [shown] = re.findall(r"<img[^>]*>", html_of(mail))
    assert f'src="cid:{name}"' in shown
    assert 'alt="Tava pieteikuma QR kods, ko parādīt pie ieejas"' in shown
    assert "Pie ieejas parādi QR kodu" in mail.body
    # The plain text first, then the page with its picture; the calendar file beside both.
    whole = mail.message()
    both, calendar = whole.get_payload()
    assert (whole.get_content_subtype(), both.get_content_subtype()) == ("mixed", "alternative")
    assert [part.get_content_type() for part in both.get_payload()] == ["text/plain", "multipart/related"]
    assert [part.get_content_type() for part in both.get_payload()[1].get_payload()] == ["text/html", "image/png"]
    assert calendar.get_content_type() == "text/calendar"
    page = both.get_payload()[1].get_payload()[0].get_payload(decode=True).decode()
    assert page.strip() == html_of(mail).strip()


def test_who_takes_part_online_or_waits_gets_no_code(person, event, now):
    for make in (
        lambda: of_rsvp("rsvp_confirmed", person, event, now, State.GOING, attending="remote"),
        lambda: of_rsvp("rsvp_waiting", person, event, now, State.WAITING),
    ):
        Rsvp.objects.all().delete()
        Notice.objects.all().delete()
        mail = written(make(), now)
        assert pictures_of(mail) == []
        assert "<img" not in html_of(mail)
        assert "QR kod" not in mail.body


def test_mailbox_of_the_embedded_mode_shows_the_code(person, event, now):
    mail = written(MAILS["rsvp_confirmed"](person, event, now), now)
    FolderBackend().send_messages([mail])
    [stored] = mailbox.stored()
    assert (
        f'src="data:image/png;base64,{base64.b64encode(pictures_of(mail)[0].get_payload(decode=True)).decode()}"'
        in (stored.html)
    )
    assert "cid:" not in stored.html
    assert [name for name, _part in stored.attachments] == [f"{event.slug}.ics"]
    assert "Pie ieejas parādi QR kodu" in stored.text


def test_cancellation_takes_the_event_out_of_the_calendar_of_people_with_a_seat(person, event, now):
    mail = written(cancelled(person, event, now), now)
    calendar, mimetype = calendar_of(mail)
    assert mimetype == "text/calendar; method=CANCEL"
    [entry] = calendar.events
    assert entry["status"] == "CANCELLED"
    assert entry["sequence"] == 1
    assert "Zāle ir applūdusi." in mail.body


@pytest.mark.parametrize("make", [moved, cancelled])
def test_no_calendar_file_for_those_who_wait(make, person, event, now):
    assert written(make(person, event, now, state=State.WAITING), now).attachments == []


def test_place_in_the_queue_counts_confirmed_sign_ups_only(person, event, now):
    factories.rsvp(event, state=State.WAITING, now=now)
    factories.rsvp(event, state=State.WAITING, confirmed_at=None, hold_expires_at=now + HOUR, now=now)
    row = of_rsvp("rsvp_waiting", person, event, now, State.WAITING)
    factories.rsvp(event, state=State.WAITING, now=now)
    assert "Tava vieta rindā: 2." in written(row, now).body


def test_end_of_hold_and_offer_is_said_with_the_day_when_it_is_another(person, event, now):
    soon = of_rsvp("rsvp_offer", person, event, now, State.OFFERED, offer_expires_at=now + HOUR)
    assert "Vari to pieņemt līdz plkst.\xa010.00." in written(soon, now).body
    Rsvp.objects.update(offer_expires_at=now + DAY)
    Notice.objects.update(leased_until=None)
    assert "Vari to pieņemt līdz 24.\xa0novembrim, plkst.\xa009.00." in written(soon, now).body


# --- what a move tells ------------------------------------------------------------------------------------------------


def test_move_tells_only_what_changed_and_brings_a_new_calendar_file(person, event, now):
    factories.rsvp(event, person, now=now - DAY)
    mail = written(changed(event, now, venue="Ķekavas vidusskola", description="Jauns apraksts"), now)
    assert mail.subject == f"Jauna vieta: {TITLE}"
    assert "Vieta: Ķekavas vidusskola\nIepriekš: Kultūras nams, mazā zāle" in mail.body
    assert "Laiks:" not in mail.body
    assert "apraksts" not in mail.body
    calendar, _mimetype = calendar_of(mail)
    [entry] = calendar.events
    assert (entry["sequence"], entry["location"]) == (1, "Ķekavas vidusskola")


def test_new_end_is_told_as_a_new_time(person, event, now):
    factories.rsvp(event, person, now=now - DAY)
    mail = written(changed(event, now, ends_at=event.ends_at + HOUR), now)
    assert "Laiks: trešdien, 25.\xa0novembrī, plkst.\xa018.30–21.30" in mail.body
    assert "Iepriekš: trešdien, 25.\xa0novembrī, plkst.\xa018.30–20.30" in mail.body


def test_second_move_tells_what_the_unsent_first_one_would_have_told(person, event, now):
    factories.rsvp(event, person, now=now - DAY)
    first = changed(event, now, starts_at=event.starts_at - HOUR)
    second = changed(event, now + HOUR, venue="Ķekavas vidusskola")
    assert Notice.objects.with_state().get(pk=first.pk).state == "cancelled"
    mail = written(second, now + HOUR)
    assert mail.subject == f"Jauns laiks un vieta: {TITLE}"
    assert "Iepriekš: trešdien, 25.\xa0novembrī, plkst.\xa018.30–20.30" in mail.body


def test_second_move_leaves_out_what_the_sent_first_one_told(person, event, now):
    factories.rsvp(event, person, now=now - DAY)
    first = changed(event, now, starts_at=event.starts_at - HOUR)
    Notice.objects.filter(pk=first.pk).update(handed_at=now, sent_at=now, closed_at=now)
    mail = written(changed(event, now + HOUR, venue="Ķekavas vidusskola"), now + HOUR)
    assert mail.subject == f"Jauna vieta: {TITLE}"


def test_new_link_is_told_to_nobody_while_the_old_one_was_shown_to_nobody(person, event, now):
    factories.rsvp(event, person, now=now - DAY)
    changed(event, now, online_url="https://jauna.example/")
    assert not Notice.objects.filter(kind="event_moved").exists()


def test_new_link_is_told_to_people_with_a_seat_only(person, event, now):
    now = event.starts_at - timedelta(minutes=59)
    factories.rsvp(event, person, now=now - DAY)
    waiting = factories.person(email="gaida@example.org")
    factories.rsvp(event, waiting, state=State.WAITING, now=now - DAY)
    changed(event, now, online_url="https://jauna.example/")
    mine, theirs = (Notice.objects.get(kind="event_moved", person=who) for who in (person, waiting))
    mail = written(mine, now)
    assert "Pieslēgšanās saite: https://jauna.example/\nIepriekš: https://tiksanas.example" in mail.body
    Notice.objects.update(due_at=now)
    with pytest.raises(NotNeeded, match="nothing is new"):
        written(theirs, now)


# --- when nothing is written ------------------------------------------------------------------------------------------

GONE = {
    "cancelled": {"cancelled_at": lambda now: now},
    "unpublished": {"published_at": lambda now: None},
    "begun": {"starts_at": lambda now: now},
}
ALL_BUT_CHANGES = [
    name for name in MAILS if not name.startswith(("event_moved", "event_cancelled", "reminder, meeting"))
]


@pytest.mark.parametrize("name", ALL_BUT_CHANGES)
@pytest.mark.parametrize("gone", GONE)
def test_nothing_is_written_about_an_event_that_does_not_come(name, gone, person, event, now):
    row = MAILS[name](person, event, now)
    type(event).objects.update(**{field: value(now) for field, value in GONE[gone].items()}, slug="")
    with pytest.raises(NotNeeded, match=r"^the event (is|has moved)"):
        written(row, now)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("rsvp_confirm", {"state": "going", "confirmed_at": "now", "hold_expires_at": None}),
        ("rsvp_confirm", {"state": "cancelled", "cancelled_at": "now"}),
        ("rsvp_confirm", {"hold_expires_at": "now"}),
        ("rsvp_confirm, queue", {"confirmed_at": "now"}),
        ("rsvp_exists, going", {"state": "cancelled", "cancelled_at": "now"}),
        ("rsvp_confirmed", {"state": "cancelled", "cancelled_at": "now"}),
        ("rsvp_waiting", {"state": "going"}),
        ("rsvp_waiting", {"state": "offered", "offer_expires_at": "now"}),
        ("rsvp_waiting", {"confirmed_at": None}),
        ("rsvp_offer", {"state": "going"}),
        ("rsvp_offer", {"offer_expires_at": "now"}),
        ("rsvp_offer", {"state": "cancelled", "cancelled_at": "now"}),
        ("rsvp_seated", {"state": "cancelled", "cancelled_at": "now"}),
        ("rsvp_cancelled", {"cancelled_for": "self"}),
        ("hold_lapsed", {"cancelled_for": "organiser"}),
        ("offer_lapsed", {"cancelled_for": "declined"}),
        ("reminder", {"state": "cancelled", "cancelled_at": "now"}),
        ("reminder", {"wants_reminder": False}),
    ],
)
def test_nothing_is_written_about_a_sign_up_that_went_on(name, change, person, event, now):
    row = MAILS[name](person, event, now)
    Rsvp.objects.update(**{field: now if value == "now" else value for field, value in change.items()})
    with pytest.raises(NotNeeded):
        written(row, now)


@pytest.mark.parametrize("name", ["rsvp_cancelled", "hold_lapsed", "offer_lapsed"])
def test_loss_is_not_told_to_somebody_who_signed_up_again(name, person, event, now):
    row = MAILS[name](person, event, now)
    factories.rsvp(event, person, now=now)
    with pytest.raises(NotNeeded, match="signed up again"):
        written(row, now)


def test_no_reminder_for_somebody_who_wants_none_anywhere(person, event, now):
    row = reminder(person, event, now)
    person.wants_reminders = False
    person.save()
    with pytest.raises(NotNeeded, match="wants no reminders"):
        written(row, now)


def test_no_reminder_without_sign_up(person, event, now):
    with pytest.raises(NotNeeded, match="not going"):
        written(reminder(person, event, now, no_rsvp=True), now)


def test_no_reminder_of_a_start_that_moved(person, event, now):
    row = reminder(person, event, now)
    type(event).objects.update(starts_at=event.starts_at + HOUR)
    with pytest.raises(NotNeeded, match="has moved"):
        written(row, now)


def test_of_two_reminders_that_waited_the_last_one_goes_out(person, event, now):
    first = reminder(person, event, now)
    second = reminder(person, event, now, hours=2, no_rsvp=True)
    with pytest.raises(NotNeeded, match="a later reminder"):
        written(first, now)
    Notice.objects.update(leased_until=None, due_at=now)
    assert written(second, now).subject.startswith("Pēc 2 dienām")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"cancelled_at": "now"}, "is cancelled"),
        ({"published_at": None}, "is draft"),
        ({"starts_at": "earlier", "ends_at": "now"}, "is over"),
        ({"starts_at": "old", "ends_at": "old end", "venue": "Kultūras nams, mazā zāle"}, "nothing is new"),
    ],
)
def test_move_is_not_told_when_it_lost_its_point(change, reason, person, event, now):
    moments = {"now": now, "earlier": now - HOUR, "old": event.starts_at, "old end": event.ends_at}
    row = moved(person, event, now)
    type(event).objects.update(**{field: moments.get(value, value) for field, value in change.items()})
    with pytest.raises(NotNeeded, match=reason):
        written(row, now)


def test_move_is_not_told_when_a_newer_one_is(person, event, now):
    row = moved(person, event, now)
    Notice.objects.filter(pk=row.pk).update(handed_at=now)  # a worker has it in hand: it is not withdrawn
    changed(event, now, venue="Baložu vidusskola")
    with pytest.raises(NotNeeded, match="moved again"):
        written(row, now)


def test_running_event_may_still_tell_a_new_end(person, event, now):
    factories.rsvp(event, person, now=now - DAY)
    during = event.starts_at + HOUR
    mail = written(changed(event, during, ends_at=event.ends_at + HOUR), during)
    assert mail.subject == f"Jauns laiks: {TITLE}"


@pytest.mark.parametrize("change", [{"cancelled_at": None}, {"ends_at": "past"}])
def test_cancellation_is_not_told_when_it_lost_its_point(change, person, event, now):
    row = cancelled(person, event, now)
    if change.get("ends_at"):
        change = {"starts_at": now - 2 * HOUR, "ends_at": now}
    type(event).objects.update(**change)
    with pytest.raises(NotNeeded):
        written(row, now)


@pytest.mark.parametrize("name", ["rsvp_confirmed", "reminder", "event_announced", "event_moved", "event_cancelled"])
def test_unconfirmed_address_gets_no_more_than_the_question(name, person, event, now):
    row = MAILS[name](person, event, now)
    person.channels.update(confirmed_at=None)
    with pytest.raises(NotNeeded, match="no address"):
        written(row, now)


def test_erased_person_and_deleted_rows_get_nothing(person, event, now):
    row = MAILS["rsvp_confirmed"](person, event, now)
    person.erased_at = now
    person.save()
    with pytest.raises(NotNeeded, match="no address"):
        written(row, now)
    for data in ({"rsvp": 0}, {"event": 0}):
        kind = "rsvp_confirmed" if "rsvp" in data else "event_announced"
        with pytest.raises(NotNeeded, match="is gone"):
            written(notice(kind, person, event, now, **data), now)


def test_sign_up_of_somebody_else_is_never_shown(person, event, now):
    theirs = factories.rsvp(event, factories.person(email="cits@example.org"), now=now)
    with pytest.raises(NotNeeded, match="is gone"):
        written(notice("rsvp_confirmed", person, event, now, rsvp=theirs.pk), now)


# --- who no longer wants news -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["event_announced", "event_moved", "event_cancelled"])
@pytest.mark.parametrize("who", ["follower", "member", "former member", "signed up"])
def test_news_switched_off_meanwhile_is_not_sent_but_to_whom_it_concerns(kind, who, event, now):
    meeting = factories.meeting(starts_at=event.starts_at)
    event = meeting.event
    person = factories.person(email=ADDRESS)
    if who.endswith("member"):
        on = latvian.as_local(now).date()
        ended = {"ended_on": on, "end_reason": "resigned"} if who == "former member" else {}
        factories.membership(factories.term(meeting.councils.get()), person, **ended)
    if who == "signed up":
        factories.rsvp(event, person, now=now - DAY)
    data = {"event": event.pk}
    if kind == "event_moved":
        changed(event, now, venue="Bibliotēka")
        data["sequence"] = event.sequence
    if kind == "event_cancelled":
        events.cancel_event(event=event, by=None, now=now)
    row = notice(kind, person, event, now, **data)
    assert compose(row, now).to == [ADDRESS]

    person.wants_news = False
    person.save()
    row = Notice.objects.get(pk=row.pk)

    if who in ("member", "signed up"):
        assert compose(row, now).to == [ADDRESS]
    else:
        with pytest.raises(NotNeeded, match="news"):
            compose(row, now)


def test_sign_up_that_the_organiser_cancels_leaves_the_calendar(person, event, now):
    mail = written(lost("rsvp_cancelled", person, event, now, For.ORGANISER), now)
    [(_name, content, kind)] = mail.attachments
    assert "method=CANCEL" in kind
    [entry] = icalendar.Calendar.from_ical(content).walk("VEVENT")
    assert (entry["STATUS"], str(entry["UID"]), entry["DTSTAMP"].dt) == ("CANCELLED", str(event.uid), now)
    assert "Ar pievienoto failu pasākumu vari izņemt no sava kalendāra." in mail.body

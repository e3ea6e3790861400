"""When an event is over: what came of it, thanks once, the survey without names, what is left when names are erased."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from events import operations
from events.attendance import with_attendance
from events.models import Answer, CheckIn, Event, Question, Rsvp, SurveyAnswer
from notices import operations as notices
from notices.emails import NotNeeded, compose
from notices.models import Notice
from people import operations as people
from people.models import AuditEntry
from people.tasks import forget
from tests import factories
from tests.dashboard import voice_world
from tests.events.test_emails import addresses, html_of, visible, words

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RESULTS = "Vienojāmies par trim pārejām.\n\nIlze raksta vēstuli līdz piektdienai."


@pytest.fixture
def over(now):
    return factories.event("Saruna par ceļiem", [factories.neighbourhood("Ķekava")], starts_at=now - DAY)


def guest(event, name="Līga Šķēle", email="", **fields):
    n = Rsvp.objects.count()
    return factories.rsvp(event, factories.person(name, email=email or f"viesis{n}@example.org"), **fields)


def came(row, people=1, **fields):
    return CheckIn.objects.create(
        event=row.event, rsvp=row, key=uuid4(), people=people, at=row.event.starts_at, **fields
    )


def thanked():
    return list(Notice.objects.filter(kind="event_thanks").order_by("person").values_list("person", flat=True))


def thank(event, now, results=RESULTS):
    return operations.thank(event=event, results=results, by=None, now=now)


# --- what came of it, and thanks --------------------------------------------------------------------------------------


def test_thanks_go_once_to_those_who_came(over, now):
    seen, absent = guest(over), guest(over)
    came(seen)
    came(guest(over), undone_at=now)
    thank(over, now)
    assert thanked() == [seen.person_id]
    over.refresh_from_db()
    assert (over.results, over.thanked_at) == (RESULTS, now)
    assert absent.person_id not in thanked()


def test_where_nobody_was_checked_in_thanks_go_to_those_who_were_going(over, now):
    going = guest(over)
    for state in ("waiting", "cancelled"):
        guest(over, state=state)
    factories.rsvp(over, factories.person("Bez Pasta", phone="+371 20000000"))
    unproved = guest(over)
    unproved.person.channels.update(confirmed_at=None)
    thank(over, now)
    assert thanked() == [going.person_id]


def test_thanking_again_corrects_the_text_and_mails_nobody(over, now):
    guest(over)
    thank(over, now)
    Notice.objects.update(closed_at=now, sent_at=now)
    guest(over)
    thank(over, now + HOUR, "Vēl precīzāk.")
    operations.write_results(event=over, results="Pavisam precīzi.", by=None, now=now + DAY)
    over.refresh_from_db()
    assert (over.results, over.thanked_at) == ("Pavisam precīzi.", now)
    assert len(thanked()) == 1
    verbs = AuditEntry.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["write_results", "thank", "write_results", "write_results"]


def test_saving_the_same_text_is_no_act(over, now):
    for _n in range(2):
        operations.write_results(event=over, results=f" {RESULTS}\n", by=None, now=now)
    assert AuditEntry.objects.count() == 1
    assert thanked() == []


@pytest.mark.parametrize(
    "facts",
    [{"starts_at": timezone.now() + DAY}, {"cancelled_at": timezone.now()}, {"published": False}],
    ids=["not over", "cancelled", "draft"],
)
def test_only_what_took_place_has_results(facts, now, english):
    event = factories.event(**{"starts_at": now - DAY, **facts})
    moment = timezone.now() if "starts_at" in facts else now
    for act in (operations.thank, operations.write_results):
        with pytest.raises(operations.EventRefused, match="once the event is over"):
            act(event=event, results=RESULTS, by=None, now=moment)
    assert thanked() == []
    assert not AuditEntry.objects.exists()


def test_thanks_without_a_text_are_refused(over, now, english):
    with pytest.raises(operations.EventRefused, match="Write what came of it"):
        thank(over, now, "  \n")
    over.refresh_from_db()
    assert over.thanked_at is None


def test_page_of_the_event_tells_what_came_of_it_when_it_is_over(client, over, now):
    text = "Kas no tā iznāca"
    assert text not in client.get(over.get_absolute_url()).text
    operations.write_results(event=over, results=RESULTS + " https://example.org/x <b>", by=None, now=now)
    page = client.get(over.get_absolute_url()).text
    assert text in page
    assert "Vienojāmies par trim pārejām." in page
    assert 'href="https://example.org/x"' in page
    assert "<b>" not in page[page.index(text) :][:600]
    coming = factories.event("Vēl būs", starts_at=timezone.now() + DAY, results="Pāragri.")
    assert "Pāragri" not in client.get(coming.get_absolute_url()).text


# --- the mail ---------------------------------------------------------------------------------------------------------


def leased(now):
    Notice.objects.filter(kind="event_thanks").update(leased_until=None)
    [row] = notices._lease(now, 10)
    return row


def mail_of(now):
    return compose(leased(now), now)


@pytest.mark.parametrize("language", ["lv", "en"])
def test_mail_of_thanks_says_the_same_in_both_shapes(over, now, language, django_assert_max_num_queries):
    row = guest(over)
    row.person.language = language
    row.person.save()
    album = voice_world.album(over)
    type(album).objects.filter(pk=album.pk).update(published_at=now)
    thank(over, now)
    notice = leased(now)
    with django_assert_max_num_queries(6):
        mail = compose(notice, now)
    subject = {"lv": "Paldies, ka atnāci: {}", "en": "Thank you for coming: {}"}[language]
    assert mail.subject == subject.format(over.title)
    assert "Vienojāmies par trim pārejām." in mail.body
    assert sorted(words(mail.body)) == sorted(words(visible(html_of(mail))))
    in_text, in_html = addresses(mail)
    assert in_text == in_html
    for path in (f"/r/{row.token}/aptauja/", album.get_absolute_url(), over.get_absolute_url()):
        assert f"http://localhost:8000{path}" in in_text
    assert "apliecinajums.pdf" not in mail.body


def test_mail_of_thanks_leads_to_the_certificate_of_a_training_one_was_at(over, now):
    Event.objects.update(kind="training")
    row = guest(over)
    came(row)
    thank(over, now)
    assert f"http://localhost:8000/r/{row.token}/apliecinajums.pdf" in mail_of(now).body


def test_mail_of_thanks_offers_neither_what_is_not_there_nor_what_was_done(over, now):
    Event.objects.update(kind="training")
    guest(over, surveyed_at=now)
    voice_world.album(over)
    over.album.published_at = None
    over.album.save()
    thank(over, now)
    body = mail_of(now).body
    for absent in ("aptauja", "apliecinajums", "albumi"):
        assert absent not in body


def test_mail_of_thanks_is_not_written_when_it_lost_its_point(over, now):
    guest(over)
    thank(over, now)
    Event.objects.update(cancelled_at=now)
    with pytest.raises(NotNeeded, match="cancelled"):
        mail_of(now)
    Event.objects.update(cancelled_at=None)
    Rsvp.objects.update(state="cancelled", cancelled_at=now, cancelled_for="self")
    with pytest.raises(NotNeeded, match="was not there"):
        mail_of(now)


# --- the survey -------------------------------------------------------------------------------------------------------


def survey(row):
    return reverse("events:survey", args=[row.token])


@pytest.fixture
def fresh_over():
    return factories.event("Saruna par ceļiem", starts_at=timezone.now() - 5 * HOUR)


def test_survey_is_answered_once_and_kept_without_the_person(client, fresh_over):
    row = guest(fresh_over)
    assert survey(row) in client.get(row.get_absolute_url()).text
    page = client.get(survey(row))
    assert (page.status_code, "no-store" in page["Cache-Control"]) == (200, True)

    answer = client.post(survey(row), {"rating": "4", "was_heard": "ja", "comment": "Vairāk kartes."}, follow=True)

    assert "Paldies! Rīkotājs redz atbildi bez tava vārda." in answer.text
    [kept] = SurveyAnswer.objects.all()
    assert (kept.rating, kept.was_heard, kept.comment) == (4, True, "Vairāk kartes.")
    row.refresh_from_db()
    local = timezone.localtime(row.surveyed_at)
    assert (local.date(), local.time().isoformat()) == (kept.answered_on, "00:00:00")
    assert {field.name for field in SurveyAnswer._meta.get_fields()} == {
        "id", "event", "rating", "was_heard", "comment", "answered_on",
    }  # fmt: skip
    assert survey(row) not in client.get(row.get_absolute_url()).text
    assert "Tu jau atbildēji" in client.get(survey(row)).text
    client.post(survey(row), {"rating": "1"})
    assert SurveyAnswer.objects.count() == 1


@pytest.mark.parametrize(("said", "kept"), [("ja", True), ("ne", False), ("", None)])
def test_felt_heard_may_stay_open(client, fresh_over, said, kept):
    client.post(survey(guest(fresh_over)), {"rating": "5", "was_heard": said})
    assert SurveyAnswer.objects.get().was_heard is kept


@pytest.mark.parametrize("rating", ["", "0", "6", "x"])
def test_survey_takes_one_to_five(client, fresh_over, rating):
    answer = client.post(survey(guest(fresh_over)), {"rating": rating})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["rating"])
    assert not SurveyAnswer.objects.exists()


@pytest.mark.parametrize(
    ("facts", "fields", "why"),
    [
        ({"starts_at": timezone.now() + DAY}, {}, "sākas līdz ar pasākumu"),
        ({"cancelled_at": timezone.now()}, {}, "sākas līdz ar pasākumu"),
        ({}, {"state": "waiting"}, "tiem, kas atnāca"),
        ({}, {"state": "cancelled"}, "tiem, kas atnāca"),
        ({"starts_at": timezone.now() - (settings.GUEST_DAYS + 1) * DAY}, {}, "Aptauja ir slēgta"),
    ],
    ids=["before the start", "cancelled", "waited", "did not come", "long ago"],
)
def test_survey_is_closed_to_others(client, facts, fields, why):
    row = guest(factories.event(**{"starts_at": timezone.now() - 5 * HOUR, **facts}), **fields)
    page = client.get(survey(row))
    assert why in page.text
    assert 'name="rating"' not in page.text
    client.post(survey(row), {"rating": "5"})
    assert not SurveyAnswer.objects.exists()
    assert survey(row) not in client.get(row.get_absolute_url()).text
    with pytest.raises(operations.SurveyRefused):
        operations.answer_survey(rsvp=row, rating=5, was_heard=None, comment="", now=timezone.now())


def test_who_came_without_a_seat_may_answer(client, fresh_over):
    row = guest(fresh_over, state="waiting")
    came(row)
    client.post(survey(row), {"rating": "5"})
    assert SurveyAnswer.objects.count() == 1


def test_survey_needs_the_link(client, fresh_over):
    row = guest(fresh_over)
    assert client.get(reverse("events:survey", args=["x" * 43])).status_code == 404
    assert client.delete(survey(row)).status_code == 405


# --- numbers that stay ------------------------------------------------------------------------------------------------


def test_attendance_counts_people_and_hides_few_opinions(over, now):
    came(guest(over), people=3)
    came(guest(over, is_walk_in=True), people=2)
    CheckIn.objects.create(event=over, key=uuid4(), people=4, at=now)
    CheckIn.objects.create(event=over, key=uuid4(), people=50, at=now, undone_at=now)
    for rating in (5, 4):
        over.survey_answers.create(rating=rating, answered_on=now.date())
    factories.event("Cits", starts_at=now - DAY)
    row, other = with_attendance(Event.objects.order_by("pk"))
    assert (row.came, row.came_without_sign_up) == (9, 6)
    assert (row.survey_answers_given, row.survey_average) == (2, None)
    assert (other.came, other.came_without_sign_up, other.survey_average) == (None, None, None)
    over.survey_answers.create(rating=1, answered_on=now.date())
    assert with_attendance(Event.objects.filter(pk=over.pk)).get().survey_average == pytest.approx(10 / 3)


def test_names_and_answers_go_and_the_numbers_stay():
    event = factories.event(starts_at=timezone.now() - (settings.GUEST_DAYS + 1) * DAY)
    row = guest(event, "Viesis Ķelle", question="Vai drīkst suni?", name_on_list=True, surveyed_at=timezone.now())
    came(row, people=2)
    event.survey_answers.create(rating=5, answered_on=timezone.localdate())
    question = Question.objects.create(event=event, text="Ko ēd?")
    Answer.objects.create(rsvp=row, question=question, text="Neko ar riekstiem")
    service = event.services.create(kind="sign")
    service.rsvps.add(row)
    other = factories.rsvp(event, factories.user("konts@example.org").person)
    Answer.objects.create(rsvp=other, question=question, text="Visu")
    service.rsvps.add(other)

    forget()

    row.refresh_from_db()
    assert (row.person.name, row.question, row.name_on_list) == ("—", "", False)
    assert [answer.text for answer in Answer.objects.all()] == ["Visu"]
    assert list(service.rsvps.all()) == [other]
    counted = with_attendance(Event.objects.filter(pk=event.pk)).get()
    assert (counted.came, counted.survey_answers_given) == (2, 1)


def test_who_deletes_the_account_takes_the_answers_along(now):
    user = factories.user()
    row = factories.rsvp(factories.event(), user.person)
    Answer.objects.create(rsvp=row, question=Question.objects.create(event=row.event, text="Ko ēd?"), text="Visu")
    people.erase_person(person=user.person, by=user, now=now)
    assert not Answer.objects.exists()

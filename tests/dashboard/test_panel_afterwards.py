"""The papers of an event with names on them, and what the organiser does when it is over."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from events.models import CheckIn, SurveyAnswer
from notices.models import Notice
from people.models import AuditEntry, Person
from tests import factories
from tests.councils.test_documents import pdf_text
from tests.dashboard.panel_world import address, errors, main_text, signed_in, world

pytestmark = pytest.mark.django_db
PAPERS = ("panel-sign-in-sheet", "panel-badges")


@pytest.fixture
def there():
    return world()


@pytest.fixture
def coordinator(there):
    return signed_in(there.coordinator)


@pytest.fixture
def over(there):
    return factories.event("Saruna par tiltiem", starts_at=timezone.now() - timedelta(days=2))


def answers(event, *ratings, **fields):
    day = timezone.localdate()
    SurveyAnswer.objects.bulk_create(
        SurveyAnswer(event=event, rating=rating, answered_on=day, **fields) for rating in ratings
    )


# --- paper ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAPERS)
def test_papers_with_names_open_for_those_who_see_the_sign_ups(there, name):
    event = there.meeting.event
    factories.rsvp(event, factories.person("Anna Piekrīt"), name_on_list=True)
    for who, status in {
        "resident": 403, "member": 403, "stranger": 403, "officer": 200, "coordinator": 200, "administrator": 200,
    }.items():  # fmt: skip
        answer = signed_in(getattr(there, who)).get(address(name, event.pk))
        assert answer.status_code == status, who
    assert answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"]
    assert "Anna Piekrīt" in pdf_text(answer.content)


@pytest.mark.parametrize("name", PAPERS)
def test_papers_with_names_are_not_for_visitors_nor_for_sending(there, coordinator, client, name):
    path = address(name, there.event.pk)
    assert client.get(path).status_code == 302
    assert coordinator.post(path).status_code == 405
    assert coordinator.get(address(name, 0)).status_code == 404
    remote = factories.event(format="remote")
    assert coordinator.get(address(name, remote.pk)).status_code == 404


@pytest.mark.parametrize("name", PAPERS)
def test_taking_names_on_paper_is_written_down(there, coordinator, name):
    factories.rsvp(there.event, name_on_list=True)
    coordinator.get(address(name, there.event.pk))
    entry = AuditEntry.objects.get(verb="export")
    assert (entry.by, entry.target) == (there.coordinator, f"events.Event:{there.event.pk}")
    assert entry.details == {"filters": {}, "rows": 1}


def test_papers_of_a_draft_are_kept_nowhere(coordinator):
    for published, kept in ((True, True), (False, False)):
        event = factories.event(published=published)
        answer = coordinator.get(f"{event.get_absolute_url()}plakats.pdf")
        assert answer.status_code == 200
        assert ("no-store" not in answer.get("Cache-Control", "")) is kept


def test_page_of_sign_ups_leads_to_the_papers(there, coordinator, over):
    page = coordinator.get(address("panel-rsvps", there.meeting.event_id)).content.decode()
    for path in (*PAPERS,):
        assert f'href="{address(path, there.meeting.event_id)}"' in page
    assert "/plakats.pdf" in page
    assert "/darba-kartiba.pdf" in page
    assert address("panel-afterwards", there.meeting.event_id) not in page
    page = coordinator.get(address("panel-rsvps", over.pk)).content.decode()
    assert f'href="{address("panel-afterwards", over.pk)}"' in page
    assert "/darba-kartiba.pdf" not in page
    remote = factories.event(format="remote")
    assert address("panel-badges", remote.pk) not in coordinator.get(address("panel-rsvps", remote.pk)).content.decode()


# --- afterwards -------------------------------------------------------------------------------------------------------


def test_thanks_are_sent_once_with_what_came_of_it(there, coordinator, over):
    factories.rsvp(over, factories.person("Anna Ozola", email="a@example.org"))
    path = address("panel-afterwards", over.pk)
    assert "The thanks go by e-mail to 1 person who came" in main_text(coordinator.get(path))

    answer = coordinator.post(path, {"results": "Vienojāmies.", "thank": "1"}, follow=True)

    assert "The thanks are on their way." in main_text(answer)
    over.refresh_from_db()
    assert (over.results, over.thanked_at is None) == ("Vienojāmies.", False)
    assert Notice.objects.filter(kind="event_thanks").count() == 1
    assert 'name="thank"' not in answer.content.decode()
    answer = coordinator.post(path, {"results": "Vienojāmies citādi.", "thank": "1"}, follow=True)
    assert "Saved." in main_text(answer)
    over.refresh_from_db()
    assert over.results == "Vienojāmies citādi."
    assert Notice.objects.filter(kind="event_thanks").count() == 1


def test_saving_alone_thanks_nobody(there, coordinator, over):
    factories.rsvp(over, factories.person("Anna Ozola", email="a@example.org"))
    coordinator.post(address("panel-afterwards", over.pk), {"results": "Vienojāmies."})
    over.refresh_from_db()
    assert (over.results, over.thanked_at) == ("Vienojāmies.", None)
    assert not Notice.objects.filter(kind="event_thanks").exists()


def test_thanks_need_a_text(there, coordinator, over):
    answer = coordinator.post(address("panel-afterwards", over.pk), {"results": "  ", "thank": "1"})
    assert errors(answer) == {"results": ["Write what came of it: the e-mail says that."]}
    over.refresh_from_db()
    assert over.thanked_at is None


def test_event_that_is_not_over_has_nothing_afterwards(there, coordinator):
    path = address("panel-afterwards", there.event.pk)
    for answer in (coordinator.get(path), coordinator.post(path, {"results": "Pāragri", "thank": "1"})):
        assert answer["Location"] == address("panel-rsvps", there.event.pk)
    there.event.refresh_from_db()
    assert (there.event.results, there.event.thanked_at) == ("", None)


def test_survey_shows_numbers_and_comments_from_three_answers_on(there, coordinator, over):
    path = address("panel-afterwards", over.pk)
    assert "Nobody has answered yet." in main_text(coordinator.get(path))
    answers(over, 5, was_heard=True, comment="Zāle bija auksta.")
    answers(over, 4, was_heard=False, comment="Ātri.")
    text = main_text(coordinator.get(path))
    assert "There are 2 answers." in text
    assert "Zāle bija auksta." not in text
    assert "Average" not in text
    answers(over, 4, comment="")
    text = main_text(coordinator.get(path))
    assert "3 Answers 4.3 Average of 5 1 felt heard 1 did not feel heard" in text
    assert text.index("Ātri.") < text.index("Zāle bija auksta.")


def test_comments_are_text_and_nothing_else(there, coordinator, over):
    answers(over, 5, 5, 5, comment="<b>Labi</b>")
    assert "&lt;b&gt;Labi&lt;/b&gt;" in coordinator.get(address("panel-afterwards", over.pk)).content.decode()


@pytest.mark.parametrize("count", [1, 3, 300])
def test_page_asks_the_same_however_many_came_and_answered(there, coordinator, over, count, django_assert_num_queries):
    people = Person.objects.bulk_create(Person(given_name=f"P{n}", settings_token=f"t{n}") for n in range(count))
    for person in people:
        row = factories.rsvp(over, person)
        CheckIn.objects.create(event=over, rsvp=row, key=uuid4(), at=over.starts_at)
    answers(over, *[3] * count)
    path = address("panel-afterwards", over.pk)
    with django_assert_num_queries(18):
        coordinator.get(path)

"""Agendas: rows stay where something hangs on them, numbers follow from the tree, what is left over comes again."""

from datetime import timedelta

import pytest

from councils import operations
from councils.models import AgendaItem, Meeting, Paper, Resolution, StoredFile, Task
from councils.operations import MeetingRefused, agenda
from people.models import AuditEntry
from tests import factories

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
Kind, Outcome = AgendaItem.Kind, AgendaItem.Outcome


@pytest.fixture
def council():
    return factories.council()


@pytest.fixture
def by():
    return factories.coordinator()


@pytest.fixture
def meeting(council, now):
    return factories.meeting(council, published=False, starts_at=now + 14 * DAY)


def stored(now, name="plans.pdf"):
    return StoredFile.objects.create(content="x", name=name, kind="pdf", size=1, sha256="0" * 64, uploaded_at=now)


def change(meeting, lines, now, by=None):
    return operations.change_meeting(meeting=meeting, agenda=lines, by=by, now=now)


def shown(meeting):
    return [f"{item.label} {item.title}" for item in meeting.agenda.numbered()]


def resolution(item, council, **fields):
    return Resolution.objects.create(item=item, council=council, text="Atbalstīt", **fields)


# --- the tree ---------------------------------------------------------------------------------------------------------


def test_labels_and_what_is_closed_follow_from_the_tree(meeting, now):
    lines = [
        "Ceļi",
        {"title": "Budžets", "is_restricted": True},
        {"title": "Ieņēmumi", "depth": 1},
        {"title": "Nodokļi", "depth": 2},
        {"title": "Izdevumi", "depth": 1},
        "Dažādi",
        {"title": "Par dziļu", "depth": 7},
    ]
    change(meeting, lines, now)
    assert shown(meeting) == [
        "1 Ceļi", "2 Budžets", "2.1 Ieņēmumi", "2.1.1 Nodokļi", "2.2 Izdevumi", "3 Dažādi", "3.1 Par dziļu",
    ]  # fmt: skip
    closed = [item.title for item in meeting.agenda.numbered() if item.is_closed]
    assert closed == ["Budžets", "Ieņēmumi", "Nodokļi", "Izdevumi"]


def test_first_line_stands_at_the_top_however_deep_it_says_it_is(meeting, now):
    change(meeting, [{"title": "Ceļi", "depth": 2}, {"title": "Tilti", "depth": 2}], now)
    assert shown(meeting) == ["1 Ceļi", "1.1 Tilti"]


# --- rows are kept ----------------------------------------------------------------------------------------------------


def test_lines_keep_their_rows_when_they_move_and_when_they_are_reworded(meeting, now):
    change(meeting, ["Ceļi", "Bērnu laukums parkā", "Budžets"], now)
    pk = dict(meeting.agenda.values_list("title", "pk"))
    AgendaItem.objects.filter(pk=pk["Ceļi"]).update(description="Par grants ceļiem", rapporteur="Ģirts Ūdris")

    lines = ["Budžets", {"title": "Bērnu laukums Daugavas parkā", "minutes": 20}, "ceļi ", "Jauns"]
    change(meeting, lines, now)

    rows = {row.title: row for row in meeting.agenda.all()}
    assert [row.title for row in meeting.agenda.order_by("position")] == [
        "Budžets", "Bērnu laukums Daugavas parkā", "ceļi", "Jauns",
    ]  # fmt: skip
    assert rows["Budžets"].pk == pk["Budžets"]
    assert rows["Bērnu laukums Daugavas parkā"].pk == pk["Bērnu laukums parkā"]
    assert rows["ceļi"].pk == pk["Ceļi"]
    assert (rows["ceļi"].description, rows["ceļi"].rapporteur) == ("Par grants ceļiem", "Ģirts Ūdris")
    assert rows["Budžets"].revision == 0  # only its place is another
    assert rows["ceļi"].revision == 1


def test_two_lines_of_one_title_are_two_rows(meeting, now):
    change(meeting, ["Ceļi", "Ceļi"], now)
    before = list(meeting.agenda.order_by("position").values_list("pk", flat=True))
    change(meeting, ["Ceļi", "Tilti", "Ceļi"], now)
    assert list(meeting.agenda.filter(title="Ceļi").order_by("position").values_list("pk", flat=True)) == before


def test_sub_items_survive_the_item_they_stood_under(meeting, now):
    change(meeting, ["Budžets", {"title": "Ieņēmumi", "depth": 1}], now)
    kept = meeting.agenda.get(title="Ieņēmumi").pk
    change(meeting, ["Ieņēmumi"], now)
    assert meeting.agenda.get().pk == kept
    assert shown(meeting) == ["1 Ieņēmumi"]


@pytest.mark.parametrize("what", ["votes", "notes", "outcome", "paper", "task", "proposal"])
def test_item_with_something_on_it_does_not_vanish(meeting, council, now, what):
    change(meeting, ["Ceļi", "Budžets"], now)
    item = meeting.agenda.get(title="Ceļi")
    if what == "votes":
        resolution(item, council)
    elif what == "notes":
        AgendaItem.objects.filter(pk=item.pk).update(notes="Runāja ilgi")
    elif what == "outcome":
        AgendaItem.objects.filter(pk=item.pk).update(outcome=Outcome.POSTPONED)
    elif what == "paper":
        Paper.objects.create(item=item, file=stored(now), title="Plāns")
    elif what == "task":
        Task.objects.create(item=item, title="Izmērīt", owner="Būvvalde")
    else:
        factories.proposal(council, item=item, decision="taken", decided_at=now)

    with pytest.raises(MeetingRefused, match="Ceļi"):
        change(meeting, ["Budžets", "Pavisam cits jautājums"], now)
    assert [row.title for row in meeting.agenda.order_by("position")] == ["Ceļi", "Budžets"]
    change(meeting, ["Budžets", "Ceļi un ietves"], now)  # another place and other words are fine
    assert meeting.agenda.get(title="Ceļi un ietves").pk == item.pk


def test_change_of_the_agenda_says_in_the_audit_what_it_was(meeting, now, by):
    change(meeting, ["Ceļi"], now)
    change(meeting, ["Ceļi", {"title": "Tilti", "depth": 1}], now, by=by)
    entry = AuditEntry.objects.filter(verb="change_agenda").latest("pk")
    assert entry.details == {"before": ["1. Ceļi"], "after": ["1. Ceļi", "1.1. Tilti"]}
    assert entry.by == by


@pytest.mark.parametrize("count", [3, 30])
def test_agenda_is_written_with_as_many_queries_however_long(meeting, now, count, django_assert_max_num_queries):
    lines = [{"title": f"Jautājums {n}", "depth": n % 3} for n in range(count)]
    agenda.write_agenda(meeting, lines)
    with django_assert_max_num_queries(18):
        agenda.write_agenda(meeting, [*lines[1:], {"title": "Jauns", "depth": 1}, "Cits"])


# --- items one by one -------------------------------------------------------------------------------------------------


def test_item_is_changed_with_before_and_after_in_the_audit(meeting, now, by):
    change(meeting, ["Ceļi"], now)
    item = meeting.agenda.get()
    row = agenda.change_item(item=item, rapporteur="Ilze Ķer", title="Ceļi", by=by, now=now + HOUR)
    assert (row.rapporteur, row.revision) == ("Ilze Ķer", 1)
    entry = AuditEntry.objects.get(verb="change_agenda_item")
    assert entry.details == {"before": {"rapporteur": ""}, "after": {"rapporteur": "Ilze Ķer"}}
    meeting.event.refresh_from_db()
    assert meeting.event.changed_at == now + HOUR  # who has the form open learns of it
    agenda.change_item(item=item, rapporteur="Ilze Ķer", by=by, now=now + HOUR)
    assert AuditEntry.objects.filter(verb="change_agenda_item").count() == 1


def test_item_of_a_meeting_that_is_over_is_left_alone(council, now):
    held = factories.meeting(council, starts_at=now - 3 * DAY)
    item = held.agenda.create(position=1, title="Ceļi")
    paper = Paper.objects.create(item=item, file=stored(now), title="Plāns")
    for call in (
        lambda: agenda.change_item(item=item, title="Cits", by=None, now=now),
        lambda: agenda.remove_paper(paper=paper, by=None, now=now),
        lambda: agenda.carry_over(meeting=held, by=None, now=now),
    ):
        with pytest.raises(MeetingRefused):
            call()
    assert held.agenda.get().title == "Ceļi"


def test_item_moves_to_another_meeting_with_what_belongs_to_it(meeting, council, now, by):
    change(meeting, ["Ceļi", {"title": "Tilti", "depth": 1}, "Budžets"], now)
    item = meeting.agenda.get(title="Ceļi")
    Paper.objects.create(item=item, file=stored(now), title="Plāns")
    later = factories.meeting(council, published=False, starts_at=now + 40 * DAY)
    later.agenda.create(position=1, title="Pirmais")

    agenda.move_item(item=item, meeting=later, by=by, now=now)

    assert shown(meeting) == ["1 Budžets"]
    assert shown(later) == ["1 Pirmais", "2 Ceļi", "2.1 Tilti"]
    assert later.agenda.get(title="Ceļi").papers.count() == 1
    elsewhere = factories.meeting(published=False, starts_at=now + 40 * DAY)
    with pytest.raises(MeetingRefused):
        agenda.move_item(item=item, meeting=elsewhere, by=by, now=now)
    resolution(item, council)
    with pytest.raises(MeetingRefused):
        agenda.move_item(item=item, meeting=meeting, by=by, now=now)


def test_papers_come_and_go_with_an_entry(meeting, now, by):
    change(meeting, ["Ceļi"], now)
    item = meeting.agenda.get()
    paper = agenda.add_paper(item=item, file=stored(now), title=" ", is_restricted=True, by=by, now=now)
    assert (paper.title, paper.is_restricted) == ("plans.pdf", True)
    agenda.remove_paper(paper=paper, by=by, now=now)
    assert not item.papers.exists()
    verbs = AuditEntry.objects.filter(target=f"councils.AgendaItem:{item.pk}").order_by("pk")
    assert [entry.verb for entry in verbs] == ["add_paper", "remove_paper"]


# --- what is left over ------------------------------------------------------------------------------------------------


@pytest.fixture
def held(council, now):
    """Closed a week ago: one item put off with a paper, one nobody came to, one dealt with."""
    row = factories.meeting(council, starts_at=now - 7 * DAY)
    Meeting.objects.filter(pk=row.pk).update(closed_at=now - 7 * DAY + HOUR)
    parent = row.agenda.create(position=1, title="Slēgtā daļa", is_restricted=True, outcome=Outcome.DISCUSSED)
    put_off = row.agenda.create(
        position=2, title="Ceļi", outcome=Outcome.POSTPONED, minutes=20, rapporteur="Ilze Ķer", parent=parent
    )
    Paper.objects.create(item=put_off, file=stored(now), title="Plāns", is_restricted=True)
    row.agenda.create(position=3, title="Soliņi")
    row.agenda.create(position=4, title="Budžets", outcome=Outcome.DISCUSSED)
    row.agenda.create(position=5, title="Iepriekšējo lēmumu izpilde", kind=Kind.PREVIOUS)
    return row


def schedule(council, now, days, **fields):
    starts_at = now + days * DAY
    values = {"title": "Sēde", "starts_at": starts_at, "ends_at": starts_at + HOUR, "agenda": ["Pirmais"]}
    return operations.schedule_meeting(councils=[council], by=None, now=now, publish=False, **(values | fields))


def test_next_meeting_takes_up_what_was_left_over_once(council, held, now):
    first, second = schedule(council, now, 7), schedule(council, now, 14)
    assert shown(first) == ["1 Pirmais", "2 Ceļi", "3 Soliņi"]
    assert shown(second) == ["1 Pirmais"]
    roads = first.agenda.get(title="Ceļi")
    assert (roads.carried_from.meeting, roads.minutes, roads.rapporteur) == (held, 20, "Ilze Ķer")
    assert roads.is_restricted  # as what it stood under was
    assert [(paper.title, paper.is_restricted) for paper in roads.papers.all()] == [("Plāns", True)]


def test_line_of_the_same_words_is_the_item_that_was_left_over(council, held, now):
    meeting = schedule(council, now, 7, agenda=["Soliņi", "Ceļi"])
    assert shown(meeting) == ["1 Soliņi", "2 Ceļi"]
    assert meeting.agenda.exclude(carried_from=None).count() == 2


def test_other_councils_and_working_groups_take_up_nothing(held, council, now):
    assert shown(schedule(factories.council(), now, 7)) == ["1 Pirmais"]
    assert shown(schedule(council, now, 8, kind=Meeting.Kind.WORKING_GROUP)) == ["1 Pirmais"]


def test_sweep_puts_it_onto_a_draft_that_was_there_before_and_onto_no_announced_agenda(council, now):
    announced = factories.meeting(council, starts_at=now + 2 * DAY)
    draft = factories.meeting(council, published=False, starts_at=now + 9 * DAY)
    held = factories.meeting(council, starts_at=now - DAY)
    held.agenda.create(position=1, title="Ceļi", outcome=Outcome.POSTPONED)
    agenda.carry_over_everywhere(now=now)
    assert not draft.agenda.exists()  # the meeting is not closed yet: the outcome may still change
    Meeting.objects.filter(pk=held.pk).update(closed_at=now)
    for _again in range(2):
        agenda.carry_over_everywhere(now=now)
    assert shown(draft) == ["1 Ceļi"]
    assert not announced.agenda.exists()


# --- items that fill themselves ---------------------------------------------------------------------------------------


def test_standard_titles_make_items_that_fill_themselves(meeting, council, now):
    titles = agenda.standard_titles()
    change(meeting, [titles[Kind.APPROVAL], titles[Kind.PREVIOUS].upper(), "Ceļi"], now)
    assert [row.kind for row in meeting.agenda.order_by("position")] == [Kind.APPROVAL, Kind.PREVIOUS, Kind.ORDINARY]


def test_previous_item_shows_what_is_open_and_nothing_else(meeting, council, now):
    held = factories.meeting(council, starts_at=now - 30 * DAY)
    item = held.agenda.create(position=1, title="Ceļi")
    voted = {"voted_at": now, "in_favour": 3, "against": 0, "abstained": 0, "year": 2026, "outcome": "adopted"}
    later = resolution(item, council, position=1, number=1, due_on=now.date() + 9 * DAY, **voted)
    sooner = resolution(item, council, position=2, number=2, due_on=now.date(), **voted)
    resolution(item, council, position=3, number=3, carried_out_on=now.date(), **voted)
    resolution(item, council, position=4, number=4, **(voted | {"outcome": "rejected"}))
    resolution(item, council, position=5)
    resolution(meeting.agenda.create(position=1, title="Šodien"), council, number=6, **voted)
    task = Task.objects.create(item=item, title="Izmērīt", owner="Būvvalde")
    Task.objects.create(item=item, title="Padarīts", owner="Būvvalde", done_on=now.date(), position=2)
    other = factories.meeting(starts_at=now - 30 * DAY).agenda.create(position=1, title="Citur")
    Task.objects.create(item=other, title="Cita padome", owner="X")

    business = agenda.open_business(meeting)

    assert business.resolutions == [sooner, later]
    assert business.tasks == [task]
    assert business.minutes == []


def test_minutes_that_no_meeting_has_approved_yet_wait_for_it(meeting, council, now):
    held = factories.meeting(council, starts_at=now - 30 * DAY)
    minutes = factories.minutes(held, signed_at=now)
    assert agenda.open_business(meeting).minutes == [minutes]
    minutes.approved_in = factories.meeting(council, starts_at=now - 3 * DAY)
    minutes.save()
    assert agenda.open_business(meeting).minutes == []

from datetime import date

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError

from councils import regulation
from councils.models import DayOverride, RegulationValue
from councils.regulation import AS_ADOPTED

MEETING_ON = date(2026, 11, 25)


def amendment(code="MINUTES_SENT", value="7", valid_from=date(2026, 7, 1)):
    return RegulationValue.objects.create(code=code, value=value, paragraph="Nr. 1/2026 §2", valid_from=valid_from)


def test_every_number_has_its_paragraph():
    assert regulation.RULES["MINUTES_SENT"].source == "Nr. 12/2025 §25"
    assert set(AS_ADOPTED.numbers) == set(regulation.RULES)


def test_every_number_has_a_name_of_its_own():
    assert set(regulation.TITLES) == set(regulation.RULES)
    assert len({str(title) for title in regulation.TITLES.values()}) == len(regulation.TITLES)


def test_numbers_as_adopted_ask_no_database():
    assert AS_ADOPTED["MINUTES_SENT"] == 5


def test_number_of_an_unknown_code_is_a_mistake():
    with pytest.raises(KeyError):
        AS_ADOPTED["MINUTES"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("on", "days"), [(date(2026, 6, 30), 5), (date(2026, 7, 1), 7), (date(2026, 12, 31), 7), (date(2027, 1, 1), 9)]
)
def test_number_on_a_day_is_that_of_the_newest_row_valid_then(on, days):
    amendment(value="9", valid_from=date(2027, 1, 1))
    amendment()
    assert regulation.in_force(on)["MINUTES_SENT"] == days


@pytest.mark.django_db
def test_in_force_costs_one_query(django_assert_num_queries):
    amendment()
    with django_assert_num_queries(1):
        rules = regulation.in_force(MEETING_ON)
        assert rules["MINUTES_SENT"] == 7
        assert rules["QUORUM"] == 50
        assert rules.minutes_due_on(MEETING_ON) == date(2026, 12, 4)


@pytest.mark.django_db
def test_several_days_cost_one_query_and_each_has_its_numbers(django_assert_num_queries):
    amendment(value="9", valid_from=date(2027, 1, 1))
    amendment()
    DayOverride.objects.create(day=date(2026, 12, 1), is_working=False)
    with django_assert_num_queries(1):
        then, before, now = regulation.on_days(date(2027, 1, 1), date(2025, 6, 1), MEETING_ON)
    assert [rules["MINUTES_SENT"] for rules in (then, before, now)] == [9, 5, 7]
    assert before == regulation.in_force(date(2025, 6, 1))


@pytest.mark.django_db
def test_a_row_of_a_code_that_the_portal_does_not_know_changes_nothing():
    amendment(code="SOMETHING_ELSE", value="1")
    assert regulation.in_force(MEETING_ON) == AS_ADOPTED


@pytest.mark.parametrize("value", ["5 dienas", "-1", "", "2,5"])
@pytest.mark.django_db
def test_value_is_a_whole_number(value):
    with pytest.raises(ValidationError):
        RegulationValue(code="TERM", value=value, paragraph="§11", valid_from=MEETING_ON).full_clean()


@pytest.mark.parametrize(("residents", "seats"), [(0, 5), (1000, 5), (1001, 7), (5000, 7), (5001, 9), (60_000, 9)])
def test_p9_seats_follow_residents(residents, seats):
    assert AS_ADOPTED.seats_for(residents) == seats


def test_p11_term_lasts_four_years():
    assert AS_ADOPTED.term_ends_on(date(2027, 11, 3)) == date(2031, 11, 3)
    assert AS_ADOPTED.term_ends_on(date(2028, 2, 29)) == date(2032, 2, 29)


def test_p14_2_call_lasts_14_to_30_days():
    assert AS_ADOPTED.applications_end(date(2025, 11, 6)) == (date(2025, 11, 20), date(2025, 12, 6))


def test_p15_2_election_comes_14_to_30_days_after_the_list():
    assert AS_ADOPTED.assembly(date(2026, 1, 1)) == (date(2026, 1, 15), date(2026, 1, 31))


def test_p15_3_voting_lasts_seven_days_after_the_assembly_as_in_daugmale():
    assert AS_ADOPTED.voting_ends_on(date(2026, 1, 13)) == date(2026, 1, 20)


@pytest.mark.parametrize(("voters", "eligible", "enough"), [(9, 1000, False), (10, 1000, True), (108, 1500, True)])
def test_p15_4_turnout_is_one_percent(voters, eligible, enough):
    assert AS_ADOPTED.is_turnout_enough(voters, eligible) is enough


def test_p18_results_come_within_ten_working_days_as_in_daugmale():
    assert AS_ADOPTED.results_due_on(date(2026, 1, 20)) == date(2026, 2, 3)


def test_p22_first_meeting_comes_within_ten_working_days_as_in_daugmale():
    assert AS_ADOPTED.first_meeting_due_on(date(2026, 1, 28)) == date(2026, 2, 11)


@pytest.mark.parametrize(("members", "quorum"), [(5, 3), (7, 4), (9, 5), (8, 5), (1, 1)])
def test_p23_quorum_is_more_than_half(members, quorum):
    assert AS_ADOPTED.quorum(members) == quorum


def test_p25_minutes_are_due_five_working_days_after():
    assert AS_ADOPTED.minutes_due_on(date(2026, 11, 12)) == date(2026, 11, 20)


@pytest.mark.parametrize(
    ("sent_on", "due_on"), [(date(2026, 11, 12), date(2026, 12, 14)), (date(2026, 10, 20), date(2026, 11, 20))]
)
def test_p27_reply_is_due_in_a_month(sent_on, due_on):
    assert AS_ADOPTED.reply_due_on(sent_on) == due_on


@pytest.mark.parametrize(
    ("meeting_on", "agenda_due", "announce_by"),
    [
        (date(2026, 11, 25), date(2026, 11, 17), date(2026, 11, 20)),  # over the 18th
        (date(2026, 12, 28), date(2026, 12, 17), date(2026, 12, 21)),  # over Christmas
        (date(2026, 10, 27), date(2026, 10, 20), date(2026, 10, 22)),  # over the end of summer time
        (date(2026, 3, 31), date(2026, 3, 24), date(2026, 3, 26)),  # over its beginning
    ],
)
def test_p38_agenda_and_announcement_come_five_and_three_working_days_before(meeting_on, agenda_due, announce_by):
    assert AS_ADOPTED.agenda_due_on(meeting_on) == agenda_due
    assert AS_ADOPTED.announce_by(meeting_on) == announce_by


def test_documentation_names_every_number_with_its_value():
    text = (settings.BASE_DIR / "docs" / "regulation.md").read_text(encoding="utf-8")
    rows = dict(line.split("|")[1:3] for line in text.splitlines() if line.startswith("| `"))
    told = {code.strip(" `"): value.split()[0] for code, value in rows.items()}
    assert told == {code: str(rule.value) for code, rule in regulation.RULES.items()}


@pytest.mark.django_db
def test_moved_days_move_every_deadline_counted_in_working_days(django_assert_num_queries):
    """Monday 23 November made a day off, Saturday 28 November worked instead: counted by hand."""
    amendment()
    DayOverride.objects.create(day=date(2026, 11, 23), is_working=False)
    DayOverride.objects.create(day=date(2026, 11, 28), is_working=True)
    with django_assert_num_queries(1):
        rules = regulation.in_force(MEETING_ON)
    assert rules.announce_by(MEETING_ON) == date(2026, 11, 19)  # 24, 20, 19
    assert rules.agenda_due_on(MEETING_ON) == date(2026, 11, 16)  # 24, 20, 19, (18 a holiday), 17, 16
    assert rules.minutes_due_on(MEETING_ON) == date(2026, 12, 3)  # 26, 27, 28, 30, 1, 2, 3
    assert rules.removal_notice_due_on(date(2026, 11, 26)) == date(2026, 11, 30)  # 27, 28, 30
    assert rules.reply_due_on(date(2026, 10, 23)) == date(2026, 11, 24)
    assert rules.results_due_on(date(2026, 11, 20)) == date(2026, 12, 4)  # 24-28, 30, 1-4
    assert rules.first_meeting_due_on(date(2026, 11, 20)) == date(2026, 12, 4)
    assert rules.working_days_until(date(2026, 11, 20), date(2026, 11, 30)) == 6
    assert rules.next_working_day(date(2026, 11, 21)) == date(2026, 11, 24)
    assert rules.is_working_day(date(2026, 11, 28))
    assert not AS_ADOPTED.is_working_day(date(2026, 11, 28))


@pytest.mark.django_db
def test_a_moved_day_is_no_number_of_the_regulation():
    DayOverride.objects.create(day=date(2026, 11, 28), is_working=True)
    assert regulation.in_force(MEETING_ON).numbers == AS_ADOPTED.numbers

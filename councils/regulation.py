"""The regulation's numbers on a day, and the dates and limits that follow from them.

Each number stands once, in `neighbourhoods.facts.REGULATION`, with its paragraph. Another municipality, or an
amendment, says otherwise with rows of `RegulationValue`: the newest row valid on the day wins. Days off and moved
working days come from the calendar of the `holidays` package and from rows of `DayOverride`, which say otherwise for
single days. See docs/regulation.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Case, Value, When
from django.utils.translation import gettext_lazy as _

from councils import working_days
from councils.models import DayOverride, RegulationValue
from neighbourhoods.facts import REGULATION, RuleFact
from neighbourhoods.prepared import prepared

RULES: dict[str, RuleFact] = {rule.code: rule for rule in REGULATION}

# What each number is called where somebody chooses among them; its note says what it means.
TITLES = {
    "SMALL_COUNCIL_UP_TO": _("Residents up to which a council is smallest"),
    "SMALL_COUNCIL_SEATS": _("Seats of the smallest council"),
    "MIDDLE_COUNCIL_UP_TO": _("Residents up to which a council is of middle size"),
    "MIDDLE_COUNCIL_SEATS": _("Seats of a council of middle size"),
    "LARGE_COUNCIL_SEATS": _("Seats of the largest council"),
    "TERM": _("Length of a convocation"),
    "SECOND_ELECTIONS": _("Year of the second elections"),
    "MIN_CANDIDATES": _("Candidates without whom no council is formed"),
    "APPLICATION_WINDOW_MIN": _("Shortest call for candidates"),
    "APPLICATION_WINDOW_MAX": _("Longest call for candidates"),
    "ELECTION_AFTER_LIST_MIN": _("Assembly at the earliest after the list of candidates"),
    "ELECTION_AFTER_LIST_MAX": _("Assembly at the latest after the list of candidates"),
    "VOTING_AFTER_ASSEMBLY": _("Voting after the assembly"),
    "MIN_TURNOUT": _("Turnout with which an election counts"),
    "VOTER_MIN_AGE": _("Age from which one votes"),
    "MEMBER_MIN_AGE": _("Age from which one may stand"),
    "CANDIDATE_RESIDENCE": _("How long a candidate has lived here"),
    "MIN_MEMBERS": _("Members below which seats are filled anew"),
    "PUBLISH_RESULTS": _("Results are published"),
    "FIRST_MEETING": _("First meeting after the results"),
    "QUORUM": _("Quorum: more than this part of the members"),
    "MINUTES_SENT": _("Minutes are sent for publication"),
    "MINUTES_COMMENTS": _("Members look through the draft minutes"),
    "SUBMISSION_REPLY": _("The municipality answers a submission"),
    "REPLY_CLOCK": _("From when the answer is counted"),
    "MONTH_END": _("On which day a month ends"),
    "REPLY_REMIND_BEFORE": _("Reminder before an answer is due"),
    "REPLY_REMIND_EVERY": _("Reminders after an answer was due"),
    "FOLLOW_UP_AFTER": _("First question whether it is done"),
    "FOLLOW_UP_EVERY": _("Further questions whether it is done"),
    "ABSENCES": _("Absences in a row that raise a question"),
    "REMOVAL_NOTICE": _("The municipal council hears of a release"),
    "DOME_MEETS_COUNCIL": _("Meetings with the municipal council"),
    "JOINT_MEETING": _("Joint meetings of all councils"),
    "AGENDA_TO_ADMIN": _("Agenda goes to the administration"),
    "AGENDA_PUBLISHED": _("Meeting is announced"),
    "MEETING_DAY": _("Whether the day of the meeting counts"),
    "PUBLIC_DISCUSSION_MIN": _("Shortest public discussion"),
}


@dataclass(frozen=True)
class Regulation:
    """The numbers valid on one day, and the days that count otherwise than the calendar says (True: a working day).

    Made by `in_force`; asks the database nothing afterwards. Every working day is counted here, so that a moved day
    moves every deadline.
    """

    numbers: Mapping[str, int]
    moved_days: Mapping[date, bool] = field(default_factory=dict)

    def __getitem__(self, code: str) -> int:
        return self.numbers[code]

    # days

    def is_working_day(self, day: date) -> bool:
        return working_days.is_working_day(day, self.moved_days)

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`, before it when negative; `day` itself is not counted."""
        return working_days.add_working_days(day, count, self.moved_days)

    def working_days_until(self, start: date, end: date) -> int:
        """How many working days come after `start`, up to `end` and with it; negative when `end` has passed."""
        return working_days.working_days_until(start, end, self.moved_days)

    def next_working_day(self, day: date) -> date:
        """`day`, or the first working day after it."""
        return working_days.next_working_day(day, self.moved_days)

    def months_later(self, day: date, count: int = 1) -> date:
        """The same day of the month `count` months on, or its last; a day off gives way to the next working day.

        The act does not say so: `MONTH_END` does. 1: the day of the same number; 0: the day before it.
        """
        return working_days.months_later(day, count, self.moved_days, same_number=bool(self["MONTH_END"]))

    def working_days_before(self, meeting_on: date, count: int) -> date:
        """The last day on which `count` working days are left before a meeting.

        The act does not say whether the meeting's own day is one of them: `MEETING_DAY` does. 0: it is not; 1: it is,
        when it is a working day.
        """
        if self["MEETING_DAY"] and self.is_working_day(meeting_on):
            count = max(count - 1, 0)
        return self.add_working_days(meeting_on, -count)

    # councils and their members

    def seats_for(self, residents: int) -> int:
        """Seats of a council by the residents of its territory (§9); the dome may decide on more (§10)."""
        for size in ("SMALL", "MIDDLE"):
            if residents <= self[f"{size}_COUNCIL_UP_TO"]:
                return self[f"{size}_COUNCIL_SEATS"]
        return self["LARGE_COUNCIL_SEATS"]

    def min_members(self, seats: int) -> int:
        """The fewest members with whom a council is complete enough (§20). The act does not name the number:
        `MIN_MEMBERS` does, and one as large as the council means all of its seats."""
        return min(self["MIN_MEMBERS"], seats)

    def quorum(self, members: int) -> int:
        """The fewest members with whom a meeting can decide: more than half (§23)."""
        return members * self["QUORUM"] // 100 + 1

    def is_turnout_enough(self, voters: int, eligible: int) -> bool:
        """Did as many vote as make an election valid (§15.4)?"""
        return voters * 100 >= eligible * self["MIN_TURNOUT"]

    def term_ends_on(self, started_on: date) -> date:
        """The first day after a term of the regulation's length (§11); not for the first convocation (§39)."""
        year = started_on.year + self["TERM"]
        try:
            return started_on.replace(year=year)
        except ValueError:  # 29 February
            return date(year, 3, 1)

    # a meeting's deadlines

    def agenda_due_on(self, meeting_on: date) -> date:
        """Last day on which the secretary sends time, place and agenda to the administration (§38.1)."""
        return self.working_days_before(meeting_on, self["AGENDA_TO_ADMIN"])

    def announce_by(self, meeting_on: date) -> date:
        """Last day on which the meeting is announced in time (§38.2)."""
        return self.working_days_before(meeting_on, self["AGENDA_PUBLISHED"])

    def minutes_due_on(self, meeting_on: date) -> date:
        """Last day on which the minutes are sent for publication (§25)."""
        return self.add_working_days(meeting_on, self["MINUTES_SENT"])

    def removal_notice_due_on(self, removed_on: date) -> date:
        """Last day on which the dome is told that a member was released for absences (§32)."""
        return self.add_working_days(removed_on, self["REMOVAL_NOTICE"])

    # answers, and the way to a council

    def reply_due_on(self, sent_on: date, registered_on: date | None = None) -> date:
        """Last day on which the municipality examines a submission (§27).

        The act does not say when the month begins: `REPLY_CLOCK` does. 1: when the municipality registers it, and with
        the sending as long as nobody did; 0: always with the sending.
        """
        begins_on = registered_on if registered_on and self["REPLY_CLOCK"] else sent_on
        return self.months_later(begins_on, self["SUBMISSION_REPLY"])

    def applications_end(self, called_on: date) -> tuple[date, date]:
        """Earliest and latest last day of a call for candidates (§14.2)."""
        return (
            called_on + timedelta(days=self["APPLICATION_WINDOW_MIN"]),
            called_on + timedelta(days=self["APPLICATION_WINDOW_MAX"]),
        )

    def assembly(self, list_published_on: date) -> tuple[date, date]:
        """Earliest and latest day of the election after the list stood in the newspaper (§15.2)."""
        return (
            list_published_on + timedelta(days=self["ELECTION_AFTER_LIST_MIN"]),
            list_published_on + timedelta(days=self["ELECTION_AFTER_LIST_MAX"]),
        )

    def voting_ends_on(self, assembly_on: date) -> date:
        """Last day of voting (§15.3), the assembly's own day not counted; practice differs, so this is a suggestion."""
        return assembly_on + timedelta(days=self["VOTING_AFTER_ASSEMBLY"])

    def results_due_on(self, voting_ended_on: date) -> date:
        """Last day on which the elected members and the votes are published (§18)."""
        return self.add_working_days(voting_ended_on, self["PUBLISH_RESULTS"])

    def first_meeting_due_on(self, results_published_on: date) -> date:
        """Last day of the council's first meeting (§22)."""
        return self.add_working_days(results_published_on, self["FIRST_MEETING"])


AS_ADOPTED = Regulation({code: rule.value for code, rule in RULES.items()})


def _rows(on: date):
    """Numbers up to the day and all moved days, in one statement: a moved day is a row without a code."""
    numbers = RegulationValue.objects.filter(valid_from__lte=on).order_by()
    is_working = Case(When(is_working=True, then=Value("1")), default=Value("0"))
    days = DayOverride.objects.annotate(code=Value(""), value=is_working).order_by()
    return (
        numbers.values_list("code", "value", "valid_from")
        .union(days.values_list("code", "value", "day"), all=True)
        .order_by("valid_from")
    )


_prepared_rows = prepared(lambda on: _rows(on))


def in_force(on: date) -> Regulation:
    """The regulation as it stands on the day. One query, built once per process: ask once and pass it on."""
    return on_days(on)[0]


def on_days(*days: date) -> list[Regulation]:
    """The same of several days, with the one query."""
    rows = list(_prepared_rows(on=max(days)))
    moved_days = {day: value == "1" for code, value, day in rows if not code}
    found = []
    for on in days:
        changed = {code: int(value) for code, value, day in rows if code in RULES and day <= on}
        found.append(Regulation({**AS_ADOPTED.numbers, **changed}, moved_days))
    return found

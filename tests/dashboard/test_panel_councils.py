"""Councils, convocations, members, officers and the way to a council, as the coordinator runs them."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from councils.models import Council, Meeting, Membership, Office, RegulationValue, Term
from elections.models import Formation, Step
from people.models import AuditEntry, ContactChannel, Person
from tests import factories
from tests.dashboard.panel_world import address, errors, in_the_file, main_text, signed_in, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def there():
    return world()


@pytest.fixture
def coordinator(there):
    return signed_in(there.coordinator)


def today():
    return timezone.localdate()


def test_council_page_leaves_out_who_never_had_a_day(there, coordinator):
    term = factories.term(started_on=today() - timedelta(days=90))
    left, never = today() - timedelta(days=9), today() - timedelta(days=30)
    gone = factories.membership(term, started_on=today() - timedelta(days=60), ended_on=left, end_reason="resigned")
    factories.membership(term, started_on=never, ended_on=never, end_reason="resigned")
    page = coordinator.get(address("panel-council", term.council.neighbourhood.slug))
    assert page.context["former"] == [gone]


def test_forms_of_a_convocation_say_the_seats_that_the_regulation_names(there, coordinator):
    slug = there.council.neighbourhood.slug
    seats = {"code": "SMALL_COUNCIL_SEATS", "paragraph": "§9", "valid_from": today()}
    for said in ("5, 7 or 9 by residents", "3, 7 or 9 by residents"):
        for page in (address("panel-term-open", slug), address("panel-seats", slug)):
            assert said in main_text(coordinator.get(page))
        RegulationValue.objects.get_or_create(**seats, defaults={"value": "3"})


def test_meeting_that_was_closed_early_is_not_ahead(there, coordinator):
    now = timezone.now()
    path = address("panel-council", there.council.neighbourhood.slug)
    running = factories.meeting(there.council, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=1))
    assert running in coordinator.get(path).context["meetings"]
    Meeting.objects.filter(pk=running.pk).update(opened_at=now - timedelta(hours=1), closed_at=now)
    page = coordinator.get(path)
    assert page.context["meetings"] == [there.meeting, there.draft]


# --- from a neighbourhood without a council to its members ------------------------------------------------------------


def test_council_is_created_convened_and_seated(there, coordinator):
    area = factories.neighbourhood("Mežinieku", population=1200)
    page = coordinator.get(address("panel-council", area.slug))
    assert address("panel-council-edit", area.slug) in page.content.decode()

    form = coordinator.get(address("panel-council-edit", area.slug)).context["form"]
    assert form["name"].value() == "Mežinieku apkaimes iedzīvotāju padome"
    data = {"name": form["name"].value(), "email": "mezinieki@example.org", "about": ""}
    assert coordinator.post(address("panel-council-edit", area.slug), data).status_code == 302
    council = Council.objects.get(neighbourhood=area)
    assert council.email == "mezinieki@example.org"

    form = coordinator.get(address("panel-term-open", area.slug)).context["form"]
    assert (form["number"].value(), form["seat_count"].value()) == (1, 7)  # 1200 residents: seven (§9)
    data = {"number": 1, "seat_count": 7, "started_on": today().isoformat(), "end_rule": "successor"}
    assert coordinator.post(address("panel-term-open", area.slug), data).status_code == 302
    assert council.terms.get().seats.count() == 7

    data = {"given_name": "Ilze", "family_name": "Kļaviņa", "started_on": today().isoformat()}
    assert coordinator.post(address("panel-member-add", area.slug), data).status_code == 302
    member = Membership.objects.of_council(council).get()
    assert member.person.name == "Ilze Kļaviņa"

    data = {"kind": "chair", "person": member.person_id, "started_on": today().isoformat()}
    assert coordinator.post(address("panel-office-give", area.slug), data).status_code == 302
    assert council.offices.get().person == member.person
    text = main_text(coordinator.get(address("panel-council", area.slug)))
    assert "Ilze Kļaviņa — chair" in text


def test_council_is_created_once(there, coordinator):
    path = address("panel-council-edit", there.slug)
    data = {"name": "Cits nosaukums", "email": "", "about": "Par ceļiem"}
    assert coordinator.post(path, data).status_code == 302
    assert Council.objects.filter(neighbourhood=there.council.neighbourhood).count() == 1
    there.council.refresh_from_db()
    assert (there.council.name, there.council.about) == ("Cits nosaukums", "Par ceļiem")
    answer = coordinator.post(path, {"name": "", "email": "nav"})
    assert set(errors(answer)) == {"name", "email"}
    assert 'value="nav"' in answer.content.decode()


def test_new_convocation_ends_the_one_before(there, coordinator):
    path = address("panel-term-open", there.slug)
    form = coordinator.get(path).context["form"]
    assert (form["number"].value(), form["end_rule"].value()) == (2, Term.EndRule.YEARS)
    data = {"number": 2, "seat_count": 5, "started_on": today().isoformat(), "end_rule": "years"}
    assert coordinator.post(path, data).status_code == 302
    there.membership.refresh_from_db()
    assert (there.membership.ended_on, there.membership.end_reason) == (today(), "term_over")
    answer = coordinator.post(path, data)
    assert "comes after all earlier ones" in errors(answer)["__all__"][0]


def term_data(term, **fields):
    return {"started_on": term.started_on.isoformat(), "end_rule": term.end_rule, "seat_count": 7} | fields


def test_seats_that_were_held_stay(there, coordinator):
    path, term = address("panel-seats", there.slug), there.council.terms.get()
    assert coordinator.post(path, term_data(term, seat_count=9, source="§10")).status_code == 302
    assert term.seats.count() == 9
    earlier = (term.started_on - timedelta(days=3)).isoformat()
    answer = coordinator.post(path, term_data(term, seat_count=1, started_on=earlier))
    assert errors(answer) == {"seat_count": ["2 seats have been held in this convocation, so there cannot be fewer."]}
    assert there.council.terms.get().started_on == term.started_on, "all of it or nothing"
    assert list(errors(coordinator.post(path, term_data(term, seat_count="")))) == ["seat_count"]


def test_days_of_a_convocation_are_corrected_and_stand_in_the_log(there, coordinator):
    path, term = address("panel-seats", there.slug), there.council.terms.get()
    entries = AuditEntry.objects.filter(verb__in=["change_term", "change_seat_count"])
    assert coordinator.post(path, term_data(term)).status_code == 302
    assert not entries.exists(), "nothing was changed"
    day = term.started_on + timedelta(days=4)
    assert coordinator.post(path, term_data(term, started_on=day.isoformat(), end_rule="years")).status_code == 302
    there.membership.refresh_from_db()
    there.office.refresh_from_db()
    assert there.membership.started_on == there.office.started_on == day
    assert entries.get().details == {
        "before": {"started_on": term.started_on.isoformat(), "end_rule": "successor"},
        "after": {"started_on": day.isoformat(), "end_rule": "years"},
    }
    answer = coordinator.post(path, term_data(term, started_on=day.isoformat(), ended_on=day.isoformat()))
    assert errors(answer) == {"__all__": ["The last day must come after the first."]}


def test_council_without_a_convocation_has_no_members_to_add(there, coordinator):
    council = factories.council()
    assert coordinator.get(address("panel-member-add", council.neighbourhood.slug)).status_code == 404
    assert "First open a convocation" in main_text(
        coordinator.get(address("panel-council", council.neighbourhood.slug))
    )


# --- who is a member --------------------------------------------------------------------------------------------------


def member_data(**fields):
    return {"given_name": "Anna", "family_name": "Ozola", "started_on": today().isoformat()} | fields


def test_known_person_is_asked_for_and_chosen(there, coordinator):
    """Anna Ozola has signed up for an event before: the form asks whether it is she."""
    path = address("panel-member-add", there.slug)
    answer = coordinator.post(path, member_data())
    assert list(errors(answer)) == ["person"]
    assert "Anna Ozola · anna@example.org · +371 20000000" in main_text(answer)
    anna = there.rsvp.person
    assert coordinator.post(path, member_data(person=anna.pk)).status_code == 302
    assert Membership.objects.of_council(there.council).filter(person=anna).exists()
    assert Person.objects.filter(given_name="Anna").count() == 1


def test_namesake_is_entered_as_new(there, coordinator):
    path = address("panel-member-add", there.slug)
    assert coordinator.post(path, member_data(person="new", phone="+371 21111111")).status_code == 302
    assert Person.objects.filter(given_name="Anna", family_name="Ozola").count() == 2
    channel = ContactChannel.objects.get(value="+371 21111111")
    assert channel.person != there.rsvp.person


def test_person_is_found_by_the_address_alone_and_not_entered_under_it(there, coordinator):
    path = address("panel-member-add", there.slug)
    data = member_data(given_name="Anniņa", family_name="O.", email="ANNA@example.org")
    assert list(errors(coordinator.post(path, data))) == ["person"]
    assert list(errors(coordinator.post(path, data | {"person": "new"}))) == ["email"]
    assert coordinator.post(path, data | {"person": there.rsvp.person.pk}).status_code == 302


def test_form_that_was_sent_twice_enters_one_person(there, coordinator):
    path = address("panel-member-add", there.slug)
    data = member_data(given_name="Ķēniņš", family_name="Čakste")
    coordinator.post(path, data)
    answer = coordinator.post(path, data)
    assert "already sits in a council" in errors(answer)["__all__"][0]
    assert Person.objects.filter(family_name="Čakste").count() == 1


def test_refused_seat_enters_nobody(there, coordinator):
    factories.membership(there.council.terms.get())
    term = there.council.terms.get()
    while term.seats.count() > Membership.objects.filter(seat__term=term).count():
        factories.membership(term)
    answer = coordinator.post(
        address("panel-member-add", there.slug), member_data(given_name="Zelma", family_name="Žagata")
    )
    assert errors(answer) == {"__all__": ["All seats of this council are taken."]}
    assert not Person.objects.filter(family_name="Žagata").exists()


def test_mandate_ends_with_a_reason_and_takes_the_office_along(there, coordinator):
    path = address("panel-membership-end", there.membership.pk)
    assert set(errors(coordinator.post(path, {"ended_on": "", "reason": ""}))) == {"ended_on", "reason"}
    data = {"ended_on": today().isoformat(), "reason": "resigned", "source": "Iesniegums Nr. 5"}
    assert coordinator.post(path, data).status_code == 302
    there.membership.refresh_from_db()
    there.office.refresh_from_db()
    assert (there.membership.ended_on, there.office.ended_on) == (today(), today())
    assert "already ended" in errors(coordinator.post(path, data))["__all__"][0]
    text = main_text(coordinator.get(address("panel-council", there.slug)))
    assert "Iesniegums Nr. 5" in text


def test_office_passes_to_another_member(there, coordinator):
    path = address("panel-office-give", there.slug)
    outsider = there.resident.person
    answer = coordinator.post(path, {"kind": "chair", "person": outsider.pk, "started_on": today().isoformat()})
    assert list(errors(answer)) == ["person"]
    data = {"kind": "chair", "person": there.member.person.pk, "started_on": today().isoformat()}
    assert coordinator.post(path, data).status_code == 302
    held = Office.objects.held(today()).get(council=there.council, kind="chair")
    assert held.person == there.member.person


def test_office_ends_and_the_membership_stays(there, coordinator):
    path = address("panel-office-end", there.office.pk)
    assert coordinator.post(path, {"ended_on": "2020-01-01"}).status_code == 200
    assert coordinator.post(path, {"ended_on": today().isoformat()}).status_code == 302
    there.office.refresh_from_db()
    there.membership.refresh_from_db()
    assert (there.office.ended_on, there.membership.ended_on) == (today(), None)


def test_office_that_begins_later_is_shown_and_can_be_taken_back(there, coordinator):
    later = today() + timedelta(days=10)
    data = {"kind": "chair", "person": there.member.person.pk, "started_on": later.isoformat()}
    answer = coordinator.post(address("panel-office-give", there.slug), data)
    text = main_text(coordinator.get(answer["Location"]))
    assert f"Ķērsta Ļaudona is chair from {later:%d/%m/%Y}." in text
    assert f"chair from {later:%d/%m/%Y} Take the office back" in " ".join(text.split(" End the mandate")[0].split())
    assert f"First day without the office: {later:%d/%m/%Y}" in text
    there.office.refresh_from_db()
    assert address("panel-office-end", there.office.pk) not in coordinator.get(answer["Location"]).text

    coming = Office.objects.get(person=there.member.person)
    path = address("panel-office-end", coming.pk)
    assert coordinator.get(path).context["form"]["ended_on"].value() == later
    assert coordinator.post(path, {"ended_on": later.isoformat()}).status_code == 302
    assert "Take the office back" not in main_text(coordinator.get(answer["Location"]))


def test_taking_a_coming_office_back_lets_the_former_holder_go_on(there, coordinator):
    later = today() + timedelta(days=10)
    data = {"kind": "chair", "person": there.member.person.pk, "started_on": later.isoformat()}
    coordinator.post(address("panel-office-give", there.slug), data)
    path = address("panel-office-end", Office.objects.get(person=there.member.person).pk)
    assert f"{there.officer.person}, who held the office before, goes on" in main_text(coordinator.get(path))
    coordinator.post(path, {"ended_on": later.isoformat(), "former_goes_on": "on"})
    there.office.refresh_from_db()
    assert there.office.ended_on is None
    assert "former_goes_on" not in coordinator.get(address("panel-office-end", there.office.pk)).context["form"].fields


def test_wrong_end_of_a_mandate_and_of_an_office_is_corrected(there, coordinator):
    page = address("panel-council", there.slug)
    path = address("panel-office-correct", there.office.pk)
    assert coordinator.get(path).status_code == 404, "it has not ended"
    coordinator.post(address("panel-office-end", there.office.pk), {"ended_on": today().isoformat()})
    assert path in coordinator.get(page).text
    coordinator.post(path, {"ended_on": (today() + timedelta(days=5)).isoformat()})
    assert path in coordinator.get(page).text
    assert coordinator.post(path, {"ended_on": ""}).status_code == 302
    there.office.refresh_from_db()
    assert there.office.ended_on is None

    path = address("panel-membership-correct", there.membership.pk)
    assert coordinator.get(path).status_code == 404
    for day in (today(), today() + timedelta(days=5)):
        data = {"ended_on": day.isoformat(), "reason": "resigned", "source": ""}
        coordinator.post(address("panel-membership-end", there.membership.pk), data)
        assert path in coordinator.get(page).text
        assert list(errors(coordinator.post(path, {"ended_on": day.isoformat(), "reason": ""}))) == ["reason"]
        assert coordinator.post(path, {"ended_on": "", "reason": "resigned"}).status_code == 302
        there.membership.refresh_from_db()
        there.office.refresh_from_db()
        assert (there.membership.ended_on, there.membership.end_reason, there.office.ended_on) == (None, "", None)


def test_days_of_a_convocation_are_refused_beside_their_field(there, coordinator):
    factories.meeting(there.council, starts_at=timezone.now() - timedelta(days=9))
    term = there.council.terms.get()
    path = address("panel-seats", there.slug)
    data = {"started_on": term.started_on.isoformat(), "ended_on": "", "end_rule": term.end_rule, "seat_count": "7"}
    said = errors(coordinator.post(path, data | {"started_on": today().isoformat()}))
    assert "the convocation must begin on that day at the latest" in said["started_on"][0]
    said = errors(coordinator.post(path, data | {"ended_on": (today() - timedelta(days=15)).isoformat()}))
    assert "the convocation must last longer than that" in said["ended_on"][0]


def test_member_to_come_can_be_taken_off_and_is_no_former_one(there, coordinator):
    later = today() + timedelta(days=10)
    coming = factories.membership(there.membership.seat.term, factories.person("Zane Celma"), started_on=later)
    page = address("panel-council", there.slug)
    path = address("panel-membership-end", coming.pk)
    assert path in coordinator.get(page).text
    assert coordinator.get(path).context["form"]["ended_on"].value() == later
    assert coordinator.post(path, {"ended_on": later.isoformat(), "reason": "other"}).status_code == 302
    assert "Zane Celma" not in main_text(coordinator.get(page)).split("Members", 1)[1]
    Membership.objects.filter(pk=coming.pk).update(started_on=today(), ended_on=today())
    assert coordinator.get(page).context["former"] == []


# --- the way to a council ---------------------------------------------------------------------------------------------


def test_formation_goes_from_its_decision_to_the_first_meeting(there, coordinator):
    council = factories.council()
    slug = council.neighbourhood.slug
    opened = today() - timedelta(days=30)
    data = {"opened_on": opened.isoformat(), "source": "Domes lēmums Nr. 9"}
    assert coordinator.post(address("panel-formation", slug), data).status_code == 302
    formation = Formation.objects.open().get(council=council)
    assert coordinator.post(address("panel-formation", slug), {"candidates": 6}).status_code == 302
    formation.refresh_from_db()
    assert formation.candidates == 6

    path = address("panel-formation-step", slug, Step.DECISION)
    due = today() + timedelta(days=3)
    assert coordinator.post(path, {"due_on": due.isoformat(), "note": "Komiteja"}).status_code == 302
    assert formation.steps.get(step=Step.DECISION).due_on == due
    for n, step in enumerate(Step):
        path = address("panel-formation-step", slug, step)
        answer = coordinator.post(path, {"done_on": (opened + timedelta(days=n)).isoformat()})
        assert answer.status_code == 302
    assert answer["Location"] == address("panel-council", slug)
    formation.refresh_from_db()
    assert formation.closed_on


def test_steps_keep_their_order(there, coordinator):
    path = address("panel-formation-step", there.forming_slug, Step.RESULT)
    answer = coordinator.post(path, {"done_on": "2020-01-01"})
    assert errors(answer) == {"__all__": ["The steps follow one another, and so must their days."]}
    assert coordinator.get(address("panel-formation-step", there.forming_slug, "nekas")).status_code == 404


def test_formation_is_closed_without_a_council_par_14_7(there, coordinator):
    path = address("panel-formation-close", there.forming_slug)
    data = {"closed_on": today().isoformat(), "reason": "Pieteicās trīs"}
    assert coordinator.post(path, data).status_code == 302
    assert not Formation.objects.open().exists()
    assert coordinator.get(path).status_code == 404


# --- lists ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", 3),
        ("statuss=darbojas", 2),
        ("statuss=veidojas", 1),
        ("statuss=nav", 0),
        ("q=balozos", 1),
        ("statuss=nekas", 3),
    ],
)
def test_councils_are_listed_as_filtered(there, coordinator, query, expected):
    page = coordinator.get(f"{address('panel-councils')}?{query}")
    assert len(page.context["rows"]) == expected
    shown = sorted(row.area.short_name for row in page.context["rows"])
    assert sorted(in_the_file(coordinator, page, "councils", "Apkaime")) == shown


def test_neighbourhood_without_a_council_is_listed(there, coordinator):
    factories.neighbourhood("Vārpas")
    page = coordinator.get(f"{address('panel-councils')}?statuss=nav")
    assert [row.area.short_name for row in page.context["rows"]] == ["Vārpas"]
    assert in_the_file(coordinator, page, "councils", "Apkaime") == ["Vārpas"]


def test_council_page_asks_the_same_however_many_members(there, coordinator, django_assert_num_queries):
    """Sixteen are those of every page of the panel, with a crowded event on the desk."""
    path = address("panel-council", there.slug)
    factories.rsvp(there.event, factories.person(), state="waiting")
    term = there.council.terms.get()
    coordinator.get(path)
    for round_ in range(2):
        with django_assert_num_queries(19):
            coordinator.get(path)
        for n in range(2):
            person = factories.person(f"Ilze {n}", email=f"ilze{n}{round_}@example.org")
            factories.membership(term, person)
            month = 2 * round_ + n + 1
            left = {"started_on": date(2026, month, 10), "ended_on": date(2026, month, 20), "end_reason": "resigned"}
            factories.membership(term, **left)
            factories.substitute(term)
            factories.meeting(there.council, published=False, starts_at=timezone.now() + timedelta(days=50 + n))

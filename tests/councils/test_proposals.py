"""Agenda items proposed by residents, associations and businesses (§31)."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.utils import timezone

from councils.models import Proposal, Topic
from councils.operations import enquiries, proposals
from councils.operations.proposals import ProposalRefused
from notices.models import Notice
from notices.operations import deliver
from people import operations as people
from people.models import AuditEntry, Person
from tests import factories

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
WORDS = {"title": "Gājēju pāreja", "text": "Pie skolas nav kur droši pāriet."}


@pytest.fixture
def council():
    area = factories.neighbourhood("Baloži", slug="balozi")
    return factories.term(factories.council(neighbourhood=area, name="Baložu padome")).council


@pytest.fixture
def chair(council):
    user = factories.user("vada@example.org", name="Ģirts Ūdris")
    factories.office(factories.membership(council.terms.get(), user.person))
    return user


@pytest.fixture
def outbox(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    return mail.outbox


def propose(council, user, now, **fields):
    return proposals.propose(council=council, person=user.person, by=user, now=now, **(WORDS | fields))


def as_guest(council, now, **fields):
    values = {"name": "Žanis Ķer", "email": "zanis@example.org", "network": "192.0.2.0/24", "language": "lv"}
    return proposals.propose_as_guest(council=council, now=now, **(WORDS | values | fields))


def told(kind):
    return set(Notice.objects.filter(kind=kind, cancelled_at=None).values_list("person_id", flat=True))


# --- sent -------------------------------------------------------------------------------------------------------------


def test_proposal_with_an_account_counts_at_once_and_the_officers_hear_of_it(council, chair, now):
    user = factories.user()
    row = propose(council, user, now, on_behalf_of="Biedrība „Pie upes”")
    assert (row.confirmed_at, row.decision, row.on_behalf_of) == (now, "", "Biedrība „Pie upes”")
    assert told("proposal_received") == {chair.person.pk}
    assert propose(council, user, now + HOUR) == row  # a form sent twice
    assert Notice.objects.count() == 1


def test_coordinators_hear_of_it_where_a_council_has_no_officer(council, now):
    coordinator = factories.coordinator()
    propose(council, factories.user(), now)
    assert told("proposal_received") == {coordinator.person.pk}


def test_coordinators_hear_of_it_where_no_officer_can_be_reached(council, now):
    factories.office(factories.membership(council.terms.get()))
    coordinator = factories.coordinator()
    propose(council, factories.user(), now)
    assert told("proposal_received") == {coordinator.person.pk}


def test_proposal_of_a_guest_waits_for_the_link(council, chair, now):
    row = as_guest(council, now)
    assert row.confirmed_at is None
    assert list(Proposal.objects.undecided()) == []
    assert told("proposal_received") == set()
    proposals.confirm_proposal(proposal=row, now=now + HOUR)
    proposals.confirm_proposal(proposal=row, now=now + 2 * HOUR)
    row.refresh_from_db()
    assert (row.confirmed_at, row.network) == (now + HOUR, "")
    assert row.person.channels.get().confirmed_at == now + HOUR
    assert told("proposal_received") == {chair.person.pk}


def test_link_that_is_too_old_is_refused(council, now):
    row = as_guest(council, now)
    with pytest.raises(ProposalRefused):
        proposals.confirm_proposal(proposal=row, now=now + timedelta(days=settings.UNCONFIRMED_DAYS))


def test_flood_of_guests_is_stopped_per_address_and_per_network(council, now):
    for n in range(settings.HOLDS_PER_ADDRESS):
        as_guest(council, now, title=f"Nr. {n}")
    with pytest.raises(ProposalRefused):
        as_guest(council, now, title="Par daudz", network="198.51.100.0/24")
    for n in range(settings.HOLDS_PER_NETWORK - settings.HOLDS_PER_ADDRESS):
        as_guest(council, now, email=f"cits{n}@example.org")
    with pytest.raises(ProposalRefused):
        as_guest(council, now, email="vel@example.org")
    as_guest(council, now, email="vel@example.org", network="198.51.100.0/24")


def test_flood_of_an_account_is_stopped_for_a_day(council, now):
    user = factories.user()
    for n in range(settings.HOLDS_PER_ADDRESS):
        propose(council, user, now, title=f"Nr. {n}")
    with pytest.raises(ProposalRefused):
        propose(council, user, now + HOUR, title="Par daudz")
    propose(council, user, now + DAY, title="Rīt atkal")


def test_council_that_is_not_at_work_takes_no_proposals(now):
    with pytest.raises(ProposalRefused):
        propose(factories.council(), factories.user(), now)
    with pytest.raises(ProposalRefused):
        as_guest(factories.council(), now)


# --- taken, declined --------------------------------------------------------------------------------------------------


def test_taken_proposal_is_an_agenda_item_with_a_matter_that_the_proposer_follows(council, chair, now):
    meeting = factories.meeting(council, published=False, starts_at=now + 9 * DAY)
    meeting.agenda.create(position=4, title="Ceļi")
    proposer = factories.user()
    row = propose(council, proposer, now, topic="5.1")

    proposals.take_proposal(proposal=row, meeting=meeting, title="Pāreja pie skolas", by=chair, now=now + HOUR)

    row.refresh_from_db()
    assert (row.decision, row.decided_at, row.decided_by) == ("taken", now + HOUR, chair)
    item = meeting.agenda.get(position=5)
    assert (row.item, item.title, item.description) == (item, "Pāreja pie skolas", WORDS["text"])
    assert item.matter == row.matter
    assert (row.matter.title, row.matter.topic, list(row.matter.councils.all())) == (
        "Pāreja pie skolas",
        "5.1",
        [council],
    )
    assert [follow.person for follow in row.matter.follows.all()] == [proposer.person]
    assert told("proposal_taken") == {proposer.person.pk}
    assert told("proposal_received") == set()  # nobody needs to decide any more
    entry = AuditEntry.objects.get(verb="take_proposal")
    assert (entry.by, entry.on_behalf_of) == (chair, proposer.person)


def test_proposal_joins_a_matter_that_is_there(council, chair, now):
    meeting = factories.meeting(council, starts_at=now + 9 * DAY)
    matter = factories.matter([council])
    row = propose(council, factories.user(), now)
    proposals.take_proposal(proposal=row, meeting=meeting, matter=matter, by=chair, now=now)
    row.refresh_from_db()
    assert row.matter == row.item.matter == matter


def test_proposal_is_taken_onto_a_meeting_of_the_council_that_lies_ahead(council, chair, now):
    row = propose(council, factories.user(), now)
    for meeting in (
        factories.meeting(starts_at=now + 9 * DAY),
        factories.meeting(council, starts_at=now - DAY),
        factories.meeting(council, starts_at=now + 8 * DAY, cancelled_at=now),
    ):
        with pytest.raises(ProposalRefused):
            proposals.take_proposal(proposal=row, meeting=meeting, by=chair, now=now)
        assert not meeting.agenda.exists()
    row.refresh_from_db()
    assert row.decision == ""


def test_declined_proposal_says_why(council, chair, now, outbox):
    proposer = factories.user("ierosina@example.org")
    row = propose(council, proposer, now)
    with pytest.raises(ProposalRefused):
        proposals.decline_proposal(proposal=row, reason="  ", by=chair, now=now)
    proposals.decline_proposal(proposal=row, reason="Ceļš ir valsts, raksti LVC.", by=chair, now=now)
    deliver(now=now)
    [message] = [row for row in outbox if row.to == ["ierosina@example.org"]]
    assert message.subject == "Nav iekļauts darba kārtībā: Gājēju pāreja"
    assert "Ceļš ir valsts, raksti LVC." in message.body
    assert f"/i/{row.token}/" in message.body


def test_proposal_is_decided_once(council, chair, now):
    meeting = factories.meeting(council, starts_at=now + 9 * DAY)
    row = propose(council, factories.user(), now)
    proposals.take_proposal(proposal=row, meeting=meeting, by=chair, now=now)
    with pytest.raises(ProposalRefused):
        proposals.take_proposal(proposal=row, meeting=meeting, by=chair, now=now)
    with pytest.raises(ProposalRefused):
        proposals.decline_proposal(proposal=row, reason="Tomēr ne", by=chair, now=now)
    unconfirmed = as_guest(council, now)
    with pytest.raises(ProposalRefused):
        proposals.decline_proposal(proposal=unconfirmed, reason="Ne", by=chair, now=now)


def test_mail_of_a_taken_proposal_names_the_day_once_it_is_public(council, chair, now, outbox):
    public = factories.meeting(council, starts_at=now + 9 * DAY)
    draft = factories.meeting(council, published=False, starts_at=now + 19 * DAY)
    for n, meeting in enumerate((public, draft)):
        row = propose(council, factories.user(f"p{n}@example.org"), now, title=f"Nr. {n}")
        proposals.take_proposal(proposal=row, meeting=meeting, by=chair, now=now)
    deliver(now=now)
    bodies = {row.to[0]: row.body.replace("\N{NO-BREAK SPACE}", " ") for row in outbox}
    assert "trešdien, 2. decembrī" in bodies["p0@example.org"]
    assert "decembrī" not in bodies["p1@example.org"]
    assert "Skatīt visu gaitu" in bodies["p0@example.org"]
    assert "Skatīt visu gaitu" not in bodies["p1@example.org"]  # nobody but the council sees it yet


# --- what is forgotten ------------------------------------------------------------------------------------------------


def test_unconfirmed_proposals_and_their_people_are_forgotten(council, now):
    old, fresh = as_guest(council, now), as_guest(council, now + 3 * DAY, email="jauns@example.org")
    kept = as_guest(council, now, email="seko@example.org")
    factories.follow(kept.person, council.neighbourhood)
    later = now + timedelta(days=settings.UNCONFIRMED_DAYS)
    assert proposals.forget_unconfirmed(now=later) == 2
    assert list(Proposal.objects.all()) == [fresh]
    assert not Person.objects.filter(pk=old.person_id).exists()
    assert Person.objects.filter(pk=kept.person_id).exists()


def test_letter_and_invitation_outlive_a_proposal_nobody_confirmed(council, now):
    writer, invited = as_guest(council, now).person, as_guest(council, now, email="aicinats@example.org").person
    letter = enquiries.write_to_council(council=council, person=writer, text="Kad ir sēde?", now=now)
    factories.invitation(factories.event(), invited)
    later = now + timedelta(days=settings.UNCONFIRMED_DAYS)
    assert proposals.forget_unconfirmed(now=later) == 2
    letter.refresh_from_db()
    assert invited.invitations.count() == 1


def test_guest_is_forgotten_a_while_after_the_answer_and_not_before(council, chair, now):
    guest, account = as_guest(council, now), propose(council, factories.user(), now)
    proposals.confirm_proposal(proposal=guest, now=now)
    later = now + timedelta(days=settings.GUEST_DAYS)
    assert people.forget_guests(now=later + DAY) == 0  # it waits for its answer
    for row in (guest, account):
        proposals.decline_proposal(proposal=row, reason="Ne", by=chair, now=now + DAY)
    assert people.forget_guests(now=later) == 0
    assert people.forget_guests(now=later + DAY) == 1
    person = Person.objects.get(pk=guest.person_id)
    assert (person.name, person.channels.count()) == ("—", 0)
    assert Proposal.objects.get(pk=guest.pk).reason == "Ne"  # what the council answered stays
    assert people.forget_guests(now=later + 2 * DAY) == 0


def test_proposer_who_does_something_else_here_is_not_forgotten(council, chair, now):
    writer, invited = as_guest(council, now).person, as_guest(council, now, email="aicinats@example.org").person
    for row in Proposal.objects.all():
        proposals.confirm_proposal(proposal=row, now=now)
        proposals.decline_proposal(proposal=row, reason="Ne", by=chair, now=now)
    later = now + timedelta(days=settings.GUEST_DAYS + 1)
    enquiries.write_to_council(council=council, person=writer, text="Kad ir sēde?", now=later)
    factories.invitation(factories.event(starts_at=later + DAY), invited)
    assert people.forget_guests(now=later) == 0
    assert writer.enquiries.count() == invited.invitations.count() == 1


def test_guest_of_an_event_is_kept_while_a_proposal_waits(council, now):
    row = as_guest(council, now)
    proposals.confirm_proposal(proposal=row, now=now)
    event = factories.event(starts_at=now - timedelta(days=settings.GUEST_DAYS + 3))
    factories.rsvp(event, row.person)
    assert people.forget_guests(now=now) == 0
    Proposal.objects.filter(pk=row.pk).update(decision="declined", decided_at=now, reason="Ne")
    assert people.forget_guests(now=now) == 0  # the answer is on its way
    assert people.forget_guests(now=now + timedelta(days=settings.GUEST_DAYS)) == 1


# --- pages ------------------------------------------------------------------------------------------------------------

FORM = "/padome/balozi/ierosinat/"


def test_topics_of_the_day_are_asked_in_the_readers_language(council):
    today = timezone.localdate()
    Topic.objects.all().delete()
    for code, retired_on in (("5.1", None), ("5.2", today), ("5.3", today + DAY)):
        Topic.objects.create(
            code=code, name_lv=f"Joma {code}", name_en=f"Topic {code}", paragraph=code, retired_on=retired_on
        )
    client = Client()
    client.cookies["valoda"] = "en"
    form = client.get(FORM).context["form"]
    assert form.fields["topic"].choices[1:] == [("5.1", "Topic 5.1 (5.1)"), ("5.3", "Topic 5.3 (5.3)")]


def test_guest_sends_confirms_and_reads_the_answer(council, chair, outbox):
    client = Client()
    assert client.get(FORM).status_code == 200
    data = WORDS | {"name": "Žanis Ķer", "email": "Zanis@Example.org"}
    answer = client.post(FORM, data)
    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode()
    assert "z…s@example.org" in page

    deliver()
    [message] = outbox
    assert message.to == ["zanis@example.org"]
    link = re.search(r"/i/[^\s/]+/", message.body)[0]
    assert "<form" in client.get(link).content.decode().split("<main")[1].split("</main>")[0]
    assert not Proposal.objects.confirmed().exists()  # looking is not confirming
    client.post(f"{link}apstiprinat/")
    row = Proposal.objects.confirmed().get()
    proposals.decline_proposal(proposal=row, reason="Jau būvē.", by=chair, now=timezone.now())
    assert "Jau būvē." in client.get(link).content.decode()


def test_resident_sends_in_one_step(council, chair):
    user = factories.user()
    client = Client()
    client.force_login(user)
    answer = client.post(FORM, WORDS)
    row = Proposal.objects.get()
    assert answer["Location"] == f"/i/{row.token}/"
    assert (row.person, row.confirmed_at is not None) == (user.person, True)
    assert "Ierosinājums ir padomē" in client.get(answer["Location"]).content.decode()


def test_proposers_page_leads_to_the_matter_once_everybody_may_see_it(client, council, chair, now):
    row = propose(council, factories.user(), now)
    meeting = factories.meeting(council, published=False, starts_at=now + 9 * DAY)
    row = proposals.take_proposal(proposal=row, meeting=meeting, by=chair, now=now)
    address = row.matter.get_absolute_url()
    assert address not in client.get(f"/i/{row.token}/").text
    meeting.event.published_at = now
    meeting.event.save()
    assert address in client.get(f"/i/{row.token}/").text
    assert client.get(address).status_code == 200


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "ā" * 201}, "title"),
        ({"text": ""}, "text"),
        ({"text": "ā" * 5001}, "text"),
        ({"name": "Pērc https://example.org"}, "name"),
        ({"email": "nav"}, "email"),
        ({"email": ""}, "email"),
    ],
)
def test_mistake_is_named_and_what_was_typed_stays(council, changes, field):
    data = WORDS | {"name": "Žanis Ķer", "email": "zanis@example.org"} | changes
    answer = Client().post(FORM, data)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert "Žanis Ķer" in answer.content.decode() or field == "name"
    assert not Proposal.objects.exists()


def test_answer_page_is_the_same_whether_the_address_is_known(council):
    factories.user("zinams@example.org")
    pages = []
    for email in ("zinams@example.org", "nezina@example.org"):
        client = Client()
        answer = client.post(FORM, WORDS | {"name": "Žanis Ķer", "email": email})
        assert answer.status_code == 302
        page = client.get(answer["Location"])
        pages.append((page.status_code, "saiti" in page.content.decode()))
    assert pages == [(200, True)] * 2


def test_neighbourhood_without_a_council_at_work_has_no_form(council):
    idle = factories.council()
    client = Client()
    assert client.get(f"/padome/{idle.neighbourhood.slug}/ierosinat/").status_code == 404
    assert client.get("/padome/nekur/ierosinat/").status_code == 404
    assert client.get("/i/nekas/").status_code == 404
    assert client.post("/i/nekas/apstiprinat/").status_code == 404
    assert client.put(FORM).status_code == 405


def test_officers_take_and_decline_in_the_panel(council, chair):
    meeting = factories.meeting(council, published=False, starts_at=timezone.now() + 9 * DAY)
    first, second = factories.proposal(council), factories.proposal(council)
    client = Client()
    client.force_login(chair)
    room = client.get("/padome/balozi/").content.decode()
    assert f"/panelis/ierosinajumi/{first.pk}/" in room
    data = {"meeting": meeting.pk, "title": "Soliņi", "description": "Pie upes", "matter": ""}
    assert client.post(f"/panelis/ierosinajumi/{first.pk}/pienemt/", data).status_code == 302
    assert meeting.agenda.get().title == "Soliņi"
    empty = client.post(f"/panelis/ierosinajumi/{second.pk}/noraidit/", {"reason": ""})
    assert list(empty.context["decline_form"].errors) == ["reason"]
    client.post(f"/panelis/ierosinajumi/{second.pk}/noraidit/", {"reason": "Jau ir"})
    second.refresh_from_db()
    assert (second.decision, second.reason) == ("declined", "Jau ir")
    assert f"/panelis/ierosinajumi/{first.pk}/" not in client.get("/padome/balozi/").content.decode()


def test_unconfirmed_proposal_is_shown_to_nobody(council, chair):
    row = factories.proposal(council, confirmed_at=None)
    client = Client()
    client.force_login(chair)
    assert f"/panelis/ierosinajumi/{row.pk}/" not in client.get("/padome/balozi/").content.decode()
    assert client.get(f"/panelis/ierosinajumi/{row.pk}/").status_code == 404


def test_list_of_the_coordinator_begins_with_what_waits(council):
    waits = factories.proposal(council)
    factories.proposal(council, decision="declined", decided_at=timezone.now(), reason="Ne")
    client = Client()
    client.force_login(factories.coordinator())
    assert [row.pk for row in client.get("/panelis/ierosinajumi/").context["page"]] == [waits.pk]
    assert len(client.get("/panelis/ierosinajumi/?statuss=").context["page"]) == 2
    assert len(client.get("/panelis/ierosinajumi/?statuss=noraiditi").context["page"]) == 1

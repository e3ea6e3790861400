"""Submissions in the panel: each step on its page, for the coordinator and for the officers of the council."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from councils.models import RegulationValue, Resolution, Submission
from notices.operations import deliver
from tests import factories
from tests.dashboard.panel_world import address, main_text, signed_in, world

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def there():
    return world()


@pytest.fixture
def coordinator(there):
    return signed_in(there.coordinator)


@pytest.fixture
def officer(there):
    return signed_in(there.officer)


def today():
    return timezone.localdate()


def step(row, slug):
    return address("panel-submission-step", row.pk, slug)


def test_form_says_how_long_the_municipality_has(there, coordinator):
    page = address("panel-submission-new")
    assert "Empty: a draft. The municipality examines what a council sends within 1 month (§27)" in main_text(
        coordinator.get(page)
    )
    months = {"code": "SUBMISSION_REPLY", "value": "2", "paragraph": "§27"}
    RegulationValue.objects.create(**months, valid_from=today())
    assert "within 2 months (§27)" in main_text(coordinator.get(page))


# --- from a resolution, in two clicks ---------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["coordinator", "officer"])
def test_resolution_is_sent_with_nothing_left_to_type(there, who):
    client = signed_in(getattr(there, who))
    matter = factories.matter([there.council], topic="5.1")
    Resolution.objects.filter(pk=there.resolution.pk).update(matter=matter)
    page = client.get(matter.get_absolute_url()).content.decode()
    link = f"{address('panel-submission-new')}?lemums={there.resolution.pk}"
    assert link in page
    form = client.get(link).context["form"]
    filled = {name: form[name].value() for name in form.fields}
    filled["councils"] = [there.council.pk]

    answer = client.post(link, {name: value for name, value in filled.items() if value is not None})

    row = Submission.objects.get(resolution=there.resolution)
    assert answer["Location"] == address("panel-submission", row.pk)
    assert (row.title, row.text) == (there.resolution.item.title, there.resolution.text)
    assert (row.topic, row.matter, row.sent_on) == ("5.1", matter, today())
    assert list(row.councils.all()) == [there.council]


def test_foreign_or_rejected_resolution_makes_no_submission(there, officer):
    foreign = factories.resolution()
    rejected = factories.resolution(factories.agenda_item(there.held, "Cits"), outcome="rejected")
    for row in (foreign, rejected):
        assert officer.get(f"{address('panel-submission-new')}?lemums={row.pk}").status_code == 404
    assert officer.get(f"{address('panel-submission-new')}?jautajums={factories.matter().pk}").status_code == 404
    assert officer.get(f"{address('panel-submission-new')}?lemums=x").status_code == 200


def test_officer_submits_for_the_own_council_only(there, officer):
    other = there.stranger.person.offices.get().council
    form = officer.get(address("panel-submission-new")).context["form"]
    assert list(form.fields["councils"].queryset) == [there.council]
    data = {
        "councils": [there.council.pk, other.pk],
        "title": "Ietve",
        "kind": "proposal",
        "sent_on": today().isoformat(),
    }
    assert list(officer.post(address("panel-submission-new"), data).context["form"].errors) == ["councils"]
    data["councils"] = [there.council.pk]
    assert officer.post(address("panel-submission-new"), data).status_code == 302


def test_joint_submission_is_the_coordinators(there, officer, coordinator):
    there.submission.councils.add(there.stranger.person.offices.get().council)
    assert officer.get(address("panel-submission", there.submission.pk)).status_code == 200, "to answer questions"
    assert officer.get(step(there.submission, "fails")).status_code == 403
    assert coordinator.get(step(there.submission, "fails")).status_code == 200


# --- drafts -----------------------------------------------------------------------------------------------------------


def test_officer_changes_a_draft_adds_files_and_sends_it(there, officer):
    unit = factories.municipal_unit("Ceļu nodaļa")
    row = factories.submission([there.council], "Ietve", sent_on=None, reply_due_on=None)
    data = {"kind": "opinion", "title": "Ietve pie skolas", "text": "Lūdzam.", "answering_unit": unit.pk}
    data["presented_by"] = there.member.person.pk
    assert officer.post(step(row, "labot"), data).status_code == 302
    upload = {"upload": SimpleUploadedFile("karte.pdf", PDF), "title": "Karte"}
    assert officer.post(step(row, "fails"), upload).status_code == 302
    refused = officer.post(step(row, "fails"), {"upload": SimpleUploadedFile("virus.pdf", b"MZ")})
    assert "upload" in refused.context["form"].errors
    row.refresh_from_db()
    assert (row.title, row.unit, row.files.get().title) == ("Ietve pie skolas", "Ceļu nodaļa", "Karte")
    assert row.presented_by == there.member.person

    assert officer.post(address("panel-submission", row.pk), {"sent_on": today().isoformat()}).status_code == 302
    row.refresh_from_db()
    assert row.sent_on == today()
    late = officer.get(step(row, "labot"))
    assert late["Location"] == address("panel-submission", row.pk)


def test_draft_and_its_files_are_thrown_away(there, officer):
    row = factories.submission([there.council], "Ietve", sent_on=None, reply_due_on=None)
    file = row.files.create(file=factories.stored_file(), title="Karte")
    officer.post(address("panel-submission-file", file.pk))
    assert not row.files.exists()
    assert officer.get(step(row, "izmest")).status_code == 200
    answer = officer.post(step(row, "izmest"))
    assert answer["Location"] == address("council-room", there.slug)
    assert not Submission.objects.filter(pk=row.pk).exists()


def test_speaker_is_a_member_of_the_council_that_asks(there, coordinator):
    row = factories.submission([there.council], "Ietve", sent_on=None, reply_due_on=None)
    data = {"kind": "opinion", "title": "Ietve", "presented_by": there.stranger.person.pk}
    assert "presented_by" in coordinator.post(step(row, "labot"), data).context["form"].errors


# --- with the municipality --------------------------------------------------------------------------------------------


def test_coordinator_registers_hands_over_reminds_and_enters_the_reply(there, coordinator):
    row = there.submission
    officer = factories.responding_officer(person=factories.person(email="ilze@example.org"))
    number = {"registered_on": today().isoformat(), "number": "KND/5"}
    assert coordinator.post(step(row, "registret"), number).status_code == 302
    assert coordinator.get(step(row, "atgadinat"))["Location"], "nobody is in charge yet"
    assert coordinator.post(step(row, "nodot"), {"to_unit": officer.unit.pk}).status_code == 302
    assert coordinator.post(step(row, "atgadinat")).status_code == 302
    deliver()
    assert [message.to for message in mail.outbox] == [["ilze@example.org"]] * 2, "the link, and the reminder"
    row.refresh_from_db()
    assert (row.registration_number, row.answering_unit) == ("KND/5", officer.unit)

    path = address("panel-submission", row.pk)
    data = {"replied_on": today().isoformat(), "outcome": "declined", "reply": "Nav naudas."}
    assert "alternative" in coordinator.post(path, data).context["form"].errors
    assert coordinator.post(path, data | {"nothing_instead": "on"}).status_code == 302
    row.refresh_from_db()
    assert (row.outcome, row.nothing_instead) == ("declined", True)


def test_institutions_opinion_is_passed_on_par_29(there, coordinator):
    row = factories.submission([there.council], "Atzinums", kind="institution", institution="VVD")
    assert coordinator.post(step(row, "parsutit"), {"forwarded_on": today().isoformat()}).status_code == 302
    row.refresh_from_db()
    assert row.forwarded_on == today()
    assert coordinator.get(step(there.submission, "parsutit")).status_code == 302, "not of another kind"


def test_officer_does_not_do_the_municipalitys_part(there, officer):
    for slug in ("registret", "nodot", "atgadinat", "atbilde", "parsutit"):
        assert officer.get(step(there.submission, slug)).status_code == 403, slug
        assert officer.post(step(there.submission, slug)).status_code == 403, slug
    path = address("panel-submission", there.submission.pk)
    assert officer.post(path, {"replied_on": today().isoformat(), "outcome": "other"}).status_code == 403


def test_unknown_step_is_not_found(there, coordinator):
    assert coordinator.get(step(there.submission, "nekas")).status_code == 404


@pytest.mark.parametrize("who", ["coordinator", "officer"])
def test_council_answers_the_units_question(there, who):
    client = signed_in(getattr(there, who))
    path = address("panel-question", there.question.pk)
    assert "answer" in client.post(path, {"answer": ""}).context["form"].errors
    assert client.post(path, {"answer": "Skolas pusē."}).status_code == 302
    there.question.refresh_from_db()
    assert there.question.answer == "Skolas pusē."
    assert client.post(path, {"answer": "Abās."}).status_code == 200, "nobody's words are replaced"


def test_officer_says_done_or_not_yet(there, officer):
    row = there.submission
    row.replied_on, row.outcome, row.follow_up_on = today(), "supported", today()
    row.save()
    assert officer.post(step(row, "vel-ne"), {"follow_up_on": (today() + DAY).isoformat()}).status_code == 302
    assert officer.post(address("panel-submission", row.pk), {"done_on": today().isoformat()}).status_code == 302
    row.refresh_from_db()
    assert (row.done_on, row.follow_up_on) == (today(), None)


# --- resolutions and the room -----------------------------------------------------------------------------------------


def test_resolution_is_settled(there, officer):
    path = address("panel-resolution-settle", there.resolution.pk)
    day = today().isoformat()
    assert "reason" in officer.post(path, {"what": "given_up", "on": day}).context["form"].errors
    assert officer.post(path, {"what": "given_up", "on": day, "reason": "Nav naudas."}).status_code == 302
    there.resolution.refresh_from_db()
    assert there.resolution.state == "abandoned"
    assert officer.post(path, {"what": "done", "on": day}).context["form"].errors


def test_matter_gets_the_name_and_topic_by_which_it_is_found(there, officer):
    matter = there.submission.matter
    path = address("panel-matter", matter.pk)
    assert "title" in officer.post(path, {"title": ""}).context["form"].errors
    answer = officer.post(path, {"title": "Ietve pie skolas", "topic": "5.1"})
    matter.refresh_from_db()
    assert (matter.title, matter.topic, answer["Location"]) == ("Ietve pie skolas", "5.1", matter.get_absolute_url())
    assert "ietve-pie-skolas" in matter.get_absolute_url()


def test_room_shows_what_is_to_be_done_to_who_does_it(there):
    for who, shown in (("officer", True), ("member", False)):
        said = main_text(signed_in(getattr(there, who)).get(address("council-room", there.slug)))
        for text in (there.resolution.text, there.question.text, there.opinion.title):
            assert (text in said) is shown, (who, text)


# --- opinions (PL 58(2)) ----------------------------------------------------------------------------------------------


def test_opinion_goes_from_the_request_to_the_municipal_council(there, coordinator, officer):
    data = {
        "council": there.council.pk,
        "title": "Par pieturu",
        "text": "Vai atcelt?",
        "received_on": today().isoformat(),
        "due_on": (today() + 20 * DAY).isoformat(),
        "upload": SimpleUploadedFile("lugums.pdf", PDF),
    }
    wrong = data | {"due_on": (today() - DAY).isoformat(), "upload": SimpleUploadedFile("lugums.pdf", PDF)}
    assert coordinator.post(address("panel-opinion-new"), wrong).context["form"].errors
    path = coordinator.post(address("panel-opinion-new"), data)["Location"]

    assert officer.post(path, {"step": "agenda", "meeting": there.draft.pk}).status_code == 302
    item = there.draft.agenda.get(kind="opinion")
    resolution = factories.resolution(item, there.council, text="Neatcelt.")
    form = officer.get(path).context["steps"]["opinion"]
    assert (form["opinion"].value(), form["resolution"].value()) == ("Neatcelt.", resolution.pk)
    assert officer.post(path, {"step": "send", "sent_on": today().isoformat()}).status_code == 302, "not written yet"
    empty = officer.post(path, {"step": "opinion", "opinion": ""})
    assert "opinion" in empty.context["bound"].errors
    assert (
        officer.post(path, {"step": "opinion", "opinion": "Neatcelt.", "resolution": resolution.pk}).status_code == 302
    )
    assert coordinator.post(path, {"step": "send", "sent_on": today().isoformat()}).status_code == 302
    row = there.council.opinion_requests.get(title="Par pieturu")
    assert (row.sent_on, row.opinion, row.resolution) == (today(), "Neatcelt.", resolution)

    file = address("panel-opinion-file", row.pk)
    answer = officer.get(file)
    assert b"".join(answer.streaming_content) == PDF
    assert "no-store" in answer["Cache-Control"]
    assert signed_in(there.stranger).get(file).status_code == 403
    assert coordinator.get(address("panel-opinion-file", there.opinion.pk)).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_opinions_ask_the_same_number_of_questions(there, coordinator, django_assert_num_queries, rows):
    for _n in range(rows - 1):
        factories.opinion_request()
    coordinator.get(address("panel-opinions"))
    with django_assert_num_queries(15):
        coordinator.get(address("panel-opinions"))


@pytest.mark.parametrize("rows", [1, 3])
def test_submission_asks_the_same_number_of_questions(there, coordinator, django_assert_max_num_queries, rows):
    for n in range(rows - 1):
        there.submission.files.create(file=factories.stored_file(), title=f"Karte {n}")
        there.submission.questions.create(text=f"Kur {n}?", asked_at=timezone.now(), asked_by="Ilze")
    path = address("panel-submission", there.submission.pk)
    coordinator.get(path)
    with django_assert_max_num_queries(20):
        coordinator.get(path)

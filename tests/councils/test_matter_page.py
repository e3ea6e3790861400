import io
import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from councils import operations
from councils.models import HandOver, MatterFollow, OpinionRequest, Proposal, Question
from councils.operations import matters, submissions
from notices.operations import deliver
from people.models import Person
from tests import factories

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PAGE_CACHE_SECONDS = 0


@pytest.fixture
def council():
    return factories.term().council


@pytest.fixture
def member(council):
    user = factories.user()
    factories.membership(council.terms.get(), user.person)
    return user


@pytest.fixture
def chair(council):
    user = factories.user()
    factories.office(factories.membership(council.terms.get(), user.person))
    return user


def past_item(matter, **fields):
    meeting = factories.meeting(matter.councils.get(), starts_at=timezone.now() - 60 * DAY)
    return factories.agenda_item(meeting, matter=matter, **fields)


@pytest.fixture
def told(council):
    """A matter with everything that can happen to one."""
    now, on = timezone.now(), timezone.localdate()
    matter = factories.matter([council], topic="5.1")
    person = factories.person("Zenta Noslēpuma")
    Proposal.objects.create(
        council=council,
        matter=matter,
        person=person,
        title="Tumša iela",
        text="Lūdzu, palīdziet!",
        token="x" * 43,
        proposed_at=now - 70 * DAY,
        confirmed_at=now - 70 * DAY,
        decision="taken",
        decided_at=now - 65 * DAY,
    )
    OpinionRequest.objects.create(
        council=council,
        matter=matter,
        title="Par ielām",
        received_on=on - 66 * DAY,
        due_on=on - 50 * DAY,
        opinion="Padome atbalsta.",
        sent_on=on - 55 * DAY,
    )
    item = past_item(matter)
    resolution = factories.resolution(
        item, voted_at=now - 60 * DAY, casting_vote="in_favour", owner="Priekšsēdētājs", text="Lūgt laternas."
    )
    unit, other = factories.municipal_unit("Ceļu nodaļa"), factories.municipal_unit("Īpašumu pārvalde")
    row = factories.submission(
        [council],
        "Laternas Skolas ielā",
        matter=matter,
        resolution=resolution,
        text="Lūdzam piecas laternas.",
        unit=other.name,
        answering_unit=other,
        sent_on=on - 58 * DAY,
        registered_on=on - 57 * DAY,
        registration_number="KND/77",
        reply_due_on=on - 27 * DAY,
        replied_on=on - 30 * DAY,
        replied_by="Ilze Ābola, Īpašumu pārvalde",
        outcome="declined",
        reply="Šogad nav naudas.",
        alternative="Atstarotāji.",
        done_on=on - 2 * DAY,
    )
    HandOver.objects.create(submission=row, from_unit=unit, to_unit=other, at=now - 50 * DAY, reason="Nav ceļš.")
    Question.objects.create(
        submission=row,
        text="Cik laternu?",
        asked_at=now - 45 * DAY,
        asked_by="Ilze Ābola",
        answer="Piecas.",
        answered_at=now - 44 * DAY,
    )
    return matter


def page_of(client, matter, **headers):
    return client.get(matter.get_absolute_url(), **headers)


def words(response):
    text = re.sub(r"<(script|style).*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


# --- the thread -------------------------------------------------------------------------------------------------------


def test_page_tells_the_whole_course_in_its_order(client, told):
    said = words(page_of(client, told))
    said = said[said.index("Kā tas virzījās") :]
    course = (
        "Ierosināts",
        "Tumša iela",
        "Dome lūdz padomes viedokli",
        "Padomes darba kārtībā",
        "Padome pieņēma lēmumu",
        "Lūgt laternas.",
        "Par – 5, pret – 0, atturas – 0",
        "izšķīra priekšsēdētāja balss (§26)",
        "Nosūtīts pašvaldībai",
        "Lūdzam piecas laternas.",
        "Reģistrēts pašvaldībā",
        "KND/77",
        "Padomes viedoklis ir nosūtīts",
        "Nodots citai struktūrvienībai",
        "Ceļu nodaļa → Īpašumu pārvalde",
        "Pašvaldība jautā",
        "Cik laternu?",
        "Piecas.",
        "Pašvaldība atbildēja: noraidīts",
        "Šogad nav naudas.",
        "Atstarotāji.",
        "Izpildīts",
    )
    places = [said.index(part) for part in course]
    assert places == sorted(places)
    assert "Zenta" not in said, "who proposed it is nobody's but the council's"
    assert "mēneša laikā (§27)" in said
    assert "no dienas, kad pašvaldība iesniegumu reģistrē" in said


def test_page_says_what_is_awaited(client, council):
    waiting = factories.submission([council])
    said = words(page_of(client, waiting.matter))
    assert "Gaida atbildi" in said
    assert "pēc 27 dienām" in said
    promised = factories.submission([council], replied_on=timezone.localdate(), outcome="supported", reply="Būs.")
    assert "Vēl jāizdara" in words(page_of(client, promised.matter))


def test_page_has_one_address(client, told):
    response = client.get(f"/lemumi/{told.pk}-cits/")
    assert (response.status_code, response["Location"]) == (301, told.get_absolute_url())
    assert client.post(told.get_absolute_url()).status_code == 405
    assert client.get("/lemumi/99999-nav/").status_code == 404


def test_what_is_not_public_is_shown_to_the_council_only(client, council, member, chair):
    matter = factories.matter([council])
    resolution = factories.resolution(past_item(matter, is_restricted=True), text="Slepens lēmums.")
    factories.submission([council], matter=matter, resolution=resolution, is_public=False, text="Slepens lūgums.")
    other = factories.user()
    for user in (None, other):
        if user:
            client.force_login(user)
        assert page_of(client, matter).status_code == 404
    for user in (member, chair, factories.coordinator()):
        client.force_login(user)
        said = words(page_of(client, matter))
        assert "Slepens lēmums." in said
        assert "Nav publisks" in said


def test_hidden_steps_stay_hidden_on_a_public_matter(client, told, member):
    factories.resolution(past_item(told, is_restricted=True), text="Slepens lēmums.")
    assert "Slepens lēmums." not in words(page_of(client, told))
    client.force_login(member)
    assert "Slepens lēmums." in words(page_of(client, told))


def test_officers_find_what_they_can_do(client, told, member, chair):
    client.force_login(member)
    assert "Sūtīt pašvaldībai" not in words(page_of(client, told))
    client.force_login(chair)
    page = page_of(client, told).content.decode()
    resolution = told.resolutions.get()
    assert f"{reverse('dashboard:panel-submission-new')}?lemums={resolution.pk}" in page


@pytest.mark.parametrize("signed_in", [False, True])
@pytest.mark.parametrize("rows", [1, 3])
def test_page_asks_the_same_number_of_questions(client, told, chair, django_assert_num_queries, rows, signed_in):
    council = told.councils.get()
    row = told.submissions.get()
    for n in range(rows - 1):
        resolution = factories.resolution(past_item(told), text=f"Lēmums {n}")
        factories.submission([council], f"Lūgums {n}", matter=told, resolution=resolution)
        Question.objects.create(submission=row, text=f"Kur {n}?", asked_at=timezone.now(), asked_by="Ilze")
        submissions.add_file(
            submission=factories.submission([council], matter=told, sent_on=timezone.localdate()),
            upload=SimpleUploadedFile(f"{n}.pdf", PDF),
            by=None,
            now=timezone.now(),
        )
    if rows == 1:
        file = submissions.files.store(SimpleUploadedFile("a.pdf", PDF), by=None, now=timezone.now())
        row.files.create(file=file, title="A")
    if signed_in:
        client.force_login(chair)
    page_of(client, told)
    with django_assert_num_queries(16 if signed_in else 11):
        page_of(client, told)


# --- following --------------------------------------------------------------------------------------------------------


def test_resident_follows_and_stops(client, told):
    user = factories.user()
    client.force_login(user)
    page = page_of(client, told).content.decode()
    follow, stop = (reverse(f"councils:matter-{name}", args=[told.pk, told.slug]) for name in ("follow", "unfollow"))
    assert f'action="{follow}"' in page
    client.post(follow)
    assert MatterFollow.objects.confirmed().get().person == user.person
    assert f'action="{stop}"' in page_of(client, told).content.decode()
    client.post(stop)
    assert not MatterFollow.objects.exists()
    for path in (follow, stop):
        assert client.get(path).status_code == 405


def test_follow_needs_an_account_or_an_address(client, told):
    for name in ("follow", "unfollow"):
        path = reverse(f"councils:matter-{name}", args=[told.pk, told.slug])
        assert "/konts/ienakt/" in client.post(path)["Location"]
    assert not MatterFollow.objects.exists()


def test_guest_follows_by_the_link_in_the_mail_and_stops_by_it(client, told):
    path = reverse("councils:matter-follow-guest", args=[told.pk, told.slug])
    assert client.get(path).status_code == 302
    wrong = client.post(path, {"email": "nav adrese"})
    assert wrong.status_code == 422
    assert "nav adrese" in wrong.content.decode()

    answer = client.post(path, {"email": "Viesis@Example.org"}, follow=True)
    assert "v…s@example.org" in words(answer)
    deliver()
    link = re.search(r"/lemumi/sekot/[\w-]+/", mail.outbox[-1].body)[0]
    assert mail.outbox[-1].to == ["viesis@example.org"]
    row = MatterFollow.objects.get()

    shown = client.get(link)
    assert "Sekot šim jautājumam?" in words(shown)
    assert "noindex" in shown["X-Robots-Tag"]
    row.refresh_from_db()
    assert row.confirmed_at is None, "looking changes nothing"
    matters.voted(resolution=told.resolutions.get(), now=timezone.now())
    deliver()
    assert len(mail.outbox) == 1, "nobody who did not confirm is told"

    client.post(link, {"choice": "follow"})
    row.refresh_from_db()
    assert row.confirmed_at
    matters.answered(submission=told.submissions.get(), now=timezone.now())
    deliver()
    assert len(mail.outbox) == 2
    assert link in mail.outbox[-1].body

    client.post(link, {"choice": "stop"})
    assert not MatterFollow.objects.exists()
    assert not Person.objects.filter(channels__value="viesis@example.org").exists(), "nothing else is known of them"
    gone = client.get(link)
    assert gone.status_code == 404
    assert "Šī saite vairs neder" in words(gone)


def test_guest_who_says_no_is_forgotten(client, told, now):
    row = matters.follow_as_guest(matter=told, email="viesis@example.org", network="", language="lv", now=now)
    client.post(reverse("councils:matter-follow-link", args=[row.token]), {"choice": "stop"})
    assert not Person.objects.filter(pk=row.person_id).exists()


def test_address_that_follows_already_is_told_so_by_mail_only(client, told):
    person = factories.person("Ēriks Ļaudams", email="eriks@example.org")
    matters.follow(matter=told, person=person, now=timezone.now())
    path = reverse("councils:matter-follow-guest", args=[told.pk, told.slug])
    known = client.post(path, {"email": "eriks@example.org"}, follow=True)
    unknown = client.post(path, {"email": "erika@example.org"}, follow=True)
    assert words(known).replace("e…s@", "e…a@") == words(unknown)
    deliver()
    assert "Tu jau seko" in next(message.subject for message in mail.outbox if message.to == ["eriks@example.org"])
    person.refresh_from_db()
    assert person.name == "Ēriks Ļaudams"


def test_one_address_and_one_network_cannot_flood(client, told, settings):
    settings.HOLDS_PER_ADDRESS, settings.HOLDS_PER_NETWORK = 2, 3
    now = timezone.now()
    follow = {"network": "192.0.2.0/24", "language": "lv", "now": now}
    for _n in range(2):
        matters.follow_as_guest(matter=factories.matter(), email="a@example.org", **follow)
    with pytest.raises(matters.MatterRefused):
        matters.follow_as_guest(matter=told, email="a@example.org", **follow)
    matters.follow_as_guest(matter=told, email="b@example.org", **follow)
    path = reverse("councils:matter-follow-guest", args=[told.pk, told.slug])
    refused = client.post(path, {"email": "c@example.org"}, REMOTE_ADDR="192.0.2.9")
    assert refused.status_code == 422
    matters.follow_as_guest(matter=told, email="c@example.org", **(follow | {"now": now + timedelta(hours=3)}))


def test_one_mail_an_hour_however_often_the_form_is_sent(told, now):
    for _n in range(3):
        matters.follow_as_guest(matter=told, email="a@example.org", network="", language="lv", now=now)
    deliver(now=now)
    assert len(mail.outbox) == 1


# --- files ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def answered(council):
    """A public submission with a file, a letter of the reply, and a picture of what was done."""
    by, now, on = factories.coordinator(), timezone.now(), timezone.localdate()
    row = factories.submission([council], text="Lūdzam.")
    submissions.add_file(submission=row, upload=SimpleUploadedFile("karte.pdf", PDF), by=by, now=now)
    upload = SimpleUploadedFile("vestule.pdf", PDF)
    operations.record_reply(submission=row, replied_on=on, outcome="other", upload=upload, by=by, now=now)
    drawn = io.BytesIO()
    Image.new("RGB", (40, 30)).save(drawn, "JPEG")
    photo = SimpleUploadedFile("p.jpg", drawn.getvalue())
    return operations.record_done(submission=row, done_on=on, photo=photo, photo_alt="Jauna pāreja", by=by, now=now)


def addresses(row):
    return [
        reverse("councils:submission-file", args=[row.files.get().pk]),
        reverse("councils:letter-pdf", args=[row.pk]),
        reverse("councils:letter-docx", args=[row.pk]),
        reverse("councils:submission-reply-file", args=[row.pk]),
        reverse("councils:submission-photo", args=[row.pk]),
    ]


def test_files_of_a_public_submission_are_everybodys(client, answered):
    page = page_of(client, answered.matter).content.decode()
    assert 'alt="Jauna pāreja"' in page
    for path in addresses(answered):
        response = client.get(path)
        assert response.status_code == 200, path
        is_picture = path.endswith("/attels/")
        assert response["Content-Disposition"].startswith("inline" if is_picture else "attachment"), path
        assert "no-store" not in response.get("Cache-Control", ""), path
        assert client.post(path).status_code == 405


def test_files_of_a_hidden_submission_are_the_councils(client, answered, member):
    answered.is_public = False
    answered.save()
    for path in addresses(answered):
        assert client.get(path).status_code == 404, path
    client.force_login(factories.user())
    for path in addresses(answered):
        assert client.get(path).status_code == 404, path
    client.force_login(member)
    for path in addresses(answered):
        response = client.get(path)
        assert response.status_code == 200, path
        assert "no-store" in response["Cache-Control"], path
        assert "private" in response["Cache-Control"], path


def test_what_is_not_there_is_not_found(client, council):
    row = factories.submission([council])
    for name in ("submission-reply-file", "submission-photo"):
        assert client.get(reverse(f"councils:{name}", args=[row.pk])).status_code == 404
    assert client.get(reverse("councils:submission-file", args=[999])).status_code == 404

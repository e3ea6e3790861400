import io
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from councils import operations
from councils.models import AnswerLink, Question, RegulationValue, Submission
from councils.operations import replies, submissions
from councils.operations.replies import ReplyRefused
from notices.models import Notice
from notices.operations import deliver
from tests import factories

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def officer():
    unit = factories.municipal_unit("Īpašumu pārvalde")
    return factories.responding_officer(unit, factories.person("Ilze Ābola", email="ilze@example.org"))


@pytest.fixture
def link(officer):
    """The link of a submission sent three days ago, as the mail brought it."""
    row = factories.submission(answering_unit=officer.unit, unit=officer.unit.name, text="Lūdzam pāreju.")
    submissions.invite(row, now=timezone.now())
    return replies.LINKS.get()


@pytest.fixture
def page(link):
    return reverse("councils:reply", args=[link.token])


def address(link, name, *more):
    return reverse(f"councils:{name}", args=[link.token, *more])


def mailed_code() -> str:
    deliver()
    return re.search(r"\b\d{6}\b", mail.outbox[-1].body)[0]


@pytest.fixture
def opened(client, link):
    """A browser in which the code was given."""
    client.post(address(link, "reply-send-code"))
    client.post(address(link, "reply-open"), {"code": mailed_code()})
    mail.outbox.clear()
    return client


def code_of(link, now):
    replies.send_code(link=link, now=now)
    return Notice.objects.filter(kind="answer_code").latest("pk").data["code"]


# --- the code ---------------------------------------------------------------------------------------------------------


def test_code_works_once_and_is_kept_as_a_hash(link, now):
    now = timezone.now()
    code = code_of(link, now)
    link.refresh_from_db()
    assert code not in link.code_hash
    assert replies.is_code_awaited(link, now)

    replies.check_code(link=link, code=f" {code[:3]} {code[3:]} ", now=now)

    link.refresh_from_db()
    assert not replies.is_code_awaited(link, now)
    with pytest.raises(ReplyRefused):
        replies.check_code(link=link, code=code, now=now)


def test_code_is_forgotten_by_the_ledger_once_it_is_sent(link):
    code_of(link, timezone.now())
    deliver()
    assert Notice.objects.get(kind="answer_code").data == {}
    assert mail.outbox[-1].to == ["ilze@example.org"]


def test_code_works_ten_minutes(link):
    now = timezone.now()
    code = code_of(link, now)
    with pytest.raises(ReplyRefused):
        replies.check_code(link=link, code=code, now=now + 10 * MINUTE)
    replies.check_code(link=link, code=code, now=now + 10 * MINUTE - timedelta(seconds=1))


def test_code_is_guessed_at_five_times_at_most(link):
    now = timezone.now()
    code = code_of(link, now)
    wrong = "000000" if code != "000000" else "111111"
    for _n in range(5):
        with pytest.raises(ReplyRefused):
            replies.check_code(link=link, code=wrong, now=now)
    with pytest.raises(ReplyRefused):
        replies.check_code(link=link, code=code, now=now)


def test_new_code_ends_the_one_before(link):
    now = timezone.now()
    first, second = code_of(link, now), code_of(link, now + MINUTE)
    if first != second:
        with pytest.raises(ReplyRefused):
            replies.check_code(link=link, code=first, now=now + MINUTE)
    replies.check_code(link=link, code=second, now=now + MINUTE)


def test_codes_are_mailed_five_times_an_hour_at_most(link):
    now = timezone.now()
    for n in range(5):
        replies.send_code(link=link, now=now + n * MINUTE)
    with pytest.raises(ReplyRefused):
        replies.send_code(link=link, now=now + 59 * MINUTE)
    replies.send_code(link=link, now=now + 60 * MINUTE)


def test_code_is_the_links_own(link, officer):
    now = timezone.now()
    submissions.invite(factories.submission(answering_unit=officer.unit), now=now)
    other = replies.LINKS.exclude(pk=link.pk).get()
    code = code_of(link, now)
    replies.send_code(link=other, now=now)
    AnswerLink.objects.filter(pk=other.pk).update(code_hash=AnswerLink.objects.get(pk=link.pk).code_hash)
    with pytest.raises(ReplyRefused):
        replies.check_code(link=other, code=code, now=now)


@pytest.mark.django_db(transaction=True)
def test_attempts_at_the_same_moment_are_all_counted(link):
    now = timezone.now()
    code = code_of(link, now)
    wrong = "000000" if code != "000000" else "111111"
    barrier = Barrier(8)

    def guess(_n):
        barrier.wait()
        try:
            replies.check_code(link=AnswerLink.objects.get(pk=link.pk), code=wrong, now=now)
        except ReplyRefused:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(guess, range(8))) == ["refused"] * 8
    assert AnswerLink.objects.get(pk=link.pk).wrong_codes == 5


def test_mail_with_the_link_reads_as_text_without_holes(link):
    """Parts that a letter leaves out leave no blank lines behind."""
    deliver()
    body = mail.outbox[-1].body
    assert reverse("councils:reply", args=[link.token]) in body
    assert "\n\n\n" not in body


# --- when a link has ended --------------------------------------------------------------------------------------------


def test_link_ends_with_the_answer_the_hand_over_and_the_officers_time(client, link, page, officer):
    on, now = timezone.localdate(), timezone.now()
    row = link.submission
    assert client.get(page).status_code == 200
    for change, undo in (
        ({"replied_on": on, "outcome": "other"}, {"replied_on": None, "outcome": ""}),
        ({"answering_unit": factories.municipal_unit()}, {"answering_unit": officer.unit}),
        ({"done_on": on}, {"done_on": None}),
    ):
        Submission.objects.filter(pk=row.pk).update(**change)
        shown = client.get(page)
        assert "Šī saite vairs neder" in shown.content.decode(), change
        with pytest.raises(ReplyRefused):
            replies.send_code(link=replies.LINKS.get(), now=now)
        Submission.objects.filter(pk=row.pk).update(**undo)
    officer.ended_on = on
    officer.save()
    assert "Šī saite vairs neder" in client.get(page).content.decode()
    with pytest.raises(ReplyRefused):
        replies.ask(link=replies.LINKS.get(), text="Kur?", now=now)


def test_link_opens_again_when_it_is_time_to_ask_whether_it_is_done(link, now):
    on = timezone.localdate()
    Submission.objects.update(replied_on=on, outcome="supported", follow_up_on=on + DAY)
    link = replies.LINKS.get()
    assert [link.opens(on), link.opens(on + DAY)] == ["", "done"]


# --- the pages --------------------------------------------------------------------------------------------------------


def test_looking_changes_nothing_and_sends_nothing(client, link, page):
    deliver()
    mail.outbox.clear()
    before = AnswerLink.objects.values().get()
    for url in (page, address(link, "reply-ask"), address(link, "reply-hand-over"), address(link, "reply-not-yet")):
        for method in (client.get, client.head):
            assert method(url, follow=True).status_code == 200
    deliver()
    assert AnswerLink.objects.values().get() == before
    assert not mail.outbox
    assert client.get(address(link, "reply-send-code")).status_code == 405
    assert client.get(address(link, "reply-open")).status_code == 405


def test_page_is_kept_by_nobody(client, page):
    response = client.get(page)
    assert "no-store" in response["Cache-Control"]
    assert "noindex" in response["X-Robots-Tag"]


def test_unknown_link_is_not_found(client, link):
    for name in ("reply", "reply-ask", "reply-hand-over", "reply-not-yet"):
        assert client.get(reverse(f"councils:{name}", args=["x" * 43])).status_code == 404
    for name in ("reply-send-code", "reply-open"):
        assert client.post(reverse(f"councils:{name}", args=["x" * 43])).status_code == 404


def test_mailed_code_opens_the_link_in_this_browser_only(client, link, page):
    assert "i…e@example.org" in client.get(page).content.decode()
    client.post(address(link, "reply-send-code"))
    code = mailed_code()
    wrong = client.post(address(link, "reply-open"), {"code": "12"})
    assert wrong.status_code == 422

    opened = client.post(address(link, "reply-open"), {"code": code}, follow=True)

    assert "Lūdzam pāreju." in opened.content.decode()
    from django.test import Client

    assert "Nosūtīt atbildi" not in Client().get(page).content.decode()


def test_opened_link_closes_after_its_hours(opened, link, page, settings):
    assert "Nosūtīt atbildi" in opened.get(page).content.decode()
    session = opened.session
    session[f"reply-{link.pk}"] = timezone.now().timestamp() - 1
    session.save()
    assert "Nosūtīt atbildi" not in opened.get(page).content.decode()

    late = opened.post(page, {"outcome": "declined", "reply": "Gari rakstīta atbilde."})

    assert late.status_code == 403
    assert "Gari rakstīta atbilde." in late.content.decode(), "what was typed is not lost"
    assert not Submission.objects.filter(replied_on__isnull=False).exists()


def test_nobody_without_the_code_acts(client, link, page, officer):
    unit = factories.municipal_unit()
    for url, data in (
        (page, {"outcome": "other", "reply": "Atbilde."}),
        (address(link, "reply-ask"), {"text": "Kur?"}),
        (address(link, "reply-hand-over"), {"to_unit": unit.pk, "reason": "Cita nodaļa."}),
    ):
        assert client.post(url, data).status_code == 403, url
    row = Submission.objects.get()
    assert (row.replied_on, row.answering_unit, Question.objects.count()) == (None, officer.unit, 0)


def test_officer_answers(opened, link, page):
    empty = opened.post(page, {"outcome": "declined", "reply": "Nav naudas."})
    assert empty.status_code == 422
    assert "Nav naudas." in empty.content.decode()

    file = SimpleUploadedFile("vestule.pdf", PDF)
    data = {"outcome": "declined", "reply": "Nav naudas.", "nothing_instead": "on", "upload": file}
    answered = opened.post(page, data, follow=True)

    row = Submission.objects.get()
    assert (row.outcome, row.reply, row.nothing_instead) == ("declined", "Nav naudas.", True)
    assert row.replied_by == "Ilze Ābola, Īpašumu pārvalde"
    assert row.reply_file.name == "vestule.pdf"
    assert "Šī saite vairs neder" in answered.content.decode()
    [heading] = re.findall(r"<h1[^>]*>([^<]*)</h1>", answered.content.decode())
    assert heading == "Padome atbildi ir saņēmusi", "the first words after the answer are no trouble with a link"


def test_officer_asks_and_reads_the_answer(opened, link, page):
    assert opened.post(address(link, "reply-ask"), {"text": ""}).status_code == 422
    opened.post(address(link, "reply-ask"), {"text": "Kurā pusē?"})
    question = Question.objects.get()
    assert question.asked_by == "Ilze Ābola, Īpašumu pārvalde"
    submissions.answer_question(
        question=question, answer="Skolas pusē.", by=factories.coordinator(), now=timezone.now()
    )
    shown = opened.get(page).content.decode()
    assert "Kurā pusē?" in shown
    assert "Skolas pusē." in shown


def test_officer_hands_over_and_the_other_unit_gets_its_link(opened, link, page):
    other = factories.responding_officer(factories.municipal_unit("Ceļu nodaļa"))
    retired = factories.municipal_unit("Bijusī nodaļa", retired_on=timezone.localdate())
    shown = opened.get(address(link, "reply-hand-over")).content.decode()
    assert "Ceļu nodaļa" in shown
    assert "Bijusī nodaļa" not in shown
    assert opened.post(address(link, "reply-hand-over"), {"to_unit": retired.pk, "reason": "Jā"}).status_code == 422

    data = {"to_unit": other.unit.pk, "reason": "Tas ir valsts ceļš."}
    ended = opened.post(address(link, "reply-hand-over"), data, follow=True)

    assert "Ceļu nodaļa" in ended.content.decode()
    row = Submission.objects.get()
    assert (row.answering_unit, row.hand_overs.get().by_name) == (other.unit, "Ilze Ābola, Īpašumu pārvalde")
    assert AnswerLink.objects.filter(officer=other).count() == 1


def test_officer_says_done_with_a_picture_or_not_yet(client, link, page):
    on = timezone.localdate()
    row = link.submission
    operations.record_reply(
        submission=row, replied_on=on, outcome="supported", reply="Būs.", by=factories.coordinator(), now=timezone.now()
    )
    Submission.objects.update(follow_up_on=on)
    client.post(address(link, "reply-send-code"))
    client.post(address(link, "reply-open"), {"code": mailed_code()})
    assert "Vai tas ir izdarīts?" in client.get(page).content.decode()

    later = on + 30 * DAY
    client.post(address(link, "reply-not-yet"), {"follow_up_on": later.isoformat(), "reason": "Sniegs."})
    row.refresh_from_db()
    assert row.follow_up_on == later

    Submission.objects.update(follow_up_on=on)
    drawn = io.BytesIO()
    Image.new("RGB", (40, 30)).save(drawn, "JPEG")
    data = {"done_on": on.isoformat(), "photo": SimpleUploadedFile("p.jpg", drawn.getvalue())}
    assert client.post(page, data).status_code == 422, "a picture needs words"
    drawn.seek(0)
    data["photo"], data["photo_alt"] = SimpleUploadedFile("p.jpg", drawn.getvalue()), "Pāreja."
    client.post(page, data)
    row.refresh_from_db()
    assert (row.done_on, row.done_photo_alt) == (on, "Pāreja.")


def test_file_of_the_submission_opens_for_who_gave_the_code(client, link):
    row = link.submission
    file = submissions.add_file(
        submission=row, upload=SimpleUploadedFile("karte.pdf", PDF), by=factories.coordinator(), now=timezone.now()
    )
    url = address(link, "reply-file", file.pk)
    assert client.get(url).status_code == 302
    client.post(address(link, "reply-send-code"))
    client.post(address(link, "reply-open"), {"code": mailed_code()})
    response = client.get(url)
    assert b"".join(response.streaming_content) == PDF
    assert "attachment" in response["Content-Disposition"]
    other = factories.submission()
    foreign = submissions.add_file(
        submission=other, upload=SimpleUploadedFile("c.pdf", PDF), by=factories.coordinator(), now=timezone.now()
    )
    assert client.get(address(link, "reply-file", foreign.pk)).status_code == 404


def test_page_asks_the_same_number_of_questions_however_much_there_is(
    opened, link, page, django_assert_max_num_queries
):
    row = link.submission
    by = factories.coordinator()
    for n in range(3):
        submissions.ask(submission=row, text=f"Kur {n}?", asked_by="Ilze", by=None, now=timezone.now())
        submissions.add_file(submission=row, upload=SimpleUploadedFile(f"{n}.pdf", PDF), by=by, now=timezone.now())
    with django_assert_max_num_queries(9):
        opened.get(page)


def test_form_says_after_how_many_days_we_ask_whether_it_is_done(opened, page):
    assert "Tukšs: pēc 90 dienām." in opened.get(page).content.decode()
    days = {"code": "FOLLOW_UP_AFTER", "value": "21", "paragraph": "§27"}
    RegulationValue.objects.create(**days, valid_from=timezone.localdate())
    assert "Tukšs: pēc 21 dienas." in opened.get(page).content.decode()

"""Letters to a council: they reach its officers, and nobody sees an address who should not."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from councils import tasks
from councils.models import Council, Enquiry
from councils.operations import enquiries
from councils.operations.enquiries import EnquiryRefused
from notices import operations as notices
from notices.models import Notice
from people.models import ContactChannel, Person
from tests import factories

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
GUEST = {"name": "Zane Ozola", "email": "zane@example.org", "network": "10.0.0.0/24", "language": "lv"}


@pytest.fixture
def council():
    """A council at work with a chair and a secretary who have e-mail."""
    term = factories.term(factories.council(neighbourhood=factories.neighbourhood("Baloži", slug="balozi")))
    for kind, name in (("chair", "Anna Āre"), ("secretary", "Jānis Bērzs")):
        person = factories.person(name, email=f"{kind}@example.org", phone="+371 20000000")
        factories.office(factories.membership(term, person), kind)
    factories.membership(term, factories.person("Ilze Ķirse", email="loceklis@example.org"))
    return term.council


def sent(now=None):
    """What leaves the ledger now, by address."""
    mail.outbox.clear()
    notices.deliver(now=now)
    return {message.to[0]: message for message in mail.outbox}


def guest(council, now, text="Kad salabos gājēju tiltu?", **changes):
    return enquiries.write_as_guest(council=council, text=text, now=now, **(GUEST | changes))


# --- with an account --------------------------------------------------------------------------------------------------


def test_letter_reaches_the_officers_and_shows_no_address(council, now):
    writer = factories.user("rakstitaja@example.org", name="Rūta Šķēle").person
    enquiries.write_to_council(council=council, person=writer, text="Paldies par talku!", now=now)

    mails = sent(now)

    assert set(mails) == {"chair@example.org", "secretary@example.org"}
    for message in mails.values():
        assert message.reply_to == []
        for body in (message.body, message.alternatives[0][0]):
            assert "Paldies par talku!" in body
            assert "adresi neredzi" in body
            assert "rakstitaja@" not in body
        assert "Rūta Šķēle" in message.subject
        assert len(message.to) == 1
        assert not message.cc
        assert not message.bcc


def test_writer_who_wants_an_answer_gets_it_by_reply(council, now):
    writer = factories.user("rakstitaja@example.org", name="Rūta Šķēle").person
    enquiries.write_to_council(council=council, person=writer, text="Kad ir sēde?", wants_answer=True, now=now)
    for message in sent(now).values():
        assert message.reply_to == ["rakstitaja@example.org"]
        assert "redzēs tavu adresi" in message.body


def test_council_whose_officers_have_no_mail_is_answered_for_by_the_coordinators(now):
    term = factories.term()
    factories.office(factories.membership(term))
    coordinator = factories.coordinator(email="koord@example.org")
    enquiries.write_to_council(council=term.council, person=factories.user().person, text="Sveiki!", now=now)
    assert set(sent(now)) == {coordinator.email}


def test_former_officer_gets_no_letters(council, now):
    council.offices.filter(kind="chair").update(ended_on=timezone.localdate(now))
    enquiries.write_to_council(council=council, person=factories.user().person, text="Sveiki!", now=now)
    assert set(sent(now)) == {"secretary@example.org"}


def test_letter_sent_twice_is_one(council, now):
    person = factories.user().person
    first, second = (
        enquiries.write_to_council(council=council, person=person, text="Sveiki!", now=now + n * HOUR) for n in (0, 1)
    )
    assert first == second
    assert Notice.objects.filter(kind="enquiry_received").count() == 2


def test_one_person_writes_so_many_letters_a_day(council, now, settings):
    settings.HOLDS_PER_ADDRESS = 2
    person = factories.user().person
    for n in range(2):
        enquiries.write_to_council(council=council, person=person, text=f"Vēstule {n}", now=now)
    with pytest.raises(EnquiryRefused, match="rīt"):
        enquiries.write_to_council(council=council, person=person, text="Vēl viena", now=now)
    assert enquiries.write_to_council(council=council, person=person, text="Vēl viena", now=now + DAY)


def test_council_that_is_not_at_work_takes_no_letters(now):
    with pytest.raises(EnquiryRefused):
        enquiries.write_to_council(council=factories.council(), person=factories.user().person, text="Ei!", now=now)
    with pytest.raises(EnquiryRefused):
        guest(factories.council(), now)
    assert not Enquiry.objects.exists()


# --- without an account -----------------------------------------------------------------------------------------------


def test_guest_confirms_by_the_link_before_anybody_reads(council, now):
    row = guest(council, now, wants_answer=True)
    mails = sent(now)
    assert set(mails) == {"zane@example.org"}
    assert "tiltu" not in mails["zane@example.org"].body  # nothing of the letter goes to an address not proved
    assert f"/v/{row.token}/" in mails["zane@example.org"].body

    enquiries.confirm_enquiry(enquiry=row, now=now + HOUR)
    enquiries.confirm_enquiry(enquiry=row, now=now + 2 * HOUR)

    mails = sent(now + 2 * HOUR)
    assert set(mails) == {"chair@example.org", "secretary@example.org"}
    assert mails["chair@example.org"].reply_to == ["zane@example.org"]
    row.refresh_from_db()
    assert (row.network, row.confirmed_at) == ("", now + HOUR)


def test_link_ends(council, now, settings):
    row = guest(council, now)
    with pytest.raises(EnquiryRefused, match="novecojusi"):
        enquiries.confirm_enquiry(enquiry=row, now=now + settings.UNCONFIRMED_DAYS * DAY)
    assert not Notice.objects.filter(kind="enquiry_received").exists()


def test_letters_that_wait_are_limited_by_address_and_by_network(council, now, settings):
    settings.HOLDS_PER_ADDRESS, settings.HOLDS_PER_NETWORK = 2, 3
    for n in range(2):
        guest(council, now, f"Vēstule {n}")
    with pytest.raises(EnquiryRefused, match="Šim e-pastam"):
        guest(council, now, "Vēl viena")
    guest(council, now, "No cita", email="cits@example.org")
    with pytest.raises(EnquiryRefused, match="tīkla"):
        guest(council, now, "No trešā", email="tresais@example.org")
    assert guest(council, now, "No cita tīkla", email="tresais@example.org", network="10.9.9.0/24")
    assert guest(council, now + (settings.HOLD_HOURS + 1) * HOUR, "Vēlāk")


def test_form_sent_twice_is_one_letter_and_one_mail(council, now):
    assert guest(council, now) == guest(council, now + HOUR)
    assert Notice.objects.filter(kind="enquiry_confirm").count() == 1


def test_guest_confirms_only_so_many_a_day(council, now, settings):
    settings.HOLDS_PER_ADDRESS = 1
    enquiries.confirm_enquiry(enquiry=guest(council, now), now=now)
    second = guest(council, now, "Otra")
    with pytest.raises(EnquiryRefused, match="rīt"):
        enquiries.confirm_enquiry(enquiry=second, now=now)


def test_letter_does_not_rename_a_candidate_of_the_order(council, now):
    person = factories.person("Kārlis Ķirsis", email="zane@example.org")
    ContactChannel.objects.filter(person=person).update(confirmed_at=None)
    factories.substitute(council.terms.get(), person)
    guest(council, now, name="Kāds Cits")
    person.refresh_from_db()
    assert person.name == "Kārlis Ķirsis"


# --- what is kept -----------------------------------------------------------------------------------------------------


def test_letters_and_their_writers_are_forgotten(council, now, settings):
    unopened = guest(council, now, "Neatvērta", email="viens@example.org")
    delivered = guest(council, now, "Piegādāta")
    enquiries.confirm_enquiry(enquiry=delivered, now=now)
    settled = factories.user().person
    enquiries.write_to_council(council=council, person=settled, text="Ar kontu", now=now)

    assert enquiries.forget_letters(now=now + (settings.UNCONFIRMED_DAYS - 1) * DAY) == 0
    assert enquiries.forget_letters(now=now + settings.UNCONFIRMED_DAYS * DAY) == 1
    assert not Person.objects.filter(pk=unopened.person_id).exists()
    assert enquiries.forget_letters(now=now + settings.GUEST_DAYS * DAY) == 2
    assert not Person.objects.filter(pk=delivered.person_id).exists()
    assert Person.objects.filter(pk=settled.pk).exists()
    assert not Enquiry.objects.exists()


def test_nightly_task_forgets_letters(council, now):
    guest(council, timezone.now() - 60 * DAY)
    tasks.forget()
    assert not Enquiry.objects.exists()


def test_letters_go_with_the_account_of_their_writer(council, now):
    from people import operations as people

    user = factories.user()
    enquiries.write_to_council(council=council, person=user.person, text="Ar kontu", now=now)
    people.erase_person(person=user.person, by=user, now=now)
    assert not Enquiry.objects.exists()
    assert sent(now) == {}


# --- the pages --------------------------------------------------------------------------------------------------------

PATH = "/padome/balozi/rakstit/"
POSTED = {"text": "Kad salabos gājēju tiltu?", "name": "Zane Ozola", "email": "zane@example.org"}


def test_visitor_writes_opens_the_link_and_the_officers_have_it(client, council):
    assert client.get(PATH).status_code == 200
    answer = client.post(PATH, POSTED | {"wants_answer": "on"}, follow=True)
    assert "z…e@example.org" in answer.content.decode()
    link = re.search(r"/v/\S+/", sent()["zane@example.org"].body)[0]

    page = client.get(link)
    assert "no-store" in page["Cache-Control"]
    assert "noindex" in page["X-Robots-Tag"]
    assert "Apstiprin" in page.content.decode()
    assert not Enquiry.objects.get().confirmed_at  # looking confirms nothing
    assert client.get(f"{link}apstiprinat/").status_code == 302
    assert not Enquiry.objects.get().confirmed_at
    page = client.post(f"{link}apstiprinat/", follow=True)
    assert "saņēmusi" in page.content.decode()
    assert sent()["chair@example.org"].reply_to == ["zane@example.org"]


def test_answer_is_the_same_whether_the_address_is_known_or_not(client, council):
    """The same page, apart from the address that was typed."""
    factories.user("zinams@example.org")
    pages = []
    for email in ("zinams@example.org", "nezinams@example.org"):
        answer = client.post(PATH, POSTED | {"email": email}, follow=True)
        body = re.sub(r"\?z=[^\"'&]+|csrfmiddlewaretoken\"[^>]*", "", answer.content.decode())
        pages.append((answer.redirect_chain[0][1], answer.status_code, re.sub(r"\w…\w@example.org", "", body)))
    assert pages[0] == pages[1]


def test_person_with_an_account_writes_in_one_step(client, council):
    client.force_login(factories.user("rakstitaja@example.org"))
    form = client.get(PATH).context["form"]
    assert set(form.fields) == {"text", "wants_answer"}
    answer = client.post(PATH, {"text": "Paldies!"}, follow=True)
    assert "ceļā uz padomi" in answer.content.decode()
    assert set(sent()) == {"chair@example.org", "secretary@example.org"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "x" * 3001}, "text"),
        ({"name": ""}, "name"),
        ({"name": "Lēti! www.example.org"}, "name"),
        ({"email": "nav"}, "email"),
    ],
)
def test_bad_letter_comes_back_with_what_was_typed(client, council, changes, field):
    answer = client.post(PATH, POSTED | changes)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert "Zane Ozola" in answer.content.decode() or field == "name"
    assert not Enquiry.objects.exists()


def test_refusal_is_told_on_the_page(client, council, settings):
    settings.HOLDS_PER_ADDRESS = 0
    answer = client.post(PATH, POSTED)
    assert answer.status_code == 422
    assert "Šim e-pastam" in answer.content.decode()


def test_pages_that_are_not_there(client, council):
    factories.council(neighbourhood=factories.neighbourhood("Vārpas", slug="varpas"))  # not at work
    for path in ("/padome/varpas/rakstit/", "/padome/nekur/rakstit/", "/v/nekas/", "/padome/varpas/rakstit/nosutits/"):
        assert client.get(path).status_code == 404
    assert client.post("/v/nekas/apstiprinat/").status_code == 404
    assert client.delete(PATH).status_code == 405
    assert client.post(f"{PATH}nosutits/").status_code == 405
    assert client.get(f"{PATH}nosutits/?z=viltots").status_code == 200


def test_form_costs_the_same_however_many_officers(client, council, django_assert_max_num_queries):
    with django_assert_max_num_queries(2):
        client.get(PATH)
    assert Council.objects.count() == 1

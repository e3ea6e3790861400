"""Signing up on the event's page: with an account in one click, without one by a link in the mail."""

import re
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.conf import settings
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from events import operations
from events.forms import GuestRsvpForm, RsvpForm
from events.models import Event, Rsvp
from events.views import client_network, masked
from notices import operations as notices
from notices.models import Notice
from people.models import Person
from tests import factories

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def url(event, name="rsvp-create"):
    return reverse(f"events:{name}", args=[event.pk, event.slug])


def guest_data(**fields):
    return {"name": "Jānis Bērziņš", "email": "viesis@example.org", "party_size": "1", "wants_reminder": "on"} | fields


# --- with an account --------------------------------------------------------------------------------------------------


def test_one_click_signs_up_and_shows_the_own_page(client):
    user = factories.user()
    event = factories.event(capacity=5)
    client.force_login(user)

    response = client.post(url(event), {"party_size": "1", "wants_reminder": "on"})

    row = Rsvp.objects.get()
    assert (row.person, row.state, row.party_size, row.wants_reminder) == (user.person, "going", 1, True)
    assert (response.status_code, response["Location"]) == (302, row.get_absolute_url())
    assert client.get(row.get_absolute_url()).context["own"] == "going"


def test_sign_up_takes_all_choices(client):
    event = factories.event(capacity=1, online_capacity=1, format="hybrid", party_limit=1)
    factories.rsvp(event)
    factories.rsvp(event, attending="remote")
    client.force_login(factories.user())

    client.post(url(event), {"attending": "remote", "question": "Vai būs tulks?", "seat_at_once": "on"})

    row = Rsvp.objects.get(state="waiting")
    assert (row.attending, row.question, row.seat_at_once, row.wants_reminder) == (
        "remote",
        "Vai būs tulks?",
        True,
        False,
    )


def test_signing_up_twice_is_once(client):
    event = factories.event()
    client.force_login(factories.user())

    locations = {client.post(url(event), {"party_size": "1"})["Location"] for _ in range(2)}

    assert locations == {Rsvp.objects.get().get_absolute_url()}


def test_mistake_is_explained_and_what_was_typed_is_kept(client):
    event = factories.event(party_limit=4)
    client.force_login(factories.user())

    response = client.post(url(event), {"party_size": "6", "question": "Kur ieeja?"})

    assert response.status_code == 422
    assert 'id="kludas"' in response.text
    assert "autofocus" in response.text
    assert 'value="6"' in response.text
    assert "Kur ieeja?" in response.text
    assert "Vienā pieteikumā var būt ne vairāk kā 4 cilvēki." in response.text
    assert not Rsvp.objects.exists()


def test_refusal_is_said_on_the_page(client):
    event = factories.event(rsvps_close_at=timezone.now() - HOUR)
    client.force_login(factories.user())

    response = client.post(url(event), {"party_size": "1"})

    assert response.status_code == 422
    assert "Pieteikšanās šim pasākumam ir beigusies." in response.text


def test_sign_up_without_log_in_leads_to_it_and_back(client):
    event = factories.event()

    response = client.post(url(event), {"party_size": "1"})

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))
    client.force_login(factories.user())
    assert client.get(url(event))["Location"] == event.get_absolute_url()
    assert not Rsvp.objects.exists()


@pytest.mark.parametrize("name", ["rsvp-create", "rsvp-guest"])
def test_sign_up_by_address_shows_the_event(client, name):
    event = factories.event()
    client.force_login(factories.user())

    assert client.get(url(event, name))["Location"] == event.get_absolute_url()
    assert client.put(url(event, name)).status_code == 405


@pytest.mark.parametrize("name", ["rsvp-create", "rsvp-guest"])
def test_nobody_signs_up_to_a_draft(client, name):
    event = factories.event(published=False)
    client.force_login(factories.user())

    assert client.post(url(event, name), guest_data()).status_code == 404


def test_sign_up_needs_the_token_of_the_form(client):
    event = factories.event()
    strict = client.__class__(enforce_csrf_checks=True)

    assert strict.post(url(event, "rsvp-guest"), guest_data()).status_code == 403
    assert not Rsvp.objects.exists()


# --- without an account -----------------------------------------------------------------------------------------------


def mails(folder):
    notices.deliver()
    return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(folder.glob("*.eml"))]


def own_link(mail):
    body = mail.get_body(("plain",)).get_content()
    return re.search(rf"{re.escape(settings.PUBLIC_URL)}(/r/[\w-]+/)", body)[1]


def test_guest_signs_up_confirms_by_mail_and_cancels(client, mail_folder, settings):
    settings.EMAIL_BACKEND = "notices.mailbox.FolderBackend"
    event = factories.event("Čiekuru talka", capacity=3)

    response = client.post(url(event, "rsvp-guest"), guest_data(party_size="2"), follow=True)

    assert response.redirect_chain[0][0].startswith(url(event, "rsvp-sent"))
    assert "v…s@example.org" in response.text
    assert "viesis" not in response.text + response.redirect_chain[0][0]
    assert Rsvp.objects.get().state == "held"

    (mail,) = mails(mail_folder)
    assert mail["To"] == "viesis@example.org"
    link = own_link(mail)
    page = client.get(link)
    assert page.context["own"] == "unconfirmed"
    assert Rsvp.objects.get().state == "held"  # a mail scanner opened it, too

    confirm = reverse("events:rsvp-confirm", args=[Rsvp.objects.get().token])
    assert f'action="{confirm}"' in page.text
    page = client.post(confirm, follow=True)
    assert page.context["own"] == "going"
    assert [mail["To"] for mail in mails(mail_folder)] == ["viesis@example.org"] * 2

    cancel = reverse("events:rsvp-answer", args=[Rsvp.objects.get().token, "ne"])
    assert client.get(cancel).status_code == 200
    assert Rsvp.objects.get().state == "going"
    assert client.post(cancel, follow=True).context["own"] == "gone"
    assert Event.objects.with_seats().get().seats_taken == 0


def test_guest_mistakes_are_explained_together(client):
    event = factories.event(party_limit=4)

    response = client.post(url(event, "rsvp-guest"), {"name": "", "email": "vards.epasts.lv", "party_size": "6"})

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"name", "email", "party_size"}
    assert 'value="vards.epasts.lv"' in response.text
    assert not Rsvp.objects.exists()


def shape(response):
    """What somebody who asks about an address can see, without what differs from request to request by chance."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.text)
    text = re.sub(r"[\w.-]+…[\w.-]*@[\w.]+|z=[\w:.%-]+", "", text)
    steps = [(re.sub(r"z=.*", "z", path), status) for path, status in response.redirect_chain]
    return response.status_code, steps, text, sorted(response.headers), sorted(response.cookies)


@pytest.mark.parametrize("capacity", [None, 1])
def test_guest_learns_nothing_about_an_address(client, capacity):
    """Unknown, of a guest, of an account, of somebody who goes, of somebody who cancelled: the answer is the same."""
    event = factories.event(capacity=capacity)
    factories.person(email="viesis@example.org")
    factories.user("konts@example.org")
    factories.rsvp(event, factories.user("nak@example.org").person)
    factories.rsvp(event, factories.person(email="atcelts@example.org"), state="cancelled")

    answers = [
        shape(client.__class__().post(url(event, "rsvp-guest"), guest_data(email=f"{who}@example.org"), follow=True))
        for who in ("nezināms".replace("ā", "a"), "viesis", "konts", "nak", "atcelts")
    ]

    assert answers[0][0] == 200
    assert all(answer == answers[0] for answer in answers)


def test_guest_of_somebody_elses_address_gets_no_seat_page(client):
    event = factories.event()
    user = factories.user("liga@example.org")

    response = client.post(url(event, "rsvp-guest"), guest_data(email="liga@example.org"), follow=True)

    assert Rsvp.objects.get().person == user.person
    assert Rsvp.objects.get().token not in response.text + str(response.redirect_chain)


def test_guest_limits_are_said_on_the_page(client):
    for _ in range(settings.HOLDS_PER_NETWORK):
        factories.rsvp(factories.event(), state="held", network="192.0.2.0/24")
    event = factories.event()

    response = client.post(url(event, "rsvp-guest"), guest_data(), REMOTE_ADDR="192.0.2.77")

    assert response.status_code == 422
    assert "No tava tīkla nupat atnācis pārāk daudz pieteikumu." in response.text
    assert client.post(url(event, "rsvp-guest"), guest_data(), REMOTE_ADDR="198.51.100.7").status_code == 302
    assert Rsvp.objects.get(person__channels__value="viesis@example.org").network == "198.51.100.0/24"


def test_guest_is_written_to_in_the_language_of_the_page(client):
    client.cookies["valoda"] = "en"

    client.post(url(factories.event(), "rsvp-guest"), guest_data())

    assert Person.objects.get().language == "en"


def test_sent_page_says_until_when_and_no_more(client):
    event = factories.event(starts_at=timezone.now() + HOUR)

    response = client.post(url(event, "rsvp-guest"), guest_data(), follow=True)

    assert response.context["said"]["until"] == event.starts_at
    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex, nofollow"


@pytest.mark.parametrize("value", ["", "x", "eyJ0byI6ImEifQ:1:abc"])
def test_sent_page_shows_only_what_we_signed(client, value):
    response = client.get(url(factories.event(), "rsvp-sent"), {"z": value})

    assert response.status_code == 200
    assert response.context["said"] == {}


def test_sent_page_is_read_only(client):
    assert client.post(url(factories.event(), "rsvp-sent")).status_code == 405


# --- small parts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("email", "seen"),
    [("vards@epasts.lv", "v…s@epasts.lv"), ("abc@x.lv", "a…c@x.lv"), ("ab@x.lv", "a…@x.lv"), ("a@x.lv", "a…@x.lv")],
)
def test_masked_address_shows_two_letters_at_most(email, seen):
    assert masked(email) == seen


@pytest.mark.parametrize(
    ("proxies", "remote", "forwarded", "network"),
    [
        (0, "192.0.2.77", "", "192.0.2.0/24"),
        (0, "192.0.2.77", "203.0.113.9", "192.0.2.0/24"),  # nobody's word but the socket's
        (1, "10.0.0.1", "203.0.113.9", "203.0.113.0/24"),
        (
            1,
            "10.0.0.1",
            "198.51.100.1, 203.0.113.9",
            "203.0.113.0/24",
        ),  # what the visitor wrote himself is not believed
        (2, "10.0.0.1", "198.51.100.1, 203.0.113.9, 10.0.0.2", "203.0.113.0/24"),
        (1, "192.0.2.77", "", "192.0.2.0/24"),
        (0, "2001:db8:1:2345::1", "", "2001:db8:1:2300::/56"),
        (0, "::ffff:192.0.2.77", "", "192.0.2.0/24"),
        (0, "fe80::1%eth0", "", "fe80::/56"),
        (0, "", "", ""),
        (1, "10.0.0.1", "unknown", ""),
    ],
)
def test_client_network(settings, proxies, remote, forwarded, network):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = RequestFactory().get("/", REMOTE_ADDR=remote, headers=headers)

    assert client_network(request) == network


def listed_event(**fields):
    event = factories.event(**fields)
    return Event.objects.with_seats().with_more().get(pk=event.pk)


def form_for(event, form=RsvpForm, *data):
    return form(*data, event=event, now=timezone.now())


@pytest.mark.parametrize(
    ("facts", "fields"),
    [
        ({}, {"party_size", "question", "wants_reminder", "name_on_list"}),
        ({"party_limit": 1}, {"question", "wants_reminder", "name_on_list"}),
        ({"reminder_hours": []}, {"party_size", "question", "name_on_list"}),
        ({"format": "hybrid"}, {"attending", "party_size", "question", "wants_reminder", "name_on_list"}),
        ({"format": "remote"}, {"party_size", "question", "wants_reminder"}),
    ],
)
def test_form_asks_only_what_is_open(facts, fields):
    assert set(form_for(listed_event(**facts)).fields) == fields


def test_form_speaks_of_the_queue_only_when_it_is_full():
    event = factories.event(capacity=1)
    factories.rsvp(event)

    assert "seat_at_once" in form_for(Event.objects.with_seats().with_more().get()).fields


@pytest.mark.parametrize("name", ["Anna Marija Ozola", "J. Bērziņš", "J.Bērziņš", "Žaklīna O'Konora-Šmite"])
def test_names_are_taken_as_they_are(name):
    form = form_for(listed_event(), GuestRsvpForm, guest_data(name=f"  {name} "))

    assert form.is_valid(), form.errors
    assert form.cleaned_data["name"] == name


@pytest.mark.parametrize(
    "name", ["Skaties https://x.example", "pērc lēti veikals.example", "a@b.lv", "<b>Anna</b>", ""]
)
def test_names_that_carry_an_address_are_refused(name):
    assert "name" in form_for(listed_event(), GuestRsvpForm, guest_data(name=name)).errors


def test_mail_of_a_full_event_to_a_guest_asks_for_the_link_too(client):
    event = factories.event(capacity=1)
    factories.rsvp(event)

    client.post(url(event, "rsvp-guest"), guest_data())

    assert Rsvp.objects.get(state="waiting").confirmed_at is None
    assert Notice.objects.get().kind == "rsvp_confirm"


def test_limits_hold_when_the_operation_alone_is_asked(client):
    """The page is not the guard: whoever writes the form by hand meets the same rules."""
    event = factories.event(party_limit=2)

    with pytest.raises(operations.RsvpRefused):
        operations.rsvp(event=event, person=factories.person(), party_size=3, by=None, now=timezone.now())

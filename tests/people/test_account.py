"""Registration and log-in through the pages, with the mails that really went out."""

import pkgutil
import re
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import allauth.account
import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events import operations as events
from notices import adapter
from notices import operations as notices
from notices.models import Notice
from people import operations as people
from people.models import ContactChannel, Person, User
from tests import factories
from tests.people.conftest import code_in
from tests.servers import SmtpSink

pytestmark = pytest.mark.django_db

PASSWORD = "gaišs-rīts-2026"
SIGNUP = {"name": "Līga Šķēle", "email": "Liga@Example.org", "password1": PASSWORD, "neighbourhood": ""}


def sign_up(client, **changes):
    return client.post(reverse("account_signup"), SIGNUP | changes)


def confirm(client, code):
    return client.post(reverse("account_email_verification_sent"), {"code": code})


def ask_code(client, email):
    return client.post(reverse("account_request_login_code"), {"email": email})


def is_logged_in(client):
    return client.get(reverse("dashboard:my")).status_code == 200


# --- registration ----------------------------------------------------------------------------------------------------


def test_sign_up_with_password_confirms_the_address_and_logs_in(client, post_office, is_latvian):
    area = factories.neighbourhood("Odukalns")
    response = sign_up(client, neighbourhood=area.pk)
    assert response["Location"] == reverse("account_email_verification_sent")
    page = client.get(response["Location"])
    is_latvian(page.content.decode())
    assert not is_logged_in(client)

    [mail] = post_office()
    assert mail["To"] == "liga@example.org"
    assert mail["Subject"] == "Apstiprini e-pastu"
    is_latvian(mail.get_body(("html",)).get_content())
    assert confirm(client, code_in(mail)).status_code == 302

    person = User.objects.get(email="liga@example.org").person
    assert (person.given_name, person.family_name, person.home_neighbourhood) == ("Līga", "Šķēle", area)
    assert person.follows.get().neighbourhood == area
    channel = person.channels.get()
    assert channel.value == "liga@example.org"
    assert channel.confirmed_at
    assert is_logged_in(client)
    assert person.user.check_password(PASSWORD)


def test_sign_up_without_password_logs_in_by_codes(client, post_office):
    sign_up(client, password1="")
    confirm(client, code_in(*post_office()))
    assert not User.objects.get().has_usable_password()
    client.post(reverse("account_logout"))
    assert not is_logged_in(client)
    ask_code(client, "liga@example.org")
    client.post(reverse("account_confirm_login_code"), {"code": code_in(*post_office())})
    assert is_logged_in(client)


def test_sign_up_in_english_writes_english(client, post_office):
    client.cookies["valoda"] = "en"
    sign_up(client)
    [mail] = post_office()
    assert mail["Subject"] == "Confirm your e-mail"
    assert mail["Content-Language"] == "en"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": ""}, "obligāt"),
        ({"email": "nav adrese"}, "e-pasta"),
        ({"password1": "īsa"}, "10"),
        ({"name": "Pērc www.lēti.lv"}, "tikai vārdu"),
        ({"name": "x" * 120}, "pārāk garš"),
    ],
)
def test_sign_up_mistakes_are_told_in_latvian(client, is_latvian, changes, message):
    page = sign_up(client, **changes).content.decode()
    assert message in page
    is_latvian(page)
    assert not User.objects.exists()


def test_wrong_code_keeps_out_and_the_third_ends_it(client, post_office, is_latvian):
    sign_up(client)
    [mail] = post_office()
    for _attempt in range(2):
        page = confirm(client, "0000-0000").content.decode()
        assert "Kods nav pareizs" in page
        is_latvian(page)
    assert confirm(client, "0000-0000")["Location"] == reverse("account_login")
    confirm(client, code_in(mail))
    assert not is_logged_in(client)
    assert not EmailAddress.objects.get().verified


def test_resend_replaces_the_code_and_the_one_not_sent_yet_is_withdrawn(client, post_office):
    sign_up(client)
    cache.clear()  # ten seconds pass
    client.post(reverse("account_email_verification_sent"), {"action": "resend"})
    [mail] = post_office()
    assert Notice.objects.filter(cancelled_at__isnull=False).count() == 1
    confirm(client, code_in(mail))
    assert is_logged_in(client)


def test_sign_up_with_a_taken_address_looks_the_same_and_tells_the_owner(client, client_b, post_office):
    owner = factories.user("liga@example.org")
    taken = sign_up(client)
    free = sign_up(client_b, email="cita@example.org")
    assert (taken.status_code, taken["Location"]) == (free.status_code, free["Location"])
    pages = [
        re.sub(r'value="[^"]*"|\S+@example.org', "", each.get(taken["Location"]).content.decode())
        for each in (client, client_b)
    ]
    assert pages[0] == pages[1]
    mails = {mail["To"]: mail for mail in post_office()}
    assert mails["liga@example.org"]["Subject"] == "Tev jau ir konts"
    assert reverse("account_request_login_code") in mails["liga@example.org"].get_body(("plain",)).get_content()
    assert owner.person.notices.count() == 1
    assert User.objects.count() == 2

    sign_up(client)
    assert owner.person.notices.count() == 1, "one such mail an hour"


def test_the_mail_about_a_taken_address_leads_out_of_the_registration_that_was_begun(client, client_b, post_office):
    factories.user("liga@example.org")
    sign_up(client)
    assert len(post_office()) == 1
    free = sign_up(client_b, email="cita@example.org")
    assert client_b.get(reverse("account_login"))["Location"] == free["Location"], "a code may still be on its way"

    for each in (client, client_b):
        assert each.get(reverse("account_request_login_code")).status_code == 200, "the same for both"
    ask_code(client, "liga@example.org")
    client.post(reverse("account_confirm_login_code"), {"code": code_in(post_office()[-1])})
    assert is_logged_in(client)


def test_a_user_is_never_left_without_a_person(client):
    sign_up(client)
    assert Person.objects.get().user == User.objects.get()


# --- the mail server is down -----------------------------------------------------------------------------------------


def test_sign_up_while_the_mail_server_is_down_loses_nothing_and_sends_once(client, settings):
    settings.EMAIL_BACKEND = "notices.smtp.Backend"
    with SmtpSink() as sink:
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", sink.port, 5
    # the sink is gone now, its port refuses
    assert sign_up(client).status_code == 302
    assert client.get(reverse("account_email_verification_sent")).status_code == 200
    now = timezone.now()
    assert notices.deliver(now=now) == 0
    notice = Notice.objects.get()
    assert notice.closed_at is None
    assert notice.data["code"]
    with SmtpSink() as sink:
        settings.EMAIL_PORT = sink.port
        assert notices.deliver(now=now + timedelta(minutes=2)) == 1
        assert notices.deliver(now=now + timedelta(minutes=9)) == 0
        assert len(sink.messages) == 1
    notice.refresh_from_db()
    assert notice.sent_at
    assert notice.data == {}, "a code does not stay in the ledger"


def test_a_code_that_comes_too_late_is_not_sent(client, settings):
    sign_up(client)
    later = timezone.now() + timedelta(minutes=settings.CODE_MINUTES + 1)
    assert notices.deliver(now=later) == 0
    notice = Notice.objects.get()
    assert notice.skipped_at
    assert notice.data == {}


# --- log-in ----------------------------------------------------------------------------------------------------------


def test_log_in_with_password(client, is_latvian):
    factories.user("liga@example.org", password=PASSWORD)
    page = client.post(reverse("account_login"), {"login": "liga@example.org", "password": "cita"}).content.decode()
    assert "E-pasts vai parole nav pareiza" in page
    is_latvian(page)
    response = client.post(reverse("account_login"), {"login": "LIGA@example.org", "password": PASSWORD})
    assert response["Location"] == reverse("dashboard:my")
    assert is_logged_in(client)


def test_log_in_goes_back_to_where_one_wanted_to_go(client):
    factories.user("liga@example.org", password=PASSWORD)
    wanted = client.get(reverse("people:profile"))["Location"]
    assert wanted.startswith("/konts/ienakt/?next=/mans/profils/")
    page = client.get(wanted).content.decode()
    assert 'name="next" value="/mans/profils/"' in page
    response = client.post(
        reverse("account_login"), {"login": "liga@example.org", "password": PASSWORD, "next": "/mans/profils/"}
    )
    assert response["Location"] == "/mans/profils/"


def test_five_wrong_passwords_end_the_trying(client, is_latvian):
    factories.user("liga@example.org", password=PASSWORD)
    for _attempt in range(5):
        client.post(reverse("account_login"), {"login": "liga@example.org", "password": "cita"})
    page = client.post(reverse("account_login"), {"login": "liga@example.org", "password": PASSWORD}).content.decode()
    assert "Pārāk daudz mēģinājumu. Uzgaidi dažas minūtes vai ienāc uzreiz ar kodu." in page
    assert reverse("account_request_login_code") in page
    is_latvian(page)


def test_attempts_of_others_do_not_keep_the_owner_from_a_code(client, client_b, post_office, settings):
    """From many networks, also with the password that is right."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    factories.user("liga@example.org", password=PASSWORD)
    for number in range(20):
        client_b.post(
            reverse("account_login"),
            {"login": "liga@example.org", "password": "cita"},
            headers={"X-Forwarded-For": f"192.0.{number}.1"},
        )
    given = {"login": "liga@example.org", "password": PASSWORD}
    assert client.post(reverse("account_login"), given, headers={"X-Forwarded-For": "203.0.113.5"}).status_code != 302
    ask_code(client, "liga@example.org")
    client.post(reverse("account_confirm_login_code"), {"code": code_in(*post_office())})
    assert is_logged_in(client)


def test_log_in_code_for_an_unknown_address_looks_the_same_and_sends_nothing(client, client_b, post_office):
    factories.user("liga@example.org")
    known, unknown = ask_code(client, "liga@example.org"), ask_code(client_b, "nav@example.org")
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    pages = [
        re.sub(r'value="[^"]*"|\S+@example.org', "", each.get(known["Location"]).content.decode())
        for each in (client, client_b)
    ]
    assert pages[0] == pages[1]
    assert [mail["To"] for mail in post_office()] == ["liga@example.org"]


def test_codes_do_not_fill_a_mailbox(client, post_office, settings):
    settings.CODES_PER_HOUR = 3
    user = factories.user("liga@example.org")
    for mail in ("login_code", "password_reset_code", "login_code", "login_code", "email_confirmation"):
        adapter.send(mail=mail, user=user, to="liga@example.org", now=timezone.now(), code="1234-5678")
        notices.deliver()
    adapter.send(mail="password_changed", user=user, to="liga@example.org", now=timezone.now())
    assert [mail["Subject"] for mail in post_office()].count("Kods, lai ienāktu") == 2
    kept = Notice.objects.filter(person=user.person)
    assert kept.count() == 4, "three codes, and the alarm, which always comes"
    kept.update(planned_at=timezone.now() - timedelta(minutes=61))
    ask_code(client, "liga@example.org")
    assert kept.count() == 5


def test_log_in_code_can_be_sent_anew(client, post_office):
    factories.user("liga@example.org")
    ask_code(client, "liga@example.org")
    [first] = post_office()
    client.post(reverse("account_confirm_login_code"), {"action": "resend"})
    [second] = post_office()
    assert code_in(first) != code_in(second)
    client.post(reverse("account_confirm_login_code"), {"code": code_in(second)})
    assert is_logged_in(client)


def test_a_code_proves_an_address_and_ends_the_password_of_whoever_registered_it(client, client_b, post_office):
    """Somebody registers a stranger's address with a password of their own, and waits."""
    sign_up(client)
    post_office()
    ask_code(client_b, "liga@example.org")
    url = reverse("account_confirm_login_code")
    page = client_b.post(url, {"code": code_in(*post_office())}, follow=True).content.decode()
    assert "vairs neder" in page
    assert is_logged_in(client_b)
    user = User.objects.get()
    assert not user.has_usable_password()
    assert user.person.channels.get().confirmed_at
    client.post(reverse("account_logout"))
    client.post(reverse("account_login"), {"login": "liga@example.org", "password": PASSWORD})
    assert not is_logged_in(client)


def test_a_closed_account_stays_out(client, is_latvian):
    user = factories.user("liga@example.org", password=PASSWORD)
    user.is_active = False
    user.save()
    response = client.post(reverse("account_login"), {"login": "liga@example.org", "password": PASSWORD}, follow=True)
    is_latvian(response.content.decode())
    assert not is_logged_in(client)


def test_log_out_asks_by_get_and_happens_by_post(client, is_latvian):
    client.force_login(factories.user())
    page = client.get(reverse("account_logout"))
    is_latvian(page.content.decode())
    assert is_logged_in(client)
    response = client.post(reverse("account_logout"))
    assert response["Location"] == reverse("dashboard:home")
    assert not is_logged_in(client)


# --- the account's own things ----------------------------------------------------------------------------------------


def test_a_forgotten_password_is_set_anew_by_code(client, post_office, is_latvian):
    factories.user("liga@example.org", password=PASSWORD)
    client.post(reverse("account_reset_password"), {"email": "liga@example.org"})
    page = client.get(reverse("account_confirm_password_reset_code")).content.decode()
    is_latvian(page)
    [mail] = post_office()
    assert mail["Subject"] == "Kods jaunai parolei"
    client.post(reverse("account_confirm_password_reset_code"), {"code": code_in(mail)})
    is_latvian(client.get(reverse("account_complete_password_reset")).content.decode())
    page = client.post(reverse("account_complete_password_reset"), {"password1": "īsa"}).content.decode()
    is_latvian(page)
    chosen = {"password1": "pavisam-jauna-parole"}
    response = client.post(reverse("account_complete_password_reset"), chosen, follow=True)
    is_latvian(response.content.decode())
    assert User.objects.get().check_password("pavisam-jauna-parole")
    [news] = post_office()
    assert news["Subject"] == "Tava parole ir mainīta"
    is_latvian(news.get_body(("html",)).get_content())


def test_reset_for_an_unknown_address_sends_nothing(client, post_office):
    response = client.post(reverse("account_reset_password"), {"email": "nav@example.org"})
    assert response["Location"] == reverse("account_confirm_password_reset_code")
    assert post_office() == []


def test_the_password_is_changed_with_the_current_one(client, post_office, is_latvian):
    user = factories.user(password=PASSWORD)
    client.force_login(user)
    url = reverse("account_change_password")
    is_latvian(client.get(url).content.decode())
    page = client.post(url, {"oldpassword": "cita", "password1": "pavisam-jauna-parole"}).content.decode()
    assert "Šī nav tava pašreizējā parole" in page
    client.post(url, {"oldpassword": PASSWORD, "password1": "pavisam-jauna-parole"})
    user.refresh_from_db()
    assert user.check_password("pavisam-jauna-parole")
    assert [mail["Subject"] for mail in post_office()] == ["Tava parole ir mainīta"]


def test_log_in_begins_a_session_of_its_own(client, post_office):
    """Whoever slipped a session to somebody before does not come in with them."""
    factories.user("liga@example.org", password=PASSWORD)

    def by_password():
        client.post(reverse("account_login"), {"login": "liga@example.org", "password": PASSWORD})

    def by_code():
        client.post(reverse("account_confirm_login_code"), {"code": code_in(post_office()[-1])})

    for begin, log_in in (("account_reset_password", by_password), ("account_request_login_code", by_code)):
        client.post(reverse(begin), {"email": "liga@example.org"})  # a session is there
        slipped = client.cookies["sessionid"].value
        log_in()
        assert is_logged_in(client)
        assert client.cookies["sessionid"].value != slipped
        assert not is_logged_in(Client(headers={"Cookie": f"sessionid={slipped}"}))
        client.post(reverse("account_logout"))
        cache.clear()


def test_sessions_on_other_devices_end_with_the_password(client, client_b, post_office):
    user = factories.user("liga@example.org", password=PASSWORD)
    for device in (client, client_b):
        device.force_login(user)
    changed = {"oldpassword": PASSWORD, "password1": "pavisam-jauna-parole"}
    client.post(reverse("account_change_password"), changed)
    assert is_logged_in(client)
    assert not is_logged_in(client_b)
    post_office()

    client_b.post(reverse("account_reset_password"), {"email": "liga@example.org"})
    client_b.post(reverse("account_confirm_password_reset_code"), {"code": code_in(*post_office())})
    client_b.post(reverse("account_complete_password_reset"), {"password1": "vēl-jaunāka-parole"})
    assert not is_logged_in(client)


def test_a_password_can_be_set_by_who_has_none(client, post_office, is_latvian):
    user = factories.user(password=None)
    client.force_login(user)
    assert client.get(reverse("account_change_password"))["Location"] == reverse("account_set_password")
    is_latvian(client.get(reverse("account_set_password")).content.decode())
    client.post(reverse("account_set_password"), {"password1": "pavisam-jauna-parole"})
    user.refresh_from_db()
    assert user.check_password("pavisam-jauna-parole")
    assert [mail["Subject"] for mail in post_office()] == ["Tavam kontam tagad ir parole"]


def test_the_address_changes_once_the_new_one_is_proved(client, post_office, is_latvian):
    """Log-in, mails and personal links follow; the old address is told and then free."""
    user = factories.user("veca@example.org", password=PASSWORD)
    client.force_login(user)
    url = reverse("account_email")
    is_latvian(client.get(url).content.decode())
    asked = client.post(url, {"action_add": "1", "email": "jauna@example.org"})
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    is_latvian(client.get(asked["Location"]).content.decode())
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": url})  # goes on with what was asked
    [mail] = post_office()
    assert mail["To"] == "jauna@example.org"
    assert user.person.channels.get().value == "veca@example.org"
    is_latvian(client.get(reverse("account_email_verification_sent")).content.decode())
    confirm(client, code_in(mail))

    user.refresh_from_db()
    channel = ContactChannel.objects.get(person__user=user)
    assert (user.email, channel.value) == ("jauna@example.org", "jauna@example.org")
    assert channel.confirmed_at
    assert [row.email for row in EmailAddress.objects.filter(user=user)] == ["jauna@example.org"]
    [told] = post_office()
    assert told["To"] == "veca@example.org"
    assert "jauna@example.org" in told.get_body(("plain",)).get_content()


def test_an_address_of_another_account_cannot_be_taken(client, post_office):
    other = factories.user("cita@example.org")
    user = factories.user("veca@example.org", password=None)
    client.force_login(user)
    client.post(reverse("account_email"), {"action_add": "1", "email": "cita@example.org"})
    [mail] = post_office()
    page = confirm(client, code_in(mail)).content.decode()
    assert "pieder citam kontam" in page
    user.refresh_from_db()
    assert user.email == "veca@example.org"
    assert other.person.channels.get().value == "cita@example.org"


# --- a guest becomes a resident --------------------------------------------------------------------------------------


def test_registering_takes_over_what_the_guest_signed_up_for(client, post_office):
    event = factories.event()
    rsvp = events.rsvp_as_guest(
        event=event, name="L. Šķēle", email="liga@example.org", network="", language="lv", now=timezone.now()
    )
    guest, link = rsvp.person, rsvp.person.settings_token
    sign_up(client)
    mails = {mail["Subject"]: mail for mail in post_office()}
    confirm(client, code_in(mails["Apstiprini e-pastu"]))
    person = User.objects.get().person
    rsvp.refresh_from_db()
    assert rsvp.person == person
    assert person.name == "Līga Šķēle"
    assert person.settings_token == link
    assert not Person.objects.filter(pk=guest.pk).exclude(pk=person.pk).exists()
    assert Notice.objects.filter(person=person).count() == 2
    assert event.title in client.get(reverse("dashboard:my")).content.decode()


# --- the pages -------------------------------------------------------------------------------------------------------

PATHS = {
    "account_login": "/konts/ienakt/",
    "account_signup": "/konts/registreties/",
    "account_request_login_code": "/konts/ienakt/kods/",
    "account_reset_password": "/konts/parole/aizmirsta/",
    "account_password_reset_completed": "/konts/parole/aizmirsta/gatavs/",
    "account_inactive": "/konts/slegts/",
}


@pytest.mark.parametrize(("name", "path"), PATHS.items())
def test_pages_without_log_in(client, is_latvian, name, path):
    assert reverse(name) == path
    response = client.get(path)
    assert response.status_code == 200
    html = response.content.decode()
    is_latvian(html)
    assert "style=" not in html
    assert "placeholder=" not in html


@pytest.mark.parametrize("name", ["account_email", "account_change_password", "account_set_password"])
def test_pages_of_the_account_ask_for_log_in(client, name):
    assert client.get(reverse(name))["Location"].startswith("/konts/ienakt/")


def test_too_many_attempts_get_a_page_of_ours(client, is_latvian):
    for _attempt in range(21):
        response = sign_up(client, name="")
    assert response.status_code == 429
    is_latvian(response.content.decode())


def test_every_name_that_allauth_reverses_has_a_path():
    """A new version of allauth may name pages that we do not have yet."""
    folder = Path(allauth.account.__file__).parent
    names = set()
    for module in pkgutil.walk_packages([str(folder)], "allauth.account."):
        if ".migrations" in module.name or ".management" in module.name:
            continue
        source = Path(import_module(module.name).__file__).read_text()
        names |= set(re.findall(r"""reverse(?:_lazy)?\(\s*["'](account_\w+)["']""", source))
    unused = {
        "account_confirm_email",  # by link; ours come by code
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
        "account_signup_by_passkey",
        "account_verify_phone",
        "account_change_phone",
    }
    assert names
    for name in names - unused:
        reverse(name)


@pytest.mark.parametrize("change", [{"is_active": False}, None])
def test_open_session_ends_with_the_account(client, change):
    user = factories.user()
    client.force_login(user)
    assert client.get("/mans/").status_code == 200
    if change:
        type(user).objects.filter(pk=user.pk).update(**change)
    else:
        people.erase_person(person=user.person, by=None, now=timezone.now())
    assert client.get("/mans/")["Location"].startswith("/konts/ienakt/")

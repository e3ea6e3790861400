import re
from html import escape

import pytest
from django.test import Client
from django.urls import reverse

from people.models import Person
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(client) -> Person:
    """Somebody logged in."""
    user = factories.user("liga@example.org")
    client.force_login(user)
    return user.person


# --- language and colours --------------------------------------------------------------------------------------------


def test_a_visitor_chooses_a_language_for_a_year(client):
    response = client.post(reverse("people:language"), {"language": "en", "next": "/kalendars/"})
    assert response["Location"] == "/kalendars/"
    cookie = response.cookies["valoda"]
    assert (cookie.value, cookie["max-age"]) == ("en", 365 * 24 * 3600)
    assert client.get(reverse("account_login"))["Content-Language"] == "en"


def test_the_choice_of_somebody_logged_in_holds_for_mails_too(client, person):
    client.post(reverse("people:language"), {"language": "en"})
    person.refresh_from_db()
    assert person.language == "en"


def test_a_device_without_a_choice_speaks_the_accounts_language(client):
    user = factories.user("john@example.org", password="gaišs-rīts-2026", language="en")
    credentials = {"login": user.email, "password": "gaišs-rīts-2026"}
    response = client.post(reverse("account_login"), credentials)
    assert response.cookies["valoda"].value == "en"
    other = Client()
    other.cookies["valoda"] = "lv"
    assert "valoda" not in other.post(reverse("account_login"), credentials).cookies, "what was chosen here stays"


def test_the_browsers_language_is_not_asked(client):
    assert client.get(reverse("account_login"), headers={"accept-language": "en"})["Content-Language"] == "lv"


@pytest.mark.parametrize("name", ["people:language", "people:scheme"])
def test_choices_of_looks_refuse_foreign_addresses_other_methods_and_nonsense(client, name):
    url = reverse(name)
    for target in ("https://example.org/", "//example.org/", "javascript:alert(1)", ""):
        response = client.post(url, {"language": "xx", "scheme": "xx", "next": target})
        assert response["Location"] == "/"
        assert not response.cookies
    assert client.get(url).status_code == 405


@pytest.mark.parametrize("target", ["abc", "people:profile", "account_logout", "../konts/"])
def test_only_a_path_of_the_portal_is_gone_on_to(client, target):
    assert client.post(reverse("people:language"), {"language": "en", "next": target})["Location"] == "/"


@pytest.mark.parametrize("scheme", ["auto", "light", "dark"])
def test_colours_are_chosen_by_cookie(client, scheme):
    client.post(reverse("people:scheme"), {"scheme": scheme})
    assert f'data-color-scheme="{scheme}"' in client.get(reverse("account_login")).content.decode()


def test_choices_of_looks_need_no_token():
    """The pages kept for all visitors hold none."""
    client = Client(enforce_csrf_checks=True)
    assert client.post(reverse("people:language"), {"language": "en"}).status_code == 302


# --- my details ------------------------------------------------------------------------------------------------------


def profile(**changes):
    return {"name": "Līga Ozola", "language": "lv", "phone": "", "home_neighbourhood": ""} | changes


def test_profile_is_shown_and_saved(client, person, is_latvian):
    area = factories.neighbourhood("Odukalns")
    is_latvian(client.get(reverse("people:profile")).content.decode())
    answer = profile(phone="+371 29 123 456", home_neighbourhood=area.pk, wants_news="on")
    response = client.post(reverse("people:profile"), answer, follow=True)
    is_latvian(response.content.decode())
    person.refresh_from_db()
    assert (person.name, person.home_neighbourhood) == ("Līga Ozola", area)
    assert (person.wants_news, person.wants_reminders) == (True, False)
    assert person.channels.get(kind="phone").value == "+371 29 123 456"
    assert Person.objects.matching("ozola").get() == person


def test_profile_follows_another_neighbourhood_as_registration_does(client, person, is_latvian):
    old, new = factories.neighbourhood("Odukalns"), factories.neighbourhood("Titurga")
    page = client.get(reverse("people:profile")).text
    assert re.search(r'name="follows_home"[^>]* checked', page)

    def save(area, **more):
        client.post(reverse("people:profile"), profile(home_neighbourhood=area.pk, **more))
        return [follow.neighbourhood for follow in person.follows.order_by("pk")]

    assert save(old) == []  # the box was emptied
    assert save(old, follows_home="on") == []  # nothing changed
    assert save(new, follows_home="on") == [new]
    assert save(old, follows_home="on") == [new, old]
    assert save(new, follows_home="on") == [new, old]


def test_profile_without_phone_removes_it(client, person):
    client.post(reverse("people:profile"), profile(phone="29 123 456"))
    client.post(reverse("people:profile"), profile(phone="29 654 321"))
    assert person.channels.get(kind="phone").value == "29 654 321"
    client.post(reverse("people:profile"), profile())
    assert not person.channels.filter(kind="phone").exists()
    assert person.channels.filter(kind="email").exists()


def test_profile_changes_the_language_of_the_device_at_once(client, person):
    response = client.post(reverse("people:profile"), profile(language="en"), follow=True)
    assert "Your details are saved." in response.content.decode()


@pytest.mark.parametrize(
    ("changes", "message"),
    [({"name": ""}, "obligāt"), ({"phone": "zvani rīt"}, "ar cipariem"), ({"language": "xx"}, "xx")],
)
def test_profile_mistakes_keep_what_was_typed(client, person, is_latvian, changes, message):
    response = client.post(reverse("people:profile"), profile(**changes))
    html = response.content.decode()
    assert response.status_code == 422
    assert message in html
    is_latvian(html)
    person.refresh_from_db()
    assert person.name == "Līga Šķēle"


# --- following -------------------------------------------------------------------------------------------------------


def test_follow_and_unfollow(client, person, is_latvian):
    area = factories.neighbourhood("Odukalns")
    for _time in range(2):
        response = client.post(reverse("people:follow", args=[area.slug]))
        assert response["Location"] == area.get_absolute_url()
    assert person.follows.get().neighbourhood == area
    html = client.get(reverse("people:follows")).content.decode()
    assert "Tu seko" in html
    is_latvian(html)
    response = client.post(reverse("people:unfollow", args=[area.slug]), {"next": reverse("people:follows")})
    assert response["Location"] == reverse("people:follows")
    assert not person.follows.exists()


def test_a_visitor_follows_after_the_log_in_with_one_more_click(client, is_latvian):
    area = factories.neighbourhood("Odukalns")
    url = reverse("people:follow", args=[area.slug])
    assert client.post(url)["Location"] == f"/konts/ienakt/?next={url}"
    user = factories.user(password="gaišs-rīts-2026")
    response = client.post(
        reverse("account_login"), {"login": user.email, "password": "gaišs-rīts-2026", "next": url}, follow=True
    )
    html = response.content.decode()
    assert response.redirect_chain[-1][0] == url
    assert f'action="{url}"' in html
    is_latvian(html)
    assert not user.person.follows.exists(), "looking changes nothing"
    client.post(url)
    assert user.person.follows.get().neighbourhood == area
    assert "Tu seko apkaimei" in client.get(url).content.decode()


def test_what_is_not_there_cannot_be_followed(client, person, now):
    old = factories.neighbourhood(valid_until=now.date().replace(year=2026, month=1))
    assert client.post(reverse("people:follow", args=["nav"])).status_code == 404
    assert client.post(reverse("people:follow", args=[old.slug])).status_code == 404
    assert client.post(reverse("people:unfollow", args=["nav"])).status_code == 404


def test_who_pressed_unfollow_after_the_session_ended_is_asked_again(client, person):
    area = factories.neighbourhood()
    answer = client.get(reverse("people:unfollow", args=[area.slug]))
    assert (answer.status_code, answer.url) == (302, reverse("people:follow", args=[area.slug]))


def test_follows_page_is_for_an_empty_portal_too(client, person, is_latvian):
    is_latvian(client.get(reverse("people:follows")).content.decode())


@pytest.mark.parametrize("name", ["people:profile", "people:follows", "people:data"])
def test_pages_of_a_person_ask_for_log_in(client, name):
    assert client.get(reverse(name))["Location"] == f"/konts/ienakt/?next={reverse(name)}"


def test_follows_takes_the_same_queries_for_any_number(client, person, django_assert_num_queries):
    factories.neighbourhood()
    client.get(reverse("people:follows"))  # the demo band asks once in a while
    for number in (1, 3):
        while person.follows.count() < number:
            factories.follow(person, factories.neighbourhood())
        with django_assert_num_queries(5):
            client.get(reverse("people:follows"))


# --- the link in every mail ------------------------------------------------------------------------------------------


def test_settings_by_link_need_no_log_in_and_looking_changes_nothing(client, is_latvian):
    person = factories.person(email="viesis@example.org")
    url = reverse("people:settings-by-link", args=[person.settings_token])
    response = client.get(url)
    assert response.status_code == 200
    is_latvian(response.content.decode())
    assert response["X-Robots-Tag"] == "noindex"
    assert "no-store" in response["Cache-Control"]
    person.refresh_from_db()
    assert person.wants_news


@pytest.mark.parametrize(
    ("data", "news", "reminders"),
    [
        ({"choice": "news-off"}, False, True),
        ({"choice": "reminders-off"}, True, False),
        ({"choice": "all-off"}, False, False),
        ({"List-Unsubscribe": "One-Click"}, False, False),
        ({"choice": "nonsense"}, True, True),
        ({}, True, True),
    ],
)
def test_settings_by_link_switch(data, news, reminders):
    person = factories.person(email="viesis@example.org")
    client = Client(enforce_csrf_checks=True)
    response = client.post(reverse("people:settings-by-link", args=[person.settings_token]), data, follow=True)
    assert response.status_code == 200
    person.refresh_from_db()
    assert (person.wants_news, person.wants_reminders) == (news, reminders)
    for choice in ("news-on", "reminders-on"):
        client.post(reverse("people:settings-by-link", args=[person.settings_token]), {"choice": choice})
    person.refresh_from_db()
    assert (person.wants_news, person.wants_reminders) == (True, True)


def test_mail_program_that_unsubscribes_is_not_sent_elsewhere():
    """RFC 8058 §3.1: the answer to the one-click POST is no redirect."""
    person = factories.person(email="viesis@example.org")
    url = reverse("people:settings-by-link", args=[person.settings_token])
    response = Client(enforce_csrf_checks=True).post(url, {"List-Unsubscribe": "One-Click"})
    assert response.status_code == 200
    person.refresh_from_db()
    assert not person.wants_news


def test_settings_by_link_of_somebody_erased_or_unknown(client, now):
    person = factories.person(erased_at=now)
    for token in (person.settings_token, "nav"):
        assert client.get(reverse("people:settings-by-link", args=[token])).status_code == 404


# --- what is known ---------------------------------------------------------------------------------------------------


def test_data_page_shows_what_is_known(client, person, is_latvian):
    html = client.get(reverse("people:data")).content.decode()
    assert "liga@example.org" in html
    assert reverse("dashboard:account-delete") in html
    is_latvian(html)


def test_an_officer_is_told_why_the_account_stays(client):
    client.force_login(factories.coordinator())
    assert reverse("dashboard:account-delete") not in client.get(reverse("people:data")).content.decode()


# --- a form without its token -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("came_from", "leads_back"),
    [
        ("http://testserver/mans/profils/?a=1&b=2", True),
        ("http://cits.example/mans/profils/", False),
        ("javascript:alert(1)", False),
        ("", False),
    ],
)
def test_form_without_token_leads_back_to_its_page(came_from, leads_back, is_latvian):
    strict = Client(enforce_csrf_checks=True)

    answer = strict.post("/konts/ienakt/", {"login": "liga@example.org"}, headers={"referer": came_from})

    assert answer.status_code == 403
    is_latvian(answer.text)
    assert "jāieraksta vēlreiz" in answer.text
    main = answer.text[answer.text.index("<main") :]
    assert (f'href="{escape(came_from)}"' in main) == leads_back
    assert "cits.example" not in main
    assert "alert" not in main


# --- what only a button does ------------------------------------------------------------------------------------------


def test_who_logs_in_after_pressing_a_button_is_told_that_nothing_was_done(client):
    """The session ended while the page was open: the log-in leads to the address of the button, which opens nothing."""
    factories.user("liga@example.org", password="gaišs-rīts-2026")
    matter = factories.matter()
    button = reverse("councils:matter-follow", args=[matter.pk, matter.slug])
    to_log_in = client.post(button)
    credentials = {"login": "liga@example.org", "password": "gaišs-rīts-2026"}
    back = client.post(to_log_in["Location"], credentials, follow=True)
    assert (back.status_code, back["Allow"]) == (405, "POST")
    page = back.content.decode()
    assert "Vēl nekas nav izdarīts" in page
    assert f'href="{reverse("dashboard:my")}"' in page


def test_a_program_that_asks_in_a_wrong_way_gets_no_page(client, person):
    refused = client.put(reverse("people:profile"))
    assert (refused.status_code, refused.content) == (405, b"")

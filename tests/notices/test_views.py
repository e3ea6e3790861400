"""The mailbox of the embedded mode: open there, absent elsewhere, and harmless whatever a mail holds."""

import re

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.urls import reverse

from notices import mailbox

pytestmark = pytest.mark.django_db
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def folder_mail(settings):
    settings.EMAIL_BACKEND = mailbox.BACKEND


def send(subject="Rīt: padomes sēde", text="Nāc: http://localhost:8000/r/abc/ja/\n\nTiekamies!", **fields):
    message = EmailMultiAlternatives(subject, text, "Padomes <padomes@localhost>", ["liga@example.org"], **fields)
    message.attach_alternative(f'<html><head></head><body style="margin:0">Sveiki! {SCRIPT}</body></html>', "text/html")
    message.attach("sēde.ics", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "text/calendar; method=PUBLISH")
    get_connection().send_messages([message])
    return mailbox.stored()[0]


def pages(mail):
    yield reverse("notices:mailbox")
    yield reverse("notices:mailbox-message", args=[mail.name])
    yield reverse("notices:mailbox-html", args=[mail.name])
    yield reverse("notices:mailbox-file", args=[mail.name, 1])


def test_paths_are_latvian():
    assert reverse("notices:mailbox") == "/pasts/"


def test_everybody_may_read_the_mailbox_of_the_embedded_mode(client):
    for page in pages(send()):
        response = client.get(page)
        assert response.status_code == 200
        assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(
    "change",
    [{"EMBEDDED": False}, {"EMAIL_BACKEND": "notices.smtp.Backend"}, {"EMAIL_BACKEND": "other.FolderBackend"}],
)
def test_there_is_no_mailbox_elsewhere(client, settings, change):
    addresses = list(pages(send()))
    for name, value in change.items():
        setattr(settings, name, value)
    assert [client.get(page).status_code for page in addresses] == [404] * 4


def test_frame_of_a_mail_is_as_tall_as_the_mail_is_long(client):
    def height(**fields):
        page = client.get(reverse("notices:mailbox-message", args=[send(**fields).name])).text
        return int(re.search(r'<iframe[^>]* height="(\d+)"', page, re.DOTALL)[1])

    short, long = height(), height(text="Garš teikums. " * 60)
    assert 200 < short < 400 < long < 600
    assert height(text="Rinda.\n" * 500) == mailbox.TALLEST


def test_pages_take_no_form(client):
    assert [client.post(page).status_code for page in pages(send())] == [405] * 4


def test_list_is_newest_first(client):
    for number in range(3):
        send(subject=f"Vēstule {number} <b>")
    body = client.get("/pasts/").content.decode()
    assert body.index("Vēstule 2") < body.index("Vēstule 1") < body.index("Vēstule 0")
    assert "&lt;b&gt;" in body
    assert "liga@example.org" in body


def test_long_list_comes_in_pages_and_reads_only_what_it_shows(client, settings, mail_folder):
    for _ in range(51):
        send()
    (mail_folder / f"{mailbox.stored()[-1].name}.eml").write_bytes(b"Subject: =?utf-8?q?Vec=C4=81k=C4=81?=\r\n\r\nx")
    assert "Vecākā" not in client.get("/pasts/").content.decode()
    assert "Vecākā" in client.get("/pasts/?lapa=2").content.decode()


def test_empty_mailbox_says_so(client):
    assert "E-pastu vēl nav" in client.get("/pasts/").content.decode()


def test_message_shows_its_text_with_links_and_without_markup_of_its_own(client):
    mail = send(text=f"Nāc: http://localhost:8000/r/abc/ja/?a=1&b=2 {SCRIPT}", subject=f"Sēde {SCRIPT}")
    response = client.get(reverse("notices:mailbox-message", args=[mail.name]))
    body = response.content.decode()
    assert '<a href="http://localhost:8000/r/abc/ja/?a=1&amp;b=2"' in body
    assert SCRIPT not in body
    assert "sēde.ics" in body
    assert "frame-src 'self'" in response["Content-Security-Policy"]
    assert "script-src 'self'" in response["Content-Security-Policy"]


def test_only_the_page_of_a_message_may_have_a_frame(client):
    send()
    assert "frame-src" not in client.get("/pasts/")["Content-Security-Policy"]


def test_html_part_is_shown_alone_with_styles_and_nothing_else(client):
    response = client.get(reverse("notices:mailbox-html", args=[send().name]))
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "style-src 'unsafe-inline'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "script" not in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "Sveiki!" in response.content.decode()


def test_attachment_is_downloaded(client):
    mail = send()
    response = client.get(reverse("notices:mailbox-file", args=[mail.name, 1]))
    assert response.content == b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
    assert response["Content-Type"].startswith("text/calendar")
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''s%C4%93de.ics"
    assert response["X-Content-Type-Options"] == "nosniff"
    for number in (0, 2):
        assert client.get(reverse("notices:mailbox-file", args=[mail.name, number])).status_code == 404


def test_plain_mail_without_html_and_files_is_shown(client, mail_folder):
    mail_folder.mkdir()
    name = f"{1:020d}-0123abcd"
    (mail_folder / f"{name}.eml").write_bytes(b"To: a@example.org\r\nSubject: x\r\n\r\nSveiki!\r\n")
    body = client.get(reverse("notices:mailbox-message", args=[name])).content.decode()
    assert "Sveiki!" in body
    assert "<iframe" not in body


@pytest.mark.parametrize(
    "name",
    [
        "..",
        "../secret_key",
        "%2e%2e%2fsecret_key",
        "..%2Fsecret",
        "x",
        "0" * 20 + "-0123abcd",
        "0" * 20 + "-0123abcd.eml",
    ],
)
def test_name_that_is_none_of_ours_opens_nothing(client, mail_folder, name):
    mail_folder.mkdir()
    (mail_folder.parent / "secret_key").write_text("secret")
    (mail_folder.parent / "secret.eml").write_text("secret")
    assert mailbox.find(name) is None
    for end in ("", "html/", "pielikums/1/"):
        assert client.get(f"/pasts/{name}/{end}").status_code == 404


def test_half_written_and_foreign_files_are_not_listed(mail_folder):
    mail = send()
    (mail_folder / f".{mail.name}").write_text("half")
    (mail_folder / "notes.eml").write_text("foreign")
    assert mailbox.stored() == [mail]

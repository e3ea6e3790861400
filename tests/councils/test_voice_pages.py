"""What everybody reads of the councils' own voice, and what only some may."""

import io
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from councils.models import NewsPost
from councils.operations import voice
from tests import factories
from tests.dashboard.panel_world import main_text, signed_in

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
PDF = b"%PDF-1.7\ntrailer<</Root 1 0 R>>\n%%EOF\n"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def council():
    return factories.council(neighbourhood=factories.neighbourhood("Baloži"), name="Baložu padome")


@pytest.fixture
def people(council):
    """Everybody who might look, by name; "visitor" is not logged in."""
    term = factories.term(council)
    officer, member = factories.user(), factories.user()
    factories.office(factories.membership(term, officer.person))
    factories.membership(term, member.person)
    stranger = factories.user()
    factories.office(factories.membership(factories.term(), stranger.person))
    users = {
        "resident": factories.user(),
        "member": member,
        "officer": officer,
        "officer elsewhere": stranger,
        "coordinator": factories.coordinator(),
    }
    visitor = Client()
    visitor.cookies["valoda"] = "en"
    return {"visitor": visitor} | {name: signed_in(user) for name, user in users.items()}


WRITES = {"officer", "coordinator"}
BELONGS = {"member", "officer", "coordinator"}


def who_gets(people, path) -> set[str]:
    return {name for name, client in people.items() if client.get(path).status_code == 200}


def pdf(more: bytes = b""):
    return SimpleUploadedFile("Nolikums.pdf", PDF[:9] + more + PDF[9:])


def photo(size=(60, 40)):
    drawn = io.BytesIO()
    Image.new("RGB", size, "green").save(drawn, "JPEG")
    return SimpleUploadedFile("talka.jpg", drawn.getvalue())


def post(council=None, published=True, ago=HOUR, **fields) -> NewsPost:
    now = timezone.now()
    values = {"title": "Talka parkā", "body": "Nāc!", "by": None, "now": now - ago}
    row = voice.write_news(council=council, **(values | fields))
    return voice.publish_news(post=row, by=None, now=now - ago) if published else row


def scheduled(council) -> NewsPost:
    now = timezone.now()
    return voice.publish_news(post=post(council, published=False, title="Rīt"), by=None, now=now, at=now + HOUR)


# --- news -------------------------------------------------------------------------------------------------------------


def test_list_shows_what_is_published_and_nothing_else(client, council):
    shown = post(council, title="Talka")
    post(council, published=False, title="Melnraksts")
    scheduled(council)
    said = main_text(client.get("/zinas/"))
    assert "Talka" in said
    assert "Baloži" in said
    assert "Melnraksts" not in said
    assert "Rīt" not in said
    assert shown.get_absolute_url() in client.get("/zinas/").content.decode()


def test_list_is_narrowed_by_neighbourhood_and_by_the_whole_municipality(client, council):
    post(council, title="Baložu talka")
    post(factories.council(), title="Citur")
    post(None, title="Visiem")
    for chosen, there in (
        ("", {"Baložu talka", "Citur", "Visiem"}),
        (council.neighbourhood.slug, {"Baložu talka"}),
        ("novads", {"Visiem"}),
        ("tadas-nav", {"Baložu talka", "Citur", "Visiem"}),
    ):
        said = main_text(client.get("/zinas/", {"apkaime": chosen}))
        assert {title for title in ("Baložu talka", "Citur", "Visiem") if title in said} == there


def test_list_has_pages_that_keep_the_filter(client, council):
    for n in range(21):
        post(council, title=f"Ziņa {n}", ago=HOUR * (n + 1))
    answer = client.get("/zinas/", {"apkaime": council.neighbourhood.slug})
    assert f"apkaime={council.neighbourhood.slug}&amp;lapa=2" in answer.content.decode()
    assert "Ziņa 20" in main_text(client.get("/zinas/", {"lapa": 2}))


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_the_same_number_of_questions(client, council, count, django_assert_num_queries):
    for n in range(count):
        post(council, title=f"Ziņa {n}", picture=photo(), picture_alt="Talka.")
    with django_assert_num_queries(4):  # how many, the posts, the neighbourhoods, is it a demonstration
        client.get("/zinas/")


def test_post_says_who_when_and_what_under_one_heading(client, council):
    row = post(
        council, body="# Kur\n\nParkā.\n\n<script>alert(1)</script>", picture=photo(), picture_alt="Ļaudis parkā."
    )
    page = client.get(row.get_absolute_url()).content.decode()
    assert page.count("<h1") == 1
    assert "<h2>Kur</h2>" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert 'alt="Ļaudis parkā."' in page
    assert 'width="60"' in page
    assert "Baložu padome" in page


def test_post_has_one_address(client, council):
    row = post(council)
    answer = client.get(reverse("councils:news-post", args=[row.pk, "cits"]))
    assert (answer.status_code, answer["Location"]) == (301, row.get_absolute_url())


@pytest.mark.parametrize(
    ("whose", "writers"), [("council", WRITES), ("municipality", {"coordinator"})], ids=["council", "municipality"]
)
def test_what_is_not_published_is_seen_by_who_writes_it(people, council, whose, writers):
    row = post(council if whose == "council" else None, published=False, picture=photo(), picture_alt="Talka.")
    for path in (row.get_absolute_url(), reverse("councils:news-picture", args=[row.pk])):
        assert who_gets(people, path) == writers
    now = timezone.now()
    voice.publish_news(post=row, by=None, now=now, at=now + HOUR)
    assert who_gets(people, row.get_absolute_url()) == writers
    voice.withdraw_news(post=row, by=None, now=now)
    voice.publish_news(post=row, by=None, now=now)
    for path in (row.get_absolute_url(), reverse("councils:news-picture", args=[row.pk])):
        assert who_gets(people, path) == set(people)


def test_picture_is_shown_inside_the_page_and_kept_only_once_it_is_public(people, council):
    row = post(council, published=False, picture=photo((900, 600)), picture_alt="Talka.")
    for small in ("", "-small"):
        address = reverse(f"councils:news-picture{small}", args=[row.pk])
        answer = people["officer"].get(address)
        assert "no-store" in answer["Cache-Control"]
    voice.publish_news(post=row, by=None, now=timezone.now())
    sizes = []
    for small in ("", "-small"):
        answer = people["visitor"].get(reverse(f"councils:news-picture{small}", args=[row.pk]))
        assert answer["Content-Disposition"].startswith("inline")
        assert answer["Content-Type"] == "image/jpeg"
        assert "public" in answer["Cache-Control"]
        assert "sandbox" in answer["Content-Security-Policy"]
        sizes.append(Image.open(io.BytesIO(b"".join(answer.streaming_content))).width)
    assert sizes == [900, 800]


def test_post_without_picture_has_none(client, council):
    assert client.get(reverse("councils:news-picture", args=[post(council).pk])).status_code == 404


def test_search_finds_published_news_by_any_form_of_a_word(client, council):
    post(council, title="Jauna ietve", body="Pie skolas.")
    post(council, published=False, title="Ietves melnraksts")
    said = main_text(client.get("/meklet/", {"q": "ietvēm"}))
    assert "Jauna ietve" in said
    assert "melnraksts" not in said


def test_neighbourhood_shows_its_latest_three(client, council):
    for n in range(4):
        post(council, title=f"Ziņa {n}.", ago=HOUR * (n + 1))
    post(council, published=False, title="Melnraksts")
    post(factories.council(), title="Citur")
    said = main_text(client.get(council.get_absolute_url()))
    assert [n for n in range(4) if f"Ziņa {n}." in said] == [0, 1, 2]
    assert "Melnraksts" not in said
    assert "Citur" not in said


# --- the feed ---------------------------------------------------------------------------------------------------------


def entries(answer) -> list[ElementTree.Element]:
    return ElementTree.fromstring(answer.content).findall(f"{ATOM}entry")


def test_feed_is_atom_with_what_is_published(client, council, settings):
    row = post(council, title="Talka & tēja", body="**Nāc!**")
    post(council, published=False, title="Melnraksts")
    scheduled(council)
    answer = client.get("/zinas.atom")
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    (entry,) = entries(answer)
    assert entry.find(f"{ATOM}title").text == "Talka & tēja"
    assert entry.find(f"{ATOM}link").get("href") == settings.PUBLIC_URL + row.get_absolute_url()
    assert entry.find(f"{ATOM}author/{ATOM}name").text == "Baložu padome"
    assert entry.find(f"{ATOM}summary").text.strip() == "<p><strong>Nāc!</strong></p>"


def test_feed_is_narrowed_and_its_entries_keep_their_names(client, council):
    row = post(council)
    post(factories.council())
    assert entries(client.get("/zinas.atom", {"apkaime": "a\0b"})) == []
    (entry,) = entries(client.get("/zinas.atom", {"apkaime": council.neighbourhood.slug}))
    name = entry.find(f"{ATOM}id").text
    voice.change_news(post=row, title="Cits virsraksts", body="x", by=None, now=timezone.now())
    (entry,) = entries(client.get("/zinas.atom", {"apkaime": council.neighbourhood.slug}))
    assert entry.find(f"{ATOM}id").text == name


def test_feed_tells_who_asks_again_that_nothing_is_new(client, council, django_assert_num_queries):
    row = post(council)
    first = client.get("/zinas.atom")
    with django_assert_num_queries(1):
        again = client.get("/zinas.atom", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    NewsPost.objects.filter(pk=row.pk).update(published_at=timezone.now() + HOUR)  # its hour has not come yet
    empty = client.get("/zinas.atom", headers={"If-None-Match": first["ETag"]})
    assert (empty.status_code, entries(empty)) == (200, [])


@pytest.mark.parametrize("count", [1, 3])
def test_feed_asks_the_same_number_of_questions(client, council, count, django_assert_num_queries):
    for n in range(count):
        post(council, title=f"Ziņa {n}")
    with django_assert_num_queries(2):
        client.get("/zinas.atom")


# --- documents --------------------------------------------------------------------------------------------------------


def add(council, title="Nolikums", **fields):
    values = {"council": council, "title": title, "upload": pdf(), "by": None, "now": timezone.now()}
    return voice.add_document(**(values | fields))


def shelf(council, folder=None) -> str:
    slug = council.neighbourhood.slug
    return reverse("councils:folder", args=[slug, folder.pk]) if folder else reverse("councils:documents", args=[slug])


def file_of(document, number=1) -> str:
    return reverse("councils:document", args=[document.versions.get(number=number).pk])


def test_documents_stand_in_folders_and_show_their_versions(client, council):
    outer = voice.make_folder(council=council, name="Līgumi", by=None, now=timezone.now())
    inner = voice.make_folder(council=council, name="2026", parent=outer, by=None, now=timezone.now())
    document = add(council, "Nomas līgums", folder=inner)
    voice.add_version(document=document, upload=pdf(b"%2\n"), note="Cits termiņš", by=None, now=timezone.now())
    add(council, "Darba kārtība")
    client.cookies["valoda"] = "en"
    top, middle, bottom = (main_text(client.get(shelf(council, folder))) for folder in (None, outer, inner))
    assert "Darba kārtība" in top
    assert "Līgumi" in top
    assert "Nomas līgums" not in top
    assert "2026" in middle
    assert "Nomas līgums" in bottom
    assert "Cits termiņš" in bottom
    assert "Version 1" in bottom


def test_members_alone_see_what_is_not_public(people, council):
    now = timezone.now()
    secret = voice.make_folder(council=council, name="Slepenā mape", by=None, now=now)
    hidden = add(council, "Slepenais", folder=secret, is_public=False)
    gone = voice.retire_document(document=add(council, "Noņemtais"), by=None, now=now)
    public = add(council, "Atklātais")
    for name, client in people.items():
        said = main_text(client.get(shelf(council)))
        assert "Atklātais" in said
        assert ("Slepenā mape" in said) is (name in BELONGS)
        assert ("Noņemtais" in said) is (name in BELONGS)
        assert ("Add a document" in said) is (name in WRITES)
    assert who_gets(people, shelf(council, secret)) == BELONGS
    assert who_gets(people, file_of(hidden)) == BELONGS
    assert who_gets(people, file_of(gone)) == BELONGS
    assert who_gets(people, file_of(public)) == set(people)


def test_who_is_not_logged_in_may_do_so_and_who_may_not_read_finds_nothing(people, council):
    address = file_of(add(council, is_public=False))
    answer = people["visitor"].get(address)
    assert (answer.status_code, answer["Location"]) == (302, f"/konts/ienakt/?next={address}")
    assert people["resident"].get(address).status_code == 404


def test_every_version_is_a_download_that_nobody_keeps(client, council):
    document = add(council)
    voice.add_version(document=document, upload=pdf(b"%2\n"), note="", by=None, now=timezone.now())
    for number, content in ((1, PDF), (2, PDF[:9] + b"%2\n" + PDF[9:])):
        answer = client.get(file_of(document, number))
        assert b"".join(answer.streaming_content) == content
        assert answer["Content-Disposition"] == 'attachment; filename="Nolikums.pdf"'
        assert "no-store" in answer["Cache-Control"]


def test_folder_of_another_council_is_not_here(client, council):
    elsewhere = factories.council()
    folder = voice.make_folder(council=elsewhere, name="Citi", by=None, now=timezone.now())
    add(elsewhere, folder=folder)
    assert client.get(shelf(elsewhere, folder)).status_code == 200
    assert client.get(reverse("councils:folder", args=[council.neighbourhood.slug, folder.pk])).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_documents_ask_the_same_number_of_questions(client, council, count, django_assert_num_queries):
    for n in range(count):
        folder = voice.make_folder(council=council, name=f"Mape {n}", by=None, now=timezone.now())
        add(council, f"Pirmais {n}", folder=folder)
        add(council, f"Otrais {n}")
    with django_assert_num_queries(5):  # the council, its folders, documents, their versions, is it a demonstration
        client.get(shelf(council))


# --- pictures ---------------------------------------------------------------------------------------------------------


def album(council, count=1, published=True, ago=timedelta(days=2)):
    now = timezone.now()
    event = factories.event("Talka", [council.neighbourhood], starts_at=now - ago)
    row = voice.make_album(event=event, title="Talka parkā", by=None, now=now)
    photos = [(photo(), f"Attēls {n}.") for n in range(count)]
    voice.add_photos(album=row, photos=photos, by=None, now=now)
    return voice.change_album(album=row, title=row.title, is_published=published, by=None, now=now)


def test_album_is_hidden_until_it_is_published(people, council):
    row = album(council, published=False)
    picture = reverse("councils:photo", args=[row.photos.get().pk])
    for path in (row.get_absolute_url(), picture):
        assert who_gets(people, path) == WRITES
    assert "Talka parkā" not in main_text(people["visitor"].get(row.event.get_absolute_url()))
    voice.change_album(album=row, title=row.title, is_published=True, by=None, now=timezone.now())
    for path in (row.get_absolute_url(), picture):
        assert who_gets(people, path) == set(people)


def test_event_that_is_over_shows_its_first_pictures(client, council):
    row = album(council, count=8)
    page = client.get(row.event.get_absolute_url()).content.decode()
    assert [n for n in range(8) if f'alt="Attēls {n}."' in page] == list(range(6))
    assert row.get_absolute_url() in page
    assert client.get(row.get_absolute_url()).content.decode().count("<img") == 8


def test_event_that_is_under_way_shows_none(client, council):
    row = album(council, ago=HOUR)
    assert row.get_absolute_url() not in client.get(row.event.get_absolute_url()).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_event_with_pictures_asks_the_same_number_of_questions(client, council, count, django_assert_num_queries):
    address = album(council, count=count).event.get_absolute_url()
    with django_assert_num_queries(5):  # the event, its neighbourhoods, the album, its pictures, is it a demonstration
        client.get(address)


@pytest.mark.parametrize("count", [1, 3])
def test_album_asks_the_same_number_of_questions(client, council, count, django_assert_num_queries):
    row = album(council, count=count)
    with django_assert_num_queries(3):  # the album with its event, its pictures, is it a demonstration
        client.get(row.get_absolute_url())


# --- all of them ------------------------------------------------------------------------------------------------------


def test_pages_are_read_and_not_sent_to(client, council):
    row, pictures, document = post(council), album(council), add(council)
    for path in (
        "/zinas/",
        "/zinas.atom",
        row.get_absolute_url(),
        shelf(council),
        file_of(document),
        pictures.get_absolute_url(),
        reverse("councils:photo", args=[pictures.photos.get().pk]),
        reverse("councils:news-picture", args=[row.pk]),
    ):
        assert client.post(path).status_code == 405, path

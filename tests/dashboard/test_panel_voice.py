"""Where news are written, documents kept and pictures put up."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from councils.models import Album, Document, Folder, NewsPost, NewsState
from councils.operations import voice
from people.models import AuditEntry
from tests import factories
from tests.dashboard.panel_world import World, address, at, errors, main_text, signed_in, world
from tests.dashboard.voice_world import exe, pdf, photo
from tests.dashboard.voice_world import news as draft

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def there() -> World:
    return world()


@pytest.fixture
def officer(there):
    return signed_in(there.officer)


@pytest.fixture
def coordinator(there):
    return signed_in(there.coordinator)


def rows(there) -> dict:
    """One of everything that has a page here."""
    now = timezone.now()
    folder = voice.make_folder(council=there.council, name="Līgumi", by=None, now=now)
    document = voice.add_document(council=there.council, title="Nolikums", upload=pdf(), by=None, now=now)
    album = voice.make_album(event=there.held.event, title="Sēde", by=None, now=now)
    (picture,) = voice.add_photos(album=album, photos=[(photo(), "Zāle.")], by=None, now=now)
    return {"post": draft(there.council), "folder": folder, "document": document, "album": album, "photo": picture}


def own_pages(there) -> list[str]:
    """Pages of what belongs to one council."""
    made = rows(there)
    return [
        address("council-news", there.slug),
        address("council-news-new", there.slug),
        address("panel-news-edit", made["post"].pk),
        address("panel-news-withdraw", made["post"].pk),
        address("panel-news-delete", made["post"].pk),
        address("document-new", there.slug),
        address("document-edit", made["document"].pk),
        address("document-version", made["document"].pk),
        address("document-retire", made["document"].pk),
        address("folder-new", there.slug),
        address("folder-edit", made["folder"].pk),
        address("folder-delete", made["folder"].pk),
        address("album-edit", there.held.event_id),
        address("photo-edit", made["photo"].pk),
        address("photo-delete", made["photo"].pk),
    ]


# --- who may ----------------------------------------------------------------------------------------------------------


def test_officers_work_for_their_council_and_the_coordinator_for_all(there):
    pages = own_pages(there)
    for user, status in (
        (there.officer, 200),
        (there.coordinator, 200),
        (there.administrator, 200),
        (there.member, 403),
        (there.stranger, 403),
        (there.resident, 403),
    ):
        client = signed_in(user)
        for page in pages:
            assert client.get(page).status_code == status, (user, page)
            if status == 403 and page != address("council-news", there.slug):  # which takes no form
                assert client.post(page).status_code == 403, (user, page)


def test_visitors_are_sent_to_the_log_in(there, client):
    for page in [*own_pages(there), address("panel-news"), address("panel-news-new")]:
        assert client.get(page)["Location"].startswith("/konts/ienakt/"), page
        assert client.post(page)["Location"].startswith("/konts/ienakt/"), page


def test_news_of_the_municipality_are_the_coordinators(there, officer, coordinator):
    post = draft(None)
    for page in (address("panel-news"), address("panel-news-new"), address("panel-news-edit", post.pk)):
        assert officer.get(page).status_code == 403
        assert coordinator.get(page).status_code == 200


def test_right_ends_with_the_office(there, officer):
    page = address("council-news-new", there.slug)
    assert officer.get(page).status_code == 200
    there.office.ended_on = timezone.localdate()
    there.office.save()
    assert officer.get(page).status_code == 403


def test_pages_take_no_other_method(there, coordinator):
    for page in [*own_pages(there), address("panel-news"), address("panel-news-new")]:
        assert coordinator.put(page).status_code == 405, page
    assert coordinator.post(address("panel-news")).status_code == 405


# --- news -------------------------------------------------------------------------------------------------------------


def written(**fields) -> dict:
    return {"title": "Talka parkā", "body": "Nāc sestdien!", "when": "draft"} | fields


def test_officer_writes_a_draft_and_sees_it_as_it_will_look(there, officer):
    answer = officer.post(address("council-news-new", there.slug), written(), follow=True)
    post = NewsPost.objects.get()
    assert answer.redirect_chain == [(post.get_absolute_url(), 302)]
    assert (post.council, post.published_at, post.written_by) == (there.council, None, there.officer)
    said = main_text(answer)
    assert "The draft is saved." in said
    assert "Nāc sestdien!" in said


def test_post_is_published_at_once(there, officer):
    officer.post(address("council-news-new", there.slug), written(when="now"))
    assert NewsPost.objects.published(timezone.now()).count() == 1


def test_post_is_published_later(there, officer):
    moment = at(3, 8)
    later = written(when="later", day=f"{moment:%Y-%m-%d}", clock="08:00")
    officer.post(address("council-news-new", there.slug), later)
    post = NewsPost.objects.get()
    assert post.published_at == moment
    page = officer.get(address("panel-news-edit", post.pk))
    assert page.context["form"]["day"].value() == timezone.localdate(moment)
    assert "Not yet: a draft" not in main_text(page)
    officer.post(address("panel-news-edit", post.pk), later | {"clock": "09:30"})
    post.refresh_from_db()
    assert post.published_at == moment + timedelta(hours=1, minutes=30)
    assert AuditEntry.objects.filter(verb="publish_news").count() == 2


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"title": ""}, {"title": ["This field is required."]}),
        ({"body": ""}, {"body": ["This field is required."]}),
        ({"when": "later"}, {"day": ["Choose the day."], "clock": ["Choose the time."]}),
        ({"when": "later", "day": "2020-01-01", "clock": "08:00"}, {"day": ["This moment has passed."]}),
        ({"when": "tomorrow"}, {"when": ["Select a valid choice. tomorrow is not one of the available choices."]}),
    ],
)
def test_what_is_wrong_stands_beside_its_field(there, officer, fields, wrong):
    answer = officer.post(address("council-news-new", there.slug), written(**fields))
    assert errors(answer) == wrong
    assert not NewsPost.objects.exists()
    assert answer.context["form"]["title"].value() == fields.get("title", "Talka parkā")


def test_picture_is_described_or_refused_beside_its_field(there, officer):
    page = address("council-news-new", there.slug)
    no_words = "Say what the picture shows, for those who cannot see it."
    assert errors(officer.post(page, written(picture=photo()))) == {"picture_alt": [no_words]}
    refused = errors(officer.post(page, written(picture=exe(), picture_alt="x")))
    assert refused["picture"] == ["Choose a file of one of these kinds: PDF, DOCX, ODT, XLSX, JPG, PNG."]
    assert errors(officer.post(page, written(picture=pdf(), picture_alt="x")))["picture"] == [
        "Choose a file of one of these kinds: JPG, PNG."
    ]
    officer.post(page, written(picture=photo(), picture_alt="Ļaudis parkā."))
    assert NewsPost.objects.get().picture_alt == "Ļaudis parkā."


def test_picture_stays_changes_and_goes(there, officer):
    post = draft(there.council, picture=photo(), picture_alt="Parks.")
    page, first = address("panel-news-edit", post.pk), post.picture
    same = {"title": post.title, "body": post.body, "when": "draft"}
    officer.post(page, same | {"picture_alt": "Parks rudenī."})
    post.refresh_from_db()
    assert (post.picture, post.picture_alt) == (first, "Parks rudenī.")
    assert errors(officer.post(page, same | {"picture_alt": ""}))["picture_alt"]
    officer.post(page, same | {"picture": photo("cits.jpg"), "picture_alt": "Cits."})
    post.refresh_from_db()
    assert post.picture.name == "cits.jpg"
    officer.post(page, same | {"without_picture": "on"})
    post.refresh_from_db()
    assert (post.picture, post.picture_alt) == (None, "")


def test_published_post_is_changed_without_being_told_anew(there, officer):
    post = voice.publish_news(post=draft(there.council), by=None, now=timezone.now())
    page = officer.get(address("panel-news-edit", post.pk))
    assert "when" not in page.context["form"].fields
    officer.post(address("panel-news-edit", post.pk), {"title": "Labots", "body": "x"})
    changed = NewsPost.objects.get()
    assert (changed.title, changed.published_at, changed.told_at) == ("Labots", post.published_at, post.told_at)


def test_post_is_taken_off_and_then_deleted(there, officer):
    post = voice.publish_news(post=draft(there.council), by=None, now=timezone.now())
    assert "Take the post off the site first." in main_text(
        officer.post(address("panel-news-delete", post.pk), follow=True)
    )
    officer.post(address("panel-news-withdraw", post.pk))
    assert NewsPost.objects.get().state_at(timezone.now()) == NewsState.DRAFT
    answer = officer.post(address("panel-news-delete", post.pk))
    assert answer["Location"] == address("council-news", there.slug)
    assert not NewsPost.objects.exists()


def test_coordinator_writes_for_a_council_and_for_the_municipality(there, coordinator):
    coordinator.post(address("panel-news-new"), written(council=there.council.pk, title="Padomes"))
    coordinator.post(address("panel-news-new"), written(title="Novada"))
    assert NewsPost.objects.get(title="Padomes").council == there.council
    assert NewsPost.objects.get(title="Novada").council is None


def test_lists_show_own_posts_with_where_they_stand(there, officer, coordinator):
    now = timezone.now()
    draft(there.council, title="Melnraksts")
    voice.publish_news(post=draft(there.council, title="Rītdien"), by=None, now=now, at=now + HOUR)
    voice.publish_news(post=draft(there.council, title="Vakardien"), by=None, now=now)
    draft(factories.council(), title="Svešais")
    own = officer.get(address("council-news", there.slug))
    assert {row.title for row in own.context["ahead"]} == {"Rītdien", "Melnraksts"}
    assert "Vakardien" in main_text(own)
    assert "Svešais" not in main_text(own)
    assert "Svešais" in main_text(coordinator.get(address("panel-news")))


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_the_same_number_of_questions(there, officer, count, django_assert_num_queries):
    for n in range(count):
        draft(there.council, title=f"Melnraksts {n}")
        voice.publish_news(post=draft(there.council, title=f"Ziņa {n}"), by=None, now=timezone.now())
    officer.get(address("council-news", there.slug))
    with django_assert_num_queries(9):
        officer.get(address("council-news", there.slug))


# --- documents --------------------------------------------------------------------------------------------------------


def test_document_is_added_in_the_folder_one_came_from(there, officer):
    folder = voice.make_folder(council=there.council, name="Līgumi", by=None, now=timezone.now())
    page = address("document-new", there.slug)
    shown = officer.get(page, {"mape": folder.pk}).context["form"]
    assert shown["folder"].value() == folder.pk
    given = {"title": "Nomas līgums", "folder": folder.pk, "upload": pdf(), "is_public": "on"}
    answer = officer.post(page, given)
    document = Document.objects.get()
    assert (document.folder, document.is_public, document.versions.count()) == (folder, True, 1)
    assert answer["Location"].endswith(f"/dokumenti/{folder.pk}/")


@pytest.mark.parametrize("wrong", ["9999", "x", "99999999999999999999"])
def test_folder_that_is_none_is_no_folder(there, officer, wrong):
    page = address("document-new", there.slug)
    assert officer.get(page, {"mape": wrong}).context["form"]["folder"].value() == ""
    assert "folder" in errors(officer.post(page, {"title": "x", "folder": wrong, "upload": pdf()}))


def test_document_without_its_file_is_told_beside_the_field(there, officer):
    page = address("document-new", there.slug)
    assert errors(officer.post(page, {"title": "x"})) == {"upload": ["Choose a file."]}
    assert errors(officer.post(page, {"title": "x", "upload": exe()})) == {
        "upload": ["Choose a file of one of these kinds: PDF, DOCX, ODT, XLSX, JPG, PNG."]
    }
    assert "upload" in errors(officer.post(page, {"title": "x", "upload": SimpleUploadedFile("x.pdf", b"")}))


def test_document_gets_a_new_version_another_title_and_is_taken_off(there, officer):
    document = rows(there)["document"]
    officer.post(address("document-version", document.pk), {"upload": pdf(b"%2\n"), "note": "Labots."})
    assert document.versions.get(number=2).note == "Labots."
    same = officer.post(address("document-version", document.pk), {"upload": pdf(b"%2\n")})
    assert errors(same) == {"__all__": ["This is the same file as the newest version."]}
    officer.post(address("document-edit", document.pk), {"title": "Jaunais nolikums", "folder": ""})
    document.refresh_from_db()
    assert (document.title, document.is_public) == ("Jaunais nolikums", False)
    officer.post(address("document-retire", document.pk))
    document.refresh_from_db()
    assert document.retired_at
    officer.post(address("document-retire", document.pk))
    document.refresh_from_db()
    assert document.retired_at is None


def test_folders_are_made_moved_and_deleted(there, officer):
    page = address("folder-new", there.slug)
    officer.post(page, {"name": "Līgumi"})
    outer = Folder.objects.get()
    officer.post(page, {"name": "2026", "folder": outer.pk})
    inner = Folder.objects.get(name="2026")
    assert inner.parent == outer
    assert errors(officer.post(page, {"name": "Līgumi"})) == {"name": ["There is already a folder of this name."]}
    assert "folder" in errors(officer.post(address("folder-edit", outer.pk), {"name": "x", "folder": inner.pk}))
    assert "Only an empty folder" in main_text(officer.post(address("folder-delete", outer.pk), follow=True))
    officer.post(address("folder-edit", inner.pk), {"name": "2027", "folder": ""})
    inner.refresh_from_db()
    assert (inner.name, inner.parent) == ("2027", None)
    officer.post(address("folder-delete", outer.pk))
    assert Folder.objects.get() == inner


# --- pictures ---------------------------------------------------------------------------------------------------------


def test_album_is_made_filled_shown_and_described_anew(there, officer):
    event = there.held.event
    page = address("album-edit", event.pk)
    assert officer.get(page).context["form"]["title"].value() == event.title
    officer.post(page, {"title": "Sēdes attēli"})
    album = Album.objects.get()
    assert errors(officer.post(page, {"title": "Sēdes attēli", "is_published": "on"})) == {
        "__all__": ["Add a picture first."]
    }
    given = {"what": "photos", "photo1": photo(), "alt1": "Zāle.", "photo3": photo(), "alt3": "Galds."}
    officer.post(page, given)
    assert [row.alt for row in album.photos.order_by("position")] == ["Zāle.", "Galds."]
    officer.post(page, {"title": "Sēdes attēli", "is_published": "on"})
    album.refresh_from_db()
    assert album.published_at
    first = album.photos.get(alt="Zāle.")
    officer.post(address("photo-edit", first.pk), {"alt": "Pilna zāle."})
    first.refresh_from_db()
    assert first.alt == "Pilna zāle."
    officer.post(address("photo-delete", first.pk))
    assert album.photos.count() == 1


def test_picture_without_words_and_words_without_picture_are_told_beside_their_fields(there, officer):
    rows(there)
    page = address("album-edit", there.held.event_id)
    wrong = officer.post(page, {"what": "photos", "photo1": photo(), "alt2": "Zāle.", "photo3": exe(), "alt3": "x"})
    assert errors(wrong) == {
        "alt1": ["Say what the picture shows, for those who cannot see it."],
        "photo2": ["Choose the picture again."],
        "photo3": ["Choose a file of one of these kinds: PDF, DOCX, ODT, XLSX, JPG, PNG."],
    }
    assert wrong.context["form"]["alt2"].value() == "Zāle."
    assert errors(officer.post(page, {"what": "photos"})) == {"photo1": ["Choose a picture."]}


def test_pictures_wait_for_the_event(there, officer):
    page = address("album-edit", there.meeting.event_id)
    assert errors(officer.post(page, {"title": "x"})) == {"__all__": ["Pictures come when the event has begun."]}


def test_album_of_a_draft_is_nowhere(there, officer):
    assert officer.get(address("album-edit", there.draft.event_id)).status_code == 404

"""News, documents, albums and pages: what the operations do. Their pages are in test_voice_pages.py."""

import io
import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from PIL import Image

from councils.models import Album, Document, Folder, NewsPost, NewsState, StoredFile, TextPage
from councils.operations import voice
from notices import operations as ledger
from notices.models import Notice
from people.models import AuditEntry
from tests import factories
from tests.conftest import RIGA

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=RIGA)
HOUR = timedelta(hours=1)
PDF = b"%PDF-1.7\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    with translation.override("en"):
        yield settings.MEDIA_ROOT


@pytest.fixture
def council():
    return factories.council(neighbourhood=factories.neighbourhood("Baloži"))


@pytest.fixture
def by():
    return factories.user()


def pdf(more: bytes = b"", name: str = "plāns.pdf"):
    return SimpleUploadedFile(name, PDF[:9] + more + PDF[9:])


def photo(name: str = "talka.jpg", size=(60, 40)):
    drawn = io.BytesIO()
    Image.new("RGB", size, "green").save(drawn, "JPEG")
    return SimpleUploadedFile(name, drawn.getvalue())


def draft(council, by, **fields) -> NewsPost:
    return voice.write_news(**({"council": council, "title": "Talka", "body": "Nāc!", "by": by, "now": NOW} | fields))


def publish(post, by=None, now=NOW, **fields) -> NewsPost:
    return voice.publish_news(post=post, by=by, now=now, **fields)


def told(post) -> list[str]:
    return sorted(
        Notice.objects.filter(kind="news_post", cancelled_at=None).values_list("person__given_name", flat=True)
    )


def last_entry() -> AuditEntry:
    return AuditEntry.objects.order_by("pk").last()


@pytest.fixture
def followers(council):
    """Who wants the council's news, and who does not."""
    area, other = council.neighbourhood, factories.neighbourhood("Alejas")
    people = {}
    for name, follows, fields in (
        ("Anna", area, {}),
        ("Biruta", area, {"wants_news": False}),
        ("Cilda", other, {}),
        ("Dace", None, {}),
    ):
        people[name] = factories.person(f"{name} Ozola", email=f"{name.lower()}@example.org", **fields)
        if follows:
            factories.follow(people[name], follows)
    factories.follow(people["Anna"], other)
    return people


# --- news -------------------------------------------------------------------------------------------------------------


def test_post_is_a_draft_then_scheduled_then_published(council, by):
    post = draft(council, by)
    assert post.state_at(NOW) == NewsState.DRAFT
    post = publish(post, by, at=NOW + HOUR)
    assert (post.published_at, post.told_at) == (NOW + HOUR, None)
    for moment, state in ((NOW, NewsState.SCHEDULED), (NOW + HOUR, NewsState.PUBLISHED)):
        assert post.state_at(moment) == state
        assert NewsPost.objects.with_state(moment).get().state == state
        assert NewsPost.objects.published(moment).exists() is (state == NewsState.PUBLISHED)
    assert last_entry().verb == "publish_news"
    assert voice.withdraw_news(post=post, by=by, now=NOW).state_at(NOW + HOUR) == NewsState.DRAFT


def test_a_moment_that_has_passed_means_now(council, by):
    assert publish(draft(council, by), by, at=NOW - HOUR).published_at == NOW


def test_publishing_twice_changes_nothing(council, by, followers):
    post = publish(draft(council, by), by)
    again = publish(post, by, now=NOW + HOUR, at=NOW + 2 * HOUR)
    assert again.published_at == NOW
    assert AuditEntry.objects.filter(verb="publish_news").count() == 1
    assert Notice.objects.count() == 1


def test_picture_must_be_described_and_is_kept_without_its_name_in_the_path(council, by):
    with pytest.raises(voice.VoiceRefused, match="Say what the picture shows"):
        draft(council, by, picture=photo())
    post = draft(council, by, picture=photo(), picture_alt="Cilvēki ar grābekļiem.")
    assert (post.picture.kind, post.picture_alt) == ("jpg", "Cilvēki ar grābekļiem.")
    with pytest.raises(voice.VoiceRefused, match="one of these kinds: JPG, PNG"):
        draft(council, by, picture=pdf(), picture_alt="x")


def test_change_keeps_what_stood_there_before(council, by, followers):
    post = publish(draft(council, by, picture=photo(), picture_alt="Talka."), by)
    later = NOW + HOUR
    changed = voice.change_news(
        post=post, title="Lielā talka", body="Nāciet!", picture_alt="Talka.", without_picture=True, by=by, now=later
    )
    assert (changed.title, changed.slug, changed.picture, changed.picture_alt) == (
        "Lielā talka",
        "liela-talka",
        None,
        "",
    )
    assert (changed.published_at, changed.changed_at) == (NOW, later)
    assert last_entry().details == {
        "before": {"title": "Talka", "body": "Nāc!", "picture": "Talka."},
        "after": {"title": "Lielā talka", "body": "Nāciet!", "picture": ""},
    }
    assert Notice.objects.count() == 1
    same = voice.change_news(post=changed, title="Lielā talka", body="Nāciet!", by=by, now=later + HOUR)
    assert same.changed_at == later


def test_only_a_draft_can_be_deleted(council, by):
    post = publish(draft(council, by), by, at=NOW + HOUR)
    with pytest.raises(voice.VoiceRefused, match="Take the post off"):
        voice.delete_news(post=post, by=by, now=NOW)
    voice.withdraw_news(post=post, by=by, now=NOW)
    voice.delete_news(post=post, by=by, now=NOW)
    assert not NewsPost.objects.exists()
    assert last_entry().details["before"]["title"] == "Talka"


# --- the mail ---------------------------------------------------------------------------------------------------------


def test_followers_who_want_news_are_told_once(council, by, followers):
    post = publish(draft(council, by), by)
    assert told(post) == ["Anna"]
    assert voice.tell_news(now=NOW + HOUR) == 0
    ledger.deliver(now=NOW)
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (["anna@example.org"], "Talka")
    assert "Nāc!" in letter.body
    assert f"/zinas/{post.pk}-talka/" in letter.body


def test_news_of_the_municipality_goes_to_who_follows_anything(by, followers):
    publish(draft(None, by), by)
    assert told(None) == ["Anna", "Cilda"]


def test_scheduled_post_is_told_when_its_time_has_come(council, by, followers):
    post = publish(draft(council, by), by, at=NOW + HOUR)
    assert voice.tell_news(now=NOW + HOUR - timedelta(seconds=1)) == 0
    assert told(post) == []
    factories.follow(followers["Dace"], council.neighbourhood)  # in the meantime
    assert voice.tell_news(now=NOW + HOUR) == 1
    assert told(post) == ["Anna", "Dace"]
    assert voice.tell_news(now=NOW + HOUR) == 0


def test_drafts_and_withdrawn_posts_are_told_to_nobody(council, by, followers):
    draft(council, by)
    post = publish(draft(council, by), by, at=NOW + HOUR)
    voice.withdraw_news(post=post, by=by, now=NOW)
    assert voice.tell_news(now=NOW + 2 * HOUR) == 0
    assert not Notice.objects.exists()


def test_mail_that_still_waits_is_withdrawn_with_the_post(council, by, followers):
    post = publish(draft(council, by), by)
    voice.withdraw_news(post=post, by=by, now=NOW)
    ledger.deliver(now=NOW + HOUR)
    assert mail.outbox == []
    publish(post, by, now=NOW + HOUR)
    ledger.deliver(now=NOW + HOUR)
    assert [letter.to for letter in mail.outbox] == [["anna@example.org"]]


def test_who_was_told_is_not_told_again_after_the_post_was_off_the_site(council, by, followers):
    post = publish(draft(council, by), by)
    ledger.deliver(now=NOW)
    voice.withdraw_news(post=post, by=by, now=NOW)
    factories.follow(followers["Dace"], council.neighbourhood)
    publish(post, by, now=NOW + HOUR)
    ledger.deliver(now=NOW + HOUR)
    assert [letter.to[0] for letter in mail.outbox] == ["anna@example.org", "dace@example.org"]


@pytest.mark.parametrize("lost", ["post", "follow", "wish"])
def test_mail_that_lost_its_point_is_not_sent(council, by, followers, lost):
    post = publish(draft(council, by), by)
    if lost == "post":
        NewsPost.objects.filter(pk=post.pk).update(published_at=None)
    elif lost == "follow":
        followers["Anna"].follows.filter(neighbourhood=council.neighbourhood).delete()
    else:
        followers["Anna"].wants_news = False
        followers["Anna"].save()
    ledger.deliver(now=NOW)
    assert mail.outbox == []
    assert Notice.objects.get().skipped_at == NOW


def test_a_post_that_came_up_long_ago_is_no_news(council, by, followers):
    publish(draft(council, by), by, at=NOW + HOUR)
    assert voice.tell_news(now=NOW + timedelta(days=30)) == 1
    assert not Notice.objects.exists()


def test_telling_costs_the_same_however_many_follow(council, by, django_assert_num_queries):
    for count in (1, 3):
        for n in range(count):
            factories.follow(factories.person(email=f"s{count}{n}@example.org"), council.neighbourhood)
        post = publish(draft(council, by), by, at=NOW + HOUR)
        # The list, two of a savepoint, the lock, the followers, the ledger, the mark.
        with django_assert_num_queries(7):
            voice.tell_news(now=NOW + HOUR)
        voice.withdraw_news(post=post, by=by, now=NOW)


# --- documents --------------------------------------------------------------------------------------------------------


def add(council, by, **fields) -> Document:
    values = {"council": council, "title": "Nolikums", "upload": pdf(), "by": by, "now": NOW}
    return voice.add_document(**(values | fields))


def test_document_has_versions_that_are_counted_and_stay(council, by):
    document = add(council, by)
    second = voice.add_version(document=document, upload=pdf(b"% otrais\n"), note="Labots §3.", by=by, now=NOW + HOUR)
    assert second.number == 2
    assert [version.number for version in document.versions.order_by("number")] == [1, 2]
    assert last_entry().details["after"]["number"] == 2
    assert last_entry().details["after"]["note"] == "Labots §3."
    with pytest.raises(voice.VoiceRefused, match="same file"):
        voice.add_version(document=document, upload=pdf(b"% otrais\n"), note="", by=by, now=NOW)
    assert document.versions.count() == 2


def test_refused_file_leaves_no_document(council, by):
    with pytest.raises(voice.VoiceRefused, match="one of these kinds"):
        add(council, by, upload=SimpleUploadedFile("x.pdf", b"MZ" + bytes(60)))
    assert not Document.objects.exists()
    assert not AuditEntry.objects.exists()


def test_document_taken_off_is_kept_and_can_come_back(council, by):
    document = voice.retire_document(document=add(council, by), by=by, now=NOW)
    assert document.retired_at == NOW
    assert document.versions.count() == 1
    with pytest.raises(voice.VoiceRefused, match="taken off"):
        voice.add_version(document=document, upload=pdf(b"%2\n"), note="", by=by, now=NOW)
    assert voice.retire_document(document=document, by=by, now=NOW + HOUR).retired_at == NOW
    assert voice.retire_document(document=document, by=by, now=NOW, back=True).retired_at is None
    assert last_entry().verb == "restore_document"


def test_change_of_a_document_is_written_down(council, by):
    folder = voice.make_folder(council=council, name="Līgumi", by=by, now=NOW)
    document = add(council, by)
    voice.change_document(document=document, title="Līgums", folder=folder, is_public=False, by=by, now=NOW)
    assert last_entry().details == {
        "before": {"title": "Nolikums", "folder": "", "is_public": True},
        "after": {"title": "Līgums", "folder": "Līgumi", "is_public": False},
    }


def test_folders_lie_in_folders_but_never_in_a_circle(council, by):
    one, two, three = (voice.make_folder(council=council, name=str(n), by=by, now=NOW) for n in (1, 2, 3))
    voice.change_folder(folder=two, name="2", parent=one, by=by, now=NOW)
    voice.change_folder(folder=three, name="3", parent=two, by=by, now=NOW)
    for inside in (one, two, three):
        with pytest.raises(voice.VoiceRefused, match="inside itself"):
            voice.change_folder(folder=one, name="1", parent=inside, by=by, now=NOW)
    with pytest.raises(voice.VoiceRefused, match="already a folder"):
        voice.make_folder(council=council, name="3", parent=two, by=by, now=NOW)
    with pytest.raises(voice.VoiceRefused, match="already a folder"):
        voice.make_folder(council=council, name="1", by=by, now=NOW)


def test_folder_of_another_council_is_none(council, by):
    theirs = voice.make_folder(council=factories.council(), name="Citi", by=by, now=NOW)
    ours = voice.make_folder(council=council, name="Mūsu", by=by, now=NOW)
    document = add(council, by)
    for attempt in (
        lambda: add(council, by, folder=theirs),
        lambda: voice.make_folder(council=council, name="x", parent=theirs, by=by, now=NOW),
        lambda: voice.change_folder(folder=ours, name="x", parent=theirs, by=by, now=NOW),
        lambda: voice.change_document(document=document, title="x", folder=theirs, is_public=True, by=by, now=NOW),
    ):
        with pytest.raises(voice.VoiceRefused, match="another council"):
            attempt()


def test_only_an_empty_folder_can_be_deleted(council, by):
    folder = voice.make_folder(council=council, name="Līgumi", by=by, now=NOW)
    document = add(council, by, folder=folder)
    voice.retire_document(document=document, by=by, now=NOW)
    with pytest.raises(voice.VoiceRefused, match="empty folder"):
        voice.delete_folder(folder=folder, by=by, now=NOW)
    voice.change_document(document=document, title="x", folder=None, is_public=True, by=by, now=NOW)
    voice.delete_folder(folder=folder, by=by, now=NOW)
    assert not Folder.objects.exists()


# --- albums -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def album(council, by):
    event = factories.event("Talka", [council.neighbourhood], starts_at=NOW - timedelta(days=2))
    return voice.make_album(event=event, title="Talka parkā", by=by, now=NOW)


def test_album_comes_when_the_event_has_begun_and_once(council, by, album):
    with pytest.raises(voice.VoiceRefused, match="already has its album"):
        voice.make_album(event=album.event, title="Vēl viens", by=by, now=NOW)
    coming = factories.event(starts_at=NOW + HOUR)
    with pytest.raises(voice.VoiceRefused, match="has begun"):
        voice.make_album(event=coming, title="x", by=by, now=NOW)
    assert album.published_at is None


def test_pictures_stand_in_the_order_they_came_and_each_is_described(album, by):
    voice.add_photos(album=album, photos=[(photo(), "Pirmais."), (photo(), "Otrais.")], by=by, now=NOW)
    voice.add_photos(album=album, photos=[(photo(), "Trešais.")], by=by, now=NOW)
    assert [row.alt for row in album.photos.order_by("position")] == ["Pirmais.", "Otrais.", "Trešais."]
    with pytest.raises(voice.VoiceRefused):
        voice.add_photos(album=album, photos=[(photo(), "Ceturtais."), (photo(), " ")], by=by, now=NOW)
    with pytest.raises(voice.VoiceRefused):
        voice.add_photos(album=album, photos=[(pdf(), "Plāns.")], by=by, now=NOW)
    assert album.photos.count() == 3


def test_album_is_shown_with_pictures_only_and_hidden_again(album, by):
    def change(shown):
        return voice.change_album(album=album, title=album.title, is_published=shown, by=by, now=NOW)

    with pytest.raises(voice.VoiceRefused, match="Add a picture"):
        change(True)
    voice.add_photos(album=album, photos=[(photo(), "Talka.")], by=by, now=NOW)
    assert change(True).published_at == NOW
    assert change(False).published_at is None
    row = album.photos.get()
    assert voice.change_photo(photo=row, alt="Talka parkā.", by=by, now=NOW).alt == "Talka parkā."
    assert last_entry().details == {"before": "Talka.", "after": "Talka parkā."}
    voice.delete_photo(photo=row, by=by, now=NOW)
    assert not album.photos.exists()


def test_album_has_an_end(album, by, monkeypatch):
    monkeypatch.setattr(voice, "MOST_PHOTOS", 1)
    with pytest.raises(voice.VoiceRefused, match="at most 1"):
        voice.add_photos(album=album, photos=[(photo(), "a"), (photo(), "b")], by=by, now=NOW)


# --- pages ------------------------------------------------------------------------------------------------------------


def page(by, body="Termiņš: {TERM} gadi.", **fields):
    values = {"slug": "par-padomem", "language": "lv", "title": "Par padomēm", "body": body, "known": ["TERM"]}
    return voice.write_page(**(values | {"by": by, "now": NOW} | fields))


def test_page_is_written_once_in_a_language_and_the_audit_keeps_every_version(by):
    page(by)
    row = page(by, body="Citādi.")
    page(by, body="Citādi.")
    page(by, language="en", title="About")
    assert TextPage.objects.count() == 2
    assert (row.changed_by, row.changed_at) == (by, NOW)
    entries = AuditEntry.objects.filter(verb="write_page").order_by("pk")
    assert [entry.details["before"] and entry.details["before"]["body"] for entry in entries] == [
        None,
        "Termiņš: {TERM} gadi.",
        None,
    ]


def test_page_cannot_name_what_nobody_knows(by):
    with pytest.raises(voice.VoiceRefused, match=r"by this name: \{TERMS\}, \{x\}"):
        page(by, body="{TERMS} {x} {TERM}")


def test_page_goes_back_to_the_text_that_comes_with_the_portal(by):
    page(by)
    voice.reset_page(slug="par-padomem", language="lv", by=by, now=NOW)
    voice.reset_page(slug="par-padomem", language="lv", by=by, now=NOW)
    assert not TextPage.objects.exists()
    assert AuditEntry.objects.filter(verb="reset_page").get().details["before"]["body"] == "Termiņš: {TERM} gadi."


# --- files that nothing points at -------------------------------------------------------------------------------------


def age(media, days: float) -> None:
    """Make everything on the disk so many days old."""
    moment = (NOW - timedelta(days=days)).timestamp()
    for path in Path(media).rglob("*"):
        os.utime(path, (moment, moment))


def files_in(media) -> int:
    return sum(path.is_file() for path in Path(media).rglob("*"))


def test_file_of_a_failed_transaction_goes_a_day_later(media, council, by):
    add(council, by)
    with pytest.raises(voice.VoiceRefused):  # the file is written, the row with its mistake is not
        draft(council, by, picture=photo(size=(900, 900)), picture_alt="")
    assert files_in(media) == 3
    age(media, 0.5)
    assert voice.forget_files(now=NOW) == (0, 0)
    age(media, 1.5)
    assert voice.forget_files(now=NOW) == (0, 2)
    assert files_in(media) == 1
    assert StoredFile.objects.get().content.read()


def test_file_that_nothing_points_at_any_more_goes_with_its_row(media, album, by):
    early = NOW - timedelta(days=3)
    kept, gone = voice.add_photos(album=album, photos=[(photo(), "a"), (photo(), "b")], by=by, now=early)
    voice.delete_photo(photo=gone, by=by, now=NOW)
    age(media, 3)
    assert voice.forget_files(now=early + timedelta(hours=20)) == (0, 0)
    assert voice.forget_files(now=NOW) == (1, 1)
    assert StoredFile.objects.get() == kept.file
    assert files_in(media) == 1


def test_everything_that_can_point_at_a_file_keeps_it(media):
    """Every relation is asked, also those that come later: the list is read from the model."""
    from councils.models import DocumentVersion, Paper

    sql = str(voice._unused(NOW).query)
    for model in (Paper, DocumentVersion, NewsPost):
        assert model._meta.db_table in sql
    assert Album._meta.db_table not in sql

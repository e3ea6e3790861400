"""The Django admin: behind the portal's log-in, for administrators, to read; reference data to change."""

import re
from datetime import date
from urllib.parse import quote

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation
from import_export.tmp_storages import CacheStorage
from pytest_django.asserts import assertContains

from councils.models import (
    AbsenceCase,
    Album,
    Announcement,
    Attendance,
    Ballot,
    Council,
    DayOverride,
    Document,
    Enquiry,
    Folder,
    LetterTemplate,
    Matter,
    Meeting,
    Minutes,
    MinutesComment,
    NewsPost,
    OpinionRequest,
    Paper,
    Photo,
    Proposal,
    Question,
    Recusal,
    RegulationValue,
    StoredFile,
    Substitute,
    Task,
    TextPage,
    Topic,
)
from events.models import EventChange, Rsvp
from neighbourhoods.admin import WordFilter
from neighbourhoods.formats import LatvianCSV, SafeXLSX
from neighbourhoods.models import Place, Street
from notices.models import Notice
from people import operations
from tests import factories

pytestmark = pytest.mark.django_db

EDITABLE = {"neighbourhoods.Neighbourhood", "neighbourhoods.Place", "neighbourhoods.Street"}
# English words of Django and import-export that would show where a translation is missing.
ENGLISH = re.compile(
    r"\b(?:the|this|add|change|delete|save|search|select|filter|history|view|import|export|row|preview|confirm|errors?|"
    r"file|field|please|submit|new|update|skipped|log out|welcome|home|today|now|selected|show|total)\b",
    re.IGNORECASE,
)


@pytest.fixture
def one_of_each(now):
    """A row of every kind of thing the admin shows."""
    member = factories.membership()
    council = member.seat.term.council
    factories.office(member)
    meeting = factories.meeting(council)
    rows_of_a_meeting(meeting, member, now)
    rows_of_a_matter(council, member, now)
    rows_of_the_councils_voice(council, meeting, now)
    factories.rsvp(meeting.event)
    factories.event_series(2)
    factories.submission([council])
    factories.formation()
    factories.place(neighbourhood=council.neighbourhood)
    factories.street(neighbourhood=council.neighbourhood)
    factories.follow(member.person, council.neighbourhood)
    operations.record(by=None, verb="create_council", target=council, now=now)
    EventChange.objects.create(event=meeting.event, at=now, sequence=1, before={}, after={})
    Notice.objects.create(key="parbaude", kind="rsvp_going", about="events.Event:1", person=member.person, due_at=now)
    RegulationValue.objects.create(code="QUORUM", value="50", paragraph="§23", valid_from=date(2026, 1, 1))


def stored_file(now):
    return StoredFile.objects.create(
        content="2026/11/ziedi", name="Plāns.pdf", kind="pdf", size=1200, sha256="0" * 64, uploaded_at=now
    )


def rows_of_a_meeting(meeting, member, now):
    item = factories.agenda_item(meeting, "Ielu apgaismojums Ķekavā")
    Announcement.objects.create(
        meeting=meeting, meeting_on=now.date(), text="Sēde Tautas namā", sha256="0" * 64, sent_at=now
    )
    Attendance.objects.create(meeting=meeting, membership=member, mark=Attendance.Mark.UNEXCUSED)
    AbsenceCase.objects.create(membership=member, raised_on=now.date(), last_meeting=meeting)
    Substitute.objects.create(term=member.seat.term, person=factories.person("Jānis Ķēniņš"), rank=1)
    Paper.objects.create(item=item, file=stored_file(now), title="Plāns")
    Recusal.objects.create(item=item, membership=member)
    minutes = Minutes.objects.create(meeting=meeting, year=2026, number=1, drafted_at=now)
    minutes.versions.create(number=1, content={"agenda": []}, sha256="0" * 64, made_at=now)
    MinutesComment.objects.create(minutes=minutes, item=item, person=member.person, text="Ķļūda", commented_at=now)


def rows_of_a_matter(council, member, now):
    matter = factories.matter([council])
    matter.follows.create(person=member.person)
    Topic.objects.get_or_create(code="5.1", defaults={"name_lv": "Teritorijas labiekārtošana"})
    Topic.objects.update(name_en="")  # English it is meant to be; here it would pass for a missing translation
    resolution = factories.resolution(council=council, matter=matter, item=council.meetings.get().agenda.get())
    Ballot.objects.create(resolution=resolution, membership=member, choice=Ballot.Choice.IN_FAVOUR)
    Task.objects.create(item=resolution.item, resolution=resolution, title="Uzrakstīt vēstuli", person=member.person)
    Proposal.objects.create(
        council=council, person=member.person, title="Gaismas", text="Vajag gaismu.", token="ķ" * 43, proposed_at=now
    )
    Enquiry.objects.create(council=council, person=member.person, text="Kad būs tilts?", written_at=now)
    submission = factories.submission([council], matter=matter)
    officer = factories.responding_officer()
    submission.answer_links.create(officer=officer, token="ļ" * 43, made_at=now)
    submission.hand_overs.create(to_unit=officer.unit, at=now)
    submission.files.create(file=stored_file(now), title="Foto")
    Question.objects.create(submission=submission, text="Cik metru?", asked_at=now, asked_by="Ilze Ābola")
    OpinionRequest.objects.create(council=council, title="Par ceļu", received_on=now.date(), due_on=now.date())


def rows_of_the_councils_voice(council, meeting, now):
    NewsPost.objects.create(council=council, title="Jauns rotaļu laukums", body="Nāc apskatīt.", changed_at=now)
    folder = Folder.objects.create(council=council, name="Plāni")
    document = Document.objects.create(council=council, folder=folder, title="Darba plāns")
    document.versions.create(number=1, file=stored_file(now), added_at=now)
    album = Album.objects.create(event=meeting.event, title="Talka parkā")
    Photo.objects.create(album=album, file=stored_file(now), alt="Cilvēki stāda kokus")
    TextPage.objects.create(slug="par-padomem", language="lv", title="Par padomēm", body="Teksts", changed_at=now)
    DayOverride.objects.create(day=date(2026, 12, 28), is_working=False, note="MK rīkojums")
    LetterTemplate.objects.create(code="submission", text="Lūdzam", changed_at=now)


@pytest.fixture
def administrator(client):
    user = factories.administrator()
    client.force_login(user)
    return user


def name_of(model):
    return f"{model._meta.app_label}_{model._meta.model_name}"


def text_of(response):
    """The words a reader sees, without what the rows say."""
    page = response.content.decode()
    page = re.sub(r"(?s)<(script|style|template)\b.*?</\1>", " ", page)
    shown = re.findall(r'(?:placeholder|title|aria-label)="([^"]*)"|<input type="submit"[^>]*value="([^"]*)"', page)
    return " ".join([re.sub(r"<[^>]*>", " ", page), *("".join(pair) for pair in shown)])


def assert_latvian(response, *allowed):
    text = text_of(response)
    for words in allowed:
        text = text.replace(words, "")
    assert not ENGLISH.findall(text), [text[max(m.start() - 60, 0) : m.end() + 60] for m in ENGLISH.finditer(text)]


def labels_without_words():
    """What Django calls a field whose model gives it no name: English, in every language."""
    fields = [
        field for model in apps.get_models() for field in model._meta.get_fields() if hasattr(field, "verbose_name")
    ]
    return {field.name.replace("_", " ") for field in fields if field.verbose_name == field.name.replace("_", " ")}


def assert_no_field_lacks_a_name(response):
    """Words of labels, column headings and filters."""
    labels = re.findall(r"(?s)<(?:label|th|summary)\b[^>]*>(.*?)</(?:label|th|summary)>", response.content.decode())
    words = {re.sub(r"(?s)<[^>]*>", " ", label).strip().strip(":").lower() for label in labels}
    assert not words & labels_without_words()


def test_visitor_is_sent_to_the_log_in_of_the_portal(client):
    address = reverse("admin:people_person_changelist")
    response = client.get(address, follow=True)
    assert response.redirect_chain[-1][0] == f"{reverse('account_login')}?next={quote(address)}"


@pytest.mark.parametrize("maker", [factories.user, factories.coordinator])
def test_who_is_no_administrator_is_refused(client, maker):
    client.force_login(maker())
    for address in (reverse("admin:index"), reverse("admin:neighbourhoods_street_changelist")):
        response = client.get(address, follow=True)
        assert response.status_code == 403
        assert "403.html" in [template.name for template in response.templates]


def test_the_role_ends_and_so_does_the_admin(client):
    user = factories.administrator()
    user.person.roles.update(ended_on=timezone.localdate())
    client.force_login(user)
    assert client.get(reverse("admin:index"), follow=True).status_code == 403


def test_every_page_of_the_admin_opens_in_latvian(client, administrator, one_of_each):
    assert_latvian(client.get(reverse("admin:index")))
    for model, model_admin in admin.site._registry.items():
        row = model._default_manager.first()
        assert row, f"no {model._meta.label} to open"
        for view, arguments in (("changelist", []), ("change", [row.pk]), ("history", [row.pk])):
            response = client.get(reverse(f"admin:{name_of(model)}_{view}", args=arguments))
            assert response.status_code == 200, (model, view)
            assert_latvian(response, row._meta.label)
            assert_no_field_lacks_a_name(response)
        add = client.get(reverse(f"admin:{name_of(model)}_add"))
        assert add.status_code == (200 if model._meta.label in EDITABLE else 403), model
        if model_admin.search_fields:
            found = client.get(reverse(f"admin:{name_of(model)}_changelist"), {"q": "ķekavā nekā (tāda) – nav"})
            assert found.status_code == 200


def test_lists_are_sorted_as_latvian_is_when_a_heading_is_clicked(client, administrator):
    towns = ["Ķekava", "Lapenieki", "Krustkalni", "Āne", "Alejas"]
    for town in towns:
        factories.street("Ozolu iela", town=town)
    address = reverse("admin:neighbourhoods_street_changelist")
    in_order = ["Alejas", "Āne", "Krustkalni", "Ķekava", "Lapenieki"]

    def listed(query):
        page = client.get(address, query)
        assert page.status_code == 200
        return [street.town for street in page.context["cl"].result_list]

    assert listed({"o": "2"}) == in_order
    assert listed({"o": "-2"}) == in_order[::-1]
    changes = client.get(address).context["cl"]
    [towns_offered] = [spec for spec in changes.filter_specs if isinstance(spec, WordFilter)]
    assert [choice["display"] for choice in towns_offered.choices(changes)][1:] == in_order


def test_every_heading_of_every_list_of_the_admin_sorts(client, administrator, one_of_each):
    for model, model_admin in admin.site._registry.items():
        for number in range(1, len(model_admin.list_display) + 1):
            query = {"o": f"-{number}"}
            assert client.get(reverse(f"admin:{name_of(model)}_changelist"), query).status_code == 200


def test_what_has_an_operation_is_only_read(client, administrator, one_of_each):
    for model in admin.site._registry:
        if model._meta.label in EDITABLE:
            continue
        row = model._default_manager.earliest("pk")
        for view in ("change", "delete"):
            assert (
                client.post(reverse(f"admin:{name_of(model)}_{view}", args=[row.pk]), {"post": "yes"}).status_code
                == 403
            )
        assert model._default_manager.filter(pk=row.pk).exists()


def test_every_table_of_the_councils_can_be_looked_at():
    """By itself or under the row it belongs to."""
    shown = set(admin.site._registry)
    shown |= {inline.model for model_admin in admin.site._registry.values() for inline in model_admin.inlines}
    tables = {model for room in ("councils", "elections") for model in apps.get_app_config(room).get_models()}
    assert not {model._meta.label for model in tables - shown}


def test_a_page_with_many_rows_under_it_asks_no_more(client, administrator, one_of_each):
    """What the columns of the rows under a meeting, an item or a matter name comes with these rows."""
    council, meeting, matter = (
        Council.objects.earliest("pk"),
        Meeting.objects.earliest("pk"),
        Matter.objects.earliest("pk"),
    )
    item = meeting.agenda.get()

    def asked():
        counts = []
        for row in (meeting, item, matter):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(reverse(f"admin:{name_of(row)}_change", args=[row.pk])).status_code == 200
            counts.append(len(queries))
        return counts

    asked()
    before = asked()
    for name in ("Ģirts Ķīsis", "Ļena Ņega", "Šarlote Žīgure"):
        member = factories.membership(council.terms.get(), factories.person(name))
        Attendance.objects.create(meeting=meeting, membership=member)
        Recusal.objects.create(item=item, membership=member)
        Task.objects.create(item=item, title=f"Zvanīt: {name}", person=member.person)
        matter.follows.create(person=member.person)
    assert asked() == before


def test_neither_sessions_nor_tokens_nor_codes_are_shown(client, administrator, one_of_each, now):
    rsvp = Rsvp.objects.get()
    notice = Notice.objects.get()
    Notice.objects.update(data={"code": "4711-0815"})
    assert not [model for model in admin.site._registry if model._meta.app_label in ("sessions", "auth", "account")]
    assert rsvp.token not in client.get(reverse("admin:events_rsvp_change", args=[rsvp.pk])).content.decode()
    assert "4711" not in client.get(reverse("admin:notices_notice_change", args=[notice.pk])).content.decode()
    letter = Enquiry.objects.get()
    shown = client.get(reverse("admin:councils_enquiry_change", args=[letter.pk])).content.decode()
    assert letter.token not in shown
    assert letter.text not in shown  # it is for the council's officers
    person = client.get(reverse("admin:people_person_change", args=[rsvp.person_id])).content.decode()
    assert rsvp.person.settings_token not in person


def test_search_knows_the_cases_of_words(client, administrator):
    factories.street("Ļaudonas iela")
    factories.street("Gaismas iela")
    factories.event("Saruna par ceļiem")
    factories.rsvp(factories.event("Talka Ķekavā"), factories.person("Žaklīna Ģērmane"))
    for model, query, count in (
        ("neighbourhoods_street", "laudonas IELU", 1),
        ("neighbourhoods_street", "iela", 2),
        ("events_event", "cela", 1),
        ("events_rsvp", "germanes talkas", 1),
        ("people_person", "žaklīnai", 1),
    ):
        response = client.get(reverse(f"admin:{model}_changelist"), {"q": query})
        assert response.context["cl"].result_count == count, (model, query)


def test_reference_data_is_changed_and_logged(client, administrator):
    area = factories.neighbourhood("Ķekavas pilsēta")
    address = reverse("admin:neighbourhoods_street_add")
    values = {"name": "Ķiršu iela", "town": "Ķekava", "houses": "", "neighbourhood": area.pk}
    assert client.post(address, values).status_code == 302
    street = Street.objects.get()
    assert street.search_text
    again = client.post(address, values)
    assert again.status_code == 200
    assert "Šī iela tabulā jau ir" in again.content.decode()
    history = client.get(reverse("admin:neighbourhoods_street_history", args=[street.pk]))
    assert administrator.email in history.content.decode()


# --- spreadsheets of reference data ----------------------------------------------------------------------------------


def upload(client, name, content, file_format, model="street"):
    """The first step: a file and its format (0: XLSX, 1: CSV)."""
    file = SimpleUploadedFile(name, content)
    return client.post(
        reverse(f"admin:neighbourhoods_{model}_import"), {"import_file": file, "format": file_format, "resource": "0"}
    )


def confirm(client, response, model="street"):
    values = {field.html_name: field.value() for field in response.context["confirm_form"]}
    return client.post(reverse(f"admin:neighbourhoods_{model}_process_import"), values, follow=True)


def streets(*rows, headings="Iela;Pilsēta vai ciems;Māju numuri;Apkaime"):
    return ("\ufeff" + "\r\n".join([headings, *rows])).encode()


def test_streets_come_in_from_a_spreadsheet(client, administrator):
    area = factories.neighbourhood("Ķekavas pilsēta")
    other = factories.neighbourhood("Daugmale")
    factories.street("Gaismas iela", neighbourhood=area)
    factories.street("Ļaudonas iela", neighbourhood=area)
    rows = ["Gaismas iela;Ķekava;;Ķekavas pilsēta", "Ļaudonas iela;Ķekava;;DAUGMALE"]
    preview = upload(client, "ielas.csv", streets(*rows, "Šķūņu iela;Ķekava;1–25;kekavas pilseta"), 1)
    assert_latvian(preview)
    assert " style=" not in preview.content.decode()
    assert {"new": 1, "update": 1, "skip": 1}.items() <= preview.context["result"].totals.items()
    assert Street.objects.count() == 2, "the preview writes nothing"
    done = confirm(client, preview)
    assert_latvian(done)
    assert Street.objects.get(name="Šķūņu iela").houses == "1–25"
    assert Street.objects.get(name="Ļaudonas iela").neighbourhood == other
    assert Street.objects.matching("skunu").exists()
    street = Street.objects.get(name="Šķūņu iela")
    history = client.get(reverse("admin:neighbourhoods_street_history", args=[street.pk]))
    assert_latvian(history)
    assert administrator.email in history.content.decode()


@pytest.mark.parametrize("file_format", [0, 1])
@pytest.mark.parametrize("model", ["street", "place"])
def test_a_downloaded_table_comes_back_unchanged(client, administrator, model, file_format):
    area = factories.neighbourhood("Ķekavas pilsēta")
    for number in range(3):
        factories.street(f"=Ļaudonas iela {number}", neighbourhood=area, houses="12")
        factories.place(f"Ķīši {number}", neighbourhood=area, valid_until=date(2027, 1, 1))
    page = client.get(reverse(f"admin:neighbourhoods_{model}_export"))
    assert_latvian(page)
    client.cookies["valoda"] = "en"
    response = client.post(reverse(f"admin:neighbourhoods_{model}_export"), {"format": file_format, "resource": "0"})
    ending = "csv" if file_format else "xlsx"
    name = {"street": "ielas", "place": "vietas"}[model]
    assert response["Content-Disposition"] == f'attachment; filename="{name}-{timezone.localdate():%Y-%m-%d}.{ending}"'
    client.cookies["valoda"] = "lv"
    back = upload(client, f"{name}.{ending}", response.content, file_format, model)
    assert back.context["result"].totals["skip"] == 3, back.context["result"].invalid_rows


@pytest.mark.parametrize("model", ["street", "place"])
@pytest.mark.parametrize("query", ["foo=1", "name__foo=1", "neighbourhood__id__exact=x%00"])
def test_table_cannot_be_narrowed_by_what_is_no_column(client, administrator, model, query):
    address = reverse(f"admin:neighbourhoods_{model}_export")
    for response in (
        client.get(f"{address}?{query}", follow=True),
        client.post(f"{address}?{query}", {"format": 0, "resource": "0"}, follow=True),
    ):
        if "foo" in query:
            assert response.request["PATH_INFO"] == reverse(f"admin:neighbourhoods_{model}_changelist")
            assertContains(response, "Sarakstu nevar sašaurināt pēc tā, kas teikts adresē; šeit tas ir viss.")
        assert response.status_code == 200


def test_places_come_in_with_days_as_people_write_them(client, administrator):
    factories.neighbourhood("Ķekavas pilsēta")
    headings = "Vieta;Veids;Apkaime;Atzīme noteikumos;Spēkā no;Spēkā līdz (neieskaitot)"
    rows = ["Ķīši;ciems;Ķekavas pilsēta;*;01.02.2027.;", "Ģērķi;CIEMS;Ķekavas pilsēta;;2027-02-01;1.3.2028"]
    preview = upload(client, "vietas.csv", streets(*rows, headings=headings), 1, "place")
    assert not preview.context["result"].invalid_rows
    confirm(client, preview, "place")
    assert Place.objects.get(name="Ģērķi").valid_until == date(2028, 3, 1)
    assert Place.objects.get(name="Ķīši").valid_from == date(2027, 2, 1)


@pytest.mark.parametrize(
    ("name", "content", "file_format", "sentence"),
    [
        ("ielas.xlsx", streets("Gaismas iela;Ķekava;;Daugmale"), 0, "Šis nav XLSX fails"),
        ("ielas.pdf", b"%PDF-1.7\x00\xff", 1, "Šis nav CSV fails"),
        ("ielas.csv", "Ķekava".encode("cp1257"), 1, "Šis nav CSV fails"),
        ("ielas.csv", b"a" * 5_000_001, 1, "Fails ir pārāk liels"),
        ("ielas.csv", streets(), 1, "datu"),
        ("ielas.csv", streets("Gaismas iela;Ķekava", headings="Iela;Pilsēta vai ciems"), 1, "trūkst šādu kolonnu"),
        ("ielas.csv", streets("Gaismas iela;Ķekava;;Nekuriene"), 1, "„Nekuriene” šeit nav zināms"),
        ("ielas.csv", streets(f"{'Ļ' * 200};Ķekava;;Daugmale"), 1, "120"),
    ],
)
def test_a_faulty_file_is_refused_in_clear_words(client, administrator, name, content, file_format, sentence):
    factories.neighbourhood("Daugmale")
    response = upload(client, name, content, file_format)
    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert "Traceback" not in response.content.decode()
    assert "confirm_form" not in response.context
    assert_latvian(response)
    assert not Street.objects.exists()


def test_all_rows_of_a_file_or_none(client, administrator):
    area = factories.neighbourhood("Daugmale")
    preview = upload(client, "ielas.csv", streets("Gaismas iela;Ķekava;;Daugmale", "Ķiršu iela;Ķekava;;Daugmale"), 1)
    area.short_name = "Daugmales pagasts"  # somebody renames it before the confirmation
    area.save()
    done = confirm(client, preview)
    assert "Nekas netika mainīts" in done.content.decode()
    assert not Street.objects.exists()


def test_a_confirmation_that_comes_too_late_says_so(client, administrator):
    factories.neighbourhood("Daugmale")
    preview = upload(client, "ielas.csv", streets("Gaismas iela;Ķekava;;Daugmale"), 1)
    cache.clear()
    done = confirm(client, preview)
    assert done.status_code == 200
    assert "Fails vairs nav pieejams" in done.content.decode()
    assert not Street.objects.exists()


def test_the_uploaded_file_is_not_kept(client, administrator):
    factories.neighbourhood("Daugmale")
    preview = upload(client, "ielas.csv", streets("Gaismas iela;Ķekava;;Daugmale"), 1)
    name = preview.context["confirm_form"]["import_file_name"].value()
    assert CacheStorage(name=name).read()
    confirm(client, preview)
    assert CacheStorage(name=name).read() is None


def test_only_administrators_bring_files(client):
    client.force_login(factories.coordinator())
    for view in ("import", "process_import", "export"):
        response = client.post(reverse(f"admin:neighbourhoods_street_{view}"), follow=True)
        assert response.status_code in (403, 405)
    with pytest.raises(NoReverseMatch):
        reverse("admin:people_person_import")


def test_formats_offered_are_the_safe_ones(client, administrator):
    form = client.get(reverse("admin:neighbourhoods_street_import")).context["form"]
    assert [label for _number, label in form.fields["format"].choices] == ["---", "xlsx", "csv"]
    assert [SafeXLSX().get_title(), LatvianCSV().get_title()] == ["xlsx", "csv"]


@pytest.mark.parametrize("model", admin.site._registry, ids=str)
def test_every_column_has_a_latvian_name(model):
    shown = admin.site.get_model_admin(model)
    named = {}
    for language in ("lv", "en"):
        with translation.override(language):
            named[language] = [str(label_for_field(name, model, shown)) for name in shown.list_display]
    assert [latvian for latvian, english in zip(*named.values(), strict=True) if latvian == english] == []

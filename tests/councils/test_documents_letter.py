"""The letter of a submission: the same text as PDF and DOCX, made from what the portal knows of it."""

from datetime import date

import pytest

from councils.documents import letter
from councils.models import LetterTemplate, MunicipalUnit, Resolution, StoredFile, SubmissionFile
from tests import factories
from tests.councils import minutes_world as world
from tests.councils.test_documents import bare, docx_parts, pdf_text

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 24)


@pytest.fixture
def there():
    there = world.held_meeting(items=1)
    there.council.email = "kirsi@example.org"
    there.council.save()
    resolution = Resolution.objects.get()
    unit = MunicipalUnit.objects.create(name="Ceļu un ielu nodaļa")
    there.submission = factories.submission(
        [there.council],
        title="Drošāka pāreja pie skolas",
        text="Bērni šķērso ielu bez pārejas.\n\nLūdzam izbūvēt pāreju.",
        resolution=resolution,
        answering_unit=unit,
        registration_number="1-6/26/412",
        registered_on=date(2026, 11, 17),
        sent_on=date(2026, 11, 16),
        reply_due_on=date(2026, 12, 17),
    )
    file = StoredFile.objects.create(name="plāns.pdf", kind="pdf", size=1, sha256="0" * 64, uploaded_at=world.AFTER)
    SubmissionFile.objects.create(submission=there.submission, file=file, title="Pārejas plāns")
    return there


def said(submission, on=ON):
    """The letter's text, which the PDF and the DOCX must both say."""
    document = letter.document(submission, on=on)
    text = "\n".join("\n".join(section.texts()) for section in document.sections)
    from_docx = "".join(text for _style, text in docx_parts(letter.docx_file(submission, on=on)))
    from_pdf = bare(pdf_text(letter.pdf_file(submission, on=on))).replace("•", "")
    assert bare(text) in bare(from_docx)
    for section in document.sections:
        assert bare("".join(section.texts())) in from_pdf
    return text


def test_letter_says_what_decided_a_tie(there):
    """The municipality must not wonder how one for and one against became a resolution."""
    assert "atturas – 0), izšķīra priekšsēdētāja balss (§26)" in said(there.submission)
    Resolution.objects.update(casting_vote="", in_favour=2)
    there.submission.resolution.refresh_from_db()
    assert "§26" not in said(there.submission)


def test_letter_says_who_asks_whom_what_on_which_ground_and_until_when(there):
    text = said(there.submission)
    for words in (
        "Kam: Ceļu un ielu nodaļa",
        "No: Ķiršu apkaimes iedzīvotāju padome",
        "Datums: 16.11.2026.",
        "Reģistrācijas numurs: 1-6/26/412, 17.11.2026.",
        "Padomes lēmums: Nr. 1/2026, 12.11.2026. (par – 1, pret – 1, atturas – 0)",
        "Atbilde līdz (§27): 17.12.2026.",
        "Bērni šķērso ielu bez pārejas.",
        "Pārejas plāns (plāns.pdf)",
        "Ķiršu apkaimes iedzīvotāju padome: priekšsēdētājs Āris Ķēniņš, kirsi@example.org",
    ):
        assert words in text
    document = letter.document(there.submission, on=ON)
    assert (document.title, document.kicker, document.notice) == ("Drošāka pāreja pie skolas", "Priekšlikums", "")


def test_letter_that_is_not_sent_yet_is_a_draft_of_the_day(there):
    submission = factories.submission([there.council], sent_on=None, reply_due_on=None, text="Lūdzam.")
    document = letter.document(submission, on=date(2026, 1, 30))
    assert document.notice == "Melnraksts: vēstule vēl nav nosūtīta."
    text = said(submission, on=date(2026, 1, 30))
    assert "Datums: 30.01.2026." in text
    assert "Atbilde līdz (§27): 02.03.2026." in text  # 28 February is a Saturday
    assert "Kam: Ķekavas novada centrālā administrācija" in text
    for absent in ("Reģistrācijas numurs", "Padomes lēmums", "Pielikumi"):
        assert absent not in text


def test_par_29_what_an_institution_is_asked_goes_to_the_executive_director(there):
    there.submission.kind = "institution"
    assert letter.addressee(there.submission).endswith("(Ceļu un ielu nodaļa)")
    assert "izpilddirektors" in letter.document(there.submission, on=ON).as_json


def test_letter_of_several_councils_names_them_all(there):
    other = world.council_with_members(["Zane Zīle"]).council
    other.name = "Alejas padome"
    other.save()
    there.submission.councils.add(other)
    text = said(there.submission)
    assert "Alejas padome" in text
    assert "priekšsēdētājs Zane Zīle" in text


def test_letter_begins_with_the_words_of_the_municipality(there):
    assert "27. punkts" in said(there.submission)
    LetterTemplate.objects.create(
        code="submission_letter", text="Labdien, {unit}! Raksta {councils}.", changed_at=world.AFTER
    )
    assert "Labdien, Ceļu un ielu nodaļa! Raksta Ķiršu apkaimes iedzīvotāju padome." in said(there.submission)


def test_what_people_type_into_a_submission_is_text(there):
    there.submission.title, there.submission.text = world.NASTY, f"{world.NASTY}\n{'Ķ' * 200}\x00"
    text = said(there.submission)
    assert world.NASTY in text
    assert "\x00" not in text


def test_letter_costs_the_same_queries_for_one_council_and_for_three(there, django_assert_num_queries):
    with django_assert_num_queries(5):
        letter.document(there.submission, on=ON)
    there.submission.councils.add(factories.council(), factories.council())
    with django_assert_num_queries(5):
        letter.document(there.submission, on=ON)


def test_file_is_named_in_plain_letters(there):
    name = letter.file_name(there.submission, "pdf")
    assert name == f"iesniegums-{there.submission.pk}-drosaka-pareja-pie-skolas.pdf"

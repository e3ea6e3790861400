"""The letter with which a council's submission goes to the municipality (§27, §29), as PDF and as DOCX."""

from datetime import date

from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from councils import regulation, texts
from councils.documents.blocks import Block, Document, Facts, Points, Section, Text, clean, paragraphs
from councils.documents.docx import render as render_docx
from councils.documents.pdf import render as render_pdf
from councils.models import Council, Office, Resolution, Submission
from neighbourhoods import latvian
from notices.emails import absolute

LANGUAGE = "lv"


def document(submission: Submission, *, on: date) -> Document:
    """The letter as it was sent, or, before that, as it would go out `on` the day. Five queries."""
    with translation.override(LANGUAGE):
        councils = list(submission.councils.select_related("neighbourhood").by_name())
        day = submission.sent_on or on
        rules = regulation.in_force(day)
        names = ", ".join(clean(council.name) for council in councils)
        opening = texts.letter("submission_letter", rules, councils=names, unit=addressee(submission))
        return Document(
            title=clean(submission.title),
            kicker=str(submission.get_kind_display()).capitalize(),
            organisation=names,
            address=absolute(submission.get_absolute_url()) if submission.sent_on else "",
            on=day,
            sections=[
                Section("head", "", [Facts(_facts(submission, names, day, rules)), Text(paragraphs(clean(opening)))]),
                Section("text", _("What the council asks"), [Text(paragraphs(clean(submission.text)))]),
                *_files(submission),
                Section("signature", pgettext("letter", "Signature"), list(_signatures(councils, day))),
            ],
            notice="" if submission.sent_on else _("Draft: the letter is not sent yet."),
            language=LANGUAGE,
        )


def pdf_file(submission: Submission, *, on: date) -> bytes:
    return render_pdf(document(submission, on=on))


def docx_file(submission: Submission, *, on: date) -> bytes:
    return render_docx(document(submission, on=on))


def file_name(submission: Submission, kind: str) -> str:
    """ "iesniegums-14-drosaka-gajeju-pareja.pdf": plain letters, which every system takes."""
    title = slugify(latvian.fold(submission.title))[:60].strip("-")
    return "-".join(filter(None, ["iesniegums", str(submission.pk), title])) + f".{kind}"


def addressee(submission: Submission) -> str:
    """The unit that answers; the executive director for what an institution is asked (§29)."""
    unit = submission.answering_unit.name if submission.answering_unit else submission.unit
    if submission.kind == Submission.Kind.INSTITUTION:
        director = _("Executive director of the municipality of Ķekava")
        return f"{director} ({clean(unit)})" if unit else director
    return clean(unit) or _("Central administration of the municipality of Ķekava")


def _facts(submission: Submission, names: str, day: date, rules: regulation.Regulation) -> list[tuple[str, str]]:
    due_on = submission.reply_due_on or rules.reply_due_on(day)
    rows = [
        (pgettext("letter", "To"), addressee(submission)),
        (pgettext("letter", "From"), names),
        (pgettext("letter", "Date"), latvian.number_date(day)),
        (pgettext("letter", "Registration number"), _registration(submission)),
        (pgettext("letter", "Resolution"), _resolution(submission.resolution)),
        (pgettext("letter", "Reply due (§27)"), latvian.number_date(due_on)),
    ]
    return [row for row in rows if row[1]]


def _registration(submission: Submission) -> str:
    number = clean(submission.registration_number)
    if number and submission.registered_on:
        return f"{number}, {latvian.number_date(submission.registered_on)}"
    return number


def _resolution(row: Resolution | None) -> str:
    """Its number, the day of the vote, how the members voted, and what decided a tie."""
    if row is None or row.voted_at is None:
        return ""
    votes = _("No. %(number)s of %(day)s (for – %(in_favour)d, against – %(against)d, abstained – %(abstained)d)") % {
        "number": f"{row.number}/{row.year}",
        "day": latvian.number_date(timezone.localdate(row.voted_at)),
        "in_favour": row.in_favour,
        "against": row.against,
        "abstained": row.abstained,
    }
    return f"{votes}, {_('the chair’s vote decided (§26)')}" if row.casting_vote else votes


def _files(submission: Submission) -> list[Section]:
    rows = submission.files.select_related("file").order_by("pk")
    items = [f"{clean(row.title)} ({clean(row.file.name)})" for row in rows]
    return [Section("files", pgettext("letter", "Enclosed"), [Points(items)])] if items else []


def _signatures(councils: list[Council], day: date) -> list[Block]:
    """Each council with its chair on the day and the way to answer it."""
    chairs = {
        row.council_id: row.person.name
        for row in Office.objects.held(day)
        .filter(council__in=councils, kind=Office.Kind.CHAIR)
        .select_related("person")
    }
    rows = []
    for council in councils:
        chair = chairs.get(council.pk, "")
        words = [f"{Office.Kind.CHAIR.label} {clean(chair)}" if chair else "", clean(council.email)]
        rows.append((clean(council.name), ", ".join(word for word in words if word) or "–"))
    return [Facts(rows)]

"""Councils to look at. What is set for them, the regulation's numbers included, is set in the panel."""

from django.contrib import admin
from django.db.models.functions import Collate
from django.utils.translation import gettext_lazy as _

from councils.models import (
    AbsenceCase,
    AgendaItem,
    Album,
    Announcement,
    AnswerLink,
    Attendance,
    Ballot,
    Council,
    DayOverride,
    Document,
    DocumentVersion,
    Enquiry,
    Folder,
    HandOver,
    LetterTemplate,
    Matter,
    MatterFollow,
    Meeting,
    Membership,
    Minutes,
    MinutesComment,
    MinutesVersion,
    MunicipalUnit,
    NewsPost,
    Office,
    OpinionRequest,
    Paper,
    Photo,
    Proposal,
    Question,
    Recusal,
    RegulationValue,
    Resolution,
    RespondingOfficer,
    Seat,
    StoredFile,
    Submission,
    SubmissionFile,
    Substitute,
    Task,
    Term,
    TextPage,
    Topic,
)
from people.admin import ReadOnlyAdmin, ReadOnlyInline

MEMBER = ("membership__person", "membership__seat__term__council")


# --- who sits where ---------------------------------------------------------------------------------------------------


class TermInline(ReadOnlyInline):
    model = Term


class SeatInline(ReadOnlyInline):
    model = Seat
    joined = ("term__council",)
    ordering = ("number",)


class SubstituteInline(ReadOnlyInline):
    model = Substitute
    joined = ("person",)
    ordering = ("rank",)


@admin.register(Council)
class CouncilAdmin(ReadOnlyAdmin):
    list_display = ("name", "neighbourhood", "formation_started_on", "formation_closed_on", "is_invented")
    list_select_related = ("neighbourhood",)
    search_fields = ("name", "neighbourhood__search_text")
    ordering = ("neighbourhood__legal_order", "pk")
    inlines = (TermInline,)


@admin.register(Term)
class TermAdmin(ReadOnlyAdmin):
    list_display = ("council", "number", "seat_count", "started_on", "ended_on")
    list_select_related = ("council",)
    ordering = ("council__neighbourhood__legal_order", "number", "pk")
    inlines = (SeatInline, SubstituteInline)


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    list_display = ("person", "seat", "started_on", "ended_on", "end_reason")
    list_select_related = ("person", "seat__term__council")
    list_filter = ("seat__term__council", "end_reason")
    search_fields = ("person__search_text",)
    ordering = ("-started_on", "-pk")


@admin.register(Office)
class OfficeAdmin(ReadOnlyAdmin):
    list_display = ("council", "kind", "person", "started_on", "ended_on")
    list_select_related = ("council", "person")
    list_filter = ("council", "kind")
    search_fields = ("person__search_text",)
    ordering = ("-started_on", "-pk")


@admin.register(AbsenceCase)
class AbsenceCaseAdmin(ReadOnlyAdmin):
    list_display = ("membership", "raised_on", "decision", "decided_on", "dome_informed_on")
    list_select_related = MEMBER
    list_filter = ("decision", "membership__seat__term__council")
    search_fields = ("membership__person__search_text",)
    ordering = ("-raised_on", "-pk")


# --- meetings, their minutes ------------------------------------------------------------------------------------------


class AgendaInline(ReadOnlyInline):
    model = AgendaItem
    fields = ("position", "title", "kind", "minutes", "rapporteur", "is_restricted", "outcome")
    ordering = ("position", "pk")


class AnnouncementInline(ReadOnlyInline):
    model = Announcement
    joined = ("sent_by", "recorded_by")
    exclude = ("text",)
    ordering = ("sent_at", "pk")


class AttendanceInline(ReadOnlyInline):
    model = Attendance
    joined = MEMBER
    ordering = ("pk",)


@admin.register(Meeting)
class MeetingAdmin(ReadOnlyAdmin):
    list_display = ("event", "starts_at", "kind", "minutes_sent_on", "minutes_published_on")
    list_select_related = ("event",)
    list_filter = ("kind", "councils")
    search_fields = ("event__search_text",)
    ordering = ("-event__starts_at", "-pk")
    inlines = (AnnouncementInline, AgendaInline, AttendanceInline)

    @admin.display(description=_("starts"), ordering="event__starts_at")
    def starts_at(self, meeting):
        return meeting.event.starts_at


class PaperInline(ReadOnlyInline):
    model = Paper
    joined = ("file",)


class RecusalInline(ReadOnlyInline):
    model = Recusal
    joined = MEMBER


class ResolutionInline(ReadOnlyInline):
    model = Resolution
    fields = ("position", "council", "text", "in_favour", "against", "abstained", "casting_vote", "outcome")
    joined = ("council",)
    ordering = ("council", "position")


class TaskInline(ReadOnlyInline):
    model = Task
    fields = ("position", "title", "person", "owner", "due_on", "done_on")
    joined = ("person",)
    ordering = ("position", "pk")


@admin.register(AgendaItem)
class AgendaItemAdmin(ReadOnlyAdmin):
    list_display = ("title", "meeting", "kind", "outcome", "is_restricted")
    list_select_related = ("meeting__event",)
    list_filter = ("kind", "outcome", "is_restricted")
    search_fields = ("title", "meeting__event__search_text")
    ordering = ("-meeting__event__starts_at", "position", "pk")
    inlines = (PaperInline, RecusalInline, ResolutionInline, TaskInline)


class MinutesVersionInline(ReadOnlyInline):
    model = MinutesVersion
    exclude = ("content",)
    ordering = ("number",)

    def get_queryset(self, request):
        return super().get_queryset(request).defer("content")


class MinutesCommentInline(ReadOnlyInline):
    model = MinutesComment
    joined = ("item", "person", "settled_by")
    ordering = ("commented_at", "pk")


@admin.register(Minutes)
class MinutesAdmin(ReadOnlyAdmin):
    list_display = ("meeting", "number", "year", "drafted_at", "signed_at", "originals_handed_on")
    list_select_related = ("meeting__event",)
    list_filter = ("year", "meeting__councils")
    search_fields = ("meeting__event__search_text",)
    ordering = ("-drafted_at", "-pk")
    inlines = (MinutesVersionInline, MinutesCommentInline)


# --- matters, from the proposal to the work done ----------------------------------------------------------------------


class MatterFollowInline(ReadOnlyInline):
    model = MatterFollow
    joined = ("person",)


@admin.register(Matter)
class MatterAdmin(ReadOnlyAdmin):
    list_display = ("title", "topic", "began_at", "is_public", "is_invented")
    list_filter = ("topic", "is_public", "councils")
    search_fields = ("search_text",)
    ordering = ("-began_at", "-pk")
    inlines = (MatterFollowInline,)


@admin.register(Proposal)
class ProposalAdmin(ReadOnlyAdmin):
    list_display = ("title", "council", "proposed_at", "confirmed_at", "decision", "decided_at")
    list_select_related = ("council",)
    list_filter = ("decision", "council")
    search_fields = ("title", "person__search_text")
    ordering = ("-proposed_at", "-pk")


class BallotInline(ReadOnlyInline):
    model = Ballot
    joined = MEMBER


@admin.register(Resolution)
class ResolutionAdmin(ReadOnlyAdmin):
    list_display = ("council", "year", "number", "text", "outcome", "due_on", "carried_out_on")
    list_select_related = ("council",)
    list_filter = ("outcome", "year", "council")
    search_fields = ("search_text",)
    ordering = ("-voted_at", "-pk")
    inlines = (BallotInline, TaskInline)


@admin.register(Task)
class TaskAdmin(ReadOnlyAdmin):
    list_display = ("title", "item", "person", "owner", "due_on", "done_on")
    list_select_related = ("item", "person")
    search_fields = ("title", "owner", "person__search_text")
    ordering = ("-pk",)


@admin.register(Topic)
class TopicAdmin(ReadOnlyAdmin):
    list_display = ("name_lv", "code", "paragraph", "position", "retired_on")
    search_fields = ("name_lv", "name_en", "code")
    ordering = ("position", "pk")


# --- submissions and their answers ------------------------------------------------------------------------------------


class SubmissionFileInline(ReadOnlyInline):
    model = SubmissionFile
    joined = ("file",)


class HandOverInline(ReadOnlyInline):
    model = HandOver
    joined = ("from_unit", "to_unit", "by")
    ordering = ("at", "pk")


class QuestionInline(ReadOnlyInline):
    model = Question
    joined = ("answered_by",)
    ordering = ("asked_at", "pk")


class AnswerLinkInline(ReadOnlyInline):
    model = AnswerLink
    joined = ("officer__person", "officer__unit")


@admin.register(Submission)
class SubmissionAdmin(ReadOnlyAdmin):
    list_display = ("title", "unit", "sent_on", "reply_due_on", "replied_on", "outcome", "done_on")
    list_filter = ("outcome", "councils")
    search_fields = ("search_text",)
    ordering = ("-sent_on", "-pk")
    inlines = (SubmissionFileInline, HandOverInline, QuestionInline, AnswerLinkInline)


class OfficerInline(ReadOnlyInline):
    model = RespondingOfficer
    joined = ("person",)


@admin.register(MunicipalUnit)
class MunicipalUnitAdmin(ReadOnlyAdmin):
    list_display = ("name", "email", "retired_on", "is_invented")
    search_fields = ("name", "email")
    ordering = (Collate("name", "lv"), "pk")
    inlines = (OfficerInline,)


@admin.register(OpinionRequest)
class OpinionRequestAdmin(ReadOnlyAdmin):
    list_display = ("title", "council", "received_on", "due_on", "sent_on")
    list_select_related = ("council",)
    list_filter = ("council",)
    search_fields = ("title",)
    ordering = ("-received_on", "-pk")


@admin.register(Enquiry)
class EnquiryAdmin(ReadOnlyAdmin):
    """That somebody wrote, and when; what is written is for the council's officers alone."""

    list_display = ("council", "person", "written_at", "confirmed_at", "wants_answer")
    list_select_related = ("council", "person")
    list_filter = ("council",)
    exclude = ("text",)
    ordering = ("-written_at", "-pk")


# --- what councils and the coordinator publish ------------------------------------------------------------------------


@admin.register(NewsPost)
class NewsPostAdmin(ReadOnlyAdmin):
    list_display = ("title", "council", "published_at", "changed_at", "is_invented")
    list_select_related = ("council",)
    list_filter = ("council",)
    search_fields = ("search_text",)
    ordering = ("-changed_at", "-pk")


@admin.register(Folder)
class FolderAdmin(ReadOnlyAdmin):
    list_display = ("name", "council", "parent")
    list_select_related = ("council", "parent")
    list_filter = ("council",)
    search_fields = ("name",)
    ordering = ("council", Collate("name", "lv"), "pk")


class DocumentVersionInline(ReadOnlyInline):
    model = DocumentVersion
    joined = ("file", "added_by")
    ordering = ("number",)


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin):
    list_display = ("title", "council", "folder", "is_public", "retired_at")
    list_select_related = ("council", "folder")
    list_filter = ("council", "is_public")
    search_fields = ("title",)
    ordering = ("-pk",)
    inlines = (DocumentVersionInline,)


class PhotoInline(ReadOnlyInline):
    model = Photo
    joined = ("file",)
    ordering = ("position", "pk")


@admin.register(Album)
class AlbumAdmin(ReadOnlyAdmin):
    list_display = ("title", "event", "published_at")
    list_select_related = ("event",)
    search_fields = ("title", "event__search_text")
    ordering = ("-pk",)
    inlines = (PhotoInline,)


@admin.register(StoredFile)
class StoredFileAdmin(ReadOnlyAdmin):
    """What files there are, not what is in them: each is served where it belongs, to whom it concerns."""

    list_display = ("name", "kind", "size", "uploaded_at", "uploaded_by")
    list_select_related = ("uploaded_by",)
    list_filter = ("kind",)
    search_fields = ("name", "sha256")
    ordering = ("-uploaded_at", "-pk")
    exclude = ("content",)


@admin.register(TextPage)
class TextPageAdmin(ReadOnlyAdmin):
    list_display = ("title", "slug", "language", "changed_at")
    search_fields = ("title", "slug")
    ordering = ("slug", "language")


# --- what the municipality sets ---------------------------------------------------------------------------------------


@admin.register(DayOverride)
class DayOverrideAdmin(ReadOnlyAdmin):
    list_display = ("day", "is_working", "note")
    list_filter = ("is_working",)
    date_hierarchy = "day"
    ordering = ("-day",)


@admin.register(LetterTemplate)
class LetterTemplateAdmin(ReadOnlyAdmin):
    list_display = ("code", "language", "changed_at")
    search_fields = ("code",)
    ordering = ("code", "language")


@admin.register(RegulationValue)
class RegulationValueAdmin(ReadOnlyAdmin):
    list_display = ("code", "value", "unit", "paragraph", "valid_from", "note")
    search_fields = ("code", "paragraph", "note")
    ordering = ("code", "-valid_from", "pk")

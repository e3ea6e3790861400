"""Addresses of the councils' own pages; those of the coordinator's panel stand in `dashboard.panel.urls`."""

from django.urls import include, path

from councils import feeds
from councils.views import (
    absences,
    announcements,
    files,
    matters,
    meetings,
    minutes,
    proposals,
    replies,
    room,
    roster,
    voice,
)

# Below the meeting; `position` is the place within the item, and `slug` names the council of a joint meeting.
the_room = [
    path("", room.overview, name="room"),
    path("atvert/", room.meeting_open, name="room-open"),
    path("slegt/", room.meeting_close, name="room-close"),
    path("sede/", room.head, name="room-head"),
    path("kvorums/", room.quorum_now, name="room-quorum"),
    path("klatbutne/", room.roll, name="room-roll"),
    path("klatbutne/<slug:slug>/parejie/", room.roll_rest, name="room-roll-rest"),
    path("<int:item_pk>/", room.item, name="room-item"),
    path("<int:item_pk>/atteikumi/", room.recusal_new, name="room-recusal"),
    path("<int:item_pk>/atteikumi/<int:recusal_pk>/", room.recusal_drop, name="room-recusal-drop"),
    path("<int:item_pk>/uzdevumi/<int:position>/", room.task, name="room-task"),
    path("<int:item_pk>/uzdevumi/<int:position>/dzest/", room.task_drop, name="room-task-drop"),
    path("<int:item_pk>/lemumi/<slug:slug>/<int:position>/", room.resolution, name="room-resolution"),
    path("<int:item_pk>/lemumi/<slug:slug>/<int:position>/dzest/", room.resolution_drop, name="room-resolution-drop"),
    path("<int:item_pk>/lemumi/<slug:slug>/<int:position>/balsojums/", room.vote, name="room-vote"),
]

# Below the meeting, too. A version of its own stands under its number.
the_minutes = [
    path("", minutes.minutes, name="minutes"),
    path("sagatavot/", minutes.minutes_draft, name="minutes-draft"),
    path("darbi/", minutes.minutes_work, name="minutes-work"),
    path("darbi/<slug:step>/", minutes.minutes_step, name="minutes-step"),
    path("labot/", minutes.minutes_edit, name="minutes-edit"),
    path("komentari/", minutes.minutes_comment, name="minutes-comment"),
    path("komentari/<int:comment>/", minutes.comment_settle, name="minutes-comment-settle"),
    path("izmainas/", minutes.minutes_changes, name="minutes-changes"),
    path("v<int:number>/", minutes.minutes_version, name="minutes-version"),
    path("v<int:number>/parakstits/", minutes.signed_file, name="minutes-signed-file"),
    *(
        path(f"{folder}protokols.{kind}", minutes.minutes_file, {"kind": kind}, name=f"minutes-{kind}")
        for kind in ("pdf", "docx", "json")
        for folder in ("", "v<int:number>/")
    ),
]

# Behind the personal link of an officer of the municipality.
the_reply = [
    path("", replies.reply, name="reply"),
    path("kods/", replies.reply_send_code, name="reply-send-code"),
    path("atvert/", replies.reply_open, name="reply-open"),
    path("jautat/", replies.reply_ask, name="reply-ask"),
    path("nodot/", replies.reply_hand_over, name="reply-hand-over"),
    path("vel-ne/", replies.reply_not_yet, name="reply-not-yet"),
    path("faili/<int:pk>/", replies.reply_file, name="reply-file"),
]

app_name = "councils"
urlpatterns = [
    # roster
    path("apkaimes/<slug:slug>/padome/", roster.on_day, name="roster"),
    path("apkaimes/<slug:slug>/padome.json", roster.feed, {"kind": "json"}, name="roster-json"),
    path("apkaimes/<slug:slug>/padome.csv", roster.feed, {"kind": "csv"}, name="roster-csv"),
    path("padome/<slug:slug>/rakstit/", roster.enquiry_new, name="enquiry-new"),
    path("padome/<slug:slug>/rakstit/nosutits/", roster.enquiry_sent, name="enquiry-sent"),
    path("v/<str:token>/", roster.enquiry, name="enquiry"),
    path("v/<str:token>/apstiprinat/", roster.enquiry_confirm, name="enquiry-confirm"),
    path("padome/<slug:slug>/nodosana/", roster.handover, name="handover"),
    # meetings, agendas, proposals
    path("sedes/pazinojumi.atom", announcements.feed, name="announcement-feed"),
    path("sedes/<int:pk>/atbilde/", meetings.answer, name="meeting-answer"),
    path("materiali/<int:pk>/", meetings.paper, name="paper"),
    path("s/<str:token>/", meetings.answer_by_link, name="meeting-answers"),
    path("s/<str:token>/<slug:answer>/", meetings.answer_by_link, name="meeting-answer-by-link"),
    path("padome/<slug:slug>/ierosinat/", proposals.propose, name="propose"),
    path("padome/<slug:slug>/ierosinat/nosutits/", proposals.proposal_sent, name="proposal-sent"),
    path("i/<str:token>/", proposals.proposal, name="proposal"),
    path("i/<str:token>/apstiprinat/", proposals.proposal_confirm, name="proposal-confirm"),
    # the meeting room
    path("sedes/<int:pk>/telpa/", include(the_room)),
    path("kavejumi/<int:pk>/", absences.case, name="absence-case"),
    path("uzdevumi/<int:pk>/padarits/", room.task_done, name="task-done"),
    # minutes
    path("protokoli/<int:pk>/", include(the_minutes)),
    # matters, resolutions, submissions, answers, opinions
    path("lemumi/<int:pk>-<slug:slug>/", matters.matter, name="matter"),
    path("lemumi/<int:pk>-<slug:slug>/sekot/", matters.matter_follow, name="matter-follow"),
    path("lemumi/<int:pk>-<slug:slug>/nesekot/", matters.matter_unfollow, name="matter-unfollow"),
    path("lemumi/<int:pk>-<slug:slug>/sekot-e-pasta/", matters.matter_follow_guest, name="matter-follow-guest"),
    path("lemumi/sekot/<str:token>/", matters.matter_follow_link, name="matter-follow-link"),
    path("lemumi/faili/<int:pk>/", matters.submission_file, name="submission-file"),
    path("lemumi/iesniegumi/<int:pk>/vestule.pdf", matters.submission_letter, {"kind": "pdf"}, name="letter-pdf"),
    path("lemumi/iesniegumi/<int:pk>/vestule.docx", matters.submission_letter, {"kind": "docx"}, name="letter-docx"),
    path("lemumi/iesniegumi/<int:pk>/atbilde/", matters.reply_file, name="submission-reply-file"),
    path("lemumi/iesniegumi/<int:pk>/attels/", matters.done_photo, name="submission-photo"),
    path("atbilde/<str:token>/", include(the_reply)),
    # news, documents, albums
    path("zinas/", voice.news_list, name="news"),
    path("zinas.atom", feeds.news, name="news-feed"),
    path("zinas/<int:pk>-<slug:slug>/", voice.news_post, name="news-post"),
    path("zinas/<int:pk>/attels/", files.news_picture, name="news-picture"),
    path("zinas/<int:pk>/attels/mazs/", files.news_picture, {"small": True}, name="news-picture-small"),
    path("padome/<slug:slug>/dokumenti/", voice.document_list, name="documents"),
    path("padome/<slug:slug>/dokumenti/<int:folder>/", voice.document_list, name="folder"),
    path("dokumenti/<int:pk>/", files.document, name="document"),
    path("albumi/<int:pk>/", voice.album, name="album"),
    path("albumi/foto/<int:pk>/", files.photo, name="photo"),
    path("albumi/foto/<int:pk>/maza/", files.photo, {"small": True}, name="photo-small"),
]

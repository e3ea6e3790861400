import councils.models.files
import councils.models.periods
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import secrets
from django.conf import settings
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("events", "0001_initial"),
        ("neighbourhoods", "0002_initial"),
        ("people", "0001_initial"),
        ("people", "__first__"),
    ]

    operations = [
        BtreeGistExtension(),  # for the periods that may not overlap
        migrations.CreateModel(
            name="DayOverride",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(unique=True, verbose_name="day")),
                ("is_working", models.BooleanField(verbose_name="working day")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="decision or source")),
            ],
            options={
                "verbose_name": "moved day",
                "verbose_name_plural": "moved days",
            },
        ),
        migrations.CreateModel(
            name="MunicipalUnit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, unique=True, verbose_name="name")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("retired_on", models.DateField(blank=True, null=True, verbose_name="not used any more since")),
                (
                    "is_invented",
                    models.BooleanField(default=False, editable=False, verbose_name="invented for the demonstration"),
                ),
            ],
            options={
                "verbose_name": "municipal unit",
                "verbose_name_plural": "municipal units",
            },
        ),
        migrations.CreateModel(
            name="Seat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="seat")),
            ],
            options={
                "verbose_name": "seat",
                "verbose_name_plural": "seats",
            },
        ),
        migrations.CreateModel(
            name="Topic",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=10, unique=True, verbose_name="code")),
                ("name_lv", models.CharField(max_length=120, verbose_name="name in Latvian")),
                ("name_en", models.CharField(blank=True, max_length=120, verbose_name="name in English")),
                ("paragraph", models.CharField(blank=True, max_length=40, verbose_name="paragraph")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="place in the list")),
                ("retired_on", models.DateField(blank=True, null=True, verbose_name="not used any more since")),
            ],
            options={
                "verbose_name": "topic",
                "verbose_name_plural": "topics",
            },
        ),
        migrations.CreateModel(
            name="Album",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="published")),
                (
                    "is_invented",
                    models.BooleanField(default=False, editable=False, verbose_name="invented for the demonstration"),
                ),
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="album",
                        to="events.event",
                        verbose_name="event",
                    ),
                ),
            ],
            options={
                "verbose_name": "photo album",
                "verbose_name_plural": "photo albums",
            },
        ),
        migrations.CreateModel(
            name="Council",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=160, verbose_name="name")),
                ("about", models.TextField(blank=True, verbose_name="about the council")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail of the council")),
                (
                    "formation_started_on",
                    models.DateField(
                        blank=True,
                        help_text="Day of the municipal council's decision (§13).",
                        null=True,
                        verbose_name="formation began",
                    ),
                ),
                (
                    "formation_closed_on",
                    models.DateField(
                        blank=True,
                        help_text="When too few applied (§14.7).",
                        null=True,
                        verbose_name="formation closed without a council",
                    ),
                ),
                ("formation_source", models.CharField(blank=True, max_length=300, verbose_name="decision or source")),
                (
                    "is_invented",
                    models.BooleanField(default=False, editable=False, verbose_name="invented for the demonstration"),
                ),
                (
                    "neighbourhood",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="council",
                        to="neighbourhoods.neighbourhood",
                        verbose_name="neighbourhood",
                    ),
                ),
            ],
            options={
                "verbose_name": "council",
                "verbose_name_plural": "councils",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("formation_closed_on", None),
                            ("formation_closed_on__gte", models.F("formation_started_on")),
                            _connector="OR",
                        ),
                        name="council_formation_closes_after_it_begins",
                        violation_error_message="The last day must come after the first.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Enquiry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(max_length=3000, verbose_name="text")),
                (
                    "wants_answer",
                    models.BooleanField(default=False, verbose_name="the officers may answer to the writer's e-mail"),
                ),
                ("token", models.CharField(default=secrets.token_urlsafe, editable=False, max_length=43, unique=True)),
                ("network", models.CharField(blank=True, editable=False, max_length=50, verbose_name="network")),
                ("written_at", models.DateTimeField(db_index=True, verbose_name="written")),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="confirmed")),
                (
                    "council",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enquiries",
                        to="councils.council",
                        verbose_name="council",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="enquiries",
                        to="people.person",
                        verbose_name="written by",
                    ),
                ),
            ],
            options={
                "verbose_name": "letter to a council",
                "verbose_name_plural": "letters to councils",
            },
        ),
        migrations.CreateModel(
            name="Folder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "council",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="folders",
                        to="councils.council",
                        verbose_name="council",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="councils.folder",
                        verbose_name="in the folder",
                    ),
                ),
            ],
            options={
                "verbose_name": "folder",
                "verbose_name_plural": "folders",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("parent", "name"),
                        name="folder_name_is_used_once_in_a_folder",
                        violation_error_message="There is already a folder of this name.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("parent", None)),
                        fields=("council", "name"),
                        name="folder_name_is_used_once_in_a_council",
                        violation_error_message="There is already a folder of this name.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("is_public", models.BooleanField(default=True, verbose_name="public")),
                ("retired_at", models.DateTimeField(blank=True, null=True, verbose_name="taken off")),
                (
                    "is_invented",
                    models.BooleanField(default=False, editable=False, verbose_name="invented for the demonstration"),
                ),
                (
                    "council",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="documents",
                        to="councils.council",
                        verbose_name="council",
                    ),
                ),
                (
                    "folder",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="documents",
                        to="councils.folder",
                        verbose_name="folder",
                    ),
                ),
            ],
            options={
                "verbose_name": "document",
                "verbose_name_plural": "documents",
            },
        ),
        migrations.CreateModel(
            name="LetterTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40, verbose_name="document")),
                ("language", models.CharField(default="lv", max_length=2, verbose_name="language")),
                ("text", models.TextField(max_length=10000, verbose_name="text")),
                ("changed_at", models.DateTimeField(verbose_name="changed")),
                (
                    "changed_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "text of a document",
                "verbose_name_plural": "texts of documents",
                "constraints": [
                    models.UniqueConstraint(fields=("code", "language"), name="letter_is_worded_once_in_a_language")
                ],
            },
        ),
        migrations.CreateModel(
            name="Matter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("slug", models.SlugField(editable=False, max_length=80)),
                ("topic", models.CharField(blank=True, max_length=10, verbose_name="topic")),
                ("began_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="began")),
                ("is_public", models.BooleanField(default=True, verbose_name="public")),
                ("is_decided_last", models.BooleanField(default=False, editable=False)),
                (
                    "moved_on",
                    models.DateField(blank=True, db_index=True, editable=False, null=True, verbose_name="last moved"),
                ),
                (
                    "is_invented",
                    models.BooleanField(default=False, editable=False, verbose_name="invented for the demonstration"),
                ),
                ("search_text", models.TextField(default="", editable=False)),
                (
                    "councils",
                    models.ManyToManyField(related_name="matters", to="councils.council", verbose_name="councils"),
                ),
            ],
            options={
                "verbose_name": "matter",
                "verbose_name_plural": "matters",
            },
        ),
        migrations.CreateModel(
            name="MatterFollow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("followed_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="since")),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="confirmed")),
                ("token", models.CharField(default=secrets.token_urlsafe, editable=False, max_length=43, unique=True)),
                ("network", models.CharField(blank=True, editable=False, max_length=50, verbose_name="network")),
                (
                    "matter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="follows",
                        to="councils.matter",
                        verbose_name="matter",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="matter_follows",
                        to="people.person",
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "follow of a matter",
                "verbose_name_plural": "follows of matters",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("matter", "person"),
                        name="matter_is_followed_once",
                        violation_error_message="You already follow this matter.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Meeting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("council", "council meeting"),
                            ("joint", "joint meeting of councils"),
                            ("with_dome", "yearly meeting with the municipal council (§35)"),
                            ("yearly", "yearly joint meeting (§36)"),
                            ("working_group", "working group"),
                        ],
                        default="council",
                        max_length=15,
                        verbose_name="kind",
                    ),
                ),
                (
                    "announced_late_because",
                    models.CharField(blank=True, max_length=300, verbose_name="why announced late"),
                ),
                (
                    "minutes_sent_on",
                    models.DateField(blank=True, null=True, verbose_name="minutes sent for publication"),
                ),
                ("minutes_published_on", models.DateField(blank=True, null=True, verbose_name="minutes published")),
                ("minutes_url", models.URLField(blank=True, verbose_name="address of the minutes")),
                ("move_reason", models.CharField(blank=True, max_length=300, verbose_name="why it was moved")),
                ("opened_at", models.DateTimeField(blank=True, null=True, verbose_name="opened")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed")),
                (
                    "residents_present",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="residents present"),
                ),
                (
                    "others_present",
                    models.TextField(blank=True, max_length=2000, verbose_name="invited and officials present"),
                ),
                ("room_revision", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "councils",
                    models.ManyToManyField(related_name="meetings", to="councils.council", verbose_name="councils"),
                ),
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="meeting",
                        to="events.event",
                        verbose_name="event",
                    ),
                ),
                (
                    "leader",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                        verbose_name="led by",
                    ),
                ),
                (
                    "minute_taker",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                        verbose_name="minutes taken by",
                    ),
                ),
            ],
            options={
                "verbose_name": "meeting",
                "verbose_name_plural": "meetings",
            },
        ),
        migrations.CreateModel(
            name="Announcement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("meeting_on", models.DateField(verbose_name="day of the meeting")),
                ("text", models.TextField(verbose_name="text")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("sent_at", models.DateTimeField(verbose_name="sent to the administration")),
                ("late_because", models.CharField(blank=True, max_length=300, verbose_name="why sent late")),
                ("replaced_at", models.DateTimeField(blank=True, null=True, verbose_name="replaced by a newer text")),
                ("voided_at", models.DateTimeField(blank=True, null=True, verbose_name="void since the meeting moved")),
                (
                    "published_on",
                    models.DateField(blank=True, null=True, verbose_name="published on the municipality's site"),
                ),
                (
                    "published_url",
                    models.URLField(blank=True, max_length=500, verbose_name="address of the publication"),
                ),
                (
                    "published_late_because",
                    models.CharField(blank=True, max_length=300, verbose_name="why published late"),
                ),
                ("recorded_at", models.DateTimeField(blank=True, null=True, verbose_name="recorded")),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recorded by",
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="sent by",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="announcements",
                        to="councils.meeting",
                        verbose_name="meeting",
                    ),
                ),
            ],
            options={
                "verbose_name": "announcement",
                "verbose_name_plural": "announcements",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("replaced_at", None)),
                        fields=("meeting",),
                        name="meeting_has_one_newest_announcement",
                        violation_error_message="This was sent a moment ago already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("voided_at", None), ("replaced_at__isnull", False), _connector="OR"),
                        name="void_announcement_is_replaced",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("published_on", None), models.Q(("published_url", ""), _negated=True), _connector="OR"
                        ),
                        name="announcement_published_has_its_address",
                        violation_error_message="Give the address of the publication.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AgendaItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(verbose_name="number")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("ordinary", "item"),
                            ("previous", "previous resolutions"),
                            ("approval", "minutes of the previous meeting"),
                            ("opinion", "opinion for the municipal council"),
                        ],
                        default="ordinary",
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("title", models.CharField(max_length=300, verbose_name="item")),
                ("description", models.TextField(blank=True, verbose_name="description")),
                ("minutes", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="minutes")),
                ("rapporteur", models.CharField(blank=True, max_length=200, verbose_name="rapporteur")),
                ("is_restricted", models.BooleanField(default=False, verbose_name="not public")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("discussed", "discussed"),
                            ("postponed", "moved to the next meeting"),
                            ("withdrawn", "withdrawn"),
                        ],
                        max_length=10,
                        verbose_name="what became of it",
                    ),
                ),
                ("notes", models.TextField(blank=True, max_length=20000, verbose_name="course of the discussion")),
                ("revision", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "carried_from",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="carried_to",
                        to="councils.agendaitem",
                        verbose_name="moved from",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="children",
                        to="councils.agendaitem",
                        verbose_name="part of",
                    ),
                ),
                (
                    "matter",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="items",
                        to="councils.matter",
                        verbose_name="matter",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="agenda",
                        to="councils.meeting",
                        verbose_name="meeting",
                    ),
                ),
            ],
            options={
                "verbose_name": "agenda item",
                "verbose_name_plural": "agenda items",
                "constraints": [
                    models.UniqueConstraint(fields=("meeting", "position"), name="agenda_is_numbered_without_doubles")
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("started_on", models.DateField(verbose_name="from")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="first day after the end")),
                (
                    "end_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("resigned", "resigned"),
                            ("absences", "released for absences (§32)"),
                            ("conflict", "conflict of interest (§34)"),
                            ("eligibility", "no longer eligible"),
                            ("died", "died"),
                            ("term_over", "the convocation ended"),
                            ("other", "other"),
                        ],
                        max_length=12,
                        verbose_name="why it ended",
                    ),
                ),
                ("source", models.CharField(blank=True, max_length=300, verbose_name="document or source")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="people.person",
                        verbose_name="person",
                    ),
                ),
                (
                    "seat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="councils.seat",
                        verbose_name="seat",
                    ),
                ),
            ],
            options={
                "verbose_name": "membership",
                "verbose_name_plural": "memberships",
                "constraints": [
                    councils.models.periods.NoOverlap(
                        fields=("seat",),
                        name="seat_is_held_by_one_member",
                        violation_error_message="Somebody already sits in this seat.",
                    ),
                    councils.models.periods.NoOverlap(
                        fields=("person",),
                        name="person_sits_in_one_council",
                        violation_error_message="This person already sits in a council (§8).",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_on", None), ("ended_on__gte", models.F("started_on")), _connector="OR"
                        ),
                        name="membership_ends_after_it_begins",
                        violation_error_message="The last day must come after the first.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_on", None), models.Q(("end_reason", ""), _negated=True), _connector="OR"
                        ),
                        name="membership_end_has_a_reason",
                        violation_error_message="Say why the mandate ended.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attendance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[("coming", "coming"), ("remote", "joining remotely"), ("not_coming", "not coming")],
                        max_length=10,
                        verbose_name="answer",
                    ),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered")),
                (
                    "mark",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("present", "present"),
                            ("remote", "present remotely"),
                            ("excused", "absent, excused"),
                            ("unexcused", "absent without excuse"),
                        ],
                        max_length=10,
                        verbose_name="roll call",
                    ),
                ),
                ("arrived_at", models.DateTimeField(blank=True, null=True, verbose_name="arrived late")),
                ("left_at", models.DateTimeField(blank=True, null=True, verbose_name="left early")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                ("revision", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attendances",
                        to="councils.meeting",
                        verbose_name="meeting",
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attendances",
                        to="councils.membership",
                        verbose_name="member",
                    ),
                ),
            ],
            options={
                "verbose_name": "attendance of a member",
                "verbose_name_plural": "attendance of members",
                "constraints": [
                    models.UniqueConstraint(fields=("meeting", "membership"), name="member_is_called_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("arrived_at", None),
                            ("left_at", None),
                            ("left_at__gte", models.F("arrived_at")),
                            _connector="OR",
                        ),
                        name="member_leaves_after_arriving",
                        violation_error_message="Nobody leaves before arriving.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("arrived_at", None), ("left_at", None)),
                            ("mark__in", ["present", "remote"]),
                            _connector="OR",
                        ),
                        name="absent_member_has_no_times",
                        violation_error_message="Only who was there arrives and leaves.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AbsenceCase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("raised_on", models.DateField(verbose_name="raised")),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[("kept", "the member stays"), ("released", "the member is released")],
                        max_length=10,
                        verbose_name="decision",
                    ),
                ),
                ("decided_on", models.DateField(blank=True, null=True, verbose_name="decided")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                (
                    "dome_informed_on",
                    models.DateField(blank=True, null=True, verbose_name="the municipal council was informed"),
                ),
                (
                    "last_meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="absence_cases",
                        to="councils.meeting",
                        verbose_name="last meeting missed",
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="absence_cases",
                        to="councils.membership",
                        verbose_name="membership",
                    ),
                ),
            ],
            options={
                "verbose_name": "case of absences",
                "verbose_name_plural": "cases of absences",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("membership", "last_meeting"), name="absence_case_is_raised_once_for_a_meeting"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_on", None), ("decision", "")),
                            models.Q(
                                models.Q(("decision", ""), _negated=True),
                                ("decided_on__isnull", False),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="absence_case_is_decided_with_day_and_reason",
                        violation_error_message="Say what was decided, when and why.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Minutes",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                ("drafted_at", models.DateTimeField(verbose_name="drafted")),
                ("comments_until", models.DateTimeField(blank=True, null=True, verbose_name="members comment until")),
                ("signed_at", models.DateTimeField(blank=True, null=True, verbose_name="signed")),
                ("originals_handed_on", models.DateField(blank=True, null=True, verbose_name="originals handed over")),
                ("originals_handed_to", models.CharField(blank=True, max_length=200, verbose_name="handed to")),
                (
                    "approved_in",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="approved_minutes",
                        to="councils.meeting",
                        verbose_name="approved in",
                    ),
                ),
                (
                    "meeting",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="minutes",
                        to="councils.meeting",
                        verbose_name="meeting",
                    ),
                ),
            ],
            options={
                "verbose_name": "minutes",
                "verbose_name_plural": "minutes",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("originals_handed_on", None),
                            models.Q(("originals_handed_to", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="originals_are_handed_to_somebody",
                        violation_error_message="Say to whom the originals were handed.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MinutesComment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(max_length=2000, verbose_name="comment")),
                ("commented_at", models.DateTimeField(verbose_name="commented")),
                ("settled_at", models.DateTimeField(blank=True, null=True, verbose_name="settled")),
                (
                    "item",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="councils.agendaitem",
                        verbose_name="agenda item",
                    ),
                ),
                (
                    "minutes",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="comments",
                        to="councils.minutes",
                        verbose_name="minutes",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="minutes_comments",
                        to="people.person",
                        verbose_name="member",
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="settled by",
                    ),
                ),
            ],
            options={
                "verbose_name": "comment on minutes",
                "verbose_name_plural": "comments on minutes",
            },
        ),
        migrations.CreateModel(
            name="Office",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("chair", "chair"), ("deputy_chair", "deputy chair"), ("secretary", "secretary")],
                        max_length=12,
                        verbose_name="office",
                    ),
                ),
                ("started_on", models.DateField(verbose_name="from")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="first day after the end")),
                ("source", models.CharField(blank=True, max_length=300, verbose_name="document or source")),
                (
                    "council",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offices",
                        to="councils.council",
                        verbose_name="council",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offices",
                        to="people.person",
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "office",
                "verbose_name_plural": "offices",
                "constraints": [
                    councils.models.periods.NoOverlap(
                        fields=("council", "kind"),
                        name="office_is_held_by_one_person",
                        violation_error_message="This council already has somebody in this office.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_on", None), ("ended_on__gte", models.F("started_on")), _connector="OR"
                        ),
                        name="office_ends_after_it_begins",
                        violation_error_message="The last day must come after the first.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on_behalf_of", models.CharField(blank=True, max_length=200, verbose_name="association or business")),
                ("title", models.CharField(max_length=200, verbose_name="what about")),
                ("text", models.TextField(max_length=5000, verbose_name="proposal")),
                ("topic", models.CharField(blank=True, max_length=10, verbose_name="topic")),
                ("token", models.CharField(editable=False, max_length=43, unique=True)),
                ("network", models.CharField(blank=True, editable=False, max_length=50, verbose_name="network")),
                ("proposed_at", models.DateTimeField(verbose_name="proposed")),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="confirmed")),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[("taken", "taken onto the agenda"), ("declined", "declined")],
                        max_length=10,
                        verbose_name="decision",
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided")),
                ("reason", models.TextField(blank=True, max_length=1000, verbose_name="reason")),
                (
                    "is_invented",
                    models.BooleanField(default=False, editable=False, verbose_name="invented for the demonstration"),
                ),
                (
                    "council",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposals",
                        to="councils.council",
                        verbose_name="council",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="proposals",
                        to="councils.agendaitem",
                        verbose_name="agenda item",
                    ),
                ),
                (
                    "matter",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="proposals",
                        to="councils.matter",
                        verbose_name="matter",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposals",
                        to="people.person",
                        verbose_name="proposed by",
                    ),
                ),
            ],
            options={
                "verbose_name": "proposal",
                "verbose_name_plural": "proposals",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("decision", "")),
                            models.Q(models.Q(("decision", ""), _negated=True), ("decided_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="proposal_is_decided_at_a_moment",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decision", "declined"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="proposal_is_declined_with_a_reason",
                        violation_error_message="Say why the proposal is declined.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Recusal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recusals",
                        to="councils.agendaitem",
                        verbose_name="agenda item",
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recusals",
                        to="councils.membership",
                        verbose_name="member",
                    ),
                ),
            ],
            options={
                "verbose_name": "recusal",
                "verbose_name_plural": "recusals",
                "constraints": [models.UniqueConstraint(fields=("item", "membership"), name="member_is_recused_once")],
            },
        ),
        migrations.CreateModel(
            name="RegulationValue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40, verbose_name="name")),
                (
                    "value",
                    models.CharField(
                        max_length=40,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^\\d{1,6}\\Z", "Write a whole number without a unit."
                            )
                        ],
                        verbose_name="value",
                    ),
                ),
                ("unit", models.CharField(blank=True, max_length=60, verbose_name="unit")),
                ("paragraph", models.CharField(max_length=80, verbose_name="paragraph")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                (
                    "changed_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "number of the regulation",
                "verbose_name_plural": "numbers of the regulation",
                "constraints": [
                    models.UniqueConstraint(fields=("code", "valid_from"), name="regulation_value_changes_once_a_day")
                ],
            },
        ),
        migrations.CreateModel(
            name="Resolution",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(default=1, verbose_name="place in the item")),
                ("year", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="year")),
                ("number", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="number")),
                ("text", models.TextField(max_length=5000, verbose_name="resolution")),
                (
                    "vote_kind",
                    models.CharField(
                        choices=[("by_name", "by name"), ("by_count", "by count")],
                        default="by_name",
                        max_length=10,
                        verbose_name="vote",
                    ),
                ),
                ("in_favour", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="for")),
                ("against", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="against")),
                ("abstained", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="abstained")),
                (
                    "casting_vote",
                    models.CharField(
                        blank=True,
                        choices=[("in_favour", "for"), ("against", "against")],
                        max_length=10,
                        verbose_name="chair's casting vote",
                    ),
                ),
                ("voted_at", models.DateTimeField(blank=True, null=True, verbose_name="voted")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("adopted", "adopted"), ("rejected", "not adopted")],
                        max_length=10,
                        verbose_name="outcome",
                    ),
                ),
                ("owner", models.CharField(blank=True, max_length=200, verbose_name="in charge")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="due")),
                ("carried_out_on", models.DateField(blank=True, null=True, verbose_name="carried out")),
                ("abandoned_on", models.DateField(blank=True, null=True, verbose_name="given up")),
                (
                    "abandoned_because",
                    models.CharField(blank=True, max_length=300, verbose_name="why it was not carried out"),
                ),
                ("revision", models.PositiveIntegerField(default=0, editable=False)),
                ("search_text", models.TextField(default="", editable=False)),
                (
                    "is_invented",
                    models.BooleanField(default=False, editable=False, verbose_name="invented for the demonstration"),
                ),
                (
                    "council",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="resolutions",
                        to="councils.council",
                        verbose_name="council",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="resolutions",
                        to="councils.agendaitem",
                        verbose_name="agenda item",
                    ),
                ),
                (
                    "matter",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="resolutions",
                        to="councils.matter",
                        verbose_name="matter",
                    ),
                ),
            ],
            options={
                "verbose_name": "resolution",
                "verbose_name_plural": "resolutions",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("council", "year", "number"), name="resolution_number_is_given_once"
                    ),
                    models.UniqueConstraint(
                        fields=("item", "council", "position"), name="resolution_has_its_place_in_the_item"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("number", None), ("outcome", ""), ("voted_at", None)),
                            models.Q(
                                ("abstained__isnull", False),
                                ("against__isnull", False),
                                ("in_favour__isnull", False),
                                ("voted_at__isnull", False),
                                ("number__isnull", False),
                                ("year__isnull", False),
                                models.Q(("outcome", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="resolution_voted_has_count_and_outcome",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("carried_out_on", None),
                            models.Q(("abandoned_on", None), ("outcome", "adopted")),
                            _connector="OR",
                        ),
                        name="resolution_carried_out_was_adopted",
                        violation_error_message="Only what was adopted can be carried out.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("abandoned_on", None),
                            models.Q(("outcome", "adopted"), models.Q(("abandoned_because", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="resolution_is_given_up_with_a_reason",
                        violation_error_message="Say why it was not carried out.",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="matter",
            name="latest_decided",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="councils.resolution",
            ),
        ),
        migrations.CreateModel(
            name="Ballot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "choice",
                    models.CharField(
                        choices=[
                            ("in_favour", "for"),
                            ("against", "against"),
                            ("abstained", "abstains"),
                            ("not_voted", "did not vote"),
                        ],
                        max_length=10,
                        verbose_name="vote",
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ballots",
                        to="councils.membership",
                        verbose_name="member",
                    ),
                ),
                (
                    "resolution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ballots",
                        to="councils.resolution",
                        verbose_name="resolution",
                    ),
                ),
            ],
            options={
                "verbose_name": "ballot",
                "verbose_name_plural": "ballots",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("resolution", "membership"),
                        name="member_votes_once",
                        violation_error_message="This member has already voted.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RespondingOfficer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("started_on", models.DateField(verbose_name="from")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="first day after the end")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers_for",
                        to="people.person",
                        verbose_name="person",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="officers",
                        to="councils.municipalunit",
                        verbose_name="municipal unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "responding officer",
                "verbose_name_plural": "responding officers",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_on", None)),
                        fields=("unit", "person"),
                        name="officer_answers_for_a_unit_once",
                        violation_error_message="This person already answers for the unit.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_on", None), ("ended_on__gte", models.F("started_on")), _connector="OR"
                        ),
                        name="officer_ends_after_beginning",
                        violation_error_message="The last day must come after the first.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StoredFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "content",
                    models.FileField(max_length=120, upload_to=councils.models.files._path, verbose_name="file"),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("kind", models.CharField(max_length=10, verbose_name="type")),
                ("size", models.PositiveIntegerField(verbose_name="bytes")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                (
                    "width",
                    models.PositiveSmallIntegerField(
                        blank=True, editable=False, null=True, verbose_name="width in pixels"
                    ),
                ),
                (
                    "height",
                    models.PositiveSmallIntegerField(
                        blank=True, editable=False, null=True, verbose_name="height in pixels"
                    ),
                ),
                (
                    "small",
                    models.FileField(
                        blank=True,
                        editable=False,
                        max_length=120,
                        upload_to=councils.models.files._path,
                        verbose_name="smaller picture",
                    ),
                ),
                ("uploaded_at", models.DateTimeField(verbose_name="uploaded")),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="uploaded by",
                    ),
                ),
            ],
            options={
                "verbose_name": "file",
                "verbose_name_plural": "files",
            },
        ),
        migrations.CreateModel(
            name="Photo",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("alt", models.CharField(max_length=200, verbose_name="what the picture shows")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="place in the list")),
                (
                    "album",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="photos",
                        to="councils.album",
                        verbose_name="album",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="councils.storedfile",
                        verbose_name="picture",
                    ),
                ),
            ],
            options={
                "verbose_name": "photo",
                "verbose_name_plural": "photos",
            },
        ),
        migrations.CreateModel(
            name="Paper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("is_restricted", models.BooleanField(default=False, verbose_name="not public")),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="papers",
                        to="councils.agendaitem",
                        verbose_name="agenda item",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="councils.storedfile",
                        verbose_name="file",
                    ),
                ),
            ],
            options={
                "verbose_name": "agenda paper",
                "verbose_name_plural": "agenda papers",
            },
        ),
        migrations.CreateModel(
            name="OpinionRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200, verbose_name="what about")),
                ("text", models.TextField(blank=True, max_length=5000, verbose_name="request")),
                ("received_on", models.DateField(verbose_name="received")),
                ("due_on", models.DateField(verbose_name="due")),
                ("opinion", models.TextField(blank=True, max_length=10000, verbose_name="opinion")),
                ("sent_on", models.DateField(blank=True, null=True, verbose_name="sent")),
                (
                    "is_invented",
                    models.BooleanField(default=False, editable=False, verbose_name="invented for the demonstration"),
                ),
                (
                    "council",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="opinion_requests",
                        to="councils.council",
                        verbose_name="council",
                    ),
                ),
                (
                    "matter",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="opinion_requests",
                        to="councils.matter",
                        verbose_name="matter",
                    ),
                ),
                (
                    "resolution",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="opinions",
                        to="councils.resolution",
                        verbose_name="resolution",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="councils.storedfile",
                        verbose_name="file",
                    ),
                ),
            ],
            options={
                "verbose_name": "request for an opinion",
                "verbose_name_plural": "requests for opinions",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("due_on__gte", models.F("received_on"))),
                        name="opinion_is_due_after_the_request",
                        violation_error_message="The opinion is due after the request came.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("sent_on", None), models.Q(("opinion", ""), _negated=True), _connector="OR"
                        ),
                        name="opinion_sent_says_something",
                        violation_error_message="Write the opinion first.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NewsPost",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("slug", models.SlugField(editable=False, max_length=80)),
                (
                    "body",
                    models.TextField(
                        help_text="Markdown: **bold**, - list, [words](address).", max_length=20000, verbose_name="text"
                    ),
                ),
                ("picture_alt", models.CharField(blank=True, max_length=200, verbose_name="what the picture shows")),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="published")),
                ("told_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="followers told")),
                ("changed_at", models.DateTimeField(verbose_name="changed")),
                (
                    "is_invented",
                    models.BooleanField(default=False, editable=False, verbose_name="invented for the demonstration"),
                ),
                ("search_text", models.TextField(default="", editable=False)),
                (
                    "council",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="news",
                        to="councils.council",
                        verbose_name="council",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="written by",
                    ),
                ),
                (
                    "picture",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="councils.storedfile",
                        verbose_name="picture",
                    ),
                ),
            ],
            options={
                "verbose_name": "news post",
                "verbose_name_plural": "news",
                "indexes": [
                    models.Index(condition=models.Q(("told_at", None)), fields=["published_at"], name="news_to_be_told")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("picture", None), models.Q(("picture_alt", ""), _negated=True), _connector="OR"
                        ),
                        name="news_picture_is_described",
                        violation_error_message="Say what the picture shows, for those who cannot see it.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MinutesVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="version")),
                ("content", models.JSONField(verbose_name="content")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("made_at", models.DateTimeField(verbose_name="made")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="why")),
                ("signed_at", models.DateTimeField(blank=True, null=True, verbose_name="signed")),
                ("signed_name", models.CharField(blank=True, max_length=200, verbose_name="signed by")),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="published")),
                (
                    "made_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="made by",
                    ),
                ),
                (
                    "minutes",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="councils.minutes",
                        verbose_name="minutes",
                    ),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who signed",
                    ),
                ),
                (
                    "signed_file",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="councils.storedfile",
                        verbose_name="signed file",
                    ),
                ),
            ],
            options={
                "verbose_name": "version of minutes",
                "verbose_name_plural": "versions of minutes",
                "constraints": [
                    models.UniqueConstraint(fields=("minutes", "number"), name="minutes_version_is_counted_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("signed_at", None), models.Q(("signed_name", ""), _negated=True), _connector="OR"
                        ),
                        name="minutes_signed_name_their_signer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("published_at", None), ("signed_at__isnull", False), _connector="OR"),
                        name="minutes_are_signed_before_they_are_published",
                        violation_error_message="Minutes are signed before they are published.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DocumentVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="version")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="what changed")),
                ("added_at", models.DateTimeField(verbose_name="added")),
                (
                    "added_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="added by",
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="councils.document",
                        verbose_name="document",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="councils.storedfile",
                        verbose_name="file",
                    ),
                ),
            ],
            options={
                "verbose_name": "version of a document",
                "verbose_name_plural": "versions of documents",
                "constraints": [
                    models.UniqueConstraint(fields=("document", "number"), name="document_version_is_counted_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Submission",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_public", models.BooleanField(default=True, verbose_name="public")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("proposal", "proposal"),
                            ("draft_decision", "draft decision of the municipal council"),
                            ("opinion", "opinion"),
                            ("information", "request for information"),
                            ("institution", "request for an institution's opinion (§29)"),
                        ],
                        default="proposal",
                        max_length=15,
                        verbose_name="kind",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("text", models.TextField(blank=True, verbose_name="text")),
                ("topic", models.CharField(blank=True, max_length=10, verbose_name="topic")),
                ("unit", models.CharField(blank=True, max_length=200, verbose_name="answering unit")),
                ("institution", models.CharField(blank=True, max_length=200, verbose_name="institution")),
                ("forwarded_on", models.DateField(blank=True, null=True, verbose_name="passed on to the institution")),
                ("registered_on", models.DateField(blank=True, null=True, verbose_name="registered")),
                (
                    "registration_number",
                    models.CharField(blank=True, max_length=60, verbose_name="registration number"),
                ),
                ("sent_on", models.DateField(blank=True, null=True, verbose_name="sent")),
                ("reply_due_on", models.DateField(blank=True, null=True, verbose_name="reply due")),
                ("replied_on", models.DateField(blank=True, null=True, verbose_name="replied")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("supported", "supported"),
                            ("partly", "partly taken up"),
                            ("declined", "declined"),
                            ("other", "other"),
                        ],
                        max_length=10,
                        verbose_name="outcome",
                    ),
                ),
                ("reply", models.TextField(blank=True, verbose_name="reply")),
                ("alternative", models.TextField(blank=True, verbose_name="what is offered instead")),
                ("nothing_instead", models.BooleanField(default=False, verbose_name="nothing is offered instead")),
                ("replied_by", models.CharField(blank=True, max_length=200, verbose_name="answered by")),
                ("follow_up_on", models.DateField(blank=True, null=True, verbose_name="ask again whether it is done")),
                ("done_photo_alt", models.CharField(blank=True, max_length=200, verbose_name="what the picture shows")),
                ("done_on", models.DateField(blank=True, null=True, verbose_name="done")),
                (
                    "is_invented",
                    models.BooleanField(default=False, editable=False, verbose_name="invented for the demonstration"),
                ),
                ("search_text", models.TextField(default="", editable=False)),
                (
                    "answering_unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="submissions",
                        to="councils.municipalunit",
                        verbose_name="unit in charge",
                    ),
                ),
                (
                    "councils",
                    models.ManyToManyField(related_name="submissions", to="councils.council", verbose_name="councils"),
                ),
                (
                    "done_photo",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="councils.storedfile",
                        verbose_name="picture",
                    ),
                ),
                (
                    "matter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="submissions",
                        to="councils.matter",
                        verbose_name="matter",
                    ),
                ),
                (
                    "presented_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="presents",
                        to="people.person",
                        verbose_name="member who speaks for it (§28)",
                    ),
                ),
                (
                    "reply_file",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="councils.storedfile",
                        verbose_name="file of the reply",
                    ),
                ),
                (
                    "resolution",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="submissions",
                        to="councils.resolution",
                        verbose_name="resolution",
                    ),
                ),
            ],
            options={
                "verbose_name": "submission",
                "verbose_name_plural": "submissions",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("replied_on", None), models.Q(("outcome", ""), _negated=True), _connector="OR"
                        ),
                        name="submission_reply_has_an_outcome",
                        violation_error_message="Say how the municipality answered.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("replied_on", None), ("sent_on__isnull", False), _connector="OR"),
                        name="submission_is_sent_before_it_is_answered",
                        violation_error_message="A submission that was not sent cannot be answered.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sent_on", None), ("reply_due_on__isnull", False), _connector="OR"),
                        name="submission_sent_has_a_reply_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("nothing_instead", False), ("alternative", ""), _connector="OR"),
                        name="submission_reply_offers_something_or_nothing",
                        violation_error_message="Say what is offered instead, or that nothing is: not both.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("done_photo", None), models.Q(("done_photo_alt", ""), _negated=True), _connector="OR"
                        ),
                        name="submission_picture_is_described",
                        violation_error_message="Say what the picture shows, for those who cannot see it.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("registered_on", None), ("sent_on__isnull", False), _connector="OR"),
                        name="submission_is_sent_before_it_is_registered",
                        violation_error_message="Only what was sent can be registered.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(max_length=2000, verbose_name="question")),
                ("asked_at", models.DateTimeField(verbose_name="asked")),
                ("asked_by", models.CharField(max_length=200, verbose_name="asked by")),
                ("answer", models.TextField(blank=True, max_length=5000, verbose_name="answer")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered")),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="answered by",
                    ),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="questions",
                        to="councils.submission",
                        verbose_name="submission",
                    ),
                ),
            ],
            options={
                "verbose_name": "question of a unit",
                "verbose_name_plural": "questions of units",
            },
        ),
        migrations.AddField(
            model_name="matter",
            name="latest_asked",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="councils.submission",
            ),
        ),
        migrations.CreateModel(
            name="HandOver",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="when")),
                ("by_name", models.CharField(blank=True, max_length=200, verbose_name="handed over by")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
                (
                    "from_unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="councils.municipalunit",
                        verbose_name="from the unit",
                    ),
                ),
                (
                    "to_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="councils.municipalunit",
                        verbose_name="to the unit",
                    ),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="hand_overs",
                        to="councils.submission",
                        verbose_name="submission",
                    ),
                ),
            ],
            options={
                "verbose_name": "hand-over between units",
                "verbose_name_plural": "hand-overs between units",
            },
        ),
        migrations.CreateModel(
            name="AnswerLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.CharField(editable=False, max_length=43, unique=True)),
                ("made_at", models.DateTimeField(verbose_name="made")),
                ("code_hash", models.CharField(blank=True, editable=False, max_length=128)),
                ("code_sent_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("wrong_codes", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("codes_since", models.DateTimeField(blank=True, editable=False, null=True)),
                ("codes_sent", models.PositiveSmallIntegerField(default=0, editable=False)),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answer_links",
                        to="councils.respondingofficer",
                        verbose_name="responding officer",
                    ),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answer_links",
                        to="councils.submission",
                        verbose_name="submission",
                    ),
                ),
            ],
            options={
                "verbose_name": "personal link of an officer",
                "verbose_name_plural": "personal links of officers",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("submission", "officer"), name="officer_has_one_link_to_a_submission"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SubmissionFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="councils.storedfile",
                        verbose_name="file",
                    ),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="councils.submission",
                        verbose_name="submission",
                    ),
                ),
            ],
            options={
                "verbose_name": "file of a submission",
                "verbose_name_plural": "files of submissions",
            },
        ),
        migrations.CreateModel(
            name="Task",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=300, verbose_name="task")),
                ("owner", models.CharField(blank=True, max_length=200, verbose_name="in charge")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="due")),
                ("done_on", models.DateField(blank=True, null=True, verbose_name="done")),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=1, validators=[django.core.validators.MinValueValidator(1)], verbose_name="number"
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "is_invented",
                    models.BooleanField(default=False, editable=False, verbose_name="invented for the demonstration"),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="councils.agendaitem",
                        verbose_name="agenda item",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="people.person",
                        verbose_name="member in charge",
                    ),
                ),
                (
                    "resolution",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="tasks",
                        to="councils.resolution",
                        verbose_name="resolution",
                    ),
                ),
            ],
            options={
                "verbose_name": "task",
                "verbose_name_plural": "tasks",
            },
        ),
        migrations.CreateModel(
            name="Term",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "number",
                    models.PositiveSmallIntegerField(
                        validators=[django.core.validators.MinValueValidator(1)], verbose_name="convocation"
                    ),
                ),
                (
                    "seat_count",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="5, 7 or 9 by residents (§9). Empty: not known yet.",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(30),
                        ],
                        verbose_name="seats",
                    ),
                ),
                (
                    "seat_count_source",
                    models.CharField(blank=True, max_length=300, verbose_name="why this number of seats"),
                ),
                ("started_on", models.DateField(verbose_name="from")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="first day after the end")),
                (
                    "end_rule",
                    models.CharField(
                        choices=[
                            ("successor", "until the first meeting of the next convocation (§39–42)"),
                            ("years", "for the years set by the regulation (§11)"),
                        ],
                        default="successor",
                        max_length=10,
                        verbose_name="how it ends",
                    ),
                ),
                (
                    "council",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="terms",
                        to="councils.council",
                        verbose_name="council",
                    ),
                ),
            ],
            options={
                "verbose_name": "convocation",
                "verbose_name_plural": "convocations",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("council", "number"),
                        name="council_counts_its_terms",
                        violation_error_message="This council already has a convocation of this number.",
                    ),
                    councils.models.periods.NoOverlap(
                        fields=("council",),
                        name="council_has_one_term_at_a_time",
                        violation_error_message="This council already has a convocation at this time.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_on", None), ("ended_on__gte", models.F("started_on")), _connector="OR"
                        ),
                        name="term_ends_after_it_begins",
                        violation_error_message="The last day must come after the first.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Substitute",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "rank",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(999),
                        ],
                        verbose_name="place in the order",
                    ),
                ),
                ("votes", models.PositiveIntegerField(blank=True, null=True, verbose_name="votes")),
                ("applied_at", models.DateTimeField(blank=True, null=True, verbose_name="applied")),
                ("source", models.CharField(blank=True, max_length=300, verbose_name="document or source")),
                ("offered_on", models.DateField(blank=True, null=True, verbose_name="offered the seat")),
                ("seated_on", models.DateField(blank=True, null=True, verbose_name="took the seat")),
                ("declined_on", models.DateField(blank=True, null=True, verbose_name="refused the seat")),
                ("declined_because", models.CharField(blank=True, max_length=300, verbose_name="why declined")),
                (
                    "membership",
                    models.OneToOneField(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="substitute",
                        to="councils.membership",
                        verbose_name="membership",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="substitutions",
                        to="people.person",
                        verbose_name="person",
                    ),
                ),
                (
                    "term",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="substitutes",
                        to="councils.term",
                        verbose_name="convocation",
                    ),
                ),
            ],
            options={
                "verbose_name": "substitute",
                "verbose_name_plural": "substitutes",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("term", "rank"),
                        name="substitutes_stand_in_one_order",
                        violation_error_message="Somebody else already has this place in the order.",
                    ),
                    models.UniqueConstraint(
                        fields=("term", "person"),
                        name="substitute_stands_in_the_order_once",
                        violation_error_message="This person already stands in the order.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("seated_on", None), ("declined_on", None), _connector="OR"),
                        name="substitute_is_seated_or_declined",
                        violation_error_message="Somebody who declined cannot be seated.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("declined_on", None), models.Q(("declined_because", ""), _negated=True), _connector="OR"
                        ),
                        name="substitute_declines_with_a_reason",
                        violation_error_message="Say why the seat was refused.",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="seat",
            name="term",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="seats",
                to="councils.term",
                verbose_name="convocation",
            ),
        ),
        migrations.CreateModel(
            name="TextPage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=60, verbose_name="address")),
                ("language", models.CharField(max_length=2, verbose_name="language")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "body",
                    models.TextField(
                        help_text="Markdown: **bold**, - list, [words](address).", max_length=50000, verbose_name="text"
                    ),
                ),
                ("changed_at", models.DateTimeField(verbose_name="changed")),
                (
                    "changed_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "page",
                "verbose_name_plural": "pages",
                "constraints": [
                    models.UniqueConstraint(fields=("slug", "language"), name="page_is_written_once_in_a_language")
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="seat",
            constraint=models.UniqueConstraint(fields=("term", "number"), name="seat_is_counted_once"),
        ),
    ]

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import django.utils.timezone
import events.models.event
import secrets
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("neighbourhoods", "0002_initial"),
        ("people", "0001_initial"),
        ("people", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="EventSeries",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rule", models.CharField(max_length=200, verbose_name="rule")),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="entered"),
                ),
                (
                    "created_by",
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
                "verbose_name": "series of events",
                "verbose_name_plural": "series of events",
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("meeting", "Council meeting"),
                            ("assembly", "Residents' assembly"),
                            ("forum", "Ideas forum"),
                            ("discussion", "Discussion"),
                            ("exhibition", "Exhibition"),
                            ("cleanup", "Clean-up"),
                            ("training", "Training"),
                            ("working_group", "Working group"),
                            ("other", "Event"),
                        ],
                        default="other",
                        max_length=15,
                        verbose_name="kind",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("slug", models.SlugField(editable=False, max_length=80)),
                ("description", models.TextField(blank=True, verbose_name="description")),
                ("starts_at", models.DateTimeField(db_index=True, verbose_name="starts")),
                ("ends_at", models.DateTimeField(verbose_name="ends")),
                (
                    "format",
                    models.CharField(
                        choices=[("in_person", "in person"), ("remote", "remote"), ("hybrid", "in person and remote")],
                        default="in_person",
                        max_length=10,
                        verbose_name="how it takes place",
                    ),
                ),
                ("venue", models.CharField(blank=True, max_length=200, verbose_name="place")),
                ("directions", models.TextField(blank=True, verbose_name="how to get there")),
                ("online_url", models.URLField(blank=True, verbose_name="link to join")),
                ("accessibility", models.CharField(blank=True, max_length=300, verbose_name="accessibility")),
                ("takes_rsvps", models.BooleanField(default=True, verbose_name="people sign up")),
                (
                    "capacity",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Empty: no limit.",
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(100000)],
                        verbose_name="seats",
                    ),
                ),
                (
                    "online_capacity",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Only where people come in person and online. Empty: no limit.",
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(100000)],
                        verbose_name="seats online",
                    ),
                ),
                (
                    "reserved_seats",
                    models.PositiveIntegerField(
                        blank=True,
                        default=0,
                        validators=[django.core.validators.MaxValueValidator(100000)],
                        verbose_name="seats for invited people",
                    ),
                ),
                (
                    "party_limit",
                    models.PositiveSmallIntegerField(
                        default=4,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(50),
                        ],
                        verbose_name="people on one sign-up",
                    ),
                ),
                ("rsvps_open_at", models.DateTimeField(blank=True, null=True, verbose_name="sign-up opens")),
                ("rsvps_close_at", models.DateTimeField(blank=True, null=True, verbose_name="sign-up closes")),
                (
                    "reminder_hours",
                    models.JSONField(
                        blank=True,
                        default=events.models.event.default_reminder_hours,
                        verbose_name="reminders, hours before",
                    ),
                ),
                ("published_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="published")),
                ("cancelled_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="cancelled")),
                ("cancel_reason", models.CharField(blank=True, max_length=300, verbose_name="why it is cancelled")),
                ("results", models.TextField(blank=True, verbose_name="what came of it")),
                ("thanked_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="thanked")),
                ("sequence", models.PositiveIntegerField(default=0, editable=False, verbose_name="revision")),
                (
                    "changed_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="changed"),
                ),
                (
                    "is_invented",
                    models.BooleanField(default=False, editable=False, verbose_name="invented for the demonstration"),
                ),
                ("search_text", models.TextField(default="", editable=False)),
                (
                    "cancelled_by",
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
                    "neighbourhoods",
                    models.ManyToManyField(
                        blank=True,
                        related_name="events",
                        to="neighbourhoods.neighbourhood",
                        verbose_name="neighbourhoods",
                    ),
                ),
                (
                    "published_by",
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
                    "series",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="events.eventseries",
                        verbose_name="series",
                    ),
                ),
            ],
            options={
                "verbose_name": "event",
                "verbose_name_plural": "events",
                "indexes": [
                    models.Index(
                        condition=models.Q(("cancelled_at", None)), fields=["ends_at"], name="event_open_by_end"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="event_ends_after_it_starts",
                        violation_error_message="The end must come after the start.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("capacity", None), ("capacity__gt", 0), _connector="OR"),
                        name="event_has_a_seat_or_no_limit",
                        violation_error_message="Leave the number of seats empty or give at least one.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("online_capacity", None), ("online_capacity__gt", 0), _connector="OR"),
                        name="event_has_a_seat_online_or_no_limit",
                        violation_error_message="Leave the number of seats online empty or give at least one.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reserved_seats", 0),
                            models.Q(("capacity__isnull", False), ("reserved_seats__lte", models.F("capacity"))),
                            _connector="OR",
                        ),
                        name="event_reserves_seats_that_it_has",
                        violation_error_message="There cannot be more reserved seats than seats.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("party_limit__gt", 0)),
                        name="event_admits_parties_of_one",
                        violation_error_message="At least one person must fit on a sign-up.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("rsvps_close_at", None), ("rsvps_close_at__lte", models.F("starts_at")), _connector="OR"
                        ),
                        name="event_sign_up_closes_before_it_starts",
                        violation_error_message="Sign-up must close before the event starts.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("rsvps_open_at", None),
                            (
                                "rsvps_open_at__lt",
                                django.db.models.functions.comparison.Coalesce("rsvps_close_at", "starts_at"),
                            ),
                            _connector="OR",
                        ),
                        name="event_sign_up_opens_before_it_closes",
                        violation_error_message="Sign-up must open before it closes.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("invited_at", models.DateTimeField(verbose_name="invited")),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to="events.event",
                        verbose_name="event",
                    ),
                ),
                (
                    "invited_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to="people.person",
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "invitation",
                "verbose_name_plural": "invitations",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("event", "person"),
                        name="person_is_invited_once",
                        violation_error_message="This person is already invited.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("text", "text"),
                            ("choice", "one of several"),
                            ("number", "number"),
                            ("yes", "tick box"),
                        ],
                        default="text",
                        max_length=6,
                        verbose_name="kind of answer",
                    ),
                ),
                ("text", models.CharField(max_length=200, verbose_name="question")),
                ("choices", models.JSONField(blank=True, default=list, verbose_name="answers to choose from")),
                ("is_required", models.BooleanField(default=False, verbose_name="must be answered")),
                (
                    "retired_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="no longer asked"),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="questions",
                        to="events.event",
                        verbose_name="event",
                    ),
                ),
            ],
            options={
                "verbose_name": "question",
                "verbose_name_plural": "questions",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("retired_at", None)),
                        fields=("event", "text"),
                        name="question_is_asked_once",
                        violation_error_message="This question is already asked.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Rsvp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("held", "seat held until confirmed"),
                            ("going", "going"),
                            ("waiting", "waiting"),
                            ("offered", "seat offered"),
                            ("cancelled", "cancelled"),
                        ],
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("party_size", models.PositiveSmallIntegerField(default=1, verbose_name="people")),
                (
                    "attending",
                    models.CharField(
                        choices=[("in_person", "in person"), ("remote", "remotely")],
                        default="in_person",
                        max_length=10,
                        verbose_name="how",
                    ),
                ),
                ("is_reserved", models.BooleanField(default=False, verbose_name="on a seat for invited people")),
                ("is_walk_in", models.BooleanField(default=False, verbose_name="came without signing up")),
                (
                    "name_on_list",
                    models.BooleanField(default=False, verbose_name="the name may stand on the list at the door"),
                ),
                ("question", models.TextField(blank=True, max_length=1000, verbose_name="question to the organiser")),
                (
                    "seat_at_once",
                    models.BooleanField(default=False, verbose_name="seat me without asking when a seat comes free"),
                ),
                ("wants_reminder", models.BooleanField(default=True, verbose_name="remind me")),
                ("token", models.CharField(default=secrets.token_urlsafe, editable=False, max_length=43, unique=True)),
                ("rsvped_at", models.DateTimeField(verbose_name="signed up")),
                ("network", models.CharField(blank=True, editable=False, max_length=50, verbose_name="network")),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="confirmed")),
                ("hold_expires_at", models.DateTimeField(blank=True, null=True, verbose_name="held until")),
                ("offered_at", models.DateTimeField(blank=True, null=True, verbose_name="offered")),
                ("offer_expires_at", models.DateTimeField(blank=True, null=True, verbose_name="offered until")),
                ("affirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="said again: I am coming")),
                (
                    "surveyed_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="answered the survey"),
                ),
                ("cancelled_at", models.DateTimeField(blank=True, null=True, verbose_name="cancelled")),
                (
                    "cancelled_for",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("self", "the person cancelled"),
                            ("organiser", "the organiser cancelled"),
                            ("unconfirmed", "the link was not opened in time"),
                            ("declined", "the offered seat was declined"),
                            ("lapsed", "the offer ran out"),
                            ("erased", "the account was deleted"),
                        ],
                        max_length=12,
                        verbose_name="why cancelled",
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="entered by",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rsvps",
                        to="events.event",
                        verbose_name="event",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rsvps",
                        to="people.person",
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "sign-up",
                "verbose_name_plural": "sign-ups",
                "indexes": [
                    models.Index(fields=["person", "state"], name="rsvp_by_person"),
                    models.Index(
                        condition=models.Q(("confirmed_at", None), models.Q(("state", "cancelled"), _negated=True)),
                        fields=["hold_expires_at"],
                        name="rsvp_open_holds",
                    ),
                    models.Index(
                        condition=models.Q(("state", "offered")), fields=["offer_expires_at"], name="rsvp_open_offers"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "cancelled"), _negated=True),
                        fields=("event", "person"),
                        name="rsvp_is_one_per_person_and_event",
                        violation_error_message="This person has already signed up.",
                    ),
                    models.UniqueConstraint(fields=("event", "number"), name="rsvp_number_is_given_once"),
                    models.CheckConstraint(condition=models.Q(("party_size__gt", 0)), name="rsvp_brings_somebody"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("cancelled_at__isnull", False), ("state", "cancelled")),
                            models.Q(models.Q(("state", "cancelled"), _negated=True), ("cancelled_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="rsvp_cancelled_has_its_moment",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "offered"), _negated=True),
                            models.Q(("confirmed_at__isnull", False), ("offer_expires_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="rsvp_offer_has_an_end",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "held"), _negated=True),
                            models.Q(("confirmed_at__isnull", True), ("hold_expires_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="rsvp_hold_has_an_end",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "going"), _negated=True),
                            ("confirmed_at__isnull", False),
                            _connector="OR",
                        ),
                        name="rsvp_going_is_confirmed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_reserved", False), models.Q(("state", "waiting"), _negated=True), _connector="OR"
                        ),
                        name="rsvp_that_waits_has_no_reserved_seat",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CheckIn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(editable=False, unique=True)),
                (
                    "people",
                    models.PositiveSmallIntegerField(
                        default=1, validators=[django.core.validators.MaxValueValidator(100)], verbose_name="people"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="came")),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="entered")),
                ("undone_at", models.DateTimeField(blank=True, null=True, verbose_name="taken back")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="taken back by",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="check_ins",
                        to="events.event",
                        verbose_name="event",
                    ),
                ),
                (
                    "rsvp",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="check_ins",
                        to="events.rsvp",
                        verbose_name="sign-up",
                    ),
                ),
            ],
            options={
                "verbose_name": "arrival",
                "verbose_name_plural": "arrivals",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at", None)),
                        fields=("rsvp",),
                        name="rsvp_is_checked_in_once",
                        violation_error_message="This person is already in.",
                    ),
                    models.CheckConstraint(condition=models.Q(("people__gt", 0)), name="check_in_brings_somebody"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(blank=True, max_length=1000, verbose_name="text")),
                (
                    "number",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="number"),
                ),
                ("is_yes", models.BooleanField(blank=True, null=True, verbose_name="yes")),
                (
                    "question",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="events.question",
                        verbose_name="question",
                    ),
                ),
                (
                    "rsvp",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answers",
                        to="events.rsvp",
                        verbose_name="sign-up",
                    ),
                ),
            ],
            options={
                "verbose_name": "answer",
                "verbose_name_plural": "answers",
                "constraints": [
                    models.UniqueConstraint(fields=("rsvp", "question"), name="question_is_answered_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("is_yes", None), ("number", None), models.Q(("text", ""), _negated=True)),
                            models.Q(("is_yes", None), ("number__isnull", False), ("text", "")),
                            models.Q(("is_yes__isnull", False), ("number", None), ("text", "")),
                            _connector="OR",
                        ),
                        name="answer_is_of_one_kind",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AccessService",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("step_free", "step-free access"),
                            ("children", "children's corner"),
                            ("sign", "sign language interpreter"),
                            ("interpreter", "interpreter into another language"),
                            ("loop", "induction loop"),
                            ("transport", "a ride to the place"),
                        ],
                        max_length=12,
                        verbose_name="service",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="what one should know")),
                (
                    "ask_until",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty: it is there without asking.",
                        null=True,
                        verbose_name="to be asked for until",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="services",
                        to="events.event",
                        verbose_name="event",
                    ),
                ),
                (
                    "rsvps",
                    models.ManyToManyField(
                        blank=True, related_name="services", to="events.rsvp", verbose_name="asked for by"
                    ),
                ),
            ],
            options={
                "verbose_name": "access service",
                "verbose_name_plural": "access services",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("event", "kind"),
                        name="service_is_offered_once",
                        violation_error_message="This service is already in the list.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SurveyAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rating", models.PositiveSmallIntegerField(verbose_name="how it was, from 1 to 5")),
                ("was_heard", models.BooleanField(blank=True, null=True, verbose_name="felt heard")),
                ("comment", models.TextField(blank=True, max_length=1000, verbose_name="comment")),
                ("answered_on", models.DateField(verbose_name="day")),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="survey_answers",
                        to="events.event",
                        verbose_name="event",
                    ),
                ),
            ],
            options={
                "verbose_name": "answer to a survey",
                "verbose_name_plural": "answers to surveys",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("rating__range", (1, 5))), name="survey_rating_is_1_to_5"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CalendarKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.CharField(default=secrets.token_urlsafe, editable=False, max_length=43, unique=True)),
                ("made_at", models.DateTimeField(verbose_name="made")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calendar_keys",
                        to="people.person",
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "address of an own calendar",
                "verbose_name_plural": "addresses of own calendars",
                "constraints": [models.UniqueConstraint(fields=("person",), name="person_has_one_calendar_key")],
            },
        ),
        migrations.CreateModel(
            name="EventChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="when")),
                ("sequence", models.PositiveIntegerField(verbose_name="revision")),
                ("before", models.JSONField(verbose_name="before")),
                ("after", models.JSONField(verbose_name="after")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes",
                        to="events.event",
                        verbose_name="event",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of an event",
                "verbose_name_plural": "changes of events",
                "constraints": [
                    models.UniqueConstraint(fields=("event", "sequence"), name="event_revision_is_recorded_once")
                ],
            },
        ),
    ]

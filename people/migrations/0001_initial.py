import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import secrets
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("neighbourhoods", "0002_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("email", models.EmailField(max_length=254, unique=True, verbose_name="e-mail")),
                ("is_active", models.BooleanField(default=True, verbose_name="may log in")),
                ("date_joined", models.DateTimeField(default=django.utils.timezone.now, verbose_name="registered")),
            ],
            options={
                "verbose_name": "user",
                "verbose_name_plural": "users",
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("email"),
                        name="user_email_is_unique_in_any_case",
                        violation_error_message="An account with this e-mail already exists.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("given_name", models.CharField(max_length=100, verbose_name="given name")),
                ("family_name", models.CharField(blank=True, max_length=100, verbose_name="family name")),
                (
                    "language",
                    models.CharField(
                        choices=[("lv", "Latvian"), ("en", "English")],
                        default="lv",
                        max_length=2,
                        verbose_name="language",
                    ),
                ),
                (
                    "wants_news",
                    models.BooleanField(default=True, verbose_name="news of followed neighbourhoods by e-mail"),
                ),
                (
                    "wants_reminders",
                    models.BooleanField(default=True, verbose_name="reminders before events by e-mail"),
                ),
                (
                    "settings_token",
                    models.CharField(default=secrets.token_urlsafe, editable=False, max_length=43, unique=True),
                ),
                (
                    "is_invented",
                    models.BooleanField(default=False, editable=False, verbose_name="invented for the demonstration"),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="entered"),
                ),
                ("erased_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="erased")),
                ("search_text", models.TextField(default="", editable=False)),
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
                (
                    "home_neighbourhood",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="residents",
                        to="neighbourhoods.neighbourhood",
                        verbose_name="my neighbourhood",
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="person",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "person",
                "verbose_name_plural": "people",
            },
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_index=True, verbose_name="when")),
                ("verb", models.CharField(max_length=60, verbose_name="what")),
                ("target", models.CharField(db_index=True, max_length=40, verbose_name="on what")),
                ("label", models.CharField(max_length=200, verbose_name="name")),
                ("details", models.JSONField(blank=True, default=dict, verbose_name="details")),
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
                    "on_behalf_of",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="people.person",
                        verbose_name="for whom",
                    ),
                ),
            ],
            options={
                "verbose_name": "audit entry",
                "verbose_name_plural": "audit log",
            },
        ),
        migrations.CreateModel(
            name="Follow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("followed_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="since")),
                (
                    "neighbourhood",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="follows",
                        to="neighbourhoods.neighbourhood",
                        verbose_name="neighbourhood",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="follows",
                        to="people.person",
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "follow",
                "verbose_name_plural": "follows",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "neighbourhood"),
                        name="neighbourhood_is_followed_once",
                        violation_error_message="You already follow this neighbourhood.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ContactChannel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("email", "e-mail"), ("phone", "phone"), ("post", "letter")],
                        max_length=5,
                        verbose_name="kind",
                    ),
                ),
                ("value", models.CharField(max_length=254, verbose_name="address or number")),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="confirmed")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="channels",
                        to="people.person",
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "contact channel",
                "verbose_name_plural": "contact channels",
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("value"),
                        condition=models.Q(("kind", "email")),
                        name="email_belongs_to_one_person",
                        violation_error_message="This e-mail already belongs to another person.",
                    ),
                    models.UniqueConstraint(
                        fields=("person", "kind"),
                        name="person_has_one_channel_of_a_kind",
                        violation_error_message="This person already has such a contact.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Role",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("coordinator", "coordinator"), ("administrator", "administrator")],
                        max_length=15,
                        verbose_name="role",
                    ),
                ),
                ("started_on", models.DateField(verbose_name="from")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="until")),
                (
                    "granted_by",
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
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="roles",
                        to="people.person",
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "role",
                "verbose_name_plural": "roles",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_on", None)),
                        fields=("person", "kind"),
                        name="person_has_an_open_role_once",
                        violation_error_message="This person already has this role.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_on", None), ("ended_on__gte", models.F("started_on")), _connector="OR"
                        ),
                        name="role_ends_after_it_begins",
                        violation_error_message="The last day must come after the first.",
                    ),
                ],
            },
        ),
    ]

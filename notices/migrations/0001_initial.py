import django.db.models.deletion
import django.utils.timezone
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=120, unique=True, verbose_name="key")),
                ("kind", models.CharField(max_length=40, verbose_name="kind")),
                ("about", models.CharField(db_index=True, max_length=40, verbose_name="about")),
                ("data", models.JSONField(blank=True, default=dict, verbose_name="data")),
                ("planned_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="planned")),
                ("due_at", models.DateTimeField(verbose_name="due")),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="useless from")),
                ("message_id", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("lease", models.UUIDField(blank=True, editable=False, null=True)),
                ("leased_until", models.DateTimeField(blank=True, editable=False, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                ("handed_at", models.DateTimeField(blank=True, null=True, verbose_name="handed to the mail server")),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="sent")),
                ("uncertain_at", models.DateTimeField(blank=True, null=True, verbose_name="perhaps sent twice")),
                ("cancelled_at", models.DateTimeField(blank=True, null=True, verbose_name="cancelled")),
                ("skipped_at", models.DateTimeField(blank=True, null=True, verbose_name="not needed")),
                ("failed_at", models.DateTimeField(blank=True, null=True, verbose_name="given up")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed")),
                ("sent_to", models.CharField(blank=True, max_length=254, verbose_name="address")),
                ("last_error", models.CharField(blank=True, max_length=300, verbose_name="last error")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="people.person",
                        verbose_name="to whom",
                    ),
                ),
            ],
            options={
                "verbose_name": "notice",
                "verbose_name_plural": "notices",
                "indexes": [
                    models.Index(condition=models.Q(("closed_at", None)), fields=["due_at"], name="notice_open_by_due")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closed_at", None),
                            ("sent_at__isnull", False),
                            ("cancelled_at__isnull", False),
                            ("skipped_at__isnull", False),
                            ("failed_at__isnull", False),
                            ("uncertain_at__isnull", False),
                            _connector="OR",
                        ),
                        name="notice_closes_with_an_outcome",
                    )
                ],
            },
        ),
    ]

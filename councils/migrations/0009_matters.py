"""What submissions, their answers and the links of officers need; and each submission gets its matter.

The next migration makes the matter compulsory: PostgreSQL changes no table in the transaction that changed its rows.
"""

import secrets
from datetime import datetime, time

import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone
from django.utils.text import slugify

from neighbourhoods import latvian


def open_matters(apps, schema_editor):
    submission_model = apps.get_model("councils", "Submission")
    matter_model = apps.get_model("councils", "Matter")
    for row in submission_model.objects.filter(matter=None).order_by("pk").iterator():
        began = row.sent_on or timezone.localdate()
        matter = matter_model.objects.create(
            title=row.title,
            slug=slugify(latvian.fold(row.title))[:80].strip("-") or "jautajums",
            topic=row.topic,
            began_at=timezone.make_aware(datetime.combine(began, time(12))),
            is_invented=row.is_invented,
            search_text=latvian.search_text(row.title),
        )
        matter.councils.set(row.councils.all())
        submission_model.objects.filter(pk=row.pk).update(matter=matter)
        if row.sent_on:
            matter_model.objects.filter(pk=matter.pk).update(
                latest_asked=row, moved_on=row.done_on or row.replied_on or row.sent_on
            )


# What councils deal with, in the words of the act (§5.1-5.7). A municipality may add its own.
TOPICS = (
    ("5.1", "Teritorijas labiekārtošana un tīrība", "Upkeep and cleanliness of the area"),
    ("5.2", "Teritoriju un ēku uzturēšanas prasības", "Rules for keeping land and buildings in order"),
    ("5.3", "Kultūras piedāvājums", "Cultural life"),
    ("5.4", "Kultūras mantojums", "Cultural heritage"),
    ("5.5", "Atbalsts kultūrai", "Support to culture"),
    ("5.6", "Atbalsts uzņēmējdarbībai", "Support to business"),
    ("5.7", "Citi iedzīvotājiem svarīgi jautājumi", "Other matters of residents"),
)


def enter_topics(apps, schema_editor):
    topic_model = apps.get_model("councils", "Topic")
    for position, (code, name_lv, name_en) in enumerate(TOPICS, 1):
        values = {"name_lv": name_lv, "name_en": name_en, "paragraph": f"§{code}", "position": position}
        topic_model.objects.get_or_create(code=code, defaults=values)


class Migration(migrations.Migration):
    dependencies = [
        ("councils", "0008_minutes"),
    ]

    operations = [
        migrations.AddField(
            model_name="answerlink",
            name="codes_sent",
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="answerlink",
            name="codes_since",
            field=models.DateTimeField(blank=True, editable=False, null=True),
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
        migrations.AddField(
            model_name="matter",
            name="is_decided_last",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddField(
            model_name="matter",
            name="moved_on",
            field=models.DateField(blank=True, db_index=True, editable=False, null=True, verbose_name="last moved"),
        ),
        migrations.AddField(
            model_name="matterfollow",
            name="confirmed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="confirmed"),
        ),
        migrations.AddField(
            model_name="matterfollow",
            name="network",
            field=models.CharField(blank=True, editable=False, max_length=50, verbose_name="network"),
        ),
        migrations.AddField(
            model_name="matterfollow",
            name="token",
            field=models.CharField(default=secrets.token_urlsafe, editable=False, max_length=43, unique=True),
        ),
        migrations.AddField(
            model_name="submission",
            name="forwarded_on",
            field=models.DateField(blank=True, null=True, verbose_name="passed on to the institution"),
        ),
        migrations.AddField(
            model_name="submission",
            name="institution",
            field=models.CharField(blank=True, max_length=200, verbose_name="institution"),
        ),
        migrations.AddField(
            model_name="submission",
            name="is_public",
            field=models.BooleanField(default=True, verbose_name="public"),
        ),
        migrations.AddField(
            model_name="submission",
            name="nothing_instead",
            field=models.BooleanField(default=False, verbose_name="nothing is offered instead"),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.CheckConstraint(
                condition=models.Q(("nothing_instead", False), ("alternative", ""), _connector="OR"),
                name="submission_reply_offers_something_or_nothing",
                violation_error_message="Say what is offered instead, or that nothing is: not both.",
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("done_photo", None), models.Q(("done_photo_alt", ""), _negated=True), _connector="OR"
                ),
                name="submission_picture_is_described",
                violation_error_message="Say what the picture shows, for those who cannot see it.",
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.CheckConstraint(
                condition=models.Q(("registered_on", None), ("sent_on__isnull", False), _connector="OR"),
                name="submission_is_sent_before_it_is_registered",
                violation_error_message="Only what was sent can be registered.",
            ),
        ),
        migrations.RunPython(enter_topics, migrations.RunPython.noop),
        migrations.RunPython(open_matters, migrations.RunPython.noop),
    ]

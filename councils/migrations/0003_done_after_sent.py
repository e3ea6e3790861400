import django.core.validators
from django.db import migrations, models


def done_once_sent(apps, schema_editor):
    """A resolution carried out could say of a submission that it was done before it was sent, or though it never was."""
    submissions = apps.get_model("councils", "Submission").objects
    submissions.filter(done_on__lt=models.F("sent_on")).update(done_on=models.F("sent_on"))
    submissions.filter(done_on__isnull=False, sent_on=None).update(done_on=None)


class Migration(migrations.Migration):
    dependencies = [
        ("councils", "0002_topics"),
    ]

    operations = [
        migrations.RunPython(done_once_sent, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("done_on", None),
                    models.Q(("done_on__gte", models.F("sent_on")), ("sent_on__isnull", False)),
                    _connector="OR",
                ),
                name="submission_is_sent_before_it_is_done",
                violation_error_message="Only what was sent before can be done.",
            ),
        ),
        migrations.AlterField(
            model_name="term",
            name="seat_count",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="By residents (§9). Empty: not known yet.",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(30),
                ],
                verbose_name="seats",
            ),
        ),
    ]

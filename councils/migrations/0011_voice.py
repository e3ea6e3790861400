import councils.models.files
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("councils", "0010_submission_has_a_matter"),
    ]

    operations = [
        migrations.AddField(
            model_name="newspost",
            name="told_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="followers told"),
        ),
        migrations.AddIndex(
            model_name="newspost",
            index=models.Index(condition=models.Q(("told_at", None)), fields=["published_at"], name="news_to_be_told"),
        ),
        migrations.AddField(
            model_name="storedfile",
            name="height",
            field=models.PositiveSmallIntegerField(
                blank=True, editable=False, null=True, verbose_name="height in pixels"
            ),
        ),
        migrations.AddField(
            model_name="storedfile",
            name="small",
            field=models.FileField(
                blank=True,
                editable=False,
                max_length=120,
                upload_to=councils.models.files._path,
                verbose_name="smaller picture",
            ),
        ),
        migrations.AddField(
            model_name="storedfile",
            name="width",
            field=models.PositiveSmallIntegerField(
                blank=True, editable=False, null=True, verbose_name="width in pixels"
            ),
        ),
    ]

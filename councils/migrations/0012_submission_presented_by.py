import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("councils", "0011_voice"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="submission",
            name="presented_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="presents",
                to="people.person",
                verbose_name="member who speaks for it (§28)",
            ),
        ),
    ]

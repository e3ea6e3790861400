import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("councils", "0009_matters"),
    ]

    operations = [
        migrations.AlterField(
            model_name="submission",
            name="matter",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="submissions",
                to="councils.matter",
                verbose_name="matter",
            ),
        ),
    ]

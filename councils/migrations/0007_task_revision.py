from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("councils", "0006_enquiries")]

    operations = [
        migrations.AddField(
            model_name="task",
            name="revision",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
    ]

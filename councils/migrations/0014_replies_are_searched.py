"""The municipality's answers are found, too: by their reason and by what they offer instead."""

from django.db import migrations

from neighbourhoods import latvian


def take_in_replies(apps, schema_editor):
    rows = apps.get_model("councils", "Submission").objects.exclude(reply="", alternative="")
    for row in rows.order_by("pk").iterator():
        row.search_text = latvian.search_text(row.title, row.text, row.reply, row.alternative)
        row.save(update_fields=["search_text"])


class Migration(migrations.Migration):
    dependencies = [("councils", "0013_substitute_ranks")]

    operations = [migrations.RunPython(take_in_replies, migrations.RunPython.noop, elidable=True)]

from django.db import migrations

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
        ("councils", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(enter_topics, migrations.RunPython.noop),
    ]

from django.db import migrations


def create_latvian_collation(apps, schema_editor):
    """PostgreSQL sorts by ICU's Latvian under the name that SQLite's connections are taught (neighbourhoods.apps)."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("CREATE COLLATION IF NOT EXISTS lv (provider = icu, locale = 'lv')")


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [migrations.RunPython(create_latvian_collation, migrations.RunPython.noop)]

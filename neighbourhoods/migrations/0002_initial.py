import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("neighbourhoods", "0001_collation"),
    ]

    operations = [
        migrations.CreateModel(
            name="Neighbourhood",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, verbose_name="official name")),
                ("short_name", models.CharField(max_length=80, verbose_name="name")),
                ("slug", models.SlugField(max_length=60, unique=True, verbose_name="address in the portal")),
                ("legal_paragraph", models.CharField(blank=True, max_length=20, verbose_name="paragraph")),
                ("legal_order", models.PositiveSmallIntegerField(default=0, verbose_name="order in the regulation")),
                ("hex_q", models.SmallIntegerField(blank=True, null=True, verbose_name="map column")),
                ("hex_r", models.SmallIntegerField(blank=True, null=True, verbose_name="map row")),
                ("population", models.PositiveIntegerField(blank=True, null=True, verbose_name="residents")),
                ("population_on", models.DateField(blank=True, null=True, verbose_name="residents counted on")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("search_text", models.TextField(default="", editable=False)),
            ],
            options={
                "verbose_name": "neighbourhood",
                "verbose_name_plural": "neighbourhoods",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until", None), ("valid_until__gt", models.F("valid_from")), _connector="OR"
                        ),
                        name="neighbourhood_ends_after_it_begins",
                        violation_error_message="The last day must come after the first.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("valid_until", None)),
                        fields=("hex_q", "hex_r"),
                        name="neighbourhood_has_its_own_hexagon",
                        violation_error_message="Another neighbourhood stands on this place of the map.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Place",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("town", "town"),
                            ("parish", "parish"),
                            ("village", "village"),
                            ("area", "historic area"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("printed_mark", models.CharField(blank=True, max_length=2, verbose_name="mark in the act")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("search_text", models.TextField(default="", editable=False)),
                (
                    "neighbourhood",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="places",
                        to="neighbourhoods.neighbourhood",
                        verbose_name="neighbourhood",
                    ),
                ),
            ],
            options={
                "verbose_name": "place",
                "verbose_name_plural": "places",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until", None), ("valid_until__gt", models.F("valid_from")), _connector="OR"
                        ),
                        name="place_ends_after_it_begins",
                        violation_error_message="The last day must come after the first.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("valid_until", None)),
                        fields=("name", "kind"),
                        name="place_is_in_one_neighbourhood",
                        violation_error_message="This place already belongs to a neighbourhood.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Street",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, verbose_name="street")),
                ("town", models.CharField(max_length=120, verbose_name="town or village")),
                (
                    "houses",
                    models.CharField(
                        blank=True,
                        help_text="Empty: the whole street. For example: 1–25, odd.",
                        max_length=120,
                        verbose_name="house numbers",
                    ),
                ),
                ("search_text", models.TextField(default="", editable=False)),
                (
                    "neighbourhood",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="streets",
                        to="neighbourhoods.neighbourhood",
                        verbose_name="neighbourhood",
                    ),
                ),
            ],
            options={
                "verbose_name": "street",
                "verbose_name_plural": "streets",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("name", "town", "houses"),
                        name="street_part_is_listed_once",
                        violation_error_message="This street is already in the table.",
                    )
                ],
            },
        ),
    ]

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("councils", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Formation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("opened_on", models.DateField(verbose_name="opened")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="closed")),
                ("candidates", models.PositiveSmallIntegerField(default=0, verbose_name="candidates so far")),
                (
                    "council",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="formations",
                        to="councils.council",
                        verbose_name="council",
                    ),
                ),
            ],
            options={
                "verbose_name": "formation of a council",
                "verbose_name_plural": "formations of councils",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_on", None)),
                        fields=("council",),
                        name="council_is_formed_once_at_a_time",
                        violation_error_message="This council is already being formed.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closed_on", None), ("closed_on__gte", models.F("opened_on")), _connector="OR"
                        ),
                        name="formation_closes_after_it_opens",
                        violation_error_message="The last day must come after the first.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FormationStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("applications", "five applications received (§12)"),
                            ("decision", "decision of the municipal council (§13)"),
                            ("candidates", "candidates apply (§14)"),
                            ("list", "list of candidates (§15.1)"),
                            ("voting", "assembly and voting (§15.3)"),
                            ("result", "result (§18)"),
                            ("first_meeting", "first meeting (§22)"),
                        ],
                        max_length=15,
                        verbose_name="step",
                    ),
                ),
                (
                    "position",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Case(
                            models.When(step="applications", then=models.Value(1)),
                            models.When(step="decision", then=models.Value(2)),
                            models.When(step="candidates", then=models.Value(3)),
                            models.When(step="list", then=models.Value(4)),
                            models.When(step="voting", then=models.Value(5)),
                            models.When(step="result", then=models.Value(6)),
                            models.When(step="first_meeting", then=models.Value(7)),
                            output_field=models.IntegerField(),
                        ),
                        help_text="In the order of the law, from 1.",
                        output_field=models.IntegerField(verbose_name="number"),
                    ),
                ),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="due")),
                ("done_on", models.DateField(blank=True, null=True, verbose_name="done")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                (
                    "formation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="elections.formation",
                        verbose_name="formation",
                    ),
                ),
            ],
            options={
                "verbose_name": "step of a formation",
                "verbose_name_plural": "steps of formations",
                "constraints": [
                    models.UniqueConstraint(fields=("formation", "step"), name="formation_takes_each_step_once")
                ],
            },
        ),
    ]

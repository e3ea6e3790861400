"""How the demonstration is loaded; what it holds is checked in test_demo.py."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import models, transaction

from dashboard import demo, demo_content
from events.models import Event, Rsvp
from people.models import Follow, Person
from tests.dashboard.test_demo import MODELS, NOW, ON, check_rules

OTHER_DAYS = [
    date(2026, 3, 30),  # the Monday after summer time began
    date(2026, 12, 27),  # a Sunday between holidays
    date(2025, 10, 26),  # the night summer time ended; before the councils were formed
    date(2028, 2, 29),
    date(2026, 8, 2),  # councils rest in July
]


@pytest.mark.django_db
@pytest.mark.prove
@pytest.mark.databases
@pytest.mark.parametrize("on", OTHER_DAYS)
def test_demo_holds_all_rules_on_other_days(on):
    call_command("demo", on=on, seed=7, verbosity=0)
    check_rules(demo.moment_of(on))


@pytest.mark.django_db
@pytest.mark.prove
@pytest.mark.databases
def test_demo_of_double_scale_has_double_the_people_and_holds_all_rules():
    call_command("demo", on=ON, scale=2, verbosity=0)
    check_rules(NOW)
    follows = dict(Follow.objects.values_list("neighbourhood__slug").annotate(n=models.Count("pk")))
    assert follows == {slug: 2 * count for slug, count in demo_content.FOLLOWERS.items()}
    assert Person.objects.filter(home_neighbourhood__isnull=False).count() == 2 * 1904
    coming = Event.objects.with_seats().get(title__endswith="gājēju pārejas un ielu apgaismojums")
    assert (coming.seats_taken, coming.capacity) == (2 * 34, 2 * 40)
    for past in demo_content.PAST_EVENTS:
        assert Event.objects.filter(title=past.title, ends_at__lt=NOW).count() == 2, past.title


def content(seed, *told, stdout=None):
    """What a load with `seed` leaves, but for secrets and keys; taken back afterwards."""
    hidden = {"id", "token", "settings_token", "password", "minutes_url"}  # whose address holds a key
    rows = {}
    with transaction.atomic():
        call_command("demo", *told, on=ON, seed=seed, stdout=stdout or StringIO())
        for model in MODELS:
            names = [f.name for f in model._meta.concrete_fields if f.name not in hidden and not f.is_relation]
            rows[model.__name__] = list(model.objects.order_by("pk").values_list(*names))
        who = Rsvp.objects.order_by("pk").values_list("event__title", "number", "person__user__email")
        rows["who comes"] = list(who)
        transaction.set_rollback(True)
    return rows


@pytest.mark.django_db
def test_demo_is_the_same_for_the_same_seed_and_another_for_another(settings):
    out = StringIO()
    first = content(1, stdout=out)
    assert first["who comes"]
    assert f"koordinators@example.org  {demo_content.PASSWORD}" in out.getvalue()
    assert content(1) == first

    settings.EMBEDDED = False  # in production it stays out unless told in so many words
    with pytest.raises(CommandError, match="--accept-public-passwords"):
        call_command("demo", verbosity=0)
    assert not Person.objects.exists()
    assert demo.demo_logins() == []
    other = content(2, "--accept-public-passwords")
    assert other["who comes"]
    assert other["who comes"] != first["who comes"]


@pytest.mark.django_db
def test_demo_refuses_a_scale_below_one():
    with pytest.raises(CommandError):
        call_command("demo", scale=0)

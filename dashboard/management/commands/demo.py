from datetime import date

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from dashboard import demo


class Command(BaseCommand):
    help = (
        "Load the demonstration on top of the facts: invented councils, people, meetings, events and sign-ups of a "
        "year, with what the councils decided, wrote and were answered. A portal that goes live does without it."
    )

    def add_arguments(self, parser):
        parser.add_argument("--seed", type=int, default=1, help="another number gives other people (default 1)")
        parser.add_argument("--scale", type=int, default=1, help="as many times the people, for load tests (default 1)")
        parser.add_argument(
            "--years",
            type=int,
            default=1,
            help="as many years of history, for load tests: from two on all eleven councils have worked as long "
            "(default 1, which is the picture of a first year)",
        )
        parser.add_argument("--on", type=date.fromisoformat, metavar="YYYY-MM-DD", help="as if loaded on this day")
        parser.add_argument(
            "--accept-public-passwords",
            action="store_true",
            help="load it also in production, where anybody could then log in as an administrator",
        )

    def handle(self, *args, seed, scale, years, on, accept_public_passwords, verbosity, **options):
        if not settings.EMBEDDED and not accept_public_passwords:
            raise CommandError(
                "This portal runs in production. The demonstration opens an administrator's account whose password "
                "everybody can read. If that is what you want, add --accept-public-passwords."
            )
        if scale < 1:
            raise CommandError("--scale is a whole number from 1.")
        if years < 1:
            raise CommandError("--years is a whole number from 1.")
        call_command("facts", verbosity=0)
        if demo.is_loaded():
            self.stdout.write("The demonstration is already loaded; nothing was changed.")
            return
        counts = demo.load(now=demo.moment_of(on) if on else timezone.now(), seed=seed, scale=scale, years=years)
        if verbosity:
            self.stdout.write("; ".join(f"{name}: {count}" for name, count in counts.items()))
            for role, email, password in demo.demo_logins():
                self.stdout.write(f"{email}  {password}  ({role})")

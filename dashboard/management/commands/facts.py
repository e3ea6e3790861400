from django.core.management.base import BaseCommand
from django.utils import timezone

from dashboard.facts import load_facts


class Command(BaseCommand):
    help = (
        "Load what is publicly known: neighbourhoods, places, the regulation's numbers, the councils as far as the "
        "sources go. What is already there stays as it is, with everything that was changed in it."
    )

    def handle(self, *args, **options):
        load_facts(now=timezone.now(), say=self.stdout.write if options["verbosity"] else lambda line: None)

from importlib import import_module
from pkgutil import iter_modules

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CouncilsConfig(AppConfig):
    name = "councils"
    verbose_name = _("Councils")

    def ready(self):
        from councils import emails

        for module in iter_modules(emails.__path__):  # their writers register themselves
            import_module(f"councils.emails.{module.name}")

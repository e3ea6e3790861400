from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.utils.translation import gettext_lazy as _


def _teach_sqlite_latvian(sender, connection, **kwargs):
    """SQLite forgets collations with each connection; PostgreSQL has its own by migration 0001."""
    if connection.vendor == "sqlite":
        from neighbourhoods.latvian import register_collation

        register_collation(connection.connection)


class NeighbourhoodsConfig(AppConfig):
    name = "neighbourhoods"
    verbose_name = _("Neighbourhoods")

    def ready(self):
        connection_created.connect(_teach_sqlite_latvian, dispatch_uid="neighbourhoods.latvian")

"""Django's PostgreSQL backend, whose pool hands out no connection that the server has closed meanwhile.

Django's own CONN_HEALTH_CHECKS would do the same by a query at the head of every request, which a page of six queries
pays dearly for. A server that stops or is restarted says so on each idle connection, and it is enough to look there.
"""

import select
from typing import Any

from django.db.backends.postgresql import base
from django.utils.asyncio import async_unsafe


class DatabaseWrapper(base.DatabaseWrapper):
    @async_unsafe
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A connection that is open, so far as this machine has heard. Costs one system call."""
        connection = super().get_new_connection(conn_params)
        while self.pool and _has_news(connection):
            connection.close()
            connection._pool.putconn(connection)  # which makes another in its place
            connection = super().get_new_connection(conn_params)
        return connection


def _has_news(connection: Any) -> bool:
    """Something to read where nothing was asked: the server's farewell or the end of the stream. A notice of changed
    settings looks alike, and then a connection is opened that need not have been."""
    if connection.closed:
        return True
    news = select.poll()
    news.register(connection.fileno(), select.POLLIN)
    return bool(news.poll(0))

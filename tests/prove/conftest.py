"""The portal as it runs, on both databases, with servers of its own."""

import json
from contextlib import ExitStack
from typing import Any

import pytest

from tests.servers import Portal, PostgresServer, RedisServer, SmtpSink, missing

DATABASES = ["sqlite", "postgresql"]


def shape(stack: ExitStack, database: str, **options: Any):
    """The running portal on `database` and the mail server its messages go to; closed with `stack`.

    PostgreSQL comes with Redis and the production settings, SQLite with the broker of files, as `make run` has it.
    Gives (portal, sink, broker, server); the last two are None in the embedded mode.
    """
    sink = stack.enter_context(SmtpSink())
    if database != "postgresql":
        return stack.enter_context(Portal(mode="embedded", email_url=sink.url, **options)), sink, None, None
    for thing in ("postgresql", "redis"):
        if why := missing(thing):
            pytest.skip(why)
    server = stack.enter_context(PostgresServer())
    broker = stack.enter_context(RedisServer())
    portal = Portal(
        mode="production",
        database_url=server.create("portal"),
        redis_url=broker.url,
        email_url=sink.url,
        **options,
    )
    return stack.enter_context(portal), sink, broker, server


def run(portal: Portal, code: str):
    """Run Python inside the portal's environment and return what it left in `answer`."""
    script = f"import json\nfrom tests import factories\nanswer = None\n{code}\nprint('ANSWER' + json.dumps(answer))"
    printed = portal.manage("shell", "--verbosity=0", "-c", script)
    return json.loads(printed.rpartition("ANSWER")[2])


LOGINS = """
from django.conf import settings
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
from tests.factories import session_of
"""

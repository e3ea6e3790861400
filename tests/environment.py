"""The environment of the suite, set before Django reads its settings (`addopts = -p tests.environment`).

One suite for both databases: SQLite in a folder of its own, or PostgreSQL when TEST_DATABASE_URL names a server.
"""

import atexit
import os
import shutil
import tempfile

_folder = tempfile.mkdtemp(prefix="portal-tests-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
os.environ.update(
    PORTAL_MODE="embedded",
    DATA_DIR=_folder,
    DATABASE_URL=os.environ.get("TEST_DATABASE_URL", ""),
    REDIS_URL=os.environ.get("TEST_REDIS_URL", ""),
    EMAIL_URL="",
    PAGE_CACHE_SECONDS="0",
    ALLOWED_HOSTS="localhost,127.0.0.1,testserver",
    DJANGO_ALLOW_ASYNC_UNSAFE="true",  # Playwright's loop runs in the thread of the test
)

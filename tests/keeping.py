"""What is made once for all tests of a file."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import transaction

T = TypeVar("T")


@contextmanager
def kept(blocker, make: Callable[[], T]) -> Iterator[T]:
    """What `make` gives, with its rows, in a transaction around all tests of a file, which leaves nothing.

    For a fixture of the module that asks for `django_db_setup`; `blocker` is `django_db_blocker`. Each test changes it
    in a transaction of its own; what it changes in memory it takes as a copy (`copy.deepcopy`).
    """
    with blocker.unblock(), transaction.atomic():
        made = make()
        with blocker.block():
            yield made
        transaction.set_rollback(True)

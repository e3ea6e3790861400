"""The embedded mode's message broker: kombu's file transport, made safe for several processes.

kombu creates a message under its final name and fills it afterwards, so a consumer can take an empty file: the message
is lost and the worker stops.  Its exchange tables have the same fault, and a message taken is moved to the machine's
temporary folder, which may lie on another file system, where moving is not atomic.  Here everything is written aside
and renamed, and stays inside the broker's own folder.  Held by `tests/test_fsbroker.py`, under load by `make prove`.

A message whose worker is killed is gone, as with any broker that hands messages out.  Nothing in the portal relies on
more: the rows are the truth, and beat looks at them again.
"""

import fcntl
import logging
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import filesystem
from kombu.utils.encoding import bytes_to_str, str_to_bytes
from kombu.utils.json import dumps, loads
from kombu.utils.objects import cached_property

logger = logging.getLogger(__name__)


def _write(path: Path, data: object) -> None:
    """Write `data` so that whoever opens `path` sees all of it or nothing."""
    draft = path.with_name(f"{path.name}.{uuid.uuid4().hex}.tmp")
    draft.write_bytes(str_to_bytes(dumps(data)))
    draft.replace(path)


class Channel(filesystem.Channel):
    """Options: `data_folder_in` and `data_folder_out` (one folder), `control_folder`; made when they are missing."""

    @cached_property
    def data_folder_in(self) -> str:
        return self._folder("data_folder_in")

    @cached_property
    def data_folder_out(self) -> str:
        return self._folder("data_folder_out")

    @cached_property
    def control_folder(self) -> Path:
        return Path(self._folder("control_folder"))

    def _folder(self, option: str) -> str:
        folder = Path(self.transport_options[option])
        folder.mkdir(parents=True, exist_ok=True)
        return str(folder)

    @contextmanager
    def _tables_locked(self) -> Iterator[None]:
        with (self.control_folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _queue_bind(self, exchange: str, routing_key: str | None, pattern: str | None, queue: str | None) -> None:
        entry = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        with self._tables_locked():
            table = self.get_table(exchange)
            if entry not in table:
                _write(self._exchange_file(exchange), [entry, *table])

    def _delete(self, queue: str, exchange: str, routing_key: str, pattern: str, *args: Any, **kwargs: Any) -> None:
        self._purge(queue)
        entry = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        with self._tables_locked():
            table = self.get_table(exchange)
            if entry in table:
                _write(self._exchange_file(exchange), [other for other in table if other != entry])

    def _put(  # type: ignore[override]  # kombu's own classes disagree about the name of the second
        self, queue: str, payload: object, **kwargs: Any
    ) -> None:
        # The wall clock, zero-padded: names sort in publishing order, also across a restart of the machine.
        _write(Path(self.data_folder_out) / f"{time.time_ns():020d}_{uuid.uuid4().hex}.{queue}.msg", payload)

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        for name in sorted(entry.name for entry in os.scandir(self.data_folder_in)):
            if name.partition(".")[2] != f"{queue}.msg":
                continue
            path = Path(self.data_folder_in) / name
            taken = path.with_suffix(".taken")
            with suppress(FileNotFoundError):  # another consumer renamed it first
                path.rename(taken)
                text = bytes_to_str(taken.read_bytes())
                taken.unlink()
                try:
                    return loads(text)
                except ValueError:  # cut short by a power failure; one bad file must not stop the worker
                    logger.error("Dropped an unreadable message of queue %s.", queue)
        raise Empty


class Transport(filesystem.Transport):
    """`embedded://` (see `celery.py`, which gives it that name: a URL scheme may hold no underscore)."""

    Channel = Channel

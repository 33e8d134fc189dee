"""The broker of plain files, with messages and bindings that appear whole.

kombu's own file transport creates a file before it has locked and written it; a worker that looks at that
instant reads half a message and dies. Here a message is written under another name and renamed, and the
table of bindings is read and written under a lock of its own.
"""

import fcntl
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic_ns
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps

SCHEME = "wholefiles"


class Channel(filesystem.Channel):
    """A channel whose messages and bindings appear whole."""

    def _put(self, queue: str, payload: Any, **_kwargs: Any) -> None:  # type: ignore[override]
        name = f"{monotonic_ns() // 1_000_000}_{uuid.uuid4()}.{queue}.msg"
        folder = Path(self.data_folder_out)
        unfinished = folder / f".{name}.part"
        unfinished.write_text(str(dumps(payload)), encoding="utf-8")  # type: ignore[no-untyped-call]
        unfinished.replace(folder / name)

    def get_table(self, exchange: str) -> Any:
        """Return the exchange's bindings."""
        with self._bindings_locked():
            return super().get_table(exchange)  # type: ignore[no-untyped-call]

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        with self._bindings_locked():
            super()._queue_bind(exchange, routing_key, pattern, queue)  # type: ignore[no-untyped-call]

    @contextmanager
    def _bindings_locked(self) -> Iterator[None]:
        folder = Path(self.control_folder)
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / ".lock").open("a") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            yield


class Transport(filesystem.Transport):
    """kombu's file transport with the channel above."""

    Channel = Channel


TRANSPORT_ALIASES[SCHEME] = f"{__name__}:Transport"

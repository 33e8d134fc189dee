"""The broker of plain files: no message is read before it is whole, none is lost or doubled."""

import threading
from pathlib import Path
from queue import Empty
from typing import Any

from kombu import Connection

from core.queue.files import SCHEME

PRODUCERS, MESSAGES = 4, 150


def _connect(folder: Path) -> Connection:
    options = {
        "data_folder_in": str(folder),
        "data_folder_out": str(folder),
        "control_folder": str(folder / "control"),
    }
    (folder / "control").mkdir(exist_ok=True)
    return Connection(f"{SCHEME}://", transport_options=options)


def _write(folder: Path, producer: int) -> None:
    with _connect(folder) as connection, connection.SimpleQueue("jobs") as queue:
        for number in range(MESSAGES):
            queue.put({"id": f"{producer}:{number}", "padding": "x" * 20_000})


class _Reader(threading.Thread):
    """Takes messages until the writers are done and nothing is left."""

    def __init__(self, folder: Path, is_over: threading.Event) -> None:
        super().__init__()
        self.got: list[Any] = []
        self.failure: Exception | None = None
        self._folder, self._is_over = folder, is_over

    def run(self) -> None:
        try:
            with _connect(self._folder) as connection, connection.SimpleQueue("jobs") as queue:
                while self._take(queue):
                    pass
        except Exception as error:  # noqa: BLE001 - shown by the test's own assertion
            self.failure = error

    def _take(self, queue: Any) -> bool:
        was_over = self._is_over.is_set()
        try:
            message = queue.get(block=False)
        except Empty:
            return not was_over
        self.got.append(message.payload["id"])
        message.ack()
        return True


def test_the_worker_gets_every_message_of_busy_writers_once_and_whole(tmp_path: Path) -> None:
    with _connect(tmp_path) as connection, connection.SimpleQueue("jobs"):
        is_over = threading.Event()
    readers = [_Reader(tmp_path, is_over)]
    writers = [threading.Thread(target=_write, args=(tmp_path, n)) for n in range(PRODUCERS)]
    for thread in (*readers, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    is_over.set()
    for thread in readers:
        thread.join()
    assert [reader.failure for reader in readers] == [None]
    got = sorted(one for reader in readers for one in reader.got)
    assert got == sorted(f"{p}:{n}" for p in range(PRODUCERS) for n in range(MESSAGES))
    assert not list(tmp_path.glob("*.part"))

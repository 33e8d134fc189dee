"""What the person at the terminal sees: each step while it runs, its seconds when it is done.

On a terminal the running steps turn and count; elsewhere (a log, a pipe) each finished step is one line.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from i18n.service import translate


@dataclass(frozen=True)
class Done:
    """A finished step and how long it took."""

    step: str
    seconds: float
    note: str


class Reporter:
    """Shows steps that may run side by side.

    Args:
        locale: of the person at the terminal.
        console: where to write.
        is_quiet: write nothing (``--json``); the steps are kept all the same.
    """

    def __init__(self, locale: str, console: Console, *, is_quiet: bool = False) -> None:
        self.locale = locale
        self.done: list[Done] = []
        self._console = Console(quiet=True) if is_quiet else console
        self._lock = threading.Lock()
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
            disable=is_quiet or not console.is_terminal,
        )

    def __enter__(self) -> "Reporter":
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    @contextmanager
    def step(self, name: str) -> Iterator["Running"]:
        """Show a step while the block runs; an exception leaves it unfinished."""
        running = self.begin(name)
        try:
            yield running
        except BaseException:
            self._progress.remove_task(running.task)
            raise
        self.finish(running)

    def begin(self, name: str) -> "Running":
        """Show that a step runs; ``finish`` ends it."""
        title = translate(f"setup.step.{name}", self.locale)
        return Running(name, title, self._progress.add_task(title, total=None), time.monotonic())

    def finish(self, running: "Running") -> None:
        """Show that a step is done, with its seconds and its note."""
        seconds = time.monotonic() - running.since
        self._progress.remove_task(running.task)
        with self._lock:
            self.done.append(Done(running.name, round(seconds, 1), running.note))
        note = f"  {running.note}" if running.note else ""
        line = Text.assemble(("✓ ", "green"), running.title, (note, "dim"))
        self._put(line, f"{seconds:5.1f} s")

    def say(self, code: str, **params: object) -> None:
        """Write one line."""
        self._progress.console.print(Text(translate(code, self.locale, **params)))

    def text(self, code: str, **params: object) -> str:
        """Return a text in the person's language."""
        return translate(code, self.locale, **params)

    def show(self, table: Table) -> None:
        """Write a table."""
        self._progress.console.print(table)

    def _put(self, left: Text, right: str) -> None:
        row = Table.grid(expand=self._console.is_terminal, padding=(0, 2))
        row.add_column(ratio=1)
        row.add_column(justify="right", no_wrap=True)
        row.add_row(left, right)
        self._progress.console.print(row)


@dataclass
class Running:
    """A step that runs; ``note`` is shown behind its title when it is done."""

    name: str
    title: str
    task: TaskID
    since: float
    note: str = ""

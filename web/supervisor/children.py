"""Short-lived child processes of the preparation: watched, and ended with it."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from core.errors import DependencyFailed
from core.settings import REPOSITORY
from web.supervisor.supervision import LAUNCHER


class Stopped(Exception):  # noqa: N818 - not an error: the person asked for it
    """The start was broken off."""


class Children:
    """Runs child processes that end when ``stop`` is called. Used from several threads."""

    def __init__(self) -> None:
        self._lock = threading.RLock()  # a signal's handler may stop us in the midst of a stop
        self._running: set[subprocess.Popen[str]] = set()
        self._is_stopped = False

    @property
    def is_stopped(self) -> bool:
        """Whether ``stop`` was called."""
        return self._is_stopped

    def run(
        self,
        argv: Sequence[str],
        env: Mapping[str, str],
        log: Path,
        on_line: Callable[[str], None] | None = None,
    ) -> int:
        """Run a process to its end; return its status.

        Args:
            argv: interpreter and arguments.
            env: the whole environment.
            log: receives what it writes (with ``on_line``: its standard error alone).
            on_line: is given each line of standard output.

        Raises:
            Stopped: ``stop`` was called meanwhile.
        """
        with log.open("a") as stream:
            process = self._start(argv, env, stream.fileno(), is_read=on_line is not None)
        try:
            for line in process.stdout or ():
                if on_line is not None:
                    on_line(line)
            status = process.wait()
        finally:
            with self._lock:
                self._running.discard(process)
        if self._is_stopped:
            raise Stopped
        return status

    def _start(
        self, argv: Sequence[str], env: Mapping[str, str], log: int, *, is_read: bool
    ) -> subprocess.Popen[str]:
        with self._lock:
            if self._is_stopped:
                raise Stopped
            process = subprocess.Popen(  # noqa: S603 - our own programs, no shell
                [sys.executable, "-I", "-S", str(LAUNCHER), str(os.getpid()), *argv],
                env=dict(env),
                cwd=REPOSITORY,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if is_read else log,
                stderr=log,
                text=True,
                start_new_session=True,
            )
            self._running.add(process)
        return process

    def stop(self) -> None:
        """End what runs; nothing more is started."""
        with self._lock:
            self._is_stopped = True
            running = list(self._running)
        for process in running:
            try:
                os.killpg(process.pid, signal.SIGTERM)
            except ProcessLookupError:
                continue


def require_success(status: int, step: str, log: Path) -> None:
    """Raise unless a child ended well.

    Raises:
        DependencyFailed: it did not; the parameters name the step and the log.
    """
    if status != 0:
        raise DependencyFailed("setup.step_failed", step=step, log=log)

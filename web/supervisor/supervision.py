"""Keep programs running.

One thread starts, watches and ends them: the kernel ties a child's life to the thread that started it.
A program that dies is started again after a pause that doubles; five deaths in quick succession and it is
given up. ``stop`` asks every process group to end, waits, then makes it.
"""

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from core.settings import REPOSITORY
from web.supervisor.programs import Program

LAUNCHER = Path(__file__).with_name("launcher.py")
MAX_QUICK_DEATHS = 5
QUICK_S = 30.0
FIRST_PAUSE_S = 0.5
STOP_LIMIT_S = 12.0
POLL_S = 0.1
MAX_LOG_BYTES = 20_000_000


@dataclass(frozen=True)
class Event:
    """What happened to a program: ``started``, ``died`` or ``given_up``."""

    what: str
    name: str
    pid: int
    status: int = 0
    pause_s: float = 0.0
    log: Path = Path()


Listener = Callable[[Event], None]


@dataclass
class Child:
    """A program and the process that runs it now."""

    program: Program
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    quick_deaths: int = 0
    start_again_at: float | None = None
    is_given_up: bool = False
    was_seen_alive: threading.Event = field(default_factory=threading.Event)


class Supervisor:
    """Starts, watches, restarts and ends the programs of one installation.

    Args:
        logs: folder for one log a program.
        listener: is told what happens, in the supervisor's thread.
        clock: monotonic seconds.
    """

    def __init__(
        self, logs: Path, listener: Listener, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._logs = logs
        self._listener = listener
        self._clock = clock
        self._children: dict[str, Child] = {}
        self._orders: queue.Queue[Program | str] = queue.Queue()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)
        self._thread.start()

    def start(self, program: Program) -> None:
        """Start a program; returns once it has a process id."""
        child = Child(program, self._logs / f"{program.name}.log")
        self._children[program.name] = child
        self._orders.put(program)
        child.was_seen_alive.wait(10)

    def end(self, name: str) -> None:
        """End one program, which another has taken the place of; returns at once."""
        self._orders.put(name)

    def pid(self, name: str) -> int:
        """Return a program's process id, 0 while it has none."""
        child = self._children.get(name)
        return child.process.pid if child and child.process and child.process.poll() is None else 0

    def has_given_up(self, name: str) -> bool:
        """Whether a program died too often."""
        child = self._children.get(name)
        return bool(child and child.is_given_up)

    def stop(self) -> None:
        """End everything; returns when no process of ours is left."""
        self._stopping.set()
        self._thread.join(STOP_LIMIT_S + 8)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._take_orders()
            for child in list(self._children.values()):
                self._watch(child)
        self._end_all()

    def _take_orders(self) -> None:
        try:
            order = self._orders.get(timeout=POLL_S)
        except queue.Empty:
            return
        if isinstance(order, str):
            self._end_one(order)
        else:
            self._spawn(self._children[order.name])

    def _watch(self, child: Child) -> None:
        if child.process is not None and child.process.poll() is not None:
            self._bury(child)
        elif child.start_again_at is not None and self._clock() >= child.start_again_at:
            child.start_again_at = None
            self._spawn(child)

    def _spawn(self, child: Child) -> None:
        program = child.program
        with _open_log(child.log) as log:
            child.process = subprocess.Popen(  # noqa: S603 - our own programs, no shell
                [sys.executable, "-I", "-S", str(LAUNCHER), str(os.getpid()), *program.argv],
                env=dict(program.env),
                cwd=REPOSITORY,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        child.started_at = self._clock()
        child.was_seen_alive.set()
        self._tell("started", child)

    def _bury(self, child: Child) -> None:
        process, child.process = child.process, None
        assert process is not None
        _signal_group(process.pid, signal.SIGKILL)
        is_quick = self._clock() - child.started_at < QUICK_S
        child.quick_deaths = child.quick_deaths + 1 if is_quick else 1
        if child.quick_deaths >= MAX_QUICK_DEATHS:
            child.is_given_up = True
            self._tell("given_up", child, process)
            return
        pause_s = FIRST_PAUSE_S * 2 ** (child.quick_deaths - 1)
        child.start_again_at = self._clock() + pause_s
        self._tell("died", child, process, pause_s)

    def _tell(
        self, what: str, child: Child, process: subprocess.Popen[bytes] | None = None, pause_s: float = 0.0
    ) -> None:
        found = process or child.process
        pid, status = (found.pid, found.returncode or 0) if found else (0, 0)
        self._listener(Event(what, child.program.name, pid, status, pause_s, child.log))

    def _end_one(self, name: str) -> None:
        child = self._children.pop(name, None)
        if child is not None and child.process is not None:
            self._end_these([child.process])

    def _end_all(self) -> None:
        self._end_these([child.process for child in self._children.values() if child.process is not None])

    def _end_these(self, running: list[subprocess.Popen[bytes]]) -> None:
        for process in running:
            _signal_group(process.pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_LIMIT_S
        for process in running:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal_group(process.pid, signal.SIGKILL)
                process.wait(5)
        for process in running:
            _signal_group(process.pid, signal.SIGKILL)


def _signal_group(pid: int, what: signal.Signals) -> None:
    """Signal a whole process group; one that is gone is no fault."""
    try:
        os.killpg(pid, what)
    except ProcessLookupError:
        return


def _open_log(path: Path) -> IO[bytes]:
    """Open a log for appending; one that grew large is put aside first."""
    if path.exists() and path.stat().st_size > MAX_LOG_BYTES:
        path.replace(path.with_suffix(".log.1"))
    return path.open("ab")

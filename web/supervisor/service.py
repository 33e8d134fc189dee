"""``yaozheng up``: from a bare checkout to an assistant that answers.

1. One start an installation: a lock on ``run/up.lock``. Ports are checked before anything starts.
2. ``preparation`` brings the database up to date; then, side by side on two cores: sandbox, encoder,
   knowledge and index in one process; Rasa's model in another, trained only where its sources changed.
3. Rasa is started as soon as its model is there (it takes longest), the others as soon as their data is.
4. ``readiness`` waits for every process, for a job done by the worker, and for a turn that was answered.
5. The address and the demo accounts are shown; ``run/up.json`` tells other programs the same.
6. The supervisor keeps the programs running until SIGINT or SIGTERM, then ends them all; where another
   dialogue model was switched to, a second Rasa takes the place of the first (``dialogue``).
"""

import fcntl
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from core.errors import AssistantError, Conflict, DependencyFailed
from core.secrets import get_secrets
from core.settings import Settings
from web.supervisor import accounts, machine, models, ports, readiness
from web.supervisor.children import Children, Stopped, require_success
from web.supervisor.dialogue import DialogueSwitch, pointer
from web.supervisor.programs import ASSISTANT, Program, environment, programs
from web.supervisor.reporting import Reporter, Running
from web.supervisor.supervision import Event, Supervisor

STATE = "up.json"
FOLLOW_S = 2.0
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Ready:
    """A running installation: its address, how long it took, who can sign in, the seconds of each step."""

    address: str
    seconds: float
    accounts: list[accounts.KnownAccount]
    steps: list[dict[str, Any]]


@contextmanager
def only_one(settings: Settings) -> Iterator[None]:
    """Hold the installation's lock.

    Raises:
        Conflict: it is running already.
    """
    path = settings.folder("run") / "up.lock"
    with path.open("a+") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Conflict("setup.already_running", home=settings.home) from error
        yield


class _PreparationEvents:
    """Shows what the preparation's process tells, line by line."""

    def __init__(self, reporter: Reporter, is_migrated: threading.Event) -> None:
        self.failure: DependencyFailed | None = None
        self._reporter = reporter
        self._is_migrated = is_migrated
        self._steps: dict[str, Running] = {}

    def take(self, line: str) -> None:
        """Take one line; what is no event of ours is passed over."""
        event: dict[str, Any] = json.loads(line) if line.startswith('{"') else {}
        state = event.get("state")
        if state == "started":
            self._steps[event["step"]] = self._reporter.begin(event["step"])
        elif state == "finished":
            self._finish(event["step"], self._reporter.text(event["note"], **event["params"]))
        elif state == "failed":
            self.failure = DependencyFailed(event["code"], **event["params"])

    def _finish(self, name: str, note: str) -> None:
        running = self._steps.pop(name)
        running.note = note
        self._reporter.finish(running)
        if name == "migrations":
            self._is_migrated.set()


class Installation:
    """One running installation. ``up`` blocks until it is told to stop."""

    def __init__(self, settings: Settings, reporter: Reporter) -> None:
        self.settings = settings
        self._reporter = reporter
        self._children = Children()
        self._stop = threading.Event()
        self._since = time.monotonic()
        self._programs: dict[str, Program] = {}
        self._supervisor: Supervisor | None = None
        self._state: dict[str, Any] = {"pid": os.getpid(), "address": settings.public_url, "ready": False}

    def up(self, on_ready: Callable[[Ready], None], *, is_once: bool = False) -> None:
        """Prepare, start, and keep running.

        Args:
            on_ready: is called once a turn was answered.
            is_once: end everything then and return (a check of the whole set-up).

        Raises:
            AssistantError: what the person must know to mend it.
        """
        ports.require_free(self.settings)
        with only_one(self.settings), self._signals():
            self._write_state(programs={}, seconds=0.0)
            self._supervisor = Supervisor(self.settings.folder("logs"), self._on_event)
            try:
                on_ready(self._start())
                if not is_once:
                    self._follow()
            except Stopped:
                return
            finally:
                self._end()

    def _follow(self) -> None:
        """Keep running; let another dialogue model take the place of the running one after a switch."""
        assert self._supervisor is not None
        shipped = self._programs["rasa"]
        switch = DialogueSwitch(self.settings, self._supervisor, shipped, self._stop.wait)
        while not self._stop.wait(FOLLOW_S):
            try:
                switch.follow()
            except (AssistantError, SQLAlchemyError) as error:
                log.warning("supervisor.register_unread", error=type(error).__name__)

    def _start(self) -> Ready:
        with self._reporter:
            with self._reporter.step("home"):
                get_secrets()
                pointer(self.settings).unlink(missing_ok=True)
                self._programs = programs(self.settings)
            is_migrated = threading.Event()
            with ThreadPoolExecutor(3) as pool:
                jobs = [
                    pool.submit(self._prepare_data, is_migrated),
                    pool.submit(self._prepare_rasa, is_migrated),
                    pool.submit(self._prepare_machine),
                ]
                self._join(jobs)
            self._start_programs("actions", "worker", "web")
            self._wait_until_ready()
        seconds = round(time.monotonic() - self._since, 1)
        steps = [asdict(done) for done in self._reporter.done]
        self._write_state(ready=True, seconds=seconds, steps=steps)
        return Ready(self.settings.public_url, seconds, accounts.read(self.settings), steps)

    def _join(self, jobs: list[Future[None]]) -> None:
        """Wait for the threads; the first failure ends the others' children."""
        finished, _ = wait(jobs, return_when=FIRST_EXCEPTION)
        failed = [job for job in finished if job.exception() is not None]
        if failed:
            self._children.stop()
            wait(jobs)
            failed[0].result()

    def _prepare_data(self, is_migrated: threading.Event) -> None:
        log = self.settings.folder("logs") / "preparation.log"
        events = _PreparationEvents(self._reporter, is_migrated)
        argv = [sys.executable, "-m", "web.supervisor.preparation"]
        try:
            status = self._children.run(argv, environment(self.settings), log, events.take)
        finally:
            is_migrated.set()
        if events.failure is not None:
            raise events.failure
        require_success(status, self._reporter.text("setup.step.data"), log)

    def _prepare_rasa(self, is_migrated: threading.Event) -> None:
        log = self.settings.folder("logs") / "training.log"
        env = environment(self.settings)
        run = [self.settings.rasa_python, str(ASSISTANT)]
        if not Path(self.settings.rasa_python).exists():
            raise DependencyFailed("setup.rasa_python_missing", path=self.settings.rasa_python)
        with self._reporter.step("model") as step:
            lines: list[str] = []
            require_success(self._children.run([*run, "digest"], env, log, lines.append), step.title, log)
            sources = lines[-1].strip()
            step.note = self._reporter.text("setup.note.unchanged")
            if not models.is_current(self.settings, sources):
                require_success(self._children.run([*run, "train"], env, log), step.title, log)
                models.note_trained(self.settings, sources)
                step.note = self._reporter.text("setup.note.trained")
            is_migrated.wait()
            if self._children.is_stopped:
                raise Stopped
            models.register_rasa(self.settings, sources)
        self._start_programs("rasa")

    def _prepare_machine(self) -> None:
        with self._reporter.step("machine") as step:
            code, params = machine.complete(self.settings, self._children)
            step.note = self._reporter.text(code, **params)

    def _start_programs(self, *names: str) -> None:
        assert self._supervisor is not None
        for name in names:
            if self._children.is_stopped:
                raise Stopped
            self._supervisor.start(self._programs[name])

    def _wait_until_ready(self) -> None:
        probe = readiness.send_probe()
        claims: dict[str, Callable[[], bool]] = {
            name: partial(readiness.is_healthy, program)
            for name, program in self._programs.items()
            if program.health_url
        }
        claims["worker"] = partial(readiness.is_done, probe)
        for name, claim in claims.items():
            with self._reporter.step(name):
                if not readiness.wait_for(claim, self._programs[name].start_limit_s, self._gives_up(name)):
                    self._require_running()
                    raise DependencyFailed("setup.not_ready", name=name, log=self._log(name))
        with self._reporter.step("canary"):
            readiness.require_turn(self.settings, self._gives_up(*self._programs))

    def _gives_up(self, *names: str) -> Any:
        supervisor = self._supervisor
        assert supervisor is not None
        return lambda: self._stop.is_set() or any(supervisor.has_given_up(name) for name in names)

    def _require_running(self) -> None:
        if self._stop.is_set():
            raise Stopped

    def _log(self, name: str) -> Path:
        return self.settings.home / "logs" / f"{name}.log"

    def _on_event(self, event: Event) -> None:
        if event.what == "started":
            self._write_state(programs={**self._state["programs"], event.name: event.pid})
            return
        self._reporter.say(
            f"setup.program.{event.what}",
            name=event.name,
            status=event.status,
            pause_s=event.pause_s,
            log=event.log,
        )

    def _write_state(self, **changes: Any) -> None:
        self._state |= changes
        path = self.settings.folder("run") / STATE
        temporary = path.with_suffix(".new")
        temporary.write_text(json.dumps(self._state, indent=1, default=str))
        temporary.replace(path)

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """SIGINT and SIGTERM end the installation; the second one is not needed."""

        def on_signal(_number: int, _frame: Any) -> None:
            self._stop.set()
            self._children.stop()

        before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _end(self) -> None:
        self._children.stop()
        assert self._supervisor is not None
        self._supervisor.stop()
        (self.settings.folder("run") / STATE).unlink(missing_ok=True)

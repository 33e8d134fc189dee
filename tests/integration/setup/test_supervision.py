import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.settings import REPOSITORY
from web.supervisor.programs import Program
from web.supervisor.supervision import MAX_QUICK_DEATHS, Event, Supervisor

SLEEP = "import time; time.sleep(600)"
WITH_GRANDCHILD = (
    "import subprocess, sys, time\n"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
    "open(sys.argv[1], 'w').write(str(child.pid))\n"
    "time.sleep(600)\n"
)
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"


def python(name: str, code: str, *arguments: str) -> Program:
    return Program(name, (sys.executable, "-c", code, *arguments), dict(os.environ))


def wait_until(claim: Callable[[], object], limit_s: float = 20.0) -> bool:
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        if claim():
            return True
        time.sleep(0.02)
    return False


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.fixture
def events() -> list[Event]:
    return []


@pytest.fixture
def supervisor(tmp_path: Path, events: list[Event]) -> Iterator[Supervisor]:
    made = Supervisor(tmp_path, events.append)
    yield made
    made.stop()


def test_a_program_has_a_process_id_as_soon_as_it_was_started(supervisor: Supervisor) -> None:
    supervisor.start(python("sleeper", SLEEP))
    assert is_alive(supervisor.pid("sleeper"))


def test_a_program_that_dies_is_started_again_and_the_death_is_told(
    supervisor: Supervisor, events: list[Event]
) -> None:
    supervisor.start(python("sleeper", SLEEP))
    first = supervisor.pid("sleeper")
    os.kill(first, signal.SIGKILL)
    assert wait_until(lambda: supervisor.pid("sleeper") not in (0, first))
    died = next(event for event in events if event.what == "died")
    assert (died.name, died.pid, died.status) == ("sleeper", first, -signal.SIGKILL)


def test_pauses_between_restarts_double(supervisor: Supervisor, events: list[Event]) -> None:
    supervisor.start(python("failing", "raise SystemExit(3)"))
    assert wait_until(lambda: supervisor.has_given_up("failing"), 60)
    pauses = [event.pause_s for event in events if event.what == "died"]
    assert pauses == [0.5, 1.0, 2.0, 4.0]


def test_a_program_that_dies_again_and_again_is_given_up_with_its_log_named(
    supervisor: Supervisor, events: list[Event], tmp_path: Path
) -> None:
    supervisor.start(python("failing", "print('the reason'); raise SystemExit(3)"))
    assert wait_until(lambda: supervisor.has_given_up("failing"), 60)
    last = events[-1]
    assert (last.what, last.status, last.log) == ("given_up", 3, tmp_path / "failing.log")
    assert last.log.read_text().count("the reason") == MAX_QUICK_DEATHS


def test_one_failing_program_leaves_the_others_running(supervisor: Supervisor) -> None:
    supervisor.start(python("sleeper", SLEEP))
    before = supervisor.pid("sleeper")
    supervisor.start(python("failing", "raise SystemExit(3)"))
    assert wait_until(lambda: supervisor.has_given_up("failing"), 60)
    assert supervisor.pid("sleeper") == before


def test_stopping_ends_grandchildren_too(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path, lambda event: None)
    note = tmp_path / "grandchild"
    supervisor.start(python("parent", WITH_GRANDCHILD, str(note)))
    assert wait_until(lambda: note.exists() and note.read_text())
    parent, grandchild = supervisor.pid("parent"), int(note.read_text())
    supervisor.stop()
    assert wait_until(lambda: not is_alive(parent) and not is_alive(grandchild), 5)


def test_grandchildren_of_a_program_that_died_do_not_live_on(
    supervisor: Supervisor, events: list[Event], tmp_path: Path
) -> None:
    note = tmp_path / "grandchild"
    supervisor.start(python("parent", WITH_GRANDCHILD, str(note)))
    assert wait_until(lambda: note.exists() and note.read_text())
    grandchild = int(note.read_text())
    os.kill(supervisor.pid("parent"), signal.SIGKILL)
    assert wait_until(lambda: any(event.what == "died" for event in events))
    assert wait_until(lambda: not is_alive(grandchild), 5)


def test_a_program_that_ignores_the_request_to_end_is_made_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.supervisor.supervision.STOP_LIMIT_S", 0.5)
    supervisor = Supervisor(tmp_path, lambda event: None)
    supervisor.start(python("stubborn", STUBBORN))
    pid = supervisor.pid("stubborn")
    time.sleep(0.5)
    supervisor.stop()
    assert not is_alive(pid)


def test_programs_end_when_the_supervisor_itself_is_killed(tmp_path: Path) -> None:
    code = (
        "import os, sys, time\n"
        "from pathlib import Path\n"
        "from web.supervisor.programs import Program\n"
        "from web.supervisor.supervision import Supervisor\n"
        "folder = Path(sys.argv[1])\n"
        "supervisor = Supervisor(folder, lambda event: None)\n"
        f"supervisor.start(Program('sleeper', (sys.executable, '-c', {SLEEP!r}), dict(os.environ)))\n"
        "time.sleep(0.5)\n"
        "(folder / 'pid').write_text(str(supervisor.pid('sleeper')))\n"
        "time.sleep(600)\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, cwd=REPOSITORY) as process:
        note = tmp_path / "pid"
        assert wait_until(lambda: note.exists() and note.read_text())
        child = int(note.read_text())
        assert is_alive(child)
        process.kill()
    assert wait_until(lambda: not is_alive(child), 10)


def test_a_log_that_grew_large_is_put_aside(
    tmp_path: Path, events: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.supervisor.supervision.MAX_LOG_BYTES", 10)
    (tmp_path / "sleeper.log").write_text("x" * 100)
    supervisor = Supervisor(tmp_path, events.append)
    supervisor.start(python("sleeper", "print('new', flush=True); " + SLEEP))
    assert wait_until(lambda: (tmp_path / "sleeper.log").read_text() == "new\n")
    supervisor.stop()
    assert (tmp_path / "sleeper.log.1").read_text() == "x" * 100

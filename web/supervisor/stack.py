"""A whole installation for tests and measurements: started by the real command, in a folder of its own.

    with Stack(folder) as stack:
        stack.base_url, stack.accounts["officer"].password
        stack.kill("rasa")

The Rasa model is kept between stacks under ``build/rasa-models/`` by the digest of its sources.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from core.settings import REPOSITORY
from web.supervisor.accounts import FILE, KnownAccount
from web.supervisor.ports import free_ports

MODELS = REPOSITORY / "build" / "rasa-models"
START_LIMIT_S = 900.0
STOP_LIMIT_S = 40.0


class StackFailed(RuntimeError):  # noqa: N818 - says what happened
    """The installation did not become ready; the text holds what it wrote."""


class Stack:
    """Context manager: starts ``yaozheng up`` with free ports, ends it as Ctrl-C would.

    Args:
        home: the installation's folder, made if absent.
        env: further variables, such as YAOZHENG_DATABASE_URL.
    """

    def __init__(self, home: Path, env: Mapping[str, str] | None = None) -> None:
        self.home = home
        self.output = home / "up.out"
        self._env = dict(env or {})
        self._process: subprocess.Popen[bytes] | None = None
        web, rasa, actions = free_ports(3)
        self._ports = {
            "YAOZHENG_HOME": str(home),
            "YAOZHENG_WEB_PORT": str(web),
            "YAOZHENG_RASA_PORT": str(rasa),
            "YAOZHENG_ACTIONS_PORT": str(actions),
        }
        self.base_url = f"http://127.0.0.1:{web}"

    def __enter__(self) -> "Stack":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> float:
        """Start and wait until a turn was answered; return the seconds that took."""
        self.home.mkdir(parents=True, exist_ok=True)
        self._take_model()
        started = time.monotonic()
        with self.output.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "web.command_line.up"],
                env={**_clean_environment(), **self._ports, **self._env},
                cwd=REPOSITORY,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._wait(started)
        finally:
            self._keep_model()
        return time.monotonic() - started

    def stop(self) -> int:
        """End it; return its exit status.

        Raises:
            StackFailed: it did not end by itself.
        """
        process, self._process = self._process, None
        if process is None:
            return 0
        process.send_signal(signal.SIGINT)
        try:
            return process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired as error:
            os.killpg(process.pid, signal.SIGKILL)
            raise StackFailed(f"did not end: {self.said()}") from error

    @property
    def state(self) -> dict[str, Any]:
        """What the installation tells about itself: address, process ids, readiness, seconds."""
        path = self.home / "run" / "up.json"
        found: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
        return found

    @property
    def accounts(self) -> dict[str, KnownAccount]:
        """The demo accounts by login."""
        rows = [KnownAccount(**row) for row in json.loads((self.home / FILE).read_text())]
        return {row.login: row for row in rows}

    @property
    def pid(self) -> int:
        """The process id of the installation's own process, 0 when it is not running."""
        return self._process.pid if self._process else 0

    def program_pid(self, name: str) -> int:
        """The process id of a program now."""
        return int(self.state["programs"][name])

    def kill(self, name: str) -> int:
        """Kill a program at once, as a crash would; return the process id that it had."""
        pid = self.program_pid(name)
        os.killpg(pid, signal.SIGKILL)
        return pid

    def wait_for_restart(self, name: str, killed: int, limit_s: float = 60.0) -> int:
        """Wait until the supervisor has started a program again; return the new process id."""
        deadline = time.monotonic() + limit_s
        while time.monotonic() < deadline:
            pid = self.program_pid(name)
            if pid != killed:
                return pid
            time.sleep(0.1)
        raise StackFailed(f"{name} was not started again: {self.said()}")

    def said(self) -> str:
        """What the installation wrote to its terminal so far."""
        return self.output.read_text(errors="replace") if self.output.exists() else ""

    def log(self, name: str) -> str:
        """What a program wrote."""
        return (self.home / "logs" / f"{name}.log").read_text(errors="replace")

    def _wait(self, started: float) -> None:
        assert self._process is not None
        while time.monotonic() - started < START_LIMIT_S:
            if self._process.poll() is not None:
                raise StackFailed(self.said())
            if self.state.get("ready"):
                return
            time.sleep(0.2)
        self.stop()
        raise StackFailed(f"not ready after {START_LIMIT_S} s: {self.said()}")

    def _take_model(self) -> None:
        target = self.home / "rasa" / "model"
        kept = MODELS / rasa_digest()
        if kept.is_dir() and not target.exists():
            shutil.copytree(kept, target)

    def _keep_model(self) -> None:
        kept = MODELS / rasa_digest()
        noted = self.home / "rasa" / "model" / "trained.json"
        if not kept.exists() and noted.exists() and kept.name in noted.read_text():
            fresh = kept.with_name(f"{kept.name}.{os.getpid()}")
            shutil.copytree(self.home / "rasa" / "model", fresh)
            try:
                fresh.rename(kept)
            except OSError:  # another stack kept the same model meanwhile
                shutil.rmtree(fresh)


def rasa_digest() -> str:
    """Return the digest of what Rasa's model is trained on."""
    command = [sys.executable, str(REPOSITORY / "bot" / "assistant" / "run.py"), "digest"]
    found = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    return found.stdout.strip()


def _clean_environment() -> dict[str, str]:
    """Return this process's environment without another installation's settings."""
    return {name: value for name, value in os.environ.items() if not name.startswith("YAOZHENG_")}

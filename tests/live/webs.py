"""The product's web processes, watched by its own supervisor, over the database of the test."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psutil
import pytest

from core.database import transaction
from core.identity import Role
from core.identity.models import Account
from core.identity.service import create_account
from core.settings import get_settings
from web.supervisor.ports import free_ports
from web.supervisor.programs import programs
from web.supervisor.readiness import fetch
from web.supervisor.supervision import Event, Supervisor

START_LIMIT_S = 90.0
PASSWORD = "a-password-of-the-desk"


@dataclass
class Webs:
    """Several web processes behind one port.

    Attributes:
        port: where they listen.
        kills: how many single processes, and how often all of them at once, were killed.
    """

    port: int
    supervisor: Supervisor
    kills: int = 0
    deaths: int = 0
    events: list[Event] = field(default_factory=list)

    def processes(self) -> list[psutil.Process]:
        """The processes that serve requests now."""
        pid = self.supervisor.pid("web")
        return psutil.Process(pid).children() if pid else []

    def kill_one(self, rng: random.Random) -> None:
        """Kill a web process at once, as the system does when memory runs out."""
        serving = self.processes()
        if len(serving) > 1:
            rng.choice(serving).kill()
            self.kills += 1

    def kill_all(self) -> None:
        """Kill the whole program; the supervisor starts it again."""
        pid = self.supervisor.pid("web")
        if pid:
            psutil.Process(pid).kill()
            self.deaths += 1

    @property
    def base_url(self) -> str:
        """Where they answer."""
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def serving(monkeypatch: pytest.MonkeyPatch, *, count: int, **settings: object) -> Iterator[Webs]:
    """Serve the installation of the fixtures ``home`` and ``store`` with so many web processes."""
    port = free_ports(1)[0]
    chosen = {"WEB_PORT": port, "WEB_WORKERS": count, "RATE_LIMIT_FACTOR": 0, "LOG_LEVEL": "ERROR"}
    for name, value in {**chosen, **settings}.items():
        monkeypatch.setenv(f"YAOZHENG_{name}", str(value))
    get_settings.cache_clear()
    events: list[Event] = []
    supervisor = Supervisor(get_settings().folder("logs"), events.append)
    webs = Webs(port, supervisor, events=events)
    try:
        supervisor.start(programs(get_settings())["web"])
        _wait(webs, count)
        yield webs
    finally:
        supervisor.stop()


def _wait(webs: Webs, count: int) -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline:
        if fetch(f"{webs.base_url}/healthz")[0] == 200 and len(webs.processes()) == count:
            return
        time.sleep(0.1)
    raise AssertionError("the web processes did not start")


def enrol(count: int) -> list[Account]:
    """Make so many officers who may take any case."""
    with transaction() as session:
        return [
            create_account(
                session,
                login=f"desk{number:02d}",
                password=PASSWORD,
                role=Role.OFFICER,
                display_name=f"D{number}",
            )
            for number in range(count)
        ]

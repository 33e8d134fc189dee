"""Wake-ups reach every process of an installation."""

import subprocess
import sys
import threading
from pathlib import Path

from core import database
from core.database.engine import Database
from core.realtime import publish, publish_after_commit, subscribe


def test_a_wake_up_between_subscribing_and_waiting_is_not_missed(home: Path) -> None:
    with subscribe("conv:1") as feed:
        publish("conv:1")
        assert feed.wait(0)


def test_other_topics_do_not_wake(home: Path) -> None:
    with subscribe("conv:1") as feed:
        publish("conv:2")
        assert not feed.wait(0.05)


def test_a_closed_subscription_is_forgotten(home: Path) -> None:
    feed = subscribe("conv:1")
    with feed:
        pass
    publish("conv:1")
    assert not feed.wait(0)


def test_a_wake_up_comes_after_the_commit(db: Database) -> None:
    with subscribe("conv:1") as feed, database.transaction() as session:
        publish_after_commit(session, "conv:1")
        assert not feed.wait(0)
    with subscribe("conv:1") as feed:
        with database.transaction() as session:
            publish_after_commit(session, "conv:1")
        assert feed.wait(0)


def test_a_wake_up_crosses_processes_and_a_dead_listener_is_cleared_away(home: Path) -> None:
    code = "from core.realtime import publish; publish('draft:7')"
    with subscribe("draft:7") as feed:
        stale = home / "run" / "bus" / "0-dead"
        _make_dead_socket(stale)
        done = threading.Event()
        threading.Thread(
            target=lambda: (subprocess.run([sys.executable, "-c", code], check=True), done.set())
        ).start()
        assert feed.wait(20)
        assert done.wait(20)
    assert not stale.exists()


def _make_dead_socket(path: Path) -> None:
    import socket

    left = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    left.bind(str(path))
    left.close()

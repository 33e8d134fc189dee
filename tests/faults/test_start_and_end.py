"""Starting again, starting twice, and ending."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from core.settings import REPOSITORY
from web.supervisor.ports import free_ports, is_free
from web.supervisor.stack import Stack

pytestmark = [pytest.mark.rasa, pytest.mark.timeout(1500)]
DATA_STEPS = ("migrations", "sandbox", "encoder", "knowledge", "index", "model")
UNCHANGED = "无变化"


def processes_of(home: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("YAOZHENG_HOME") == str(home):
                found.append(process)
        except (psutil.AccessDenied, psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
    return found


def test_a_second_start_passes_over_what_is_unchanged_and_the_end_leaves_nothing(tmp_path: Path) -> None:
    stack = Stack(tmp_path / "home")
    with stack:
        first = {step["step"]: step["note"] for step in stack.state["steps"]}
        passwords = {account.login: account.password for account in stack.accounts.values()}
        assert len(processes_of(stack.home)) >= 5
        port = int(stack.base_url.rsplit(":", 1)[1])
        assert not is_free("127.0.0.1", port)
    assert processes_of(stack.home) == []
    assert is_free("127.0.0.1", port)
    assert first["sandbox"] != UNCHANGED

    seconds = stack.start()
    try:
        again = {step["step"]: step["note"] for step in stack.state["steps"]}
        assert {again[name] for name in DATA_STEPS} == {UNCHANGED}
        assert {account.login: account.password for account in stack.accounts.values()} == passwords
        assert seconds < 200
    finally:
        status = stack.stop()
    assert status == 0
    assert processes_of(stack.home) == []


def test_one_folder_runs_once(stack: Stack) -> None:
    env = {**os.environ, "YAOZHENG_HOME": str(stack.home), "LANG": "en_GB.UTF-8", "LC_ALL": "en_GB.UTF-8"}
    names = ("YAOZHENG_WEB_PORT", "YAOZHENG_RASA_PORT", "YAOZHENG_ACTIONS_PORT")
    env |= {name: str(port) for name, port in zip(names, free_ports(3), strict=True)}
    command = [sys.executable, "-m", "web.command_line.up"]
    found = subprocess.run(command, env=env, cwd=REPOSITORY, capture_output=True, text=True, timeout=60)
    assert found.returncode == 1
    assert str(stack.home) in found.stderr
    assert found.stderr.count("\n") == 1


def test_a_taken_port_ends_the_start_with_one_line_before_anything_runs(tmp_path: Path, stack: Stack) -> None:
    port = stack.base_url.rsplit(":", 1)[1]
    env = {**os.environ, "YAOZHENG_HOME": str(tmp_path / "other"), "YAOZHENG_WEB_PORT": port}
    command = [sys.executable, "-m", "web.command_line.up", "--locale", "en"]
    found = subprocess.run(command, env=env, cwd=REPOSITORY, capture_output=True, text=True, timeout=60)
    assert found.returncode == 1
    assert found.stderr.count("\n") == 1
    assert port in found.stderr
    assert "YAOZHENG_WEB_PORT" in found.stderr
    assert not (tmp_path / "other" / "database.sqlite3").exists()

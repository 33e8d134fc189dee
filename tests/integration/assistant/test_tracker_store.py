"""Trackers survive, are shared between processes, and are never taken from a turn that broke off."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from core.settings import REPOSITORY

pytestmark = [pytest.mark.rasa, pytest.mark.timeout(600)]
PROBE = Path(__file__).with_name("tracker_store_probe.py")


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    path = tmp_path_factory.mktemp("trackers") / "trackers.sqlite3"
    run = subprocess.run(
        [str(REPOSITORY / ".venv-rasa" / "bin" / "python"), str(PROBE), str(path)],
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "RASA_TELEMETRY_ENABLED": "false"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-3000:]
    found: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return found


def test_an_unknown_person_has_no_tracker(seen: dict[str, Any]) -> None:
    assert seen["absent"] is True


def test_a_live_tracker_is_used_again_and_read_by_another_process(seen: dict[str, Any]) -> None:
    assert seen["same_object"] is True
    assert seen["read_by_another"] == ["one"]
    assert seen["slot"] == "fil_1"


def test_what_a_broken_off_turn_left_is_forgotten(seen: dict[str, Any]) -> None:
    assert seen["after_half_a_turn"] == ["one"]


def test_what_another_process_saved_is_seen(seen: dict[str, Any]) -> None:
    assert seen["after_anothers_turn"] == ["one", "two"]


def test_a_clock_stepped_back_hides_and_reorders_nothing_and_saving_twice_adds_nothing(
    seen: dict[str, Any],
) -> None:
    assert seen["clock_stepped_back"] == ["one", "two", "three"]

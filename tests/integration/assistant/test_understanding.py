"""How well the assistant understands, and whether its rules hold: measured with the trained model itself."""

import json
import os
import subprocess
from typing import Any

import pytest

from core.settings import REPOSITORY
from web.supervisor.stack import Stack

pytestmark = [pytest.mark.rasa, pytest.mark.timeout(1800)]
ASSISTANT = REPOSITORY / "bot" / "assistant"
PYTHON = str(REPOSITORY / ".venv-rasa" / "bin" / "python")
LEAST_ACCURACY = 0.93
MOST_SERVED_WRONG = 0.05
LEAST_HELD_OUT = 0.93
MOST_HELD_OUT_WRONG = 0.04


def measured(*arguments: str) -> dict[str, Any]:
    run = subprocess.run(
        [PYTHON, str(ASSISTANT / "measure.py"), *arguments],
        cwd=ASSISTANT,
        env={**os.environ, "PYTHONPATH": str(ASSISTANT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-3000:]
    found: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return found


def test_cross_validation_reaches_the_gate() -> None:
    found = measured("crossvalidate", "5")
    print({name: value for name, value in found.items() if name != "wrong"})
    assert found["accuracy"] >= LEAST_ACCURACY, found
    assert found["served_wrong"] <= MOST_SERVED_WRONG, found


def test_utterances_that_training_never_saw_are_understood(stack: Stack) -> None:
    found = measured("heldout", str(stack.home / "rasa" / "model" / "yaozheng.tar.gz"))
    print({name: value for name, value in found.items() if name != "wrong"})
    assert found["accuracy"] >= LEAST_HELD_OUT, found
    assert found["served_wrong"] <= MOST_HELD_OUT_WRONG, found
    assert found["wrong_form"] == 0, found


def test_the_stories_hold(stack: Stack) -> None:
    run = subprocess.run(
        [PYTHON, str(ASSISTANT / "run.py"), "test"],
        cwd=REPOSITORY,
        env={**os.environ, "YAOZHENG_HOME": str(stack.home)},
        capture_output=True,
        text=True,
        check=False,
    )
    failed = stack.home / "rasa" / "results" / "failed_test_stories.yml"
    assert run.returncode == 0, failed.read_text() if failed.exists() else run.stderr[-3000:]
    passed = (stack.home / "rasa" / "results" / "story_report.json").read_text()
    assert json.loads(passed)["conversation_accuracy"]["total"] >= 14


def test_composed_examples_are_what_their_sources_say() -> None:
    run = subprocess.run(
        [PYTHON, str(ASSISTANT / "compose.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout

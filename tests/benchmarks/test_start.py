"""How long an installation takes until a turn was answered: the first time, and again."""

from pathlib import Path

import pytest

from web.supervisor import stack as stacks

pytestmark = [pytest.mark.benchmark, pytest.mark.rasa, pytest.mark.timeout(1500)]


def test_first_and_second_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stacks, "MODELS", tmp_path / "models")
    stack = stacks.Stack(tmp_path / "home")
    print()
    for name in ("first start, packages installed", "second start"):
        seconds = stack.start()
        steps = ", ".join(f"{step['step']} {step['seconds']:.0f} s" for step in stack.state["steps"])
        print(f"{name}: {seconds:.1f} s ({steps})")
        assert stack.state["ready"]
        stack.stop()

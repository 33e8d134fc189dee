"""Whole chat turns, HTTP to answer, beside stock Rasa's default pipeline in the same run."""

from pathlib import Path

import pytest

from tests.benchmarks import product, stock
from tests.benchmarks.load import OpenConversation, TurnFigures, measure
from web.supervisor.stack import Stack

pytestmark = [pytest.mark.benchmark, pytest.mark.rasa, pytest.mark.timeout(1500)]
REPOSITORY = Path(__file__).resolve().parents[2]
RASA_PYTHON = REPOSITORY / ".venv-rasa" / "bin" / "python"
ROUNDS = {1: 6, 8: 3}


def _both(name: str, opened: OpenConversation, messages: tuple[str, ...]) -> list[TurnFigures]:
    figures = [measure(opened, messages * rounds, count) for count, rounds in ROUNDS.items()]
    for one in figures:
        print(
            f"{name:<12} {one.conversations} conversation(s), {one.turns} turns:"
            f" p50 {one.p50_ms:.0f} ms, p95 {one.p95_ms:.0f} ms, {one.turns_per_s:.1f} turns/s"
        )
    return figures


def test_turns_beside_stock_rasa(tmp_path: Path) -> None:
    print()
    with Stack(tmp_path / "home", {"YAOZHENG_RATE_LIMIT_FACTOR": "0"}) as stack:
        ours = _both("Yaozheng", product.conversations(stack.base_url), product.MESSAGES)
        for name, pid in stack.state["programs"].items():
            print(f"{name:<12} {product.resident_mib(pid):.0f} MiB resident")
    print(f"stock Rasa   trained in {stock.train(RASA_PYTHON, tmp_path / 'stock'):.0f} s")
    with stock.serving(RASA_PYTHON, tmp_path / "stock") as (address, process, seconds):
        print(f"stock Rasa   first answer after {seconds:.0f} s")
        theirs = _both("stock Rasa", lambda number: stock.conversation(address, number), stock.MESSAGES)
        print(f"stock Rasa   {product.resident_mib(process.pid):.0f} MiB resident")
    for one, other in zip(ours, theirs, strict=True):
        print(
            f"ratio at {one.conversations}: p50 {one.p50_ms / other.p50_ms:.2f},"
            f" turns/s {one.turns_per_s / other.turns_per_s:.2f}"
        )
    assert all(one.turns == other.turns for one, other in zip(ours, theirs, strict=True))

"""Bounded load on loopback: some conversations, each sending its messages one after the other."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from statistics import median

Turn = Callable[[str], None]
OpenConversation = Callable[[int], Turn]


@dataclass(frozen=True)
class TurnFigures:
    """Latencies of turns in milliseconds, and turns a second over all conversations."""

    conversations: int
    turns: int
    p50_ms: float
    p95_ms: float
    turns_per_s: float


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which ``share`` (0 to 1) of the values lie, nearest rank."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]


def measure(open_conversation: OpenConversation, messages: Sequence[str], conversations: int) -> TurnFigures:
    """Send all messages in each of the conversations at once and time every turn."""
    turns = [open_conversation(number) for number in range(conversations)]
    for turn in turns:
        turn(messages[0])
    begun = time.perf_counter()
    with ThreadPoolExecutor(conversations) as pool:
        taken = [ms for own in pool.map(lambda turn: _timed(turn, messages), turns) for ms in own]
    seconds = time.perf_counter() - begun
    return TurnFigures(
        conversations, len(taken), median(taken), percentile(taken, 0.95), len(taken) / seconds
    )


def _timed(turn: Turn, messages: Sequence[str]) -> list[float]:
    taken = []
    for message in messages:
        begun = time.perf_counter()
        turn(message)
        taken.append((time.perf_counter() - begun) * 1000)
    return taken

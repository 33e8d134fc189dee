"""Figures are counted once a minute, not once for the page and again for each of its charts."""

import threading
import time
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from flask import current_app

Value = TypeVar("Value")
FRESH_S, MONTHLY_FRESH_S = 60.0, 3600.0
MOST_KEPT = 500
NAME = "yaozheng_figures"


class _Slot:
    """One value; whoever makes it anew holds ``lock``, and others wait for it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.until = float("-inf")
        self.value: Any = None


class Memory:
    """What was counted lately; ``clock`` gives seconds and is injected by tests."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._slots: dict[Hashable, _Slot] = {}

    def get(self, key: Hashable, make: Callable[[], Value], fresh_s: float = FRESH_S) -> Value:
        """Return what is kept under ``key``, made anew once it is ``fresh_s`` old, by one caller alone."""
        with self._lock:
            if key not in self._slots and len(self._slots) >= MOST_KEPT:
                self._slots.clear()
            slot = self._slots.setdefault(key, _Slot())
        with slot.lock:
            if slot.until <= self._clock():
                slot.value = make()
                slot.until = self._clock() + fresh_s
            found: Value = slot.value
            return found


def memory() -> Memory:
    """Return this application's memory."""
    kept: Memory = current_app.extensions.setdefault(NAME, Memory())
    return kept

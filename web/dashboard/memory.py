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


class Memory:
    """What was counted lately; ``clock`` gives seconds and is injected by tests."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[Hashable, tuple[float, Any]] = {}

    def get(self, key: Hashable, make: Callable[[], Value], fresh_s: float = FRESH_S) -> Value:
        """Return what is kept under ``key``, made anew once it is ``fresh_s`` old."""
        moment = self._clock()
        with self._lock:
            until, value = self._kept.get(key, (moment, None))
        if until > moment:
            found: Value = value
            return found
        made = make()
        with self._lock:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[key] = (moment + fresh_s, made)
        return made


def memory() -> Memory:
    """Return this application's memory."""
    kept: Memory = current_app.extensions.setdefault(NAME, Memory())
    return kept

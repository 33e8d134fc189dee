"""Reading after N and waiting: the one core of WebSocket and long-poll.

The subscription is opened before the rows are read, so nothing that happens in between is missed; a lost
wake-up costs at most ``RECHECK_S``.
"""

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from flask import current_app, request

from core.errors import InvalidInput
from core.realtime import subscribe
from web.realtime.connections import of

Item = TypeVar("Item")
MAX_WAIT_S = 25.0
RECHECK_S = 5.0


def number_argument(name: str, ceiling: float) -> float:
    """Return a non-negative number of the query, at most ``ceiling``, 0 where it is absent.

    Raises:
        InvalidInput: it is no such number.
    """
    raw = request.args.get(name, "") or "0"
    try:
        value = float(raw)
    except ValueError as error:
        raise InvalidInput("web.api.invalid_input", fields={name: "web.api.field.number"}) from error
    if not 0 <= value < float("inf"):
        raise InvalidInput("web.api.invalid_input", fields={name: "web.api.field.number"})
    return min(value, ceiling)


def after_argument() -> int:
    """Return the query's ``after``."""
    return int(number_argument("after", 2**53))


def read_or_wait(topic: str, read: Callable[[], Sequence[Item]]) -> Sequence[Item]:
    """Return what ``read`` gives, waiting up to the query's ``wait`` seconds while that is nothing.

    Where all live connections are taken it answers at once instead of waiting.
    """
    wait_s = number_argument("wait", MAX_WAIT_S)
    found = read()
    connections = of(current_app)
    if found or wait_s <= 0 or not connections.hold():
        return found
    try:
        return _wait(topic, read, time.monotonic() + wait_s)
    finally:
        connections.release()


def _wait(topic: str, read: Callable[[], Sequence[Item]], deadline: float) -> Sequence[Item]:
    with subscribe(topic) as feed:
        while True:
            found = read()
            left_s = deadline - time.monotonic()
            if found or left_s <= 0:
                return found
            feed.wait(min(left_s, RECHECK_S))

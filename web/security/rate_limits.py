"""Token buckets: so many requests at once, so many a minute after that.

Buckets live in the process: with several web processes each counts for itself, so that the real limit is that
many times higher. ``YAOZHENG_RATE_LIMIT_FACTOR`` scales all limits; 0 switches them off.
"""

import ipaddress
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import current_app, request

from core.errors import TooMany
from core.identity.keys import looks_like_a_key
from core.settings import get_settings
from web.security.sessions import bearer_token, current_session

View = TypeVar("View", bound=Callable[..., Any])
MARK = "yaozheng_limit"
MAX_BUCKETS = 50_000


@dataclass(frozen=True)
class Limit:
    """``burst`` at once, then ``per_minute``; ``by`` is address, conversation, account or channel."""

    name: str
    burst: float
    per_minute: float
    by: str


REQUESTS = Limit("requests", 300, 1200, "address")
SIGN_IN = Limit("sign_in", 10, 20, "address")
CONVERSATIONS = Limit("conversations", 20, 40, "address")
MESSAGES = Limit("messages", 15, 30, "conversation")
MESSAGES_OF_PERSON = Limit("messages_of_person", 30, 60, "account")
MESSAGES_OF_ADDRESS = Limit("messages_of_address", 120, 240, "address")
CHANNEL = Limit("channel", 600, 1800, "channel")
CODES = Limit("codes", 10, 10, "account")
PERSON = Limit("person", 300, 900, "account")
UPLOADS = Limit("uploads", 20, 40, "account")


class TokenBuckets:
    """Counts what was taken; ``clock`` gives seconds and is injected by tests."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: dict[tuple[str, str], tuple[float, float]] = {}

    def take(self, limit: Limit, key: str, factor: float = 1.0) -> float:
        """Take one token; return 0, or the seconds after which one will be there."""
        burst, rate = max(1.0, limit.burst * factor), limit.per_minute * factor / 60
        moment = self._clock()
        with self._lock:
            level, since = self._buckets.get((limit.name, key), (burst, moment))
            level = min(burst, level + (moment - since) * rate)
            if level < 1:
                self._buckets[limit.name, key] = (level, moment)
                return (1 - level) / rate
            self._buckets[limit.name, key] = (level - 1, moment)
            if len(self._buckets) > MAX_BUCKETS:
                self._forget_oldest()
            return 0.0

    def _forget_oldest(self) -> None:
        oldest = sorted(self._buckets, key=lambda key: self._buckets[key][1])
        for key in oldest[: MAX_BUCKETS // 5]:
            del self._buckets[key]


def limited(*limits: Limit) -> Callable[[View], View]:
    """Mark a view with limits of its own, beside those on all requests."""

    def mark(view: View) -> View:
        setattr(view, MARK, limits)
        return view

    return mark


def client_address() -> str:
    """Return the caller's address; one IPv6 customer holds a whole /64."""
    raw = request.remote_addr or "unknown"
    try:
        address = ipaddress.ip_address(raw)
    except ValueError:
        return raw
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return raw


def _key(limit: Limit) -> str:
    """Return what a limit counts for, "" where that is a person and there is none."""
    if limit.by == "conversation":
        return str((request.view_args or {}).get("conversation_id", client_address()))
    if limit.by == "account":
        return current_session().owner.account_id
    return client_address()


def _is_by_key() -> bool:
    """Whether a key is shown where keys count; a wrong one is refused after this, on every route."""
    return request.path.startswith("/api/") and looks_like_a_key(bearer_token())


def enforce() -> None:
    """Count the request: for its address, the person, and the limits of its route; static files are free.

    Raises:
        TooMany: with ``retry_after_s``.
    """
    if request.endpoint is None or request.endpoint.startswith("assets."):
        return
    own: tuple[Limit, ...] = getattr(current_app.view_functions.get(request.endpoint), MARK, ())
    if _is_by_key():  # a system asks for many people from one address: its key's own limit counts
        own = tuple(limit for limit in own if limit.by == "conversation")
    elif get_settings().rate_limit_factor > 0 and current_session().id:
        own = (PERSON, *own)
    for limit in (REQUESTS, *own):
        key = _key(limit)
        if key:
            spend(limit, key)


def spend(limit: Limit, key: str) -> None:
    """Count one for a key of a limit.

    Raises:
        TooMany: with ``retry_after_s``.
    """
    factor = get_settings().rate_limit_factor
    if factor <= 0:
        return
    buckets: TokenBuckets = current_app.extensions["yaozheng_buckets"]
    wait_s = buckets.take(limit, key, factor)
    if wait_s > 0:
        raise TooMany("web.api.too_many", retry_after_s=int(wait_s) + 1)

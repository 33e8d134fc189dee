"""Held connections of this process: each occupies a thread, so a cap leaves some for requests."""

import threading

from flask import Flask, current_app, g

from web.security.refusals import Busy

RETRY_AFTER_S = 10
SHARE_FOR_REQUESTS = 4


class Connections:
    """Counts held connections and refuses those above the cap."""

    def __init__(self, cap: int) -> None:
        self.cap = cap
        self._held = 0
        self._lock = threading.Lock()

    @classmethod
    def for_threads(cls, threads: int) -> "Connections":
        """Return a counter that leaves a quarter of the threads to ordinary requests."""
        return cls(max(1, threads - max(1, threads // SHARE_FOR_REQUESTS)))

    @property
    def held(self) -> int:
        """How many are held now."""
        return self._held

    def hold(self) -> bool:
        """Take a place; False where none is left."""
        with self._lock:
            if self._held >= self.cap:
                return False
            self._held += 1
            return True

    def release(self) -> None:
        """Give a place back."""
        with self._lock:
            self._held -= 1


def of(app: Flask) -> Connections:
    """Return an application's counter."""
    found: Connections = app.extensions["yaozheng_connections"]
    return found


def hold_for_request() -> None:
    """Take a place until the request ends.

    Raises:
        Busy: none is left; the client falls back to polling without waiting.
    """
    if not of(current_app).hold():
        raise Busy("web.api.no_connection", retry_after_s=RETRY_AFTER_S)
    g.held_connection = True


def release_after_request(_error: BaseException | None = None) -> None:
    """Give the request's place back, if it took one."""
    if g.pop("held_connection", False):
        of(current_app).release()

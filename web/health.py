"""``/healthz``: the process is alive. ``/readyz``: a canary turn was answered in the last seconds.

``refused_models`` names the kinds whose files are not those of the register; the rest goes on without them.
"""

import threading
import time

from flask import Blueprint
from flask.typing import ResponseReturnValue

from bot.conversations import service as conversations
from knowledge_base import service as knowledge
from web.locale import current_locale
from web.security.access import Access, access

blueprint = Blueprint("health", __name__)
FRESH_S = 5.0


class Readiness:
    """Asks for one canary turn at a time and keeps the answer for a while: anyone may call the route."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked_at = float("-inf")
        self._is_ready = False

    def is_ready(self, locale: str) -> bool:
        """Whether a canary turn was answered within the last ``FRESH_S`` seconds."""
        with self._lock:
            if time.monotonic() - self._asked_at > FRESH_S:
                self._is_ready = conversations.canary(locale)
                self._asked_at = time.monotonic()
            return self._is_ready


_readiness = Readiness()


@blueprint.get("/healthz")
@access(Access.PUBLIC)
def alive() -> ResponseReturnValue:
    """The process answers."""
    return {"status": "alive"}


@blueprint.get("/readyz")
@access(Access.PUBLIC)
def ready() -> ResponseReturnValue:
    """The whole chain answers."""
    is_ready = _readiness.is_ready(current_locale())
    told = {"status": "ready" if is_ready else "not_ready", "refused_models": knowledge.refused_kinds()}
    return told, 200 if is_ready else 503

"""The way to Rasa: one request a turn, and an outcome whatever happens.

1. ``ok`` with at least one well-formed message is an answer.
2. ``busy`` is tried again until the deadline.
3. ``no_model``, ``error``, ``empty``, ``malformed``, ``unreachable``, ``timeout`` and a lasting ``busy`` are
   failures. None is tried again: what the turn set in motion may have happened.
"""

import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

import httpx
import structlog

from core import clock
from core.blocks import BLOCK_TYPES
from core.secrets import get_secrets
from core.settings import get_settings
from i18n.characters import simplified

log = structlog.get_logger(__name__)
PATH = "/webhooks/yaozheng/turn"
SECRET_HEADER = "X-Yaozheng-Secret"  # noqa: S105 - the name of a header
KINDS = frozenset({"text", "answer", "choices", "filing", "handoff", "notice"})
BUSY_PAUSE_S = 0.2
CONNECT_TIMEOUT_S = 2.0
SHORTEST_S = 0.05


@dataclass(frozen=True)
class Said:
    """What goes to Rasa: free text, or a button's intent and entities.

    Rasa and the rules read simplified characters; what was typed goes along where it differs, for values.
    """

    sender: str
    turn_id: str
    locale: str
    text: str = ""
    intent: str = ""
    entities: Mapping[str, Any] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        """Return the request's body. Source: docs/architecture.md, "A turn"."""
        head = {"sender": self.sender, "turn_id": self.turn_id, "locale": self.locale}
        if self.intent:
            return {**head, "payload": {"intent": self.intent, "entities": dict(self.entities)}}
        read = simplified(self.text)
        return {**head, "text": read} | ({"typed": self.text} if read != self.text else {})


@dataclass(frozen=True)
class BotReply:
    """What came back; ``outcome`` is ``ok`` or the name of the failure."""

    outcome: str
    messages: list[dict[str, Any]] = field(default_factory=list)
    intent: str | None = None
    confidence: float | None = None
    active_loop: str | None = None
    model_id: str | None = None

    @property
    def is_answer(self) -> bool:
        """Whether there is something to say."""
        return self.outcome == "ok"


def ask(said: Said, deadline: datetime) -> BotReply:
    """Let Rasa serve a turn; return by ``deadline`` at the latest."""
    while True:
        left_s = (deadline - clock.now()).total_seconds()
        if left_s <= SHORTEST_S:
            return BotReply("busy")
        reply = _ask_once(said, left_s)
        if reply.outcome != "busy":
            return reply
        time.sleep(min(BUSY_PAUSE_S, left_s))


def _ask_once(said: Said, timeout_s: float) -> BotReply:
    limits = httpx.Timeout(timeout_s, connect=min(CONNECT_TIMEOUT_S, timeout_s))
    headers = {SECRET_HEADER: get_secrets().channel_secret}
    address = rasa_url() + PATH
    try:
        response = _client(os.getpid()).post(address, json=said.body(), headers=headers, timeout=limits)
    except httpx.TimeoutException:
        log.error("gateway.timeout", turn_id=said.turn_id)
        return BotReply("timeout")
    except httpx.HTTPError as error:
        log.error("gateway.unreachable", turn_id=said.turn_id, error=type(error).__name__)
        return BotReply("unreachable")
    if response.status_code != httpx.codes.OK:
        log.error("gateway.refused", turn_id=said.turn_id, status=response.status_code)
        return BotReply("error")
    return _read(said, response)


def rasa_url() -> str:
    """Return where the Rasa that serves listens: the one switched to on this machine, else the settings'."""
    settings = get_settings()
    if settings.rasa_url != f"http://127.0.0.1:{settings.rasa_port}":
        return settings.rasa_url
    try:
        found = json.loads((settings.home / "rasa" / "serving.json").read_text("utf-8"))
    except FileNotFoundError:
        return settings.rasa_url
    return str(found["url"])


@lru_cache(maxsize=2)
def _client(_pid: int) -> httpx.Client:
    return httpx.Client(limits=httpx.Limits(max_connections=128, keepalive_expiry=2.0))


def _read(said: Said, response: httpx.Response) -> BotReply:
    try:
        reply = _parse(response.json())
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        log.error("gateway.malformed", turn_id=said.turn_id, error=type(error).__name__)
        return BotReply("malformed")
    if not reply.is_answer and reply.outcome != "busy":
        log.error("gateway.failed", turn_id=said.turn_id, outcome=reply.outcome)
    return reply


def _parse(body: Any) -> BotReply:
    outcome, messages, nlu = body["outcome"], list(body["messages"]), body.get("nlu") or {}
    if outcome not in ("ok", "busy", "no_model", "error"):
        raise ValueError(outcome)
    for message in messages:
        _check(message)
    return BotReply(
        "empty" if outcome == "ok" and not messages else outcome,
        messages,
        nlu.get("intent"),
        nlu.get("confidence"),
        body.get("active_loop"),
        body.get("model_id"),
    )


def _check(message: dict[str, Any]) -> None:
    """Refuse what no client could render or no payload could be issued for."""
    options = list(message.get("choices") or [])
    for block in message["blocks"]:
        if block["type"] not in BLOCK_TYPES:
            raise ValueError(block["type"])
        options += block["options"] if block["type"] == "choices" else []
    if message["kind"] not in KINDS or not isinstance(message["text"], str):
        raise ValueError(message["kind"])
    for option in options:
        if not isinstance(option["label"], str) or not isinstance(option["payload"]["intent"], str):
            raise TypeError("choice")

"""The one way into Rasa: ``POST /webhooks/yaozheng/turn``.

1. The caller proves itself with the shared secret; without it nothing is read.
2. Free text and button payloads come in separate fields. Text never reaches Rasa's ``/intent{…}`` syntax:
   its leading slashes are taken off before it is parsed, and the parse result is handed on as such. A payload
   names an intent of the domain and skips NLU.
3. The turn runs under Rasa's lock and a time limit. Whatever happens, the reply says which of four things it
   was: ``ok``, ``busy`` (the conversation is being served), ``no_model``, ``error``.
4. An action that failed, a crash and an empty reply are all ``error``: the caller shows a notice and calls
   staff.

Words that a person typed are never logged here.
"""

import asyncio
import hmac
import logging
import os
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.core.lock_store import LockError
from rasa.shared.core.constants import DEFAULT_INTENTS
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

logger = logging.getLogger(__name__)

SECRET_HEADER = "X-Yaozheng-Secret"  # noqa: S105 - the name of a header
OK, BUSY, NO_MODEL, ERROR = "ok", "busy", "no_model", "error"
MAX_TEXT = 4000
DEFAULT_TURN_LIMIT_S = 12.0


class BadTurn(ValueError):  # noqa: N818
    """The request is not a turn; the text names the field that is wrong."""


class TurnChannel(InputChannel):
    """Input channel of the gateway. Source: docs/architecture.md, "A turn"."""

    def __init__(self, secret: str, turn_limit_s: float) -> None:
        """Keep the secret and the time limit of a turn in seconds.

        Raises:
            ValueError: the secret is empty; the channel never runs open.
        """
        if not secret:
            raise ValueError("YAOZHENG_CHANNEL_SECRET is not set: the channel does not run without a secret")
        self._secret = secret.encode()
        self._turn_limit_s = turn_limit_s

    @classmethod
    def name(cls) -> str:
        """Name of the channel, the last part of its address."""
        return "yaozheng"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> "TurnChannel":
        """Build the channel; the secret comes from the environment, never from a file."""
        limit = float((credentials or {}).get("turn_limit_s", DEFAULT_TURN_LIMIT_S))
        return cls(os.environ.get("YAOZHENG_CHANNEL_SECRET", ""), limit)

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return the two routes. ``on_new_message`` hides why a turn failed: the agent is called itself."""
        routes = Blueprint("yaozheng_turns")

        @routes.get("/health")
        async def health(request: Request) -> HTTPResponse:
            return response.json({"model_id": _model_id(request.app.ctx.agent)})

        @routes.post("/turn")
        async def turn(request: Request) -> HTTPResponse:
            if not self._is_known(request):
                return response.json({"error": "forbidden"}, status=403)
            try:
                message = read_turn(request.json)
            except BadTurn as error:
                return response.json({"error": str(error)}, status=400)
            return response.json(await self._serve(request.app.ctx.agent, message))

        return routes

    def _is_known(self, request: Request) -> bool:
        return hmac.compare_digest(request.headers.get(SECRET_HEADER, "").encode(), self._secret)

    async def _serve(self, agent: Agent | None, turn: dict[str, Any]) -> dict[str, Any]:
        reply: dict[str, Any] = {
            "outcome": ERROR,
            "turn_id": turn["turn_id"],
            "messages": [],
            "nlu": {"intent": None, "confidence": 0.0, "entities": []},
            "active_loop": None,
            "model_id": _model_id(agent),
        }
        if agent is None or not agent.is_ready():
            return {**reply, "outcome": NO_MODEL}
        if _is_being_served(agent, turn["sender"]):
            return {**reply, "outcome": BUSY}
        try:
            return {**reply, **await asyncio.wait_for(_run(agent, turn), self._turn_limit_s)}
        except LockError:
            return {**reply, "outcome": BUSY}
        except asyncio.TimeoutError:
            logger.error("turn.timeout turn=%s limit_s=%s", turn["turn_id"], self._turn_limit_s)
        except Exception as error:  # noqa: BLE001 - the boundary of a turn: a crash becomes an outcome
            logger.error("turn.crashed turn=%s error=%s", turn["turn_id"], type(error).__name__)
        return reply


def read_turn(body: Any) -> dict[str, Any]:
    """Check the request's body; return it with exactly one of ``text`` and ``payload``.

    Raises:
        BadTurn: a field is absent or of the wrong kind.
    """
    if not isinstance(body, dict):
        raise BadTurn("body")
    for name in ("sender", "turn_id"):
        if not isinstance(body.get(name), str) or not body[name].strip():
            raise BadTurn(name)
    text, payload = body.get("text"), body.get("payload")
    if (text is None) == (payload is None):
        raise BadTurn("text or payload")
    if payload is not None:
        _check_payload(payload)
    elif not isinstance(text, str) or not text.strip() or len(text) > MAX_TEXT:
        raise BadTurn("text")
    return {**body, "locale": str(body.get("locale") or "zh-CN"), "text": text, "payload": payload}


def _check_payload(payload: Any) -> None:
    if not isinstance(payload, dict) or not isinstance(payload.get("intent"), str):
        raise BadTurn("payload")
    if not isinstance(payload.get("entities", {}), dict):
        raise BadTurn("payload.entities")


def _model_id(agent: Agent | None) -> str | None:
    return agent.model_id if agent is not None and agent.is_ready() else None


def _is_being_served(agent: Agent, sender: str) -> bool:
    lock = agent.lock_store.get_lock(sender)
    if lock is None:
        return False
    lock.remove_expired_tickets()
    return lock.is_someone_waiting()


async def _run(agent: Agent, turn: dict[str, Any]) -> dict[str, Any]:
    parsed = await _parse(agent, turn)
    message = UserMessage(
        text=turn["text"] or "",
        output_channel=CollectingOutputChannel(),
        sender_id=turn["sender"],
        parse_data=parsed,
        input_channel=TurnChannel.name(),
        metadata={
            "turn_id": turn["turn_id"],
            "locale": turn["locale"],
            "is_payload": turn["payload"] is not None,
            "typed": str(turn.get("typed") or ""),
        },
    )
    uttered = await agent.handle_message(message)
    tracker = await agent.tracker_store.retrieve(turn["sender"])
    messages, failed = _messages(uttered or [])
    return {
        "outcome": ERROR if failed or not messages else OK,
        "messages": messages,
        "nlu": {
            "intent": parsed["intent"]["name"],
            "confidence": round(float(parsed["intent"]["confidence"]), 4),
            "entities": [_entity(entity) for entity in parsed["entities"]],
        },
        "active_loop": tracker.active_loop_name if tracker else None,
    }


async def _parse(agent: Agent, turn: dict[str, Any]) -> dict[str, Any]:
    if turn["payload"] is not None:
        return _payload_parse(agent, turn["payload"])
    plain = turn["text"].strip().lstrip("/").strip()
    parsed = await agent.parse_message(plain or "?")
    return {**parsed, "text": turn["text"]}


def _payload_parse(agent: Agent, payload: dict[str, Any]) -> dict[str, Any]:
    intent = payload["intent"]
    if intent in DEFAULT_INTENTS or intent not in agent.domain.intents:
        raise BadTurn("payload.intent")
    entities = [
        {"entity": name, "value": value, "extractor": "payload"}
        for name, value in payload.get("entities", {}).items()
        if value is not None
    ]
    ranked = {"name": intent, "confidence": 1.0}
    return {"text": "", "intent": ranked, "entities": entities, "intent_ranking": [ranked]}


def _entity(entity: dict[str, Any]) -> dict[str, Any]:
    return {name: entity[name] for name in ("entity", "value", "start", "end", "extractor") if name in entity}


def _messages(uttered: list[dict[str, Any]]) -> "tuple[list[dict[str, Any]], bool]":
    """Split what was uttered into messages for people and the mark of a failed action."""
    sent = [one["custom"] for one in uttered if one.get("custom")]
    failed = any("failure" in one for one in sent)
    return [one for one in sent if "failure" not in one], failed

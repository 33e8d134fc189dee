"""Between rasa-sdk and the handlers: reads the tracker, keeps the time, turns every failure into an outcome.

1. ``read_turn`` takes from the tracker what a turn is made of; who the person is comes from the conversation.
2. The handler runs in a thread, at most the action budget long.
3. An expected error (``AssistantError`` that the person can act on) is said in words; anything else
   becomes ``{"failure": code}``, which the channel reports as the outcome ``error``. Nothing of the
   tracker goes back.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import replace
from typing import Any

import structlog
from rasa_sdk import Tracker
from rasa_sdk.events import ActionExecutionRejected, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.messages import warn
from bot.actions.services import services
from bot.actions.turn import Handler, Message, Reply, Turn
from core.errors import AssistantError, DependencyFailed, InvariantBroken
from core.privacy.service import has_mask
from core.settings import get_settings
from i18n.characters import simplified
from i18n.service import has_message, normalise_locale, translate

log = structlog.get_logger(__name__)
Event = dict[str, Any]
Runner = Callable[[CollectingDispatcher, Tracker, dict[str, Any]], Coroutine[Any, Any, list[Event]]]
REMEMBERED = 5  # questions back that a follow-up may refer to
FORM_SLOTS = {"guidance_form": "routing_answer", "filing_form": "field_answer"}


def read_turn(tracker: Tracker) -> Turn:
    """Return the turn that a tracker stands at, without its person."""
    latest = tracker.latest_message or {}
    metadata = latest.get("metadata") or {}
    intent = latest.get("intent") or {}
    loop = str((tracker.active_loop or {}).get("name") or "")
    entities: dict[str, str] = {}
    for entity in latest.get("entities") or []:
        entities.setdefault(entity["entity"], str(entity["value"]))
    return Turn(
        sender_id=tracker.sender_id,
        turn_id=str(metadata.get("turn_id") or ""),
        locale=normalise_locale(str(metadata.get("locale") or "zh-CN")),
        text=str(latest.get("text") or ""),
        typed=str(metadata.get("typed") or ""),
        intent=str(intent.get("name") or ""),
        confidence=float(intent.get("confidence") or 0.0),
        is_payload=bool(metadata.get("is_payload")),
        entities=entities,
        slots=dict(tracker.slots),
        active_loop=loop,
        answers_form=_has_candidate(tracker.events, loop),
        history=_earlier_questions(tracker.events),
    )


def _earlier_questions(events: list[Event]) -> tuple[str, ...]:
    """Return what the person said before this turn, oldest first; of a button the question it stands for."""
    said = []
    for event in events:
        if event.get("event") != "user":
            continue
        if (event.get("metadata") or {}).get("is_payload"):
            entities = (event.get("parse_data") or {}).get("entities") or []
            said.append(next((str(e["value"]) for e in entities if e.get("entity") == "value"), ""))
        else:
            said.append(str(event.get("text") or ""))
    return tuple(text for text in said[:-1] if text)[-REMEMBERED:]


def _has_candidate(events: list[Event], loop: str) -> bool:
    """Whether Rasa hands the form an answer to look at: a slot set after the form's last execution."""
    for event in reversed(events):
        if event.get("event") == "action":
            return False
        if event.get("event") == "slot" and event.get("name") == FORM_SLOTS.get(loop):
            return event.get("value") is not None
    return False


def _with_person(turn: Turn) -> Turn:
    if turn.is_canary:
        return turn
    context = services().context_of(turn.sender_id)
    return replace(
        turn,
        conversation_id=context.conversation_id,
        actor=context.actor,
        channel=context.channel,
        enterprise_id=context.enterprise_id or "",
        **_unmasked(turn, context.words, context.entities),
    )


def _unmasked(turn: Turn, words: str, entities: Mapping[str, Any]) -> dict[str, Any]:
    """Return the person's own words where Rasa got them masked: a form is to keep them."""
    if turn.is_payload:
        return {
            "entities": {
                **turn.entities,
                **{name: str(value) for name, value in entities.items() if value is not None},
            }
        }
    if not words or not has_mask(turn.text):
        return {}
    return {"text": simplified(words), "typed": words}


def runner(name: str, handler: Handler) -> Runner:
    """Wrap a handler as a rasa-sdk action; it never raises."""

    async def run(dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Event]:
        turn = read_turn(tracker)
        form = name.removeprefix("validate_") if name.startswith("validate_") else ""
        budget_s = get_settings().action_budget_s
        try:
            reply = await asyncio.wait_for(asyncio.to_thread(_serve, handler, turn), budget_s)
        except Exception as error:  # noqa: BLE001 - the boundary of an action: a failure becomes an outcome
            reply = _failed(name, turn, error)
        for message in reply.messages:
            dispatcher.utter_message(json_message=message)
        return list(_events(reply, form))

    return run


def _serve(handler: Handler, turn: Turn) -> Reply:
    try:
        return handler(_with_person(turn))
    except (DependencyFailed, InvariantBroken):
        raise
    except AssistantError as error:
        if not has_message(error.code, turn.locale):
            raise
        log.info("action.refused", code=error.code, turn_id=turn.turn_id)
        return Reply([_explained(error, turn.locale)])


def _explained(error: AssistantError, locale: str) -> Message:
    return warn("assistant.refused", locale, why=translate(error.code, locale, **error.params))


def _failed(name: str, turn: Turn, error: Exception) -> Reply:
    code = error.code if isinstance(error, AssistantError) else type(error).__name__
    log.error(
        "action.failed",
        action=name,
        turn_id=turn.turn_id,
        code=code,
        is_canary=turn.is_canary,
        exc_info=error,
    )
    return Reply([{"failure": code}])


def _events(reply: Reply, form: str) -> Iterable[Event]:
    for name, value in reply.slots.items():
        yield SlotSet(name, value)
    if form:
        yield SlotSet(FORM_SLOTS[form], None)
    if reply.closes_form:
        yield SlotSet("requested_slot", None)
    if reply.rejects_form:
        yield ActionExecutionRejected(form)

"""The services of other packages that actions call, in one place so that a test can put another in.

What actions need of ``forms.service`` they call directly.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.actions.turn import Message, Turn
from forms import service as forms


def _context_of(rasa_session: str) -> Any:
    from bot.conversations.service import context_of

    return context_of(rasa_session)


def _answer(turn: Turn, text: str, service_item_code: str) -> Message:
    from knowledge_base.service import AskedIn, Question, answer

    channel = turn.channel if turn.conversation_id else ""
    question = Question(
        text,
        turn.locale,
        service_item_code=service_item_code or None,
        history=turn.history,
        asked_in=AskedIn(turn.conversation_id, channel, _province(turn), turn.turn_id),
    )
    return dict(answer(question).to_message())


def _province(turn: Turn) -> str:
    """Return the province of the enterprise for which the person asks, "" where there is none."""
    if not turn.enterprise_id:
        return ""
    theirs = {one.id: one.province for one in forms.list_enterprises(turn.actor)}
    return theirs.get(turn.enterprise_id, "")


def _request_handoff(conversation_id: str, reason: str, **details: Any) -> Any:
    from bot.handoff.service import request_handoff

    return request_handoff(conversation_id, reason, **details)


def _hold_answer(conversation_id: str, question: str, message: Message, turn_id: str) -> bool:
    from bot.handoff.service import hold_answer

    return hold_answer(conversation_id, question, message, turn_id)


def _purposes(text: str) -> dict[str, float]:
    from knowledge_base.purpose.service import likely

    return likely(text)


@dataclass(frozen=True)
class Services:
    """Ports to conversations, knowledge and staff.

    Attributes:
        context_of: session of Rasa → the conversation's context (bot.conversations).
        answer: (turn, text, service_item_code) → a message of kind ``answer`` (knowledge_base).
        request_handoff: opens the case and returns it (bot.handoff).
        purposes: text → probability of each purpose (knowledge_base.purpose).
        hold_answer: (conversation, question, message, turn) → whether the answer waits for an officer.
    """

    context_of: Callable[[str], Any]
    answer: Callable[[Turn, str, str], Message]
    request_handoff: Callable[..., Any]
    hold_answer: Callable[[str, str, Message, str], bool] = _hold_answer
    purposes: Callable[[str], dict[str, float]] = _purposes


_current = Services(_context_of, _answer, _request_handoff)


def services() -> Services:
    """Return the services in use."""
    return _current


def use(replacement: Services) -> Services:
    """Put other services in (tests); return those that were in use."""
    global _current
    previous, _current = _current, replacement
    return previous

"""The services of other packages that actions call, in one place so that a test can put another in.

What actions need of ``forms.service`` they call directly.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.actions.turn import Message


def _context_of(rasa_session: str) -> Any:
    from bot.conversations.service import context_of

    return context_of(rasa_session)


def _answer(text: str, locale: str, service_item_code: str, history: Sequence[str]) -> Message:
    from knowledge_base.service import Question, answer

    question = Question(text, locale, service_item_code=service_item_code or None, history=history)
    return dict(answer(question).to_message())


def _request_handoff(conversation_id: str, reason: str, **details: Any) -> Any:
    from bot.handoff.service import request_handoff

    return request_handoff(conversation_id, reason, **details)


def _hold_answer(conversation_id: str, question: str, message: Message, turn_id: str) -> bool:
    from bot.handoff.service import hold_answer

    return hold_answer(conversation_id, question, message, turn_id)


@dataclass(frozen=True)
class Services:
    """Ports to conversations, knowledge and staff.

    Attributes:
        context_of: session of Rasa → the conversation's context (bot.conversations).
        answer: (text, locale, service_item_code, what was asked before) → a message of kind ``answer``
            (knowledge_base).
        request_handoff: opens the case and returns it (bot.handoff).
        hold_answer: (conversation, question, message, turn) → whether the answer waits for an officer.
    """

    context_of: Callable[[str], Any]
    answer: Callable[[str, str, str, Sequence[str]], Message]
    request_handoff: Callable[..., Any]
    hold_answer: Callable[[str, str, Message, str], bool] = _hold_answer


_current = Services(_context_of, _answer, _request_handoff)


def services() -> Services:
    """Return the services in use."""
    return _current


def use(replacement: Services) -> Services:
    """Put other services in (tests); return those that were in use."""
    global _current
    previous, _current = _current, replacement
    return previous

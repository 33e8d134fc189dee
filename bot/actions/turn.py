"""One turn as an action sees it, and what the action makes of it.

Handlers are plain functions ``(Turn) -> Reply``: they know nothing of Rasa and need no Rasa to be tested.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.identity import ANONYMOUS, Actor

CANARY_PREFIX = "canary-"
Message = dict[str, Any]


@dataclass(frozen=True)
class Turn:
    """What a person said, who they are, and what the conversation remembers.

    Attributes:
        turn_id: the gateway's id of the turn; keys what the turn sets in motion.
        text: what was said, "" for a button; traditional characters are simplified ones here.
        typed: the same as it was typed, for values to keep.
        intent: decided by NLU, or by the button.
        entities: name → first value.
        slots: what earlier actions noted. Identity and authority never come from here.
        answers_form: whether the open form has put a question and this turn may be its answer.
        history: what the person said before, oldest first; only used to understand a follow-up.
        actor: the person of the session.
        enterprise_id: the enterprise for which the person acts in this conversation, or "".
    """

    sender_id: str
    turn_id: str = ""
    locale: str = "zh-CN"
    text: str = ""
    typed: str = ""
    intent: str = ""
    confidence: float = 0.0
    is_payload: bool = False
    entities: Mapping[str, str] = field(default_factory=dict)
    slots: Mapping[str, Any] = field(default_factory=dict)
    active_loop: str = ""
    answers_form: bool = False
    history: tuple[str, ...] = ()
    conversation_id: str = ""
    actor: Actor = ANONYMOUS
    channel: str = "web"
    enterprise_id: str = ""

    @property
    def is_canary(self) -> bool:
        """Whether the supervisor asks if the assistant is alive."""
        return self.sender_id.startswith(CANARY_PREFIX)

    @property
    def value(self) -> str:
        """What was typed, as it would be kept."""
        return self.typed or self.text

    def slot(self, name: str) -> str:
        """Return a text slot, "" where it is not set."""
        return str(self.slots.get(name) or "")


@dataclass(frozen=True)
class Reply:
    """What an action says and notes.

    Attributes:
        rejects_form: the turn is no answer to the form's question; a rule serves it, then the form asks on.
        closes_form: the form has nothing more to ask.
    """

    messages: list[Message] = field(default_factory=list)
    slots: dict[str, Any] = field(default_factory=dict)
    rejects_form: bool = False
    closes_form: bool = False

    def after(self, *messages: Message) -> "Reply":
        """Return this reply with messages put before it."""
        return Reply([*messages, *self.messages], self.slots, self.rejects_form, self.closes_form)

    def noting(self, **slots: Any) -> "Reply":
        """Return this reply with slots added."""
        return Reply(self.messages, {**self.slots, **slots}, self.rejects_form, self.closes_form)


Handler = Callable[[Turn], Reply]

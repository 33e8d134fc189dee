"""What callers get of a conversation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.conversations.models import Conversation, Message
from core import clock
from core.identity import Actor


@dataclass(frozen=True)
class OpenedConversation:
    """A new conversation; the token is shown this once and opens it again."""

    conversation_id: str
    token: str


@dataclass(frozen=True)
class ConversationView:
    """A conversation without its messages; ``owner`` is bot, queue or officer."""

    id: str
    channel: str
    locale: str
    owner: str
    account_id: str
    enterprise_id: str | None
    last_seq: int
    opened_at: datetime
    active_at: datetime

    @classmethod
    def of(cls, row: Conversation) -> "ConversationView":
        """Return the view of a row."""
        return cls(
            id=row.id,
            channel=row.channel,
            locale=row.locale,
            owner=row.owner,
            account_id=row.account_id,
            enterprise_id=row.enterprise_id,
            last_seq=row.last_seq,
            opened_at=row.opened_at,
            active_at=row.active_at,
        )

    def to_json(self) -> dict[str, Any]:
        """Return the wire form."""
        return {
            "id": self.id,
            "channel": self.channel,
            "locale": self.locale,
            "owner": self.owner,
            "enterprise_id": self.enterprise_id,
            "last_seq": self.last_seq,
            "opened_at": clock.isoformat(self.opened_at),
            "active_at": clock.isoformat(self.active_at),
        }


@dataclass(frozen=True)
class TurnContext:
    """Who is behind a Rasa session, as the running turn was sent.

    ``words`` and ``entities`` are the message and its button as they are, where Rasa got them masked.
    """

    conversation_id: str
    actor: Actor
    channel: str
    enterprise_id: str | None
    locale: str
    words: str = ""
    entities: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class MessageView:
    """One message.

    Attributes:
        role: applicant, assistant, officer or system.
        kind: text, answer, choices, filing, handoff or notice.
        choices: ``[{"payload_id", "label"}]``, or None.
        client_message_id: the sender's own id, "" for the assistant's and the system's messages.
    """

    seq: int
    at: datetime
    role: str
    kind: str
    text: str
    blocks: list[Any]
    answer: dict[str, Any] | None
    choices: list[dict[str, Any]] | None
    filing: dict[str, Any] | None
    handoff: dict[str, Any] | None
    client_message_id: str

    @classmethod
    def of(cls, row: Message) -> "MessageView":
        """Return the view of a row."""
        return cls(
            seq=row.seq,
            at=row.at,
            role=row.role,
            kind=row.kind,
            text=row.text,
            blocks=row.blocks,
            answer=row.details.get("answer"),
            choices=row.details.get("choices"),
            filing=row.details.get("filing"),
            handoff=row.details.get("handoff"),
            client_message_id=row.client_message_id or "",
        )

    def to_json(self) -> dict[str, Any]:
        """Return the wire form. Source: DESIGN.md §7."""
        found: dict[str, Any] = {
            "seq": self.seq,
            "at": clock.isoformat(self.at),
            "role": self.role,
            "kind": self.kind,
            "text": self.text,
            "blocks": self.blocks,
        }
        optional = {
            "answer": self.answer,
            "choices": self.choices,
            "filing": self.filing,
            "handoff": self.handoff,
            "client_message_id": self.client_message_id or None,
        }
        return {**found, **{name: value for name, value in optional.items() if value is not None}}

"""Buttons: what they mean stays here, the client gets an id.

Source: PITFALLS.md, Rasa behaviour 2 (payloads are ids that the server issued).
"""

from typing import Any

from sqlalchemy.orm import Session

from bot.conversations.models import IssuedPayload
from core import clock
from core.errors import InvalidInput
from core.ids import new_id

LABEL_CHARACTERS = 300


def issue(session: Session, conversation_id: str, choice: dict[str, Any]) -> dict[str, str]:
    """Keep a choice ``{label, payload: {intent, entities}}`` and return ``{payload_id, label}``."""
    row = IssuedPayload(
        id=new_id("pay"),
        conversation_id=conversation_id,
        label=choice["label"][:LABEL_CHARACTERS],
        intent=choice["payload"]["intent"],
        entities=choice["payload"].get("entities") or {},
        issued_at=clock.now(),
    )
    session.add(row)
    return {"payload_id": row.id, "label": choice["label"]}


def issue_in_blocks(
    session: Session, conversation_id: str, blocks: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return the blocks with each option of a ``choices`` block swapped for its id."""
    return [
        {**block, "options": [issue(session, conversation_id, option) for option in block["options"]]}
        if block["type"] == "choices"
        else block
        for block in blocks
    ]


def issued(session: Session, conversation_id: str, payload_id: str) -> IssuedPayload:
    """Return a payload that was issued to this conversation.

    Raises:
        InvalidInput: it was not.
    """
    row = session.get(IssuedPayload, payload_id)
    if row is None or row.conversation_id != conversation_id:
        raise InvalidInput("conversations.payload_unknown")
    return row

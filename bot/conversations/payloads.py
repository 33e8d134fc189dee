"""Buttons: what they mean stays here, the client gets an id.

Source: PITFALLS.md, Rasa behaviour 2 (payloads are ids that the server issued).
"""

import unicodedata
from typing import Any

from sqlalchemy.orm import Session

from bot.conversations.models import Conversation, IssuedPayload, Message
from bot.conversations.transcript import ASSISTANT
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


def typed(session: Session, conversation: Conversation, text: str) -> str | None:
    """Return the button of the last reply whose very label was typed: who types it means to press it."""
    last = session.get(Message, (conversation.id, conversation.last_seq))
    if last is None or last.role != ASSISTANT:
        return None
    wanted = _bare(text)
    offered = [
        option
        for options in (
            last.details.get("choices") or [],
            *(block["options"] for block in last.blocks if block["type"] == "choices"),
        )
        for option in options
    ]
    return next((option["payload_id"] for option in offered if _bare(option["label"]) == wanted), None)


def _bare(text: str) -> str:
    letters = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in letters if letter.isalnum())


def issued(session: Session, conversation_id: str, payload_id: str) -> IssuedPayload:
    """Return a payload that was issued to this conversation.

    Raises:
        InvalidInput: it was not.
    """
    row = session.get(IssuedPayload, payload_id)
    if row is None or row.conversation_id != conversation_id:
        raise InvalidInput("conversations.payload_unknown")
    return row

"""A conversation of ten thousand messages with its applicant, its case and its officer."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import insert, update

from bot.conversations import service as conversations
from bot.conversations.models import Conversation, Message
from bot.handoff import service as handoff
from core import clock
from core.blocks import paragraph
from core.database import transaction
from core.identity import ANONYMOUS, Actor, Role
from core.identity.service import create_account
from tests.live.webs import PASSWORD

MESSAGES, AT_ONCE = 10_000, 2_000
NEEDLE, NEEDLE_AT = "zwölfkämpferin", 5_001
LOGIN = "long-applicant"


@dataclass(frozen=True)
class LongTalk:
    """What a client needs to open it."""

    id: str
    token: str
    case_id: str


def write(officer: Actor) -> LongTalk:
    """Write it, the newest message just now, and let the officer have it."""
    opened = conversations.open_conversation(channel="web", locale="zh-CN", actor=ANONYMOUS)
    with transaction() as session:
        account = create_account(
            session, login=LOGIN, password=PASSWORD, role=Role.APPLICANT, display_name="L"
        )
        for start in range(1, MESSAGES - 1, AT_ONCE):
            numbers = range(start, min(start + AT_ONCE, MESSAGES - 1))
            session.execute(insert(Message), [_row(opened.conversation_id, seq) for seq in numbers])
        row = update(Conversation).where(Conversation.id == opened.conversation_id)
        session.execute(row.values(last_seq=MESSAGES - 2))
    ticket = handoff.request_handoff(opened.conversation_id, "asked_for")
    handoff.claim_case(officer, ticket.case_id)
    own_by(opened.conversation_id, account.id)
    return LongTalk(opened.conversation_id, opened.token, ticket.case_id)


def own_by(conversation_id: str, account_id: str) -> None:
    """Make it somebody's; "" makes it who holds the token's."""
    with transaction() as session:
        row = update(Conversation).where(Conversation.id == conversation_id)
        session.execute(row.values(account_id=account_id))


def _row(conversation_id: str, seq: int) -> dict[str, object]:
    is_asked = seq % 2 == 1
    text = f"message {seq}" + (f" {NEEDLE}" if seq == NEEDLE_AT else "")
    return {
        "conversation_id": conversation_id,
        "seq": seq,
        "at": clock.now() - timedelta(seconds=MESSAGES - seq),
        "role": "applicant" if is_asked else "assistant",
        "kind": "text",
        "text": text,
        "blocks": [paragraph(text)],
        "details": {},
        "account_id": "",
        "client_message_id": None,
    }

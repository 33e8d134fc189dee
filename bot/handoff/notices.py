"""What the system says to the person about their case, in their language."""

from typing import Any

from sqlalchemy.orm import Session

from bot.conversations.service import SYSTEM, Conversation, NewMessage, append
from bot.handoff.views import CaseTicket
from core.blocks import notice, plain_text
from i18n.service import format_moment, translate

RATING_LEVELS = (5, 4, 3, 2, 1)


def tell(
    session: Session,
    conversation: Conversation,
    code: str,
    *,
    level: str = "info",
    handoff: dict[str, Any] | None = None,
    **params: object,
) -> None:
    """Write a system notice from the catalogue."""
    blocks = [notice(level, translate(code, conversation.locale, **params))]
    details = {"handoff": handoff} if handoff else {}
    append(session, conversation, NewMessage(SYSTEM, "notice", plain_text(blocks), blocks, details))


def announce(
    session: Session, conversation: Conversation, ticket: CaseTicket, *, failed_turn: str | None = None
) -> None:
    """Tell the person that staff will answer, and when; after a failed turn, why."""
    locale = conversation.locale
    blocks = [notice("info", waiting_text(ticket, locale))]
    if failed_turn is not None:
        blocks.insert(0, notice("warning", translate("handoff.bot_failed", locale)))
    details = {"handoff": ticket.to_json()}
    new = NewMessage(SYSTEM, "handoff", plain_text(blocks), blocks, details, turn_id=failed_turn)
    append(session, conversation, new)


def waiting_text(ticket: CaseTicket, locale: str) -> str:
    """Say where the case stands: number, place, wait; or when the office opens."""
    if ticket.state != "queued":
        return translate("handoff.with_officer", locale, case_no=ticket.case_no, officer=ticket.officer_name)
    if ticket.callback is not None and ticket.callback.state == "waiting":
        by = format_moment(ticket.callback.due_by, locale)
        return translate("handoff.queued_callback", locale, case_no=ticket.case_no, by=by)
    if ticket.opens_at is not None:
        opens = format_moment(ticket.opens_at, locale)
        return translate("handoff.queued_closed", locale, case_no=ticket.case_no, opens=opens)
    if not ticket.is_staffed:
        return translate("handoff.queued_unstaffed", locale, case_no=ticket.case_no, position=ticket.position)
    minutes = max(1, -(-ticket.expected_wait_s // 60))
    return translate("handoff.queued", locale, case_no=ticket.case_no, position=ticket.position, n=minutes)


def ask_rating(session: Session, conversation: Conversation, ticket: CaseTicket) -> None:
    """Say that the case is closed and ask for the rating; the client sends it to the rating endpoint."""
    locale = conversation.locale
    levels = [
        {"level": level, "label": translate(f"handoff.rating.level_{level}", locale)}
        for level in RATING_LEVELS
    ]
    tell(
        session,
        conversation,
        "handoff.closed",
        level="success",
        handoff={**ticket.to_json(), "rating": {"levels": levels}},
        case_no=ticket.case_no,
    )

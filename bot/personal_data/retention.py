"""What goes by itself when its time is over; the periods are settings, 0 keeps for ever.

Each kind goes in small transactions, so that nobody waits for it; the trail notes how much went.

Source: 个人信息保护法 articles 19, 47; 网络安全法 article 21 (logs are kept for six months at least).
"""

from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, delete, select

from bot.conversations.models import Conversation, Message, ResumeCode, ResumedToken
from bot.notices.models import NoticeDelivery
from bot.personal_data.erasing import erase_words
from bot.personal_data.trackers import forget_trackers
from core import clock
from core.audit.service import record
from core.database import transaction
from core.identity.models import WebSession
from core.queue.models import OutboxJob
from core.settings import get_settings
from core.webhooks.models import WebhookDelivery
from knowledge_base.service import erase_old_traces

log = structlog.get_logger(__name__)
AT_ONCE = 500


def apply_retention() -> dict[str, int]:
    """Delete what is over; return how many rows of each kind went."""
    counts = {name: _delete(table, *due) for name, (table, *due) in _over().items()}
    settings = get_settings()
    if settings.keep_conversation_days:
        counts["conversations"] = _empty_conversations(settings.keep_conversation_days)
    counts["traces"] = erase_old_traces()
    gone = {name: count for name, count in counts.items() if count}
    if gone:
        with transaction() as session:
            record(
                session,
                actor_id="system",
                action="personal_data.retention_applied",
                subject_type="installation",
                subject_id="retention",
                data=gone,
            )
        log.info("personal_data.retention_applied", **gone)
    return counts


def _over() -> dict[str, tuple[Any, ...]]:
    """Return, by kind, the table and the conditions under which a row's time is over."""
    settings, moment = get_settings(), clock.now()
    found: dict[str, tuple[Any, ...]] = {
        "web_sessions": (WebSession, WebSession.expires_at < moment),
        "resume_codes": (ResumeCode, ResumeCode.expires_at < moment),
        "resumed_tokens": (ResumedToken, ResumedToken.expires_at < moment),
    }
    if settings.keep_outbox_days:
        since = moment - timedelta(days=settings.keep_outbox_days)
        found["outbox"] = (OutboxJob, OutboxJob.state == "done", OutboxJob.done_at < since)
    if settings.keep_webhook_days:
        since = moment - timedelta(days=settings.keep_webhook_days)
        ended = WebhookDelivery.state.in_(("delivered", "dead"))
        found["webhook_deliveries"] = (WebhookDelivery, ended, WebhookDelivery.created_at < since)
    if settings.keep_delivery_days:
        since = moment - timedelta(days=settings.keep_delivery_days)
        ended = NoticeDelivery.state.in_(("sent", "dropped"))
        found["notice_deliveries"] = (NoticeDelivery, ended, NoticeDelivery.ended_at < since)
    return found


def _delete(table: Any, *due: ColumnElement[bool]) -> int:
    key, total = table.__table__.primary_key.columns[0], 0
    while True:
        with transaction() as session:
            ids = list(session.scalars(select(key).where(*due).limit(AT_ONCE)))
            session.execute(delete(table).where(key.in_(ids)))
        total += len(ids)
        if len(ids) < AT_ONCE:
            return total


def _empty_conversations(days: int) -> int:
    """Take the words out of conversations in which nothing has happened for so long."""
    since, total = clock.now() - timedelta(days=days), 0
    has_words = select(Message.seq).where(Message.conversation_id == Conversation.id, Message.text != "")
    query = select(Conversation.id, Conversation.rasa_session).where(
        Conversation.active_at < since, Conversation.owner == "bot", has_words.exists()
    )
    while True:
        with transaction() as session:
            rows = session.execute(query.limit(AT_ONCE)).all()
            erase_words(session, [row.id for row in rows])
        forget_trackers([row.rasa_session for row in rows])
        total += len(rows)
        if len(rows) < AT_ONCE:
            return total

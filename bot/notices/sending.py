"""Sending a push on its day: everybody whom the condition names at that moment, each once.

``send_due`` leaves each due push to the outbox; ``send_push`` goes through all enterprises, a batch and a
transaction at a time. A process that dies on the way leaves whole batches; the next attempt goes through all
again and adds who is missing.
"""

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.notices.profiles import profiles, schema
from bot.notices.telling import CHUNK, PUSH, Content, Words, content_row, tell
from core.database import reading, transaction
from core.queue import enqueue
from core.queue.models import OutboxJob
from forms.profiles.service import EnterpriseProfile
from i18n.service import CONTENT_LOCALES
from knowledge_base.push import service as pushes
from knowledge_base.push.expressions import Condition, compile_condition
from knowledge_base.push.models import PolicyPush
from knowledge_base.push.wording import why

log = structlog.get_logger(__name__)
TASK = "bot.notices.send_push"
LEASE_S = 1800


def send_due() -> int:
    """Leave pushes whose day has come to the outbox, each once; return how many."""
    asked = 0
    for push_id in pushes.due():
        with transaction() as session:
            if pushes.sendable(session, push_id) is not None and not _is_left(session, push_id):
                enqueue(session, TASK, {"push_id": push_id}, lease_s=LEASE_S)
                asked += 1
    return asked


def _is_left(session: Session, push_id: str) -> bool:
    waiting = select(OutboxJob.payload).where(OutboxJob.task == TASK, OutboxJob.state == "waiting")
    return any(payload.get("push_id") == push_id for payload in session.scalars(waiting))


def send_push(push_id: str) -> int:
    """Tell everybody whom a due push names and who was not told yet; return how many were told now."""
    with reading() as session:
        row = pushes.sendable(session, push_id)
        if row is None:
            return 0
        content, own = _content(row), Words(row.why_zh, row.why_en)
        condition = compile_condition(row.condition, schema())
    told = population = audience = 0
    with reading() as session:
        for batch in profiles(session, condition):
            reasons = _reasons(batch, condition, own)
            population, audience = population + len(batch), audience + len(reasons)
            if reasons:
                told += _tell_batch(content, reasons)
    if pushes.mark_sent(push_id, told=audience, population=population):
        log.info("notices.push_sent", push=push_id, told=told, audience=audience)
    return told


def _tell_batch(content: Content, reasons: dict[str, Words]) -> int:
    """Tell some enterprises in short transactions: whoever else writes need not wait for all of them."""
    told, ids = 0, sorted(reasons)
    for start in range(0, len(ids), CHUNK):
        with transaction() as session:
            row = content_row(session, content)
            told += tell(session, row, {one: reasons[one] for one in ids[start : start + CHUNK]})
    return told


def _content(row: PolicyPush) -> Content:
    return Content(
        kind=PUSH,
        source_id=row.id,
        topic=row.topic,
        title=Words(row.title_zh, row.title_en),
        text=Words(row.text_zh, row.text_en),
        link=row.link,
        is_urgent=row.is_urgent,
    )


def _reasons(batch: list[EnterpriseProfile], condition: Condition, own: Words) -> dict[str, Words]:
    """Return whom the condition names and why, in words of the editor's own where there are some."""
    zh, en = CONTENT_LOCALES.values()
    return {
        one.enterprise_id: own
        if own.zh
        else Words(
            why(condition.tree, one.profile, schema(), zh), why(condition.tree, one.profile, schema(), en)
        )
        for one in batch
        if condition.holds_for(one.profile)
    }

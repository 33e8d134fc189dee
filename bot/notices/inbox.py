"""The inbox: what the enterprises of a person were told, and what the person has read and acted on.

A person sees the notices of the enterprises for which they may act today, without the topics that they muted.
Absent and not-yours answer alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.notices.models import Notice, NoticeContent, NoticePreference, NoticeReading
from core import clock
from core.audit.service import record
from core.database import reading, transaction
from core.errors import NotAvailable
from core.identity import Actor
from forms.models import Enterprise
from i18n.service import content_language

PAGE = 50
MOST_COUNTED = 100


@dataclass(frozen=True)
class NoticeView:
    """A notice in one language."""

    id: str
    kind: str
    source_id: str
    topic: str
    title: str
    text: str
    why: str
    link: str
    is_urgent: bool
    enterprise_name: str
    at: datetime
    read_at: datetime | None
    acted_at: datetime | None


def muted_topics(session: Session, account_id: str) -> list[str]:
    """Return the topics that a person does not wish to hear of."""
    found = session.get(NoticePreference, account_id)
    return list(found.muted) if found else []


def _mine(actor: Actor, muted: Sequence[str]) -> Any:
    """Select notices of the actor's enterprises with their content, and what the actor did with them."""
    query: Any = (
        select(Notice, NoticeContent, NoticeReading, Enterprise.name)
        .join(NoticeContent, NoticeContent.id == Notice.content_id)
        .join(Enterprise, Enterprise.id == Notice.enterprise_id)
        .outerjoin(
            NoticeReading,
            (NoticeReading.notice_id == Notice.id) & (NoticeReading.account_id == actor.account_id),
        )
        .where(Notice.enterprise_id.in_(actor.enterprise_ids))
    )
    return query.where(NoticeContent.topic.not_in(muted)) if muted else query


def list_notices(
    actor: Actor, locale: str, *, is_unread: bool = False, topic: str = "", page: int = 1
) -> tuple[list[NoticeView], bool]:
    """Return a page of notices, the newest first, and whether there are more."""
    if not actor.enterprise_ids:
        return [], False
    with reading() as session:
        query = _mine(actor, muted_topics(session, actor.account_id))
        if is_unread:
            query = query.where(NoticeReading.read_at.is_(None))
        if topic:
            query = query.where(NoticeContent.topic == topic)
        newest = query.order_by(Notice.at.desc(), Notice.id)
        rows = session.execute(newest.offset((page - 1) * PAGE).limit(PAGE + 1)).all()
    return [_view(*row, locale=locale) for row in rows[:PAGE]], len(rows) > PAGE


def unread(actor: Actor) -> int:
    """Return how many notices a person has not read, at most a hundred."""
    if not actor.enterprise_ids:
        return 0
    with reading() as session:
        query = _mine(actor, muted_topics(session, actor.account_id)).where(NoticeReading.read_at.is_(None))
        counted = query.with_only_columns(Notice.id).limit(MOST_COUNTED).subquery()
        return session.scalar(select(func.count()).select_from(counted)) or 0


def open_notice(actor: Actor, notice_id: str, locale: str) -> NoticeView:
    """Return a notice and note that the person read it.

    Raises:
        NotAvailable: absent or not the actor's.
    """
    with transaction() as session:
        row = _one(session, actor, notice_id)
        if row[2] is None:
            _note_read(session, actor, [notice_id])
    return _view(*row, locale=locale)


def act_on(actor: Actor, notice_id: str) -> str:
    """Note that the person goes on from a notice; return where to, "" where the notice leads nowhere.

    Raises:
        NotAvailable: absent or not the actor's.
    """
    with transaction() as session:
        notice, content, read, _name = _one(session, actor, notice_id)
        if read is None:
            _note_read(session, actor, [notice_id])
        found = session.get_one(NoticeReading, (notice_id, actor.account_id))
        if found.acted_at is None:
            found.acted_at = clock.now()
            record(
                session,
                actor_id=actor.account_id,
                action="notice.acted",
                subject_type="notice",
                subject_id=notice.id,
                data={"content_id": content.id},
            )
        return str(content.link)


def read_all(actor: Actor) -> int:
    """Note that a person has read all their notices; return how many were unread."""
    if not actor.enterprise_ids:
        return 0
    with transaction() as session:
        query = _mine(actor, muted_topics(session, actor.account_id)).where(NoticeReading.read_at.is_(None))
        found = list(session.scalars(query.with_only_columns(Notice.id)))
        _note_read(session, actor, found)
        return len(found)


def _note_read(session: Session, actor: Actor, notice_ids: Sequence[str]) -> None:
    moment = clock.now()
    session.add_all(
        NoticeReading(notice_id=one, account_id=actor.account_id, read_at=moment, acted_at=None)
        for one in notice_ids
    )
    session.flush()


def _one(session: Session, actor: Actor, notice_id: str) -> Any:
    """Return a notice's row; a muted one is still the person's own."""
    found = session.execute(_mine(actor, ()).where(Notice.id == notice_id)).first()
    if found is None:
        raise NotAvailable
    return found


def _view(
    notice: Notice, content: NoticeContent, read: NoticeReading | None, name: str, *, locale: str
) -> NoticeView:
    is_english = content_language(locale) == "en"
    return NoticeView(
        id=notice.id,
        kind=content.kind,
        source_id=content.source_id,
        topic=content.topic,
        title=content.title_en if is_english else content.title_zh,
        text=content.text_en if is_english else content.text_zh,
        why=notice.why_en if is_english else notice.why_zh,
        link=content.link,
        is_urgent=content.is_urgent,
        enterprise_name=name,
        at=notice.at,
        read_at=read.read_at if read else None,
        acted_at=read.acted_at if read else None,
    )


def notices_for(
    session: Session, actor: Actor, locale: str, notice_ids: Sequence[str]
) -> dict[str, NoticeView]:
    """Return those of some notices that are the actor's, by id."""
    if not actor.enterprise_ids:
        return {}
    rows = session.execute(_mine(actor, ()).where(Notice.id.in_(notice_ids)))
    return {row[0].id: _view(*row, locale=locale) for row in rows}

"""What pushes led to: in how many inboxes they lie, how many enterprises read them, how many acted."""

from dataclasses import dataclass

from sqlalchemy import func, select

from bot.notices.models import Notice, NoticeContent, NoticeDelivery, NoticeReading
from bot.notices.telling import PUSH
from core.database import reading


@dataclass(frozen=True)
class Effect:
    """Counts of enterprises, and of messages that went out by e-mail and WeChat."""

    delivered: int = 0
    read: int = 0
    acted: int = 0
    by_channel: dict[str, int] | None = None

    def share(self, part: int) -> float:
        """Return a part of the delivered, 0 where there are none."""
        return part / self.delivered if self.delivered else 0.0


def effects(push_ids: list[str]) -> dict[str, Effect]:
    """Return what pushes led to, by push."""
    content = NoticeContent
    counted = (
        select(
            content.source_id,
            func.count(func.distinct(Notice.id)),
            func.count(func.distinct(NoticeReading.notice_id)),
        )
        .join(Notice, Notice.content_id == content.id)
        .outerjoin(NoticeReading, NoticeReading.notice_id == Notice.id)
        .where(content.kind == PUSH, content.source_id.in_(push_ids))
        .group_by(content.source_id)
    )
    acted = (
        select(content.source_id, func.count(func.distinct(NoticeReading.notice_id)))
        .join(Notice, Notice.content_id == content.id)
        .join(NoticeReading, NoticeReading.notice_id == Notice.id)
        .where(content.kind == PUSH, content.source_id.in_(push_ids), NoticeReading.acted_at.is_not(None))
        .group_by(content.source_id)
    )
    sent = (
        select(content.source_id, NoticeDelivery.channel, func.count())
        .join(Notice, Notice.content_id == content.id)
        .join(NoticeDelivery, NoticeDelivery.notice_id == Notice.id)
        .where(content.kind == PUSH, content.source_id.in_(push_ids), NoticeDelivery.state == "sent")
        .group_by(content.source_id, NoticeDelivery.channel)
    )
    with reading() as session:
        acts = {source: number for source, number in session.execute(acted)}
        channels: dict[str, dict[str, int]] = {}
        for source, channel, number in session.execute(sent):
            channels.setdefault(source, {})[channel] = number
        return {
            source: Effect(delivered, read, acts.get(source, 0), channels.get(source, {}))
            for source, delivered, read in session.execute(counted)
        }

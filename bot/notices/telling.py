"""Putting notices into inboxes: each enterprise once, and on from there to the people who wish it elsewhere.

``tell`` works in the caller's transaction. The unique pair of content and enterprise makes a second attempt
harmless: who has the notice already gets nothing, not even by another channel.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, or_, select
from sqlalchemy.orm import Session

from bot.notices.models import Notice, NoticeContent, NoticeDelivery, NoticePreference
from bot.notices.rhythm import due_at
from core import clock
from core.identity.models import Account, EnterpriseAuthority
from core.ids import new_id
from core.queue import enqueue
from i18n.service import content_language

PUSH, CERTIFICATE, IMPACT = "push", "certificate", "impact"
EMAIL, WECHAT = "email", "wechat"
CHUNK = 500


@dataclass(frozen=True)
class Words:
    """A text in both languages."""

    zh: str
    en: str

    def get(self, locale: str) -> str:
        """Return one."""
        return self.en if content_language(locale) == "en" else self.zh


@dataclass(frozen=True)
class Content:
    """What is told, and where it comes from."""

    kind: str
    source_id: str
    topic: str
    title: Words
    text: Words
    link: str = ""
    is_urgent: bool = False


def content_row(session: Session, content: Content) -> NoticeContent:
    """Return the row of a content, made if it is new."""
    known = session.scalars(
        select(NoticeContent).where(
            NoticeContent.kind == content.kind, NoticeContent.source_id == content.source_id
        )
    ).first()
    if known is not None:
        return known
    made = NoticeContent(
        id=new_id("noc"),
        kind=content.kind,
        source_id=content.source_id,
        topic=content.topic,
        title_zh=content.title.zh,
        title_en=content.title.en,
        text_zh=content.text.zh,
        text_en=content.text.en,
        link=content.link,
        is_urgent=content.is_urgent,
        at=clock.now(),
    )
    session.add(made)
    session.flush()
    return made


def tell(session: Session, row: NoticeContent, reasons: Mapping[str, Words]) -> int:
    """Put a content into the inboxes of enterprises that do not have it; return how many.

    Args:
        reasons: why each is told, by enterprise id.
    """
    ids = sorted(reasons)
    told = 0
    for start in range(0, len(ids), CHUNK):
        told += _tell(session, row, {one: reasons[one] for one in ids[start : start + CHUNK]})
    return told


def _tell(session: Session, row: NoticeContent, reasons: Mapping[str, Words]) -> int:
    have = select(Notice.enterprise_id).where(
        Notice.content_id == row.id, Notice.enterprise_id.in_(list(reasons))
    )
    missing = sorted(set(reasons) - set(session.scalars(have)))
    if not missing:
        return 0
    moment = clock.now()
    made: list[dict[str, Any]] = [
        {
            "id": new_id("not"),
            "content_id": row.id,
            "enterprise_id": enterprise_id,
            "why_zh": reasons[enterprise_id].zh,
            "why_en": reasons[enterprise_id].en,
            "at": moment,
        }
        for enterprise_id in missing
    ]
    session.execute(insert(Notice), made)
    _hand_on(session, row, {one["enterprise_id"]: one["id"] for one in made})
    return len(made)


def _hand_on(session: Session, row: NoticeContent, notices: Mapping[str, str]) -> None:
    """Leave what goes out by e-mail or WeChat to the outbox: one job a person and channel."""
    moment = clock.now()
    for enterprise_id, preference in _listeners(session, list(notices)):
        if row.topic in preference.muted:
            continue
        due = due_at(preference, moment, is_urgent=row.is_urgent)
        for channel in channels_of(preference):
            session.add(
                NoticeDelivery(
                    id=new_id("del"),
                    notice_id=notices[enterprise_id],
                    account_id=preference.account_id,
                    channel=channel,
                    state="waiting",
                    due_at=due,
                    taken_at=None,
                    ended_at=None,
                )
            )
            payload = {"account_id": preference.account_id, "channel": channel}
            delay_s = max((due - moment).total_seconds(), 0)
            enqueue(session, "bot.notices.deliver", payload, delay_s=delay_s, wakes=False)


def channels_of(preference: NoticePreference) -> list[str]:
    """Return the channels outside the product by which a person wishes to be told."""
    by_email = preference.by_email and preference.email_confirmed_at is not None
    return [EMAIL] * by_email + [WECHAT] * preference.by_wechat


def _listeners(session: Session, enterprise_ids: Sequence[str]) -> list[tuple[str, NoticePreference]]:
    """Return who acts for the enterprises today and wishes to be told outside the product."""
    today = clock.today()
    query = (
        select(EnterpriseAuthority.enterprise_id, NoticePreference)
        .join(NoticePreference, NoticePreference.account_id == EnterpriseAuthority.account_id)
        .join(Account, Account.id == EnterpriseAuthority.account_id)
        .where(
            EnterpriseAuthority.enterprise_id.in_(enterprise_ids),
            EnterpriseAuthority.valid_from <= today,
            or_(EnterpriseAuthority.valid_to.is_(None), EnterpriseAuthority.valid_to >= today),
            Account.is_active,
            or_(NoticePreference.by_email, NoticePreference.by_wechat),
        )
    )
    return [(enterprise_id, preference) for enterprise_id, preference in session.execute(query)]

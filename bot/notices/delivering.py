"""Handing notices to channels outside the product.

1. ``deliver`` takes what is due to one person by one channel, in one parcel: one notice, or a digest of all.
   What the person has read meanwhile, muted, or lost authority over is dropped.
2. A parcel is taken (``sending``) before it is sent and marked after: two workers never send the same. When
   the channel fails it waits again, and the queue tries anew with growing pauses.
3. ``sweep`` leaves to the queue anew what is due and was left behind: after a long outage, or a process that
   died while it sent. Only in that last moment can a message go out twice; it then has the same id.

A channel for other systems (webhooks) is added as one more entry of ``_channel``.
"""

import hashlib
from datetime import timedelta

import structlog
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.notices.channels.base import Channel, Parcel
from bot.notices.channels.email import Email, written
from bot.notices.channels.email import is_set_up as has_email
from bot.notices.channels.wechat import WeChat
from bot.notices.channels.wechat import is_set_up as has_wechat
from bot.notices.inbox import NoticeView, notices_for
from bot.notices.models import NoticeDelivery, NoticePreference
from bot.notices.preferences import code_for
from bot.notices.telling import EMAIL, channels_of
from core import clock
from core.audit.service import record
from core.database import reading, transaction
from core.errors import DependencyFailed
from core.identity.linking import openids_of
from core.identity.service import actor_of
from core.queue import enqueue
from core.settings import get_settings
from i18n.service import translate

WAITING, SENDING, SENT, DROPPED = "waiting", "sending", "sent", "dropped"
TASK = "bot.notices.deliver"
LEFT_BEHIND = timedelta(minutes=10)
MOST_IN_DIGEST = 30
MOST_SWEPT = 2000
log = structlog.get_logger(__name__)


def _channel(name: str) -> Channel | None:
    """Return a channel, None where it is not set up."""
    if name == EMAIL:
        return Email(get_settings()) if has_email() else None
    return WeChat() if has_wechat() else None


def deliver(account_id: str, channel: str, sender: Channel | None = None) -> int:
    """Send a person what is due by a channel; return how many notices went out.

    Raises:
        DependencyFailed: the channel did not take it; it waits again.
    """
    by = sender or _channel(channel)
    if by is None:
        return 0
    parcel, taken = _take(account_id, channel)
    if parcel is None:
        return 0
    try:
        is_sent = by.send(parcel)
    except DependencyFailed:
        _end(taken, WAITING)
        raise
    _end(taken, SENT if is_sent else DROPPED)
    log.info("notices.delivered", account=account_id, channel=channel, notices=len(taken), sent=is_sent)
    return len(taken) if is_sent else 0


def _take(account_id: str, channel: str) -> tuple[Parcel | None, list[str]]:
    """Take what is due, and drop what the person need not be told any more."""
    actor, moment = actor_of(account_id), clock.now()
    with transaction() as session:
        preference = session.get(NoticePreference, account_id, with_for_update=True)
        rows = _due(session, account_id, channel)
        if not rows or preference is None:
            return None, []
        wishes = channel in channels_of(preference)
        address = _address(preference, channel)
        ids = [row.notice_id for row in rows]
        found = notices_for(session, actor, preference.locale, ids) if wishes and address else {}
        kept: list[tuple[NoticeDelivery, NoticeView]] = []
        for row in rows:
            view = found.get(row.notice_id)
            if view is None or view.topic in preference.muted or view.read_at is not None:
                row.state, row.ended_at = DROPPED, moment
            elif len(kept) < MOST_IN_DIGEST:
                row.state, row.taken_at, row.attempts = SENDING, moment, row.attempts + 1
                kept.append((row, view))
        if len(kept) < sum(row.state != DROPPED for row in rows):
            enqueue(session, TASK, {"account_id": account_id, "channel": channel}, delay_s=1)
        if not kept:
            return None, []
        taken = [row.id for row, _ in kept]
        key = hashlib.sha256("\n".join(sorted(taken)).encode()).hexdigest()[:32]
        return Parcel(key, account_id, address, preference.locale, [view for _, view in kept]), taken


def _due(session: Session, account_id: str, channel: str) -> list[NoticeDelivery]:
    """Return what waits, and what a process that died had taken: that first and alone, under the same id."""
    row, moment = NoticeDelivery, clock.now()
    mine = (row.account_id == account_id, row.channel == channel)
    stale = (row.state == SENDING, row.taken_at < moment - LEFT_BEHIND)
    left = list(session.scalars(select(row).where(*mine, *stale).order_by(row.taken_at).with_for_update()))
    if left:
        return [one for one in left if one.taken_at == left[0].taken_at]
    due = (row.state == WAITING, row.due_at <= moment)
    return list(
        session.scalars(select(row).where(*mine, *due).order_by(row.due_at, row.id).with_for_update())
    )


def _address(preference: NoticePreference, channel: str) -> str:
    if channel == EMAIL:
        return preference.email
    found = openids_of(preference.account_id)
    return found[0] if found else ""


def _end(taken: list[str], state: str) -> None:
    moment = clock.now()
    with transaction() as session:
        for row in session.scalars(select(NoticeDelivery).where(NoticeDelivery.id.in_(taken))):
            row.state = state
            row.taken_at = None if state == WAITING else row.taken_at
            row.ended_at = None if state == WAITING else moment
            if state != WAITING:
                record(
                    session,
                    actor_id="system",
                    action=f"notice.{state}",
                    subject_type="notice",
                    subject_id=row.notice_id,
                    data={"channel": row.channel, "account_id": row.account_id},
                )


def sweep() -> int:
    """Leave to the queue what is due and was left behind; return for how many persons."""
    row, moment = NoticeDelivery, clock.now()
    late = moment - LEFT_BEHIND
    forgotten = or_(
        (row.state == WAITING) & (row.due_at < late), (row.state == SENDING) & (row.taken_at < late)
    )
    with transaction() as session:
        query = select(row.account_id, row.channel).where(forgotten).distinct().limit(MOST_SWEPT)
        found = session.execute(query).all()
        for account_id, channel in found:
            enqueue(session, TASK, {"account_id": account_id, "channel": channel})
    return len(found)


def send_code(account_id: str, sender: Email | None = None) -> bool:
    """Send the code that proves a person's address; return whether it was sent.

    Raises:
        DependencyFailed: the server did not take it.
    """
    if not has_email():
        return False
    with reading() as session:
        row = session.get(NoticePreference, account_id)
        if row is None or not row.email or row.email_confirmed_at is not None or row.email_asked_at is None:
            return False
        address, locale, asked = row.email, row.locale, row.email_asked_at
    code = code_for(account_id, address, asked)
    message = written(
        to=address,
        subject=translate("notices.email.code_subject", locale),
        text=translate("notices.email.code", locale, digits=code),
        key=hashlib.sha256(f"{account_id}{asked.isoformat()}".encode()).hexdigest()[:32],
        settings=get_settings(),
    )
    return (sender or Email(get_settings())).deliver(message)

"""Alerts on filings, by permission: each permission carries one alert.

1. ``permit_alert`` keeps that the person, asked by the mini-program, allowed one alert on a filing.
2. ``alert`` writes an outbox row in the transaction that moved the filing, where a permission is left. Only
   what the person must act on or waits for is told: returned for correction, approved, refused.
3. A worker calls ``deliver``, which sends and uses the permission up. A failure is tried again by the queue;
   a person who has unbound WeChat or withdrawn the permission is told nothing more.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.audit.service import record
from core.database import reading, transaction
from core.errors import InvalidInput
from core.identity import Actor
from core.identity.linking import openids_of
from core.identity.wechat import is_set_up
from core.ids import new_id
from core.queue import enqueue
from core.settings import get_settings
from forms.alerts.base import Alert, AlertChannel, Unwanted
from forms.alerts.wechat import SubscriptionMessages
from forms.filing.presenting import state_label
from forms.filing.states import State
from forms.filing.store import Draft, load, load_unchecked
from forms.models import FilingAlert

TOLD = frozenset({State.RETURNED.value, State.APPROVED.value, State.REFUSED.value})
LOCALE = "zh-CN"  # templates of subscription messages are Chinese
MOST_PERMISSIONS = 5


def alert_template() -> str:
    """Return the id of the message template that people may subscribe to; "" where there is none."""
    return get_settings().wechat_template if is_set_up() else ""


def permit_alert(actor: Actor, filing_id: str) -> None:
    """Keep one permission.

    Raises:
        NotAvailable: the filing is absent or not the actor's.
        InvalidInput: alerts are not set up here.
    """
    if not alert_template():
        raise InvalidInput("forms.alerts_absent")
    with transaction() as session:
        load(session, actor, filing_id)
        if len(_unused(session, filing_id)) < MOST_PERMISSIONS:
            session.add(
                FilingAlert(
                    id=new_id("alert"),
                    filing_id=filing_id,
                    account_id=actor.account_id,
                    permitted_at=clock.now(),
                    used_at=None,
                    version=None,
                )
            )


def alert(session: Session, draft: Draft) -> None:
    """Let whoever permitted it know of the filing's new state, in the caller's transaction."""
    filing = draft.filing
    if filing.state in TOLD and alert_template() and _unused(session, filing.id):
        enqueue(session, "forms.alert", {"filing_id": filing.id, "version": filing.version})


def deliver(filing_id: str, version: int, channel: AlertChannel | None = None) -> bool:
    """Send one alert on what a filing has come to; return whether it was sent now.

    Raises:
        DependencyFailed: it was not taken.
    """
    with reading() as session:
        draft = load_unchecked(session, filing_id)
        permissions = _unused(session, filing_id)
        if draft is None or not permissions or _is_told(session, filing_id, version):
            return False
        content = Alert(
            filing_no=draft.filing.filing_no or "",
            item_name=draft.item.name.get(LOCALE),
            state_label=state_label(draft.filing.state, LOCALE),
            at=draft.filing.updated_at,
        )
    permission = permissions[0]
    recipients = openids_of(permission.account_id)
    sender = channel or SubscriptionMessages(get_settings())
    is_sent = bool(recipients) and _sent(sender, recipients[0], content)
    _use_up(permission.id, version, is_sent)
    return is_sent


def _unused(session: Session, filing_id: str) -> list[FilingAlert]:
    query = select(FilingAlert).where(FilingAlert.filing_id == filing_id, FilingAlert.used_at.is_(None))
    return list(session.scalars(query.order_by(FilingAlert.permitted_at)))


def _is_told(session: Session, filing_id: str, version: int) -> bool:
    told = select(FilingAlert.id).where(FilingAlert.filing_id == filing_id, FilingAlert.version == version)
    return session.scalar(told) is not None


def _sent(channel: AlertChannel, recipient: str, content: Alert) -> bool:
    try:
        channel.send(recipient, content)
    except Unwanted:
        return False
    return True


def _use_up(permission_id: str, version: int, is_sent: bool) -> None:
    with transaction() as session:
        permission = session.get_one(FilingAlert, permission_id)
        permission.used_at, permission.version = clock.now(), version
        record(
            session,
            actor_id="system",
            action="filing.alerted" if is_sent else "filing.alert_unwanted",
            subject_type="filing",
            subject_id=permission.filing_id,
            data={"version": version},
        )

"""Accounts as the administrator sees them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from core import clock
from core.database import reading
from core.errors import NotAvailable
from core.identity.actor import STAFF, Actor, Role
from core.identity.models import Account, SecondStep, WebSession

MOST_LISTED = 100


@dataclass(frozen=True)
class AccountView:
    """An account: who it is, whether it has a second step, its open sessions and their last use."""

    id: str
    login: str
    display_name: str
    role: str
    is_active: bool
    has_second_step: bool
    sessions: int
    seen_at: datetime | None


def search(actor: Actor, wanted: str = "") -> list[AccountView]:
    """Return the accounts whose login or name holds ``wanted``; without it those of staff.

    Raises:
        NotAvailable: the actor is no administrator.
    """
    if actor.role is not Role.ADMINISTRATOR:
        raise NotAvailable
    query = select(Account).where(Account.role.in_([role.value for role in STAFF]))
    if wanted:
        held = (column.icontains(wanted, autoescape=True) for column in (Account.login, Account.display_name))
        query = select(Account).where(or_(*held))
    with reading() as session:
        rows = session.scalars(query.order_by(Account.login).limit(MOST_LISTED)).all()
        ids = [row.id for row in rows]
        kept = session.execute(
            select(WebSession.account_id, func.count(), func.max(WebSession.seen_at))
            .where(WebSession.account_id.in_(ids), WebSession.expires_at > clock.now())
            .group_by(WebSession.account_id)
        )
        open_ones = {account_id: (count, seen_at) for account_id, count, seen_at in kept}
        confirmed = SecondStep.confirmed_at.is_not(None)
        steps = select(SecondStep.account_id).where(SecondStep.account_id.in_(ids), confirmed)
        with_step = set(session.scalars(steps))
        return [_view(row, row.id in with_step, *open_ones.get(row.id, (0, None))) for row in rows]


def _view(row: Account, has_second_step: bool, count: int, seen_at: datetime | None) -> AccountView:
    who = (row.id, row.login, row.display_name, row.role, row.is_active)
    return AccountView(*who, has_second_step, count, seen_at)

"""Accounts as actors, with the authority over enterprises that is in force today."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.identity.actor import Actor, Limit, Role
from core.identity.models import Account, EnterpriseAuthority


def actor_in(session: Session, account: Account) -> Actor:
    """Return an account as an actor."""
    return actors_in(session, [account])[0]


def actors_in(session: Session, accounts: Sequence[Account]) -> list[Actor]:
    """Return accounts as actors, in their order."""
    authority = EnterpriseAuthority
    query = select(authority).where(authority.account_id.in_([account.id for account in accounts]))
    rows: dict[str, list[EnterpriseAuthority]] = defaultdict(list)
    for row in session.scalars(query.order_by(authority.enterprise_id)):
        rows[row.account_id].append(row)
    return [_actor(account, rows[account.id]) for account in accounts]


def _actor(account: Account, rows: list[EnterpriseAuthority]) -> Actor:
    today = clock.today()
    current = [row for row in rows if is_in_force(row)]
    return Actor(
        account_id=account.id,
        role=Role(account.role),
        display_name=account.display_name,
        enterprise_ids=frozenset(row.enterprise_id for row in current),
        province=account.province,
        competences=frozenset(account.competences),
        limits=tuple(
            Limit(row.enterprise_id, frozenset(row.acts), frozenset(row.service_items))
            for row in current
            if row.acts or row.service_items
        ),
        ended=tuple(
            (row.enterprise_id, row.valid_to)
            for row in rows
            if row not in current and row.valid_to is not None and row.valid_to < today
        ),
    )


def is_in_force(row: EnterpriseAuthority) -> bool:
    """Whether an authority counts today."""
    today = clock.today()
    has_begun, has_passed = row.valid_from <= today, row.valid_to is not None and row.valid_to < today
    return row.ended_at is None and has_begun and not has_passed

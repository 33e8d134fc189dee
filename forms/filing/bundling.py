"""高效办成一件事: several filings of one matter, what they share told once.

Source: 国务院关于在线政务服务的若干规定 第7条 (nothing is asked twice that is known).
"""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.database import reading
from core.identity import Actor
from forms.filing.presenting import summary
from forms.filing.states import State
from forms.filing.store import CONFIRMED, Draft, load_unchecked
from forms.filing.views import FilingSummary
from forms.items.bundles import shared_keys
from forms.models import Filing, FilingValue


def told_in_bundle(session: Session, draft: Draft) -> dict[str, tuple[Any, str, date]]:
    """Return what the account confirmed in the bundle's other filings: value, filing, day, by key."""
    filing = draft.filing
    if not filing.bundle_id:
        return {}
    query = (
        select(FilingValue)
        .join(Filing, Filing.id == FilingValue.filing_id)
        .where(
            Filing.bundle_id == filing.bundle_id,
            Filing.enterprise_id == filing.enterprise_id,
            Filing.account_id == filing.account_id,
            Filing.id != filing.id,
            Filing.state != State.WITHDRAWN.value,
            FilingValue.status == CONFIRMED,
        )
        .order_by(FilingValue.updated_at)
    )
    keys = shared_keys()
    return {
        row.key: (row.value, row.filing_id, row.updated_at.astimezone(clock.CHINA).date())
        for row in session.scalars(query)
        if row.key in keys and row.value is not None
    }


def filings_of_bundle(actor: Actor, bundle_id: str, locale: str) -> list[FilingSummary]:
    """Return the actor's filings of a bundle, withdrawn ones left out."""
    if not actor.enterprise_ids:
        return []
    with reading() as session:
        query = select(Filing.id).where(
            Filing.bundle_id == bundle_id,
            Filing.enterprise_id.in_(actor.enterprise_ids),
            Filing.state != State.WITHDRAWN.value,
        )
        drafts = [load_unchecked(session, found) for found in session.scalars(query)]
        return [summary(draft, locale) for draft in drafts if draft is not None and _covers(actor, draft)]


def _covers(actor: Actor, draft: Draft) -> bool:
    return actor.may("", draft.filing.enterprise_id, draft.filing.item_code)

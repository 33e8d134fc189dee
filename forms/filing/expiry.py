"""Drafts that nobody touches expire: told in good time, then withdrawn by the system; nothing is deleted.

A filing that was returned for correction does not expire here: its notice has a day of its own.
"""

from datetime import date, timedelta

from sqlalchemy import select

from core import clock
from core.database import transaction
from core.identity import Actor, Role
from core.settings import get_settings
from forms.filing.states import State
from forms.filing.store import change, load_unchecked
from forms.models import Filing

NOTICE_DAYS = 14
MOST_AT_ONCE = 200
SYSTEM = Actor("system", Role.ADMINISTRATOR)
EXPIRING = (State.DRAFT.value, State.CHECKED.value)


def expires_on(filing: Filing) -> date | None:
    """Return the day on which an untouched draft is withdrawn; None for what does not expire."""
    if filing.state not in EXPIRING or filing.filing_no:
        return None
    return filing.updated_at.astimezone(clock.CHINA).date() + timedelta(days=get_settings().draft_days)


def expiry_to_tell(filing: Filing) -> date | None:
    """Return that day once it is near enough to be told."""
    day = expires_on(filing)
    return day if day is not None and day - clock.today() <= timedelta(days=NOTICE_DAYS) else None


def expire_drafts() -> int:
    """Withdraw drafts that were not touched for too long; return how many."""
    limit = clock.now() - timedelta(days=get_settings().draft_days)
    with transaction() as session:
        query = select(Filing.id).where(
            Filing.state.in_(EXPIRING), Filing.filing_no.is_(None), Filing.updated_at < limit
        )
        found = session.scalars(query.limit(MOST_AT_ONCE).with_for_update(skip_locked=True)).all()
        for filing_id in found:
            draft = load_unchecked(session, filing_id)
            if draft is not None:
                change(session, draft, SYSTEM, "expired", to_state=State.WITHDRAWN.value)
        return len(found)

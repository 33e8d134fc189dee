"""Profiles of enterprises for push conditions: registration, licences, filings; no person, no typed value.

``profiles`` goes through all enterprises in the order of their ids, a batch at a time, so that a hundred
thousand never stand in memory together; ``profile_of`` makes one. Every field always has a value: what is
not known is ``other``, "" or 0, a licence without a term has ``days_left`` of a lifetime. Licences that
newer ones replaced are left out, as are those of items that the catalogue does not know.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.filing.states import MOVES, State
from forms.items.catalogue import items
from forms.items.regions import provinces
from forms.models import Enterprise, Filing, HistoricalRecord
from forms.records.service import LICENCE, SUPERSEDED, VALID

BATCH = 4000
NO_TERM_DAYS = 36_500
OTHER = "other"
LISTS = ("licences", "filings")
_CHINA_AHEAD = timedelta(hours=8)  # all year round; reckoning with the zone itself takes ten times as long
OPEN_STATES = frozenset(state.value for state, moves in MOVES.items() if moves)
Profile = dict[str, Any]
Rows = Mapping[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class EnterpriseProfile:
    """An enterprise and its profile."""

    enterprise_id: str
    name: str
    profile: Profile


def profiles(
    session: Session, today: date, kinds: frozenset[str], needed: Collection[str] = LISTS
) -> Iterator[list[EnterpriseProfile]]:
    """Yield all enterprises with their profiles, a batch at a time.

    Args:
        kinds: the kinds of enterprise that have a name; any other is ``other``.
        needed: which lists are read; any other is left empty.
    """
    last = ""
    wanted = _enterprises().order_by(Enterprise.id).limit(BATCH)
    while rows := session.execute(wanted.where(Enterprise.id > last)).all():
        yield _made(session, rows, today, kinds, needed)
        last = rows[-1].id


def profile_of(session: Session, enterprise_id: str, today: date, kinds: frozenset[str]) -> Profile | None:
    """Return the profile of one enterprise, None where there is none."""
    rows = session.execute(_enterprises().where(Enterprise.id == enterprise_id)).all()
    return _made(session, rows, today, kinds, LISTS)[0].profile if rows else None


def _enterprises() -> Any:
    return select(
        Enterprise.id, Enterprise.name, Enterprise.province, Enterprise.region_code, Enterprise.profile
    )


def _made(
    session: Session, rows: Sequence[Any], today: date, kinds: frozenset[str], needed: Collection[str]
) -> list[EnterpriseProfile]:
    first, last = rows[0].id, rows[-1].id
    known = {one["short"] for one in provinces().values()}
    domains = {code: item.domain for code, item in items().items()}
    licences = _licences(session, first, last, today, domains) if "licences" in needed else {}
    filings = _filings(session, first, last, today, domains) if "filings" in needed else {}
    return [
        EnterpriseProfile(
            row.id,
            row.name,
            {
                "enterprise_type": _kind(row.profile, kinds),
                "province": row.province if row.province in known else "",
                "region_code": row.region_code,
                "years_registered": _years(str(row.profile.get("registered_on", "")), today),
                "licences": licences.get(row.id, []),
                "filings": filings.get(row.id, []),
            },
        )
        for row in rows
    ]


def _kind(profile: Mapping[str, Any], kinds: frozenset[str]) -> str:
    kind = profile.get("kind")
    return kind if isinstance(kind, str) and kind in kinds else OTHER


@lru_cache(maxsize=16_384)
def _years(registered_on: str, today: date) -> int:
    try:
        since = date.fromisoformat(registered_on)
    except ValueError:
        return 0
    had_day = (today.month, today.day) >= (since.month, since.day)
    return max(today.year - since.year - (not had_day), 0)


def _licences(session: Session, first: str, last: str, today: date, domains: Mapping[str, str]) -> Rows:
    row = HistoricalRecord
    wanted = select(
        row.enterprise_id, row.service_item_code, row.status, row.issued_on, row.expires_on, row.as_of
    ).where(row.enterprise_id.between(first, last), row.kind == LICENCE, row.status != SUPERSEDED)
    found: dict[str, list[dict[str, Any]]] = {}
    for owner, item, status, issued, expires, as_of in session.execute(wanted):
        if item in domains:
            found.setdefault(owner, []).append(
                {
                    "item": item,
                    "domain": domains[item],
                    "in_force": status == VALID and (expires is None or expires >= today),
                    "has_term": expires is not None,
                    "days_left": NO_TERM_DAYS if expires is None else (expires - today).days,
                    "days_held": max((today - (issued or as_of)).days, 0),
                }
            )
    return found


def _filings(session: Session, first: str, last: str, today: date, domains: Mapping[str, str]) -> Rows:
    row = Filing
    wanted = select(row.enterprise_id, row.item_code, row.state, row.updated_at).where(
        row.enterprise_id.between(first, last)
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for owner, item, state, updated in session.execute(wanted):
        if item in domains:
            found.setdefault(owner, []).append(
                {
                    "item": item,
                    "domain": domains[item],
                    "state": state,
                    "is_open": state in OPEN_STATES,
                    "days_since": max((today - _day(updated)).days, 0),
                }
            )
    return found


def _day(moment: datetime) -> date:
    return (moment + _CHINA_AHEAD).date()


def filing_states() -> tuple[str, ...]:
    """Return the states that a filing in a profile may have."""
    return tuple(state.value for state in State)

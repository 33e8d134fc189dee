"""Profiles of enterprises for push conditions: registration, licences, filings; no person, no typed value.

``profiles`` goes through all enterprises in the order of their ids, a batch at a time, so that a hundred
thousand never stand in memory together; ``profile_of`` makes one. Every field always has a value: what is
not known is ``other``, "" or 0, a licence without a term has ``days_left`` of a lifetime. Licences that
newer ones replaced are left out, as are those of items that the catalogue does not know.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import null, select
from sqlalchemy.orm import Session

from forms.filing.states import MOVES, State
from forms.items.catalogue import items
from forms.items.regions import provinces
from forms.models import Enterprise, Filing, HistoricalRecord
from forms.records.service import LICENCE, SUPERSEDED, VALID

BATCH = 4000
NO_TERM_DAYS = 36_500
OTHER = "other"
_TOLD = ("enterprise_type", "years_registered")
_CHINA_AHEAD = timedelta(hours=8)  # all year round; reckoning with the zone itself takes ten times as long
OPEN_STATES = frozenset(state.value for state, moves in MOVES.items() if moves)
Profile = dict[str, Any]
Rows = Mapping[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Needed:
    """What of the profiles is read; any other field is as of an enterprise of which nothing is known.

    Attributes:
        names: fields and lists, None for all.
        items: for a list, the items whose licences or filings are read; a list that is not named has all.
    """

    names: Collection[str] | None = None
    items: Mapping[str, Collection[str]] = field(default_factory=dict)

    def has(self, *names: str) -> bool:
        """Whether any of the names is read."""
        return self.names is None or not set(names).isdisjoint(self.names)


ALL = Needed()


@dataclass(frozen=True)
class EnterpriseProfile:
    """An enterprise and its profile."""

    enterprise_id: str
    name: str
    profile: Profile


def profiles(
    session: Session, today: date, kinds: frozenset[str], needed: Needed = ALL
) -> Iterator[list[EnterpriseProfile]]:
    """Yield all enterprises with their profiles, a batch at a time.

    Args:
        kinds: the kinds of enterprise that have a name; any other is ``other``.
        needed: what of them is read.
    """
    last = ""
    wanted = _enterprises(needed).order_by(Enterprise.id).limit(BATCH)
    while rows := session.execute(wanted.where(Enterprise.id > last)).all():
        yield _made(session, rows, today, kinds, needed)
        last = rows[-1].id


def profile_of(session: Session, enterprise_id: str, today: date, kinds: frozenset[str]) -> Profile | None:
    """Return the profile of one enterprise, None where there is none."""
    rows = session.execute(_enterprises(ALL).where(Enterprise.id == enterprise_id)).all()
    return _made(session, rows, today, kinds, ALL)[0].profile if rows else None


def _enterprises(needed: Needed) -> Any:
    told = Enterprise.profile if needed.has(*_TOLD) else null().label("profile")
    return select(Enterprise.id, Enterprise.name, Enterprise.province, Enterprise.region_code, told)


def _made(
    session: Session, rows: Sequence[Any], today: date, kinds: frozenset[str], needed: Needed
) -> list[EnterpriseProfile]:
    first, last = rows[0].id, rows[-1].id
    known = {one["short"] for one in provinces().values()}
    domains = {code: item.domain for code, item in items().items()}
    span = _Span(session, first, last, today, domains)
    licences = _licences(span, needed.items.get("licences")) if needed.has("licences") else {}
    filings = _filings(span, needed.items.get("filings")) if needed.has("filings") else {}
    return [
        EnterpriseProfile(
            row.id,
            row.name,
            {
                "enterprise_type": _kind(row.profile or {}, kinds),
                "province": row.province if row.province in known else "",
                "region_code": row.region_code,
                "years_registered": _years(str((row.profile or {}).get("registered_on", "")), today),
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


@dataclass(frozen=True)
class _Span:
    """Enterprises between two ids, on a day, with the fields of all items."""

    session: Session
    first: str
    last: str
    today: date
    domains: Mapping[str, str]


def _licences(span: _Span, only: Collection[str] | None) -> Rows:
    row, today = HistoricalRecord, span.today
    wanted = select(
        row.enterprise_id, row.service_item_code, row.status, row.issued_on, row.expires_on, row.as_of
    ).where(row.enterprise_id.between(span.first, span.last), row.kind == LICENCE, row.status != SUPERSEDED)
    if only is not None:
        wanted = wanted.where(row.service_item_code.in_(only))
    found: dict[str, list[dict[str, Any]]] = {}
    for owner, item, status, issued, expires, as_of in span.session.execute(wanted):
        if item in span.domains:
            found.setdefault(owner, []).append(
                {
                    "item": item,
                    "domain": span.domains[item],
                    "in_force": status == VALID and (expires is None or expires >= today),
                    "has_term": expires is not None,
                    "days_left": NO_TERM_DAYS if expires is None else (expires - today).days,
                    "days_held": max((today - (issued or as_of)).days, 0),
                }
            )
    return found


def _filings(span: _Span, only: Collection[str] | None) -> Rows:
    row = Filing
    wanted = select(row.enterprise_id, row.item_code, row.state, row.updated_at).where(
        row.enterprise_id.between(span.first, span.last)
    )
    if only is not None:
        wanted = wanted.where(row.item_code.in_(only))
    found: dict[str, list[dict[str, Any]]] = {}
    for owner, item, state, updated in span.session.execute(wanted):
        if item in span.domains:
            found.setdefault(owner, []).append(
                {
                    "item": item,
                    "domain": span.domains[item],
                    "state": state,
                    "is_open": state in OPEN_STATES,
                    "days_since": max((span.today - _day(updated)).days, 0),
                }
            )
    return found


def _day(moment: datetime) -> date:
    return (moment + _CHINA_AHEAD).date()


def filing_states() -> tuple[str, ...]:
    """Return the states that a filing in a profile may have."""
    return tuple(state.value for state in State)

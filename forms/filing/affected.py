"""Open drafts that rest on provisions: which, and what in them does."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.filing.states import State
from forms.items.basics import Sourced
from forms.items.catalogue import items
from forms.items.definition import ServiceItem
from forms.models import Enterprise, Filing

OPEN = (State.DRAFT.value, State.CHECKED.value, State.RETURNED.value)
MOST = 5000


@dataclass(frozen=True)
class Use:
    """Where an item rests on a provision: a guide's aspect, a field, a check, a time limit, a question.

    ``key`` names the aspect or the field, the first one of a check.
    """

    kind: str
    key: str
    provision: str


@dataclass(frozen=True)
class AffectedDraft:
    """A draft that was not handed in yet, or came back, with what in it rests on the provisions."""

    filing_id: str
    filing_no: str
    enterprise_id: str
    enterprise_name: str
    item_code: str
    state: str
    uses: tuple[Use, ...]


@lru_cache(maxsize=1)
def uses_by_item() -> dict[str, tuple[Use, ...]]:
    """Return what each item that can be filed rests on."""
    return {code: tuple(dict.fromkeys(_uses(item))) for code, item in items().items() if item.form}


def _uses(item: ServiceItem) -> Iterator[Use]:
    for aspect, entries in item.guide.items():
        for entry in entries:
            yield from _of("guide", aspect, entry)
    for point in item.decision_points:
        yield from _of("question", point.key, point)
    if item.form is not None:
        for field in item.form.fields:
            yield from _of("field", field.key, field)
        for check in item.form.checks:
            yield from _of("check", check.fields[0], check)
        for limit in item.form.time_limits:
            yield from _of("time_limit", "", limit)


def _of(kind: str, key: str, told: Sourced) -> Iterator[Use]:
    for source in told.source:
        yield Use(kind, key, f"{source.law}#{source.article}")


def affected_drafts(session: Session, provisions: Collection[str]) -> list[AffectedDraft]:
    """Return the open drafts of items that rest on any of the provisions (``law#article``)."""
    wanted = set(provisions)
    by_item = {
        code: hit
        for code, uses in uses_by_item().items()
        if (hit := tuple(use for use in uses if use.provision in wanted))
    }
    if not by_item:
        return []
    query = (
        select(
            Filing.id, Filing.filing_no, Filing.enterprise_id, Enterprise.name, Filing.item_code, Filing.state
        )
        .join(Enterprise, Enterprise.id == Filing.enterprise_id)
        .where(Filing.item_code.in_(by_item), Filing.state.in_(OPEN))
        .order_by(Filing.item_code, Enterprise.name, Filing.id)
        .limit(MOST)
    )
    return [
        AffectedDraft(filing_id, number or "", owner, name, code, state, by_item[code])
        for filing_id, number, owner, name, code, state in session.execute(query)
    ]

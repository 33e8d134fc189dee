"""Loading a filing for an actor, and recording each change of it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.audit.service import record
from core.errors import Conflict, InvalidInput, InvariantBroken, NotAvailable
from core.identity import Act, Actor, Role
from core.identity.authority import hold_to
from core.ids import new_id
from core.realtime import publish_after_commit
from forms.filing.conditions import holds
from forms.filing.states import is_editable, may_move
from forms.items.catalogue import item
from forms.items.definition import ServiceItem
from forms.items.form import FieldDefinition, FormDefinition
from forms.models import Enterprise, Filing, FilingEvent, FilingValue

EMPTY, PROPOSED, CONFIRMED, SKIPPED = "empty", "proposed", "confirmed", "skipped"


@dataclass
class Draft:
    """A filing with its item, its enterprise and its values by key."""

    filing: Filing
    item: ServiceItem
    enterprise: Enterprise
    rows: dict[str, FilingValue]

    @property
    def form(self) -> FormDefinition:
        """The item's form."""
        if self.item.form is None:
            raise InvariantBroken("forms.item_without_form", item=self.item.code)
        return self.item.form

    @property
    def known(self) -> dict[str, Any]:
        """Facts of the routing and the values of the fields that apply, values first."""
        return self._settled()[0]

    def visible(self) -> list[FieldDefinition]:
        """Return the fields that apply, in the order in which they are asked."""
        return self._settled()[1]

    def _settled(self) -> tuple[dict[str, Any], list[FieldDefinition]]:
        """Leave out what does not apply until that changes nothing more: a hidden value decides nothing."""
        values = {key: row.value for key, row in self.rows.items() if row.value is not None}
        known = {**self.filing.facts, **values}
        while True:
            fields = [field for field in self.form.fields if holds(field.when, known)]
            kept = {field.key: values[field.key] for field in fields if field.key in values}
            settled = {**self.filing.facts, **kept}
            if len(settled) == len(known):
                return settled, fields
            known = settled

    def status(self, key: str) -> str:
        """Return a field's status."""
        return self.rows[key].status if key in self.rows else EMPTY


def load(
    session: Session,
    actor: Actor,
    filing_id: str,
    *,
    to_write: bool = False,
    is_shared: bool = False,
    act: Act = Act.PREPARE,
) -> Draft:
    """Return a filing that the actor may see, or change if ``to_write``; ``act`` says what the change is.

    Officers see what was handed in, and a draft only if the applicant called them to it (``is_shared``).
    Another system sees what was handed in for enterprises that gave it authority, and changes nothing.

    Raises:
        NotAvailable: absent or not the actor's.
        InvalidInput: the actor's authority has ended since, or does not cover the change.
    """
    query = select(Filing).where(Filing.id == filing_id)
    filing = session.scalars(query.with_for_update() if to_write else query).first()
    if filing is None:
        raise NotAvailable
    enterprise = session.get_one(Enterprise, filing.enterprise_id)
    _hold_to_authority(actor, filing, act if to_write else None)
    if not _may_see(actor, filing, enterprise, to_write, is_shared):
        raise NotAvailable
    rows = session.scalars(select(FilingValue).where(FilingValue.filing_id == filing_id))
    return Draft(filing, item(filing.item_code), enterprise, {row.key: row for row in rows})


def load_unchecked(session: Session, filing_id: str) -> Draft | None:
    """Return a filing for the system's own work, such as printing; never for a person's request."""
    filing = session.get(Filing, filing_id)
    if filing is None:
        return None
    enterprise = session.get_one(Enterprise, filing.enterprise_id)
    rows = session.scalars(select(FilingValue).where(FilingValue.filing_id == filing_id))
    return Draft(filing, item(filing.item_code), enterprise, {row.key: row for row in rows})


def _hold_to_authority(actor: Actor, filing: Filing, act: Act | None) -> None:
    """Tell a person why they may not, where they know of the filing: everybody else meets nothing."""
    if actor.role is not Role.APPLICANT:
        return
    last_day = actor.ended_on(filing.enterprise_id)
    if last_day is not None and filing.created_at.astimezone(clock.CHINA).date() <= last_day:
        raise InvalidInput("core.authority_ended", day=last_day.isoformat())
    if act is not None and actor.may("", filing.enterprise_id, filing.item_code):
        hold_to(actor, act, filing.enterprise_id, filing.item_code)


def _may_see(actor: Actor, filing: Filing, enterprise: Enterprise, to_write: bool, is_shared: bool) -> bool:
    if actor.role is Role.APPLICANT:
        return actor.may("", filing.enterprise_id, filing.item_code)
    if actor.role is Role.SYSTEM:
        return bool(filing.filing_no) and not to_write and actor.may_act_for(filing.enterprise_id)
    is_theirs = bool(filing.filing_no) or is_shared
    return is_theirs and not to_write and is_competent(actor, filing, enterprise)


def is_competent(actor: Actor, filing: Filing, enterprise: Enterprise) -> bool:
    """Whether the actor is an officer of this province and this field."""
    domain = item(filing.item_code).domain
    return (
        actor.handles_cases
        and actor.province in ("", enterprise.province)
        and (not actor.competences or domain in actor.competences)
    )


def editable(draft: Draft, expected_version: int | None = None) -> None:
    """Refuse a change to a filing that was handed in, or that has moved on.

    Raises:
        Conflict: it was handed in, or its version is another than expected.
    """
    if not is_editable(draft.filing.state):
        raise Conflict("forms.no_longer_editable")
    expect_version(draft, expected_version)


def expect_version(draft: Draft, expected_version: int | None) -> None:
    """Refuse a change that was decided on an older version.

    Raises:
        Conflict: the version is another than expected.
    """
    if expected_version is not None and expected_version != draft.filing.version:
        raise Conflict("forms.changed_meanwhile")


def change(
    session: Session,
    draft: Draft,
    actor: Actor,
    action: str,
    *,
    to_state: str | None = None,
    reason: str = "",
    data: dict[str, Any] | None = None,
) -> None:
    """Record one change: version, event, audit entry, wake-up. ``data`` holds keys and codes only."""
    filing = draft.filing
    start, end = filing.state, to_state or filing.state
    if start != end and not may_move(start, end):
        raise InvalidInput("forms.move_not_allowed")
    filing.state = end
    filing.version += 1
    filing.updated_at = clock.now()
    session.add(
        FilingEvent(
            id=new_id("fev"),
            filing_id=filing.id,
            version=filing.version,
            at=filing.updated_at,
            actor_id=actor.account_id,
            action=action,
            from_state=start,
            to_state=end,
            reason=reason,
            data=data or {},
        )
    )
    record(
        session,
        actor_id=actor.account_id,
        action=f"filing.{action}",
        subject_type="filing",
        subject_id=filing.id,
        data={"version": filing.version, "from": start, "to": end, **(data or {})},
    )
    publish_after_commit(session, f"draft:{filing.id}")


def write_value(session: Session, draft: Draft, key: str, **columns: Any) -> FilingValue:
    """Store a field's row, replacing what it held."""
    row = draft.rows.get(key)
    if row is None:
        row = FilingValue(filing_id=draft.filing.id, key=key)
        session.add(row)
        draft.rows[key] = row
    defaults: dict[str, Any] = {"receipt": {}, "problems": [], "alternatives": [], "updated_at": clock.now()}
    for name, value in {**defaults, **columns}.items():
        setattr(row, name, value)
    return row

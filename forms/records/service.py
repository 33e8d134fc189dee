"""Historical records, and the enterprises that they are about.

1. ``enterprise_of`` and ``records_of`` check the actor's authority before anything is read.
2. ``add_record`` keeps a submitted filing as a record for the next one.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import NotAvailable
from core.identity import Actor
from core.ids import new_id
from forms.models import Enterprise, HistoricalRecord


@dataclass(frozen=True)
class RecordView:
    """One record: ``data`` holds what the authority knows, as of a date."""

    id: str
    kind: str
    subject: str
    as_of: date
    valid_to: date | None
    data: dict[str, Any]

    def is_expired(self, today: date) -> bool:
        """Whether the record's validity has ended."""
        return self.valid_to is not None and self.valid_to < today


def enterprise_of(session: Session, actor: Actor, enterprise_id: str) -> Enterprise:
    """Return an enterprise for which the actor may act.

    Raises:
        NotAvailable: absent or not the actor's.
    """
    enterprise = session.get(Enterprise, enterprise_id) if actor.may_act_for(enterprise_id) else None
    if enterprise is None:
        raise NotAvailable
    return enterprise


def enterprises_of(session: Session, actor: Actor) -> list[Enterprise]:
    """Return the enterprises for which the actor may act, by name."""
    if not actor.enterprise_ids:
        return []
    query = select(Enterprise).where(Enterprise.id.in_(actor.enterprise_ids)).order_by(Enterprise.name)
    return list(session.scalars(query))


def records_of(session: Session, actor: Actor, enterprise_id: str) -> list[RecordView]:
    """Return an enterprise's records, newest first.

    Raises:
        NotAvailable: the actor may not act for the enterprise.
    """
    if not actor.may_act_for(enterprise_id):
        raise NotAvailable
    rows = session.scalars(
        select(HistoricalRecord)
        .where(HistoricalRecord.enterprise_id == enterprise_id)
        .order_by(HistoricalRecord.as_of.desc(), HistoricalRecord.id)
    )
    return [RecordView(r.id, r.kind, r.subject, r.as_of, r.valid_to, r.data) for r in rows]


def licences_numbered(session: Session, subject: str, path: str, number: str) -> list[tuple[str, RecordView]]:
    """Return licences of any enterprise by their public number, each with its enterprise's id.

    What a licence states is public (number, holder, address, units, term); persons are not in it.
    """
    rows = session.scalars(
        select(HistoricalRecord)
        .where(HistoricalRecord.kind == "licence", HistoricalRecord.subject == subject)
        .where(HistoricalRecord.data[path].as_string() == number)
    )
    return [(r.enterprise_id, RecordView(r.id, r.kind, r.subject, r.as_of, r.valid_to, r.data)) for r in rows]


def add_record(
    session: Session,
    *,
    enterprise_id: str,
    kind: str,
    subject: str,
    as_of: date,
    data: dict[str, Any],
    is_synthetic: bool,
) -> None:
    """Keep a record in the caller's transaction."""
    session.add(
        HistoricalRecord(
            id=new_id("rec"),
            enterprise_id=enterprise_id,
            kind=kind,
            subject=subject,
            as_of=as_of,
            valid_to=None,
            data=data,
            is_synthetic=is_synthetic,
        )
    )

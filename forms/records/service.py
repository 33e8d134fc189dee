"""Historical records, and the enterprises that they are about.

1. ``enterprise_of`` and ``records_of`` check the actor's authority before anything is read.
2. ``Records`` reads by need: a field finds the records that hold its key, those in force first, newest first,
   however many there are.
3. ``add_record`` keeps what a filing led to (the filing itself, a certificate) for the next one;
   ``forms.records.importing`` brings in what other offices hold.

A record is in force while its status is ``valid`` and its term has not ended.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from core.errors import NotAvailable
from core.identity import Actor
from core.ids import new_id
from forms.models import Enterprise, HistoricalRecord, HistoricalValue

REGISTRY, LICENCE, FILING, PERSONNEL = "enterprise_registry", "licence", "filing", "personnel"
KINDS = (REGISTRY, LICENCE, FILING, PERSONNEL)
VALID, EXPIRED, REVOKED, SUPERSEDED = "valid", "expired", "revoked", "superseded"
STATUSES = (VALID, EXPIRED, REVOKED, SUPERSEDED)
LONGEST_TEXT = 200
MOST_READ = 40


@dataclass(frozen=True)
class RecordView:
    """One record: ``data`` holds what the authority knows by field key, as of a date."""

    id: str
    kind: str
    service_item_code: str
    number: str
    status: str
    issued_on: date | None
    expires_on: date | None
    as_of: date
    data: dict[str, Any]

    def is_in_force(self, today: date) -> bool:
        """Whether what the record says still stands."""
        return self.status == VALID and (self.expires_on is None or self.expires_on >= today)


def at(path: str, record: RecordView) -> Any:
    """Return what a record holds under a field key; ``@number`` and ``@expires_on`` are the record's own."""
    match path:
        case "@number":
            return record.number
        case "@expires_on":
            return record.expires_on.isoformat() if record.expires_on else None
    return record.data.get(path)


class Records:
    """The records of one enterprise, read by need and kept for the length of one request."""

    def __init__(self, session: Session, enterprise_id: str, today: date) -> None:
        """Read nothing yet."""
        self._session = session
        self._enterprise_id = enterprise_id
        self._today = today
        self._read: dict[tuple[Any, ...], list[RecordView]] = {}

    def newest(self, kind: str, items: Iterable[str] | None = None) -> list[RecordView]:
        """Return records of a kind (of the named items), those in force first, newest first."""
        key = ("newest", kind, tuple(sorted(items)) if items is not None else None)
        if key not in self._read:
            query = select(HistoricalRecord).where(
                HistoricalRecord.enterprise_id == self._enterprise_id, HistoricalRecord.kind == kind
            )
            if key[2] is not None:
                query = query.where(HistoricalRecord.service_item_code.in_(key[2]))
            self._read[key] = self._in_order(query)
        return self._read[key]

    def holding(self, kind: str, key: str, text: str | None = None) -> list[RecordView]:
        """Return records that hold a key (with that very text), those in force first, newest first."""
        asked = ("holding", kind, key, text)
        if asked not in self._read:
            value, record = HistoricalValue, HistoricalRecord
            query = (
                select(record)
                .join(value, value.record_id == record.id)
                .where(value.enterprise_id == self._enterprise_id, value.kind == kind, value.key == key)
            )
            if text is not None:
                query = query.where(value.text == text[:LONGEST_TEXT])
            self._read[asked] = self._in_order(query)
        return self._read[asked]

    def _in_order(self, query: Any) -> list[RecordView]:
        record = HistoricalRecord
        is_open = or_(record.expires_on.is_(None), record.expires_on >= self._today)
        in_force = query.where(record.status == VALID, is_open)
        newest = (record.as_of.desc(), record.id)
        found = list(self._session.scalars(in_force.order_by(*newest).limit(MOST_READ)))
        if len(found) < MOST_READ:
            others = query.where(or_(record.status != VALID, ~is_open))
            found += self._session.scalars(others.order_by(*newest).limit(MOST_READ - len(found)))
        return [view_of(row) for row in found]


def view_of(row: HistoricalRecord) -> RecordView:
    """Return a row as a record."""
    return RecordView(
        row.id,
        row.kind,
        row.service_item_code,
        row.number,
        row.status,
        row.issued_on,
        row.expires_on,
        row.as_of,
        row.data,
    )


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


def enterprise_with_code(session: Session, uscc: str) -> Enterprise | None:
    """Return the enterprise with a unified social credit code, for the system's own work and its operator."""
    return session.scalars(select(Enterprise).where(Enterprise.uscc == uscc)).first()


def records_of(session: Session, actor: Actor, enterprise_id: str, today: date) -> Records:
    """Return an enterprise's records.

    Raises:
        NotAvailable: the actor may not act for the enterprise.
    """
    if not actor.may_act_for(enterprise_id):
        raise NotAvailable
    return Records(session, enterprise_id, today)


def licences_numbered(session: Session, items: Iterable[str], number: str) -> list[tuple[str, RecordView]]:
    """Return licences of any enterprise by their public number, each with its enterprise's id.

    What a licence states is public (number, holder, address, units, term); persons are not read from it here.
    """
    rows = session.scalars(
        select(HistoricalRecord).where(
            HistoricalRecord.number == number,
            HistoricalRecord.kind == LICENCE,
            HistoricalRecord.service_item_code.in_(list(items)),
        )
    )
    return [(row.enterprise_id, view_of(row)) for row in rows]


def licences_recorded(session: Session, items: Iterable[str]) -> frozenset[str]:
    """Return those of the named items of which any licence is on record."""
    code = HistoricalRecord.service_item_code
    query = select(code).where(HistoricalRecord.kind == LICENCE, code.in_(list(items))).distinct()
    return frozenset(session.scalars(query))


def add_record(session: Session, record: HistoricalRecord) -> None:
    """Keep a record in the caller's transaction, findable by every key; it replaces one of its id."""
    if session.get(HistoricalRecord, record.id) is not None:
        session.execute(delete(HistoricalValue).where(HistoricalValue.record_id == record.id))
    session.merge(record)
    session.flush()
    session.add_all(values_of(record))


def add_records(session: Session, records: list[HistoricalRecord]) -> None:
    """Keep many new records in the caller's transaction, findable by every key they hold."""
    values = [value for record in records for value in values_of(record)]
    session.add_all(records)
    session.flush()
    session.bulk_save_objects(values)


def values_of(record: HistoricalRecord) -> list[HistoricalValue]:
    """Return a row for each key under which a record is to be found."""
    return [
        HistoricalValue(
            record_id=record.id,
            key=key,
            enterprise_id=record.enterprise_id,
            kind=record.kind,
            is_valid=record.status == VALID,
            as_of=record.as_of,
            text=value[:LONGEST_TEXT] if isinstance(value, str) else "",
        )
        for key, value in record.data.items()
        if value not in (None, "", [], {}) and len(key) <= 60
    ]


def new_record(**columns: Any) -> HistoricalRecord:
    """Return a record with a fresh id and the defaults of one in force."""
    defaults = {
        "id": new_id("rec"),
        "service_item_code": "",
        "number": "",
        "status": VALID,
        "issued_on": None,
        "expires_on": None,
        "is_synthetic": False,
    }
    return HistoricalRecord(**{**defaults, **columns})


def supersede(
    session: Session, enterprise_id: str, items: Iterable[str], number: str, except_id: str
) -> None:
    """Mark earlier licences of a number as superseded by a newer one."""
    record = HistoricalRecord
    ids = session.scalars(
        select(record.id).where(
            record.enterprise_id == enterprise_id,
            record.kind == LICENCE,
            record.number == number,
            record.service_item_code.in_(list(items)),
            record.id != except_id,
            record.status == VALID,
        )
    ).all()
    session.execute(update(record).where(record.id.in_(ids)).values(status=SUPERSEDED))
    session.execute(update(HistoricalValue).where(HistoricalValue.record_id.in_(ids)).values(is_valid=False))


def revoke(session: Session, record: HistoricalRecord) -> None:
    """Take a licence back; the one that it had superseded last stands again."""
    _set_status(session, record, REVOKED)
    query = select(HistoricalRecord).where(
        HistoricalRecord.enterprise_id == record.enterprise_id,
        HistoricalRecord.kind == LICENCE,
        HistoricalRecord.number == record.number,
        HistoricalRecord.id != record.id,
        HistoricalRecord.status == SUPERSEDED,
    )
    earlier = session.scalars(query.order_by(HistoricalRecord.as_of.desc(), HistoricalRecord.id)).first()
    if earlier is not None:
        _set_status(session, earlier, VALID)


def _set_status(session: Session, record: HistoricalRecord, status: str) -> None:
    record.status = status
    values = update(HistoricalValue).where(HistoricalValue.record_id == record.id)
    session.execute(values.values(is_valid=status == VALID))

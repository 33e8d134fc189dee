"""Records of other offices, read from JSON lines (``yaozheng records import``).

A line is ``{record_id, uscc, kind, service_item_code?, number?, status, issued_on?, expires_on?, as_of,
data}``;
``data`` holds values by the field keys of the service items. A line that is wrong is refused with its
number and
the reason, the others are taken. Doing it again changes nothing; a record that comes again with other content
replaces what was held. An enterprise that is not known yet is made from its registry entry.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.database import transaction
from core.ids import new_id
from forms.items.catalogue import items
from forms.items.patterns import matches
from forms.items.regions import province_of, region_name
from forms.models import Enterprise, HistoricalRecord
from forms.records.service import REGISTRY, add_record

BATCH = 500
LONGEST_LINE = 2_000_000
TEXT = Field(min_length=1, max_length=80)
NEW, CHANGED, UNCHANGED, REFUSED = "new", "changed", "unchanged", "refused"


def _iso(raw: object) -> object:
    return date.fromisoformat(raw) if isinstance(raw, str) else raw


Day = Annotated[date, BeforeValidator(_iso)]


class RecordLine(BaseModel):
    """One line, checked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    record_id: str = TEXT
    uscc: str
    kind: Literal["enterprise_registry", "licence", "filing", "personnel"]
    service_item_code: str | None = None
    number: str | None = Field(default=None, max_length=80)
    status: Literal["valid", "expired", "revoked", "superseded"] = "valid"
    issued_on: Day | None = None
    expires_on: Day | None = None
    as_of: Day
    data: dict[str, Any]


@dataclass(frozen=True)
class Refusal:
    """Why a line was not taken: ``translate(code, locale, **params)`` says it."""

    line: int
    code: str
    params: dict[str, str] = field(default_factory=dict)


@dataclass
class ImportReport:
    """What became of the lines."""

    counts: Counter[str] = field(default_factory=Counter)
    enterprises: int = 0
    refusals: list[Refusal] = field(default_factory=list)


def import_records(lines: Iterable[str], report: ImportReport | None = None) -> Iterator[ImportReport]:
    """Take lines in batches, each in one transaction; yield the report after each batch."""
    report = report or ImportReport()
    numbered = enumerate(lines, 1)
    while batch := list(islice(numbered, BATCH)):
        with transaction() as session:
            for number, raw in batch:
                if raw.strip():
                    _take(session, number, raw, report)
        yield report


def _take(session: Session, number: int, raw: str, report: ImportReport) -> None:
    read = _read(number, raw)
    refused = read if isinstance(read, Refusal) else _refused(session, number, read)
    if refused is not None or isinstance(read, Refusal):
        report.refusals.append(refused or read)  # type: ignore[arg-type]
        report.counts[REFUSED] += 1
        return
    enterprise = _enterprise(session, read, report)
    report.counts[_keep(session, read, enterprise)] += 1


def _read(number: int, raw: str) -> RecordLine | Refusal:
    if len(raw) > LONGEST_LINE:
        return Refusal(number, "forms.records.too_long")
    try:
        parsed = json.loads(raw)
    except (ValueError, RecursionError):
        return Refusal(number, "forms.records.no_json")
    try:
        is_storable = _is_storable(parsed)
    except RecursionError:
        is_storable = False
    if not is_storable:
        return Refusal(number, "forms.records.unstorable")
    try:
        return RecordLine.model_validate(parsed)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "-"
        return Refusal(number, "forms.records.wrong_field", {"place": place, "why": first["msg"]})


def _is_storable(value: Any) -> bool:
    """Whether every database can hold the texts: no NUL, no half of a character."""
    if isinstance(value, dict):
        return all(_is_storable(key) and _is_storable(one) for key, one in value.items())
    if isinstance(value, list):
        return all(map(_is_storable, value))
    return not isinstance(value, str) or not any(c == "\0" or "\ud800" <= c <= "\udfff" for c in value)


def _refused(session: Session, number: int, line: RecordLine) -> Refusal | None:
    """Return why a well-formed line cannot be taken, or None."""
    if not matches("uscc", line.uscc):
        return Refusal(number, "forms.records.wrong_uscc", {"uscc": line.uscc[:40]})
    if line.service_item_code and line.service_item_code not in items():
        return Refusal(number, "forms.records.unknown_item", {"item": line.service_item_code[:60]})
    if line.issued_on and line.expires_on and line.expires_on < line.issued_on:
        return Refusal(number, "forms.records.ends_before_start")
    held = session.get(HistoricalRecord, line.record_id)
    if held is not None and session.get_one(Enterprise, held.enterprise_id).uscc != line.uscc:
        return Refusal(number, "forms.records.of_another", {"record": line.record_id})
    return None


def _enterprise(session: Session, line: RecordLine, report: ImportReport) -> Enterprise:
    found = session.scalars(select(Enterprise).where(Enterprise.uscc == line.uscc)).first()
    name, region = line.data.get("ent_name"), line.data.get("region_code")
    if found is None:
        region_code = _region(region) or _region(line.uscc[2:8]) or "000000"
        found = Enterprise(
            id=new_id("ent"),
            uscc=line.uscc,
            name=str(name or line.uscc)[:120],
            province=province_of(region_code) or "",
            region_code=region_code,
            profile={},
            is_synthetic=False,
        )
        session.add(found)
        session.flush()
        report.enterprises += 1
    elif _is_newest_entry(session, line, found) and isinstance(name, str) and name:
        found.name = name[:120]
        known = _region(region)
        if known:
            found.region_code, found.province = known, province_of(known) or ""
    return found


def _is_newest_entry(session: Session, line: RecordLine, enterprise: Enterprise) -> bool:
    """Whether the line is a registry entry in force that no later one has overtaken."""
    if line.kind != REGISTRY or line.status != "valid":
        return False
    record = HistoricalRecord
    newest = session.scalar(
        select(func.max(record.as_of)).where(
            record.enterprise_id == enterprise.id, record.kind == REGISTRY, record.status == "valid"
        )
    )
    return newest is None or line.as_of >= newest


def _region(raw: object) -> str | None:
    return raw if isinstance(raw, str) and region_name(raw) else None


def _keep(session: Session, line: RecordLine, enterprise: Enterprise) -> str:
    columns = {
        "enterprise_id": enterprise.id,
        "kind": line.kind,
        "service_item_code": line.service_item_code or "",
        "number": line.number or "",
        "status": line.status,
        "issued_on": line.issued_on,
        "expires_on": line.expires_on,
        "as_of": line.as_of,
        "data": line.data,
    }
    held = session.get(HistoricalRecord, line.record_id)
    if held is not None and all(getattr(held, name) == value for name, value in columns.items()):
        return UNCHANGED
    add_record(session, HistoricalRecord(id=line.record_id, is_synthetic=enterprise.is_synthetic, **columns))
    return NEW if held is None else CHANGED

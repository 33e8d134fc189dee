"""What a filing leaves behind: a record of the filing, and of the certificate that it led to.

Both become historical records, from which the next filing is pre-filled. Personal numbers stay with the
filing.

Source: 国务院关于在线政务服务的若干规定 第10条 (an electronic licence has the force of a paper one).
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from core import clock
from forms.checks.dates import months_from
from forms.filing.rebuilding import record_id
from forms.filing.store import Draft
from forms.filing.systems import tell_of_certificate
from forms.items.form import FieldDefinition
from forms.models import Filing, HistoricalRecord
from forms.records.service import (
    FILING,
    LICENCE,
    REVOKED,
    VALID,
    Records,
    RecordView,
    add_record,
    new_record,
    revoke,
    supersede,
)

RENEWAL, CANCELLATION = "renewal", "cancellation"
KEEPS_TERM = frozenset({"change", "replacement", "cancellation"})


def keep_filing(session: Session, draft: Draft) -> None:
    """Let the next filing start from this one; a filing handed in again replaces its record."""
    add_record(
        session,
        new_record(
            id=record_id(draft.filing.id),
            enterprise_id=draft.filing.enterprise_id,
            kind=FILING,
            service_item_code=draft.item.code,
            number=draft.filing.filing_no or "",
            as_of=clock.today(),
            data=handed_in(draft),
            is_synthetic=draft.filing.is_synthetic,
        ),
    )


def handed_in(draft: Draft) -> dict[str, Any]:
    """Return what was handed in as its record keeps it: facts of the routing, values, number."""
    return {**draft.filing.facts, **_values(draft), "filing_no": draft.filing.filing_no}


def issue_certificate(session: Session, draft: Draft, *, number: str) -> str:
    """Put the certificate on record, the earlier one of its number superseded; return the record's id.

    A change and a replacement keep the term of the earlier one, a renewal adds to it; what the form does
    not ask carries over.
    """
    filing, certificate = draft.filing, draft.form.certificate
    earlier = _earlier(session, draft, number)
    expires = _expires_on(draft, earlier.expires_on if earlier else None)
    values = {**(earlier.data if earlier else {}), **_values(draft)}
    if certificate.number_field:
        values[certificate.number_field] = number
    if certificate.expiry_field and expires is not None:
        values[certificate.expiry_field] = expires.isoformat()
    record_id = f"lic_{filing.id}"
    supersede(session, filing.enterprise_id, draft.item.family, number, record_id)
    add_record(
        session,
        new_record(
            id=record_id,
            enterprise_id=filing.enterprise_id,
            kind=LICENCE,
            service_item_code=draft.item.code,
            number=number,
            status=REVOKED if draft.known.get("operation") == CANCELLATION else VALID,
            issued_on=clock.today(),
            expires_on=expires,
            as_of=clock.today(),
            data=values,
            is_synthetic=filing.is_synthetic,
        ),
    )
    filing.certificate_id = record_id
    is_revoked = draft.known.get("operation") == CANCELLATION
    tell_of_certificate(session, filing, record_id, is_revoked=is_revoked)
    return record_id


def take_back(session: Session, filing: Filing) -> None:
    """Undo a certificate that was given on handing in: the filing was withdrawn or refused."""
    record = session.get(HistoricalRecord, filing.certificate_id) if filing.certificate_id else None
    if record is None:
        return
    revoke(session, record)
    tell_of_certificate(session, filing, record.id, is_revoked=True)
    filing.certificate_id = None


def _earlier(session: Session, draft: Draft, number: str) -> RecordView | None:
    records = Records(session, draft.filing.enterprise_id, clock.today())
    found = records.newest(LICENCE, draft.item.family)
    return next((record for record in found if record.number == number), None)


def _expires_on(draft: Draft, earlier: date | None) -> date | None:
    years, operation = draft.form.certificate.validity_years, draft.known.get("operation")
    if operation in KEEPS_TERM and earlier is not None:
        return earlier
    if years is None:
        return None
    start = earlier if operation == RENEWAL and earlier and earlier > clock.today() else clock.today()
    return months_from(start, 12 * years)


def _values(draft: Draft) -> dict[str, Any]:
    """Return what later filings may read: the applicant's values without personal numbers."""
    known = draft.known
    return kept_values(draft.visible(), {key: known[key] for key in known if key in draft.rows})


def kept_values(fields: list[FieldDefinition], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a form that a record keeps: what the applicant told, without personal numbers."""
    return {
        field.key: _public(field, values[field.key])
        for field in fields
        if values.get(field.key) is not None and _may_be_kept(field)
    }


def _may_be_kept(field: FieldDefinition) -> bool:
    is_told = field.set_by == "applicant" and not field.is_own
    return is_told and (not field.sensitive or field.type in ("object", "table"))


def _public(field: FieldDefinition, value: Any) -> Any:
    hidden = {part.key for part in field.parts if part.sensitive}
    if not hidden:
        return value
    rows = value if isinstance(value, list) else [value]
    kept = [{key: text for key, text in row.items() if key not in hidden} for row in rows]
    return kept if isinstance(value, list) else kept[0]

"""再来一单: what a filing says otherwise than the certificate in force, and why that is reportable."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from core import clock
from forms.filing.display import show
from forms.filing.outcomes import Rejected
from forms.filing.parsing import parse
from forms.filing.store import Draft
from forms.filing.views import ChangeView
from forms.items.citations import clause
from forms.items.form import FieldDefinition
from forms.models import HistoricalRecord
from forms.records.service import LICENCE, Records, RecordView, view_of

SKIPPED_TYPES = frozenset({"file", "files"})
INITIAL = "initial"


def copied_from(session: Session, draft: Draft) -> RecordView | None:
    """Return the record of the enterprise's own from which a person asked to start."""
    row = session.get(HistoricalRecord, draft.filing.based_on) if draft.filing.based_on else None
    return view_of(row) if row is not None and row.enterprise_id == draft.filing.enterprise_id else None


def base_of(session: Session, draft: Draft) -> RecordView | None:
    """Return the record that the filing starts from: the one copied, else the certificate named."""
    filing = draft.filing
    if filing.based_on:
        return copied_from(session, draft)
    number = draft.known.get(draft.form.certificate.number_field)
    if draft.known.get("operation") == INITIAL or not number:
        return None
    records = Records(session, filing.enterprise_id, clock.today())
    found = records.newest(LICENCE, draft.item.family)
    same = (one for one in found if one.number == number and one.id != filing.certificate_id)
    return next(same, None)


def changes_of(session: Session, draft: Draft, locale: str) -> list[ChangeView]:
    """Return every field whose value differs from the record that the filing starts from, in form order."""
    base = base_of(session, draft)
    if base is None:
        return []
    return list(_changes(draft.visible(), draft.known, base, locale))


def _changes(
    fields: Iterable[FieldDefinition], known: dict[str, Any], base: RecordView, locale: str
) -> Iterable[ChangeView]:
    for field in fields:
        before, value = base.data.get(field.key), known.get(field.key)
        if field.type in SKIPPED_TYPES or field.set_by != "applicant" or before is None or value is None:
            continue
        read = parse(field, before, "zh-CN")
        held = before if isinstance(read, Rejected) else read
        if _public(field, held) == _public(field, value):
            continue
        basis = field.change_source
        yield ChangeView(
            key=field.key,
            label=field.label.get(locale),
            before=show(field, held, locale),
            after=show(field, value, locale),
            clause=clause(basis, locale) if basis else "",
        )


def _public(field: FieldDefinition, value: Any) -> Any:
    """Return a value without the personal numbers, which no record of a certificate holds."""
    hidden = {part.key for part in field.parts if part.sensitive}
    if isinstance(value, dict):
        return {key: text for key, text in value.items() if key not in hidden and text}
    if isinstance(value, list) and field.parts:
        return [{k: text for k, text in row.items() if k not in hidden and text} for row in value]
    return value

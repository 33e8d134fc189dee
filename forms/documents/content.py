"""What the printed confirmation says: all fields with their sources, tables, declaration, notes."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.identity.models import Account
from forms.filing.display import show
from forms.filing.numbers import is_complete_at_submission
from forms.filing.rows import total
from forms.filing.store import Draft
from forms.items.form import FieldDefinition
from forms.items.regions import provinces
from forms.models import FilingValue
from i18n.service import content_language, format_moment, translate


@dataclass(frozen=True)
class Line:
    """One row of a part: what it is, what it says, where it came from."""

    label: str
    value: str
    origin: str


@dataclass(frozen=True)
class Table:
    """A field that is a table; ``total`` is its last row, empty where nothing adds up."""

    caption: str
    columns: list[str]
    numeric: list[bool]
    rows: list[list[str]]
    total: list[str]


@dataclass(frozen=True)
class Part:
    """One part of the document."""

    title: str
    lines: list[Line]
    tables: list[Table]


@dataclass(frozen=True)
class Confirmation:
    """The whole document."""

    title: str
    subtitle: str
    item_name: str
    enterprise: str
    head: list[tuple[str, str]]
    parts: list[Part]
    declaration_title: str
    declaration: str
    declared_by: str
    declared_at: str
    handler: str
    notes: list[str]
    mark: str
    filing_no: str
    receipt_code: str


def confirmation(session: Session, draft: Draft, locale: str) -> Confirmation:
    """Put the document of a submitted filing together."""
    filing, template = draft.filing, draft.form.document
    visible = {field.key for field in draft.visible() if field.set_by != "declaration"}
    parts = []
    for group in draft.form.groups:
        fields = [field for field in group.fields if field.key in visible]
        if fields:
            title = group.label.get(locale)
            lines = [_line(draft, field, locale) for field in fields]
            tables = [
                _table(field, draft.rows[field.key], locale) for field in fields if _is_table(draft, field)
            ]
            parts.append(Part(title, lines, tables))
    effect = "effect_submission" if is_complete_at_submission(draft) else "effect_approval"
    declarer = session.get(Account, filing.declared_by) if filing.declared_by else None
    handler = draft.rows.get("contact_name")
    return Confirmation(
        title=template.title.get(locale),
        subtitle=template.subtitle.get(locale),
        item_name=draft.item.name.get(locale),
        enterprise=draft.enterprise.name,
        head=head_lines(draft, locale),
        parts=parts,
        declaration_title=template.declaration_title.get(locale),
        declaration=draft.form.declaration.get(locale),
        declared_by=declarer.display_name if declarer else "",
        declared_at=format_moment(filing.declared_at, locale) if filing.declared_at else "",
        handler=str(handler.value) if handler else "",
        notes=[translate(f"forms.document.note_{name}", locale) for name in (effect, "verify")],
        mark=translate("forms.document.synthetic", locale) if filing.is_synthetic else "",
        filing_no=filing.filing_no or "",
        receipt_code=filing.receipt_code or "",
    )


def head_lines(draft: Draft, locale: str) -> list[tuple[str, str]]:
    """Return the number, the receipt code, when it was handed in and to whom."""
    filing = draft.filing
    place = provinces().get(str(draft.known.get("region_code", ""))[:2], {})
    name = place.get(content_language(locale), "")
    authority = translate("forms.document.authority_of", locale, province=name)
    return [
        (translate("forms.document.filing_no", locale), filing.filing_no or ""),
        (translate("forms.document.receipt_code", locale), filing.receipt_code or ""),
        (
            translate("forms.document.submitted_at", locale),
            format_moment(filing.submitted_at, locale) if filing.submitted_at else "",
        ),
        (translate("forms.document.authority", locale), authority),
    ]


def _is_table(draft: Draft, field: FieldDefinition) -> bool:
    return field.type == "table" and field.key in draft.rows and bool(draft.rows[field.key].value)


def _line(draft: Draft, field: FieldDefinition, locale: str) -> Line:
    row = draft.rows.get(field.key)
    label = field.label.get(locale)
    if row is None or row.value is None:
        return Line(label, translate("forms.document.not_given", locale), "")
    if field.type == "table":
        return Line(
            label, translate("forms.document.see_table", locale, n=len(row.value)), _origin(row, locale)
        )
    return Line(label, show(field, row.value, locale, reveal=True), _origin(row, locale))


def _origin(row: FilingValue, locale: str) -> str:
    if isinstance(row.value, dict) and "file_id" in row.value:
        return translate("forms.document.origin_uploaded", locale)
    if row.origin in ("typed", "manufacturer"):
        return translate(f"forms.document.origin_{row.origin}", locale)
    source = translate(f"forms.source.{row.origin}", locale)
    held = row.receipt.get("as_of") or translate("forms.date_unknown", locale)
    return translate("forms.document.origin_prefilled", locale, source=source, date=held)


def _table(field: FieldDefinition, row: FilingValue, locale: str) -> Table:
    numeric = [part.type == "number" for part in field.parts]
    rows = [
        [str(number), *(str(cells.get(part.key) or "") for part in field.parts)]
        for number, cells in enumerate(row.value, 1)
    ]
    sums = [
        format(total(row.value, p.key).normalize(), "f") if p.type == "number" else "" for p in field.parts
    ]
    return Table(
        caption=field.label.get(locale),
        columns=[
            translate("forms.document.number", locale),
            *(part.label.get(locale) for part in field.parts),
        ],
        numeric=[False, *numeric],
        rows=rows,
        total=[translate("forms.document.total", locale), *sums] if any(numeric) else [],
    )

"""Rows and definitions into views."""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.settings import get_settings
from forms.assistance.states import OFFICER
from forms.assistance.views import assistance_of
from forms.filing.comparing import changes_of
from forms.filing.corrections import notice_view
from forms.filing.deadlines import deadline_of
from forms.filing.display import screen_value, show
from forms.filing.expiry import expiry_to_tell
from forms.filing.holding import certificate_of
from forms.filing.states import is_editable
from forms.filing.store import CONFIRMED, PROPOSED, Draft
from forms.filing.views import (
    Alternative,
    DocumentState,
    EventView,
    FieldView,
    FilingSummary,
    FilingView,
    GroupView,
    PartView,
    Receipt,
)
from forms.items.citations import clause
from forms.items.form import FieldDefinition
from forms.models import FilingEvent, FilingValue
from i18n.service import format_date, format_moment, format_percent, translate


def present(draft: Draft, locale: str, *, session: Session, is_resumed: bool = False) -> FilingView:
    """Return the view of a filing."""
    visible = {field.key for field in draft.visible()}
    groups = [
        GroupView(
            group.key,
            group.label.get(locale),
            [field_view(draft, field, locale) for field in group.fields if field.key in visible],
        )
        for group in draft.form.groups
    ]
    rows = [draft.rows[key] for key in visible if key in draft.rows]
    filing = draft.filing
    return FilingView(
        id=filing.id,
        item_code=filing.item_code,
        item_name=draft.item.name.get(locale),
        enterprise_id=filing.enterprise_id,
        enterprise_name=draft.enterprise.name,
        title=title_of(draft, locale),
        state=filing.state,
        state_label=state_label(filing.state, locale),
        version=filing.version,
        is_editable=is_editable(filing.state),
        is_resumed=is_resumed,
        filing_no=filing.filing_no or "",
        receipt_code=filing.receipt_code or "",
        created_at=filing.created_at,
        updated_at=filing.updated_at,
        submitted_at=filing.submitted_at,
        groups=[group for group in groups if group.fields],
        answered=sum(row.status == CONFIRMED for row in rows),
        total=len(visible),
        prefilled=sum(is_prefilled(row) for row in rows),
        unconfirmed=sum(row.status == PROPOSED for row in rows),
        declaration=draft.form.declaration.get(locale),
        is_declared=filing.declared_at is not None,
        document=document_state(draft),
        history=history(session, filing.id, locale),
        is_synthetic=filing.is_synthetic,
        operation=str(draft.known.get("operation", "")),
        notice=notice_view(session, draft, locale),
        deadline=deadline_of(draft, locale),
        certificate=certificate_of(session, draft, locale),
        changes=changes_of(session, draft, locale),
        assistance=assistance_of(session, draft, locale),
    )


def summary(draft: Draft, locale: str) -> FilingSummary:
    """Return a filing as a line of a list."""
    filing = draft.filing
    return FilingSummary(
        id=filing.id,
        item_code=filing.item_code,
        item_name=draft.item.name.get(locale),
        enterprise_id=filing.enterprise_id,
        enterprise_name=draft.enterprise.name,
        title=title_of(draft, locale),
        state=filing.state,
        state_label=state_label(filing.state, locale),
        filing_no=filing.filing_no or "",
        updated_at=filing.updated_at,
        submitted_at=filing.submitted_at,
        expires_on=expiry_to_tell(filing),
        operation=str(draft.known.get("operation", "")),
    )


def is_prefilled(row: FilingValue) -> bool:
    """Whether the row's value came from a source, confirmed or not."""
    return row.origin not in ("typed", OFFICER) and row.value is not None


def title_of(draft: Draft, locale: str) -> str:
    """Return what the filing is about, such as the product, or the item's name while there is nothing."""
    row = draft.rows.get(draft.form.title_field)
    return str(row.value) if row is not None and row.value else draft.item.name.get(locale)


def state_label(state: str, locale: str) -> str:
    """Return a state's name."""
    return translate(f"forms.state.{state}", locale)


def part_views(field: FieldDefinition, locale: str) -> list[PartView]:
    """Return the parts of an object or the columns of a table."""
    return [PartView(p.key, p.label.get(locale), p.type, p.required) for p in field.parts]


def field_view(draft: Draft, field: FieldDefinition, locale: str) -> FieldView:
    """Return the view of one field."""
    row = draft.rows.get(field.key)
    return FieldView(
        key=field.key,
        label=field.label.get(locale),
        help=field.help.get(locale),
        type=field.type,
        required=field.required,
        options=[(option.value, option.label.get(locale)) for option in field.options],
        parts=part_views(field, locale),
        example=field.example,
        is_sensitive=bool(field.sensitive),
        one_per_line=field.one_per_line,
        set_by=field.set_by,
        clause=clause(field.source, locale),
        value=screen_value(field, row.value) if row else None,
        display=show(field, row.value, locale) if row else "",
        status=row.status if row else "empty",
        origin=row.origin if row else "",
        receipt=receipt_view(row.receipt, locale) if row else None,
        problems=list(row.problems) if row else [],
        problem_texts=[translate(f"forms.problem.{code}", locale) for code in row.problems] if row else [],
        alternatives=[_alternative(field, one, locale) for one in row.alternatives] if row else [],
    )


def _alternative(field: FieldDefinition, raw: dict[str, Any], locale: str) -> Alternative:
    return Alternative(
        value=screen_value(field, raw["value"]),
        display=show(field, raw["value"], locale),
        source_label=translate(f"forms.source.{raw['source']}", locale),
        as_of=_date(raw.get("as_of")),
    )


def receipt_view(raw: dict[str, Any], locale: str) -> Receipt | None:
    """Return a receipt for people; None where the value was typed."""
    if "record_id" not in raw:
        return None
    as_of = _date(raw.get("as_of"))
    label = translate(f"forms.source.{raw['source']}", locale)
    step = translate(
        f"forms.transformation.{raw['transformation']}",
        locale,
        share=format_percent(raw["confidence"], locale),
        officer=raw.get("officer_name", ""),
    )
    shown = format_date(as_of, locale) if as_of else translate("forms.date_unknown", locale)
    return Receipt(
        source=raw["source"],
        source_label=label,
        record_id=raw["record_id"],
        as_of=as_of,
        transformation=raw["transformation"],
        confidence=raw["confidence"],
        confirmed_by=raw.get("confirmed_by") or "",
        confirmed_at=raw.get("confirmed_at") or "",
        text=translate("forms.receipt", locale, source=label, date=shown, step=step),
    )


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def history(session: Session, filing_id: str, locale: str) -> list[EventView]:
    """Return the changes of state, oldest first."""
    events = session.scalars(
        select(FilingEvent).where(FilingEvent.filing_id == filing_id).order_by(FilingEvent.version)
    )
    return [
        EventView(
            e.at,
            e.action,
            translate(f"forms.action.{e.action}", locale),
            e.to_state,
            state_label(e.to_state, locale),
            e.reason,
        )
        for e in events
        if e.from_state != e.to_state or e.action == "started"
    ]


def document_state(draft: Draft) -> DocumentState:
    """Return whether the printed document is ready."""
    filing = draft.filing
    if filing.document_name:
        path = get_settings().home / "documents" / f"{filing.id}.pdf"
        return DocumentState(path.exists(), str(path), filing.document_name)
    return DocumentState(False, "", "", filing.document_problem or "")


def moment_text(value: Any, locale: str) -> str:
    """Write a moment, "" where there is none."""
    return format_moment(value, locale) if value else ""

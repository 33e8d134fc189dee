"""A form in a file, checked as if it were to be handed in (``yaozheng check``).

Nothing is stored. What the authorities hold is compared where they hold anything of the enterprise; routing
facts that the file leaves out are taken from what its fields imply.
"""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from core import clock
from core.database import reading
from core.errors import InvalidInput
from forms.checks.service import Examined, examine
from forms.filing.choosing import match_option
from forms.filing.outcomes import Rejected
from forms.filing.parsing import parse
from forms.filing.store import CONFIRMED, Draft
from forms.filing.views import Deficiency
from forms.items.catalogue import item
from forms.items.citations import clause
from forms.items.definition import OPERATION, ServiceItem
from forms.items.form import FieldDefinition, FormDefinition
from forms.models import Enterprise, Filing, FilingValue
from forms.prefill.preview import chosen_operation
from forms.records.service import Records, enterprise_with_code
from i18n.service import translate

WRAPPERS = ("data", "fields", "values")
FILES = ("file", "files")


@dataclass(frozen=True)
class Precheck:
    """All deficiencies of a form, the operation it was taken for, and keys that the form does not have."""

    operation: str
    deficiencies: list[Deficiency]
    unknown_keys: list[str] = field(default_factory=list)
    records_held: bool = True


def precheck(item_code: str, given: Any, operation: str | None, locale: str) -> Precheck:
    """Check a form's values.

    Args:
        item_code: the service item.
        given: ``{field key: value}``, or that under ``data``, ``fields`` or ``values``; routing facts may
        stand beside the fields or under ``facts``.
        operation: initial, change …; the file's own or the item's first if None.
        locale: language of the messages.

    Raises:
        NotAvailable: there is no such item.
        InvalidInput: the item has no form, no such operation, or the file is no object.
    """
    service_item = item(item_code)
    if service_item.form is None:
        raise InvalidInput("forms.item_not_online")
    if not isinstance(given, dict):
        raise InvalidInput("forms.precheck.no_object")
    values = next((given[name] for name in WRAPPERS if isinstance(given.get(name), dict)), given)
    told = _told(service_item, given, values)
    chosen = chosen_operation(service_item, operation or told.get(OPERATION))
    facts = _facts(service_item, chosen, values, told)
    with reading() as session:
        draft, unread = _draft(session, service_item, facts, values, locale)
        records = Records(session, draft.enterprise.id or "-", clock.today())
        found = examine(session, Examined(draft, records, {}, clock.today(), locale))
        is_held = bool(draft.enterprise.id)
    found = [one for one in found if one.field not in {gap.field for gap in unread}] + unread
    order = {one.key: number for number, one in enumerate(service_item.form.fields)}
    found.sort(key=lambda one: (one.rule == "declaration", order.get(one.field, len(order))))
    return Precheck(chosen, found, _unknown(service_item, values), is_held)


def _told(service_item: ServiceItem, given: dict[str, Any], values: dict[str, Any]) -> dict[str, str]:
    """Return the routing answers that the file tells beside its fields, as the options' values."""
    fields = {one.key for one in service_item.form.fields} if service_item.form else set()
    beside = {key: value for one in (given, values) for key, value in one.items() if key not in fields}
    said = {**beside, **(given.get("facts") or {})}
    found = {name: said[name] for name in _fact_names(service_item) if isinstance(said.get(name), str)}
    for point in service_item.decision_points:
        chosen = match_option(point.options, found[point.key]) if point.key in found else None
        option = next((one for one in point.options if one.value == chosen), None)
        if option is not None:
            found |= {point.key: option.value, **option.facts}
    return found


def _fact_names(service_item: ServiceItem) -> set[str]:
    points = service_item.decision_points
    settled = {name for point in points for option in point.options for name in option.facts}
    return {OPERATION} | set(service_item.facts) | {point.key for point in points} | settled


def _unknown(service_item: ServiceItem, values: dict[str, Any]) -> list[str]:
    keys = {one.key for one in service_item.form.fields} if service_item.form else set()
    known = keys | _fact_names(service_item) | {"facts", "record_id", "service_item_code", *WRAPPERS}
    return sorted(key for key in values if key not in known)


def _facts(
    service_item: ServiceItem, operation: str, values: dict[str, Any], told: dict[str, str]
) -> dict[str, str]:
    """Return the routing facts told, and those without which a filled field could not be asked."""
    names = _fact_names(service_item)
    facts = {**told, **service_item.facts, OPERATION: operation}
    form = service_item.form
    for one in form.fields if form else []:
        for condition in one.when:
            is_open = condition.key in names and condition.key not in {**facts, **values}
            if values.get(one.key) is not None and is_open and condition.is_in and len(condition.is_in) == 1:
                facts[condition.key] = condition.is_in[0]
    return facts


def _draft(
    session: Session,
    service_item: ServiceItem,
    facts: dict[str, str],
    values: dict[str, Any],
    locale: str,
) -> tuple[Draft, list[Deficiency]]:
    form = service_item.form
    rows: dict[str, FilingValue] = {}
    unread: list[Deficiency] = []
    for one in form.fields if form else []:
        raw = values.get(one.key)
        if raw is None or raw == "":
            continue
        value = _stored(one, raw, locale)
        if isinstance(value, Rejected):
            unread.append(_not_readable(one, value, locale))
            continue
        rows[one.key] = FilingValue(filing_id="", key=one.key, value=value, status=CONFIRMED, origin="typed")
    enterprise = _enterprise(session, rows)
    now = clock.now()
    filing = Filing(
        id="",
        item_code=service_item.code,
        enterprise_id=enterprise.id or "-",
        facts=facts,
        state="draft",
        declared_at=now if any(_is_given(one, rows) for one in _declarations(form)) else None,
    )
    draft = Draft(filing, service_item, enterprise, rows)
    visible = {one.key for one in draft.visible()}
    return draft, [gap for gap in unread if gap.field in visible]


def _declarations(form: FormDefinition | None) -> list[FieldDefinition]:
    return [one for one in form.fields if one.set_by == "declaration"] if form else []


def _is_given(one: FieldDefinition, rows: dict[str, FilingValue]) -> bool:
    return one.key in rows and rows[one.key].value is True


def _stored(one: FieldDefinition, raw: Any, locale: str) -> Any | Rejected:
    if one.type in FILES:
        files = [{"name": name} if isinstance(name, str) else name for name in _listed(raw)]
        return files if one.type == "files" else files[0] if files else Rejected("forms.rejected.empty")
    return parse(one, raw, locale)


def _listed(raw: Any) -> list[Any]:
    return raw if isinstance(raw, list) else [raw]


def _not_readable(one: FieldDefinition, why: Rejected, locale: str) -> Deficiency:
    label = one.label.get(locale)
    reason = translate(why.code, locale, **{"field": label, **why.params})
    return Deficiency(
        field=one.key,
        label=label,
        rule="invalid",
        clause=clause(one.source, locale),
        message=translate("forms.deficiency.invalid", locale, field=label, why=reason),
        fix=translate("forms.fix.invalid", locale, field=label, why=reason),
    )


def _enterprise(session: Session, rows: dict[str, FilingValue]) -> Enterprise:
    code = rows["uscc"].value if "uscc" in rows else ""
    found = enterprise_with_code(session, str(code)) if code else None
    return found or Enterprise(id="", uscc=str(code), name="", province="", region_code="", profile={})

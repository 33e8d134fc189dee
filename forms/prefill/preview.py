"""What a form would find filled in, without opening a draft (``yaozheng prefill``)."""

from dataclasses import dataclass, field
from typing import Any

from core.database import reading
from core.errors import InvalidInput, NotAvailable
from core.identity import Actor, Role
from forms.filing.conditions import may_hold
from forms.items.catalogue import item
from forms.items.definition import OPERATION, ServiceItem
from forms.items.form import FieldDefinition, FormDefinition
from forms.prefill.service import CONFLICT, INVALID, STALE, SUGGESTED, Prefilled, context_for, propose
from forms.records.service import enterprise_with_code

FILLED, ABSENT = "filled", "absent"
ECHOED = frozenset({"enum", "multi_enum", "boolean", "object", "table", "list", "file", "files"})


@dataclass(frozen=True)
class FieldPrefill:
    """One field: ``outcome`` is filled, conflict, stale, suggested or absent.

    ``value`` is spelled as its source holds it where it is chosen from a list or made of parts.
    """

    key: str
    label: str
    value: Any = field(repr=False)
    outcome: str = ABSENT
    receipt: dict[str, Any] | None = None
    alternatives: list[dict[str, Any]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    is_sensitive: bool = False


@dataclass(frozen=True)
class Preview:
    """All fields that may apply, and the sources that did not answer."""

    item_code: str
    operation: str
    enterprise_id: str
    fields: list[FieldPrefill]
    failed_sources: list[str]

    @property
    def share(self) -> float:
        """The share of fields with a value of any outcome."""
        found = sum(one.outcome != ABSENT for one in self.fields)
        return found / len(self.fields) if self.fields else 0.0


def preview(item_code: str, uscc: str, operation: str | None, locale: str) -> Preview:
    """Return what the enterprise's records fill in; for the operator of the installation, not for applicants.

    Raises:
        NotAvailable: no such item, or no enterprise with that code.
        InvalidInput: the item has no form, or no such operation.
    """
    service_item = item(item_code)
    if service_item.form is None:
        raise InvalidInput("forms.item_not_online")
    chosen = chosen_operation(service_item, operation)
    with reading() as session:
        enterprise = enterprise_with_code(session, uscc)
        if enterprise is None:
            raise NotAvailable("forms.no_such_enterprise")
        actor = Actor("", Role.APPLICANT, enterprise_ids=frozenset({enterprise.id}))
        known: dict[str, Any] = {**service_item.facts, OPERATION: chosen}
        context = context_for(session, actor, enterprise.id, service_item, known)
        failed: set[str] = set()
        fields = []
        for definition in service_item.form.fields:
            found = propose(definition, context, failed=failed)
            if found is not None:
                known[definition.key] = found.value
            fields.append(_field(definition, found, locale))
        kept = _that_may_apply(service_item.form, fields, known)
        return Preview(item_code, chosen, enterprise.id, kept, sorted(failed))


def chosen_operation(service_item: ServiceItem, operation: str | None) -> str:
    """Return the operation asked for, or the item's first.

    Raises:
        InvalidInput: the item has no such operation.
    """
    possible = service_item.operations
    if operation is not None and operation not in possible:
        raise InvalidInput("forms.no_such_operation", item=service_item.code, operations=", ".join(possible))
    return operation or possible[0]


def _that_may_apply(
    form: FormDefinition, fields: list[FieldPrefill], known: dict[str, Any]
) -> list[FieldPrefill]:
    return [
        one
        for definition, one in zip(form.fields, fields, strict=True)
        if definition.set_by == "applicant" and may_hold(definition.when, known)
    ]


def _field(definition: FieldDefinition, found: Prefilled | None, locale: str) -> FieldPrefill:
    label, is_sensitive = definition.label.get(locale), bool(definition.sensitive)
    if found is None:
        return FieldPrefill(definition.key, label, None, is_sensitive=is_sensitive)
    return FieldPrefill(
        key=definition.key,
        label=label,
        value=found.raw if definition.type in ECHOED else found.value,
        outcome=_outcome(found.problems),
        receipt=_receipt(found.receipt),
        alternatives=[{"value": one["value"], "receipt": _receipt(one)} for one in found.alternatives],
        problems=found.problems,
        is_sensitive=is_sensitive,
    )


def _outcome(problems: list[str]) -> str:
    if STALE in problems or INVALID in problems:
        return STALE
    return next((one for one in (CONFLICT, SUGGESTED) if one in problems), FILLED)


def _receipt(raw: dict[str, Any]) -> dict[str, Any]:
    names = ("record_id", "source", "as_of", "transformation", "confidence", "is_stale")
    return {name: raw[name] for name in names}

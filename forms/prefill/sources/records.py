"""Sources that read historical records: registry entry, licences, persons, earlier filings.

A record speaks for a field if it holds the field's key (or the spec's ``path``), belongs to the item's own
family (or to the items that the spec names), and agrees with the form where the spec's ``same`` names fields.
"""

from typing import Any

from forms.items.form import FieldDefinition, PrefillSpec
from forms.prefill.base import PrefillContext, Proposal
from forms.records.service import FILING, LICENCE, PERSONNEL, REGISTRY, RecordView, at

NOTHING: tuple[Any, ...] = (None, "", [], {})


def _value(spec: PrefillSpec, field: FieldDefinition, record: RecordView) -> Any:
    mapping = spec.params.get("object")
    if mapping:
        found = {key: _only(at(path, record)) for key, path in mapping.items()}
        return {key: str(value) for key, value in found.items()} if all(found.values()) else None
    return at(spec.path or field.key, record)


def _only(value: Any) -> Any:
    """Return the one entry of a list; nothing where there are several to choose from."""
    if isinstance(value, list):
        return value[0] if len(value) == 1 else None
    return value


def _candidates(
    kind: str, spec: PrefillSpec, field: FieldDefinition, context: PrefillContext
) -> list[RecordView]:
    items = tuple(spec.items) or context.family
    product = spec.params.get("same_product")
    if product:
        wanted = context.known.get(product)
        found = context.records.holding(kind, product, str(wanted)) if wanted else []
        return [record for record in found if record.service_item_code in ("", *items)]
    scope = None if kind == REGISTRY else (*items, "")
    found = context.records.newest(kind, scope)
    if any(_value(spec, field, record) not in NOTHING for record in found) or spec.path.startswith("@"):
        return found
    paths = list(spec.params.get("object", {}).values()) or [spec.path or field.key]
    held = context.records.holding(kind, paths[0])
    own = [record for record in held if scope is None or record.service_item_code in scope]
    return own or (held if kind == PERSONNEL else [])


def _proposals(
    kind: str,
    spec: PrefillSpec,
    field: FieldDefinition,
    context: PrefillContext,
    *,
    most: int = 1,
    **details: Any,
) -> list[Proposal]:
    """Return what records in force say; where there is none, what the newest other one said, marked stale."""
    found: list[Proposal] = []
    for record in _candidates(kind, spec, field, context):
        value = _value(spec, field, record)
        if value in NOTHING or not _agrees(spec, record, context):
            continue
        is_stale = not record.is_in_force(context.today)
        if is_stale and found:
            break
        found.append(
            Proposal(
                value,
                record.id,
                record.as_of,
                is_stale=is_stale,
                is_suggestion=spec.suggests,
                **details,
            )
        )
        if len(found) == most or is_stale:
            break
    return found


def _agrees(spec: PrefillSpec, record: RecordView, context: PrefillContext) -> bool:
    """Whether the record says the same as the form where ``same`` names fields that both hold."""
    for key in spec.params.get("same", []):
        held, known = at(key, record), context.known.get(key)
        if held not in NOTHING and known not in NOTHING and held != known:
            return False
    return all(record.data.get(fact) == context.known.get(fact) for fact in spec.params.get("match", []))


class Registry:
    """市场主体登记: the newest entry."""

    name = "registry"

    def propose(self, spec: PrefillSpec, field: FieldDefinition, context: PrefillContext) -> list[Proposal]:
        """Return the newest entry's value."""
        return _proposals(REGISTRY, spec, field, context)


class Licence:
    """电子证照: every licence in force, else the newest that is not, marked stale."""

    name = "licence"

    def propose(self, spec: PrefillSpec, field: FieldDefinition, context: PrefillContext) -> list[Proposal]:
        """Return each licence's value."""
        return _proposals(LICENCE, spec, field, context, most=20, confidence=0.95)


class Personnel:
    """Persons known from licences and filings; ``same`` ties the person to a field of the form."""

    name = "personnel"

    def propose(self, spec: PrefillSpec, field: FieldDefinition, context: PrefillContext) -> list[Proposal]:
        """Return the newest person in the post."""
        return _proposals(PERSONNEL, spec, field, context, confidence=0.9)


class EarlierFilings:
    """Earlier filings: of the same product (``same_product``) or alike in the named facts (``match``)."""

    name = "filing"

    def propose(self, spec: PrefillSpec, field: FieldDefinition, context: PrefillContext) -> list[Proposal]:
        """Return the newest fitting filing's value."""
        return _proposals(FILING, spec, field, context, transformation="copied_from_filing", confidence=0.8)

"""Sources that read historical records: registry entry, licences, persons, earlier filings."""

from typing import Any

from forms.items.definition import PrefillSpec
from forms.prefill.base import PrefillContext, Proposal
from forms.records.service import RecordView


def _value(spec: PrefillSpec, record: RecordView) -> Any:
    mapping = spec.params.get("object")
    if mapping:
        found = {key: record.data.get(path) for key, path in mapping.items()}
        return {key: str(value) for key, value in found.items()} if all(found.values()) else None
    return record.data.get(spec.path)


def _proposals(
    spec: PrefillSpec, records: list[RecordView], context: PrefillContext, **details: Any
) -> list[Proposal]:
    found = []
    for record in records:
        value = _value(spec, record)
        if value not in (None, "", [], {}):
            found.append(
                Proposal(value, record.id, record.as_of, is_stale=record.is_expired(context.today), **details)
            )
    return found


def _of_kind(kind: str, spec: PrefillSpec, context: PrefillContext) -> list[RecordView]:
    """Return the records of a kind, newest first; expired ones only where none is in force."""
    found = [r for r in context.records if r.kind == kind and spec.subject in ("", r.subject)]
    return [r for r in found if not r.is_expired(context.today)] or found


class Registry:
    """市场主体登记: the newest entry."""

    name = "registry"

    def propose(self, spec: PrefillSpec, context: PrefillContext) -> list[Proposal]:
        """Return the newest entry's value."""
        return _proposals(spec, _of_kind("registry", spec, context)[:1], context)


class Licence:
    """电子证照: every licence in force, else the newest expired one, marked stale."""

    name = "licence"

    def propose(self, spec: PrefillSpec, context: PrefillContext) -> list[Proposal]:
        """Return each licence's value."""
        found = _of_kind("licence", spec, context)
        in_force = [r for r in found if not r.is_expired(context.today)]
        return _proposals(spec, in_force or found[:1], context, confidence=0.95)


class Personnel:
    """Persons known from licences and filings; ``name_field`` ties the person to a field of the form."""

    name = "personnel"

    def propose(self, spec: PrefillSpec, context: PrefillContext) -> list[Proposal]:
        """Return the newest person in the post."""
        found = _of_kind("personnel", spec, context)
        name_field = spec.params.get("name_field")
        if name_field:
            found = [r for r in found if r.data.get("name") == context.known.get(name_field)]
        return _proposals(spec, found[:1], context, confidence=0.9)


class EarlierFilings:
    """Earlier filings: of the same product (``same_product``) or alike in the named facts (``match``)."""

    name = "earlier_filings"

    def propose(self, spec: PrefillSpec, context: PrefillContext) -> list[Proposal]:
        """Return the newest fitting filing's value."""
        found = _of_kind("filing", spec, context)
        name_field = spec.params.get("same_product")
        if name_field:
            wanted = context.known.get(name_field)
            found = [r for r in found if wanted and r.data.get(name_field) == wanted]
        for fact in spec.params.get("match", []):
            found = [r for r in found if r.data.get(fact) == context.known.get(fact)]
        return _proposals(spec, found[:1], context, transformation="copied_from_filing", confidence=0.8)

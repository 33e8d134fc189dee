"""Sources that need no record: the account, the bundle, calculations, the official catalogue."""

from collections.abc import Mapping
from typing import Any

from forms.filing.conditions import holds
from forms.items.basics import Condition
from forms.items.form import FieldDefinition, PrefillSpec
from forms.prefill.base import PrefillContext, Proposal


class Identity:
    """统一身份认证: the account that is signed in."""

    name = "identity"

    def propose(self, spec: PrefillSpec, field: FieldDefinition, context: PrefillContext) -> list[Proposal]:
        """Return a detail of the actor's account."""
        value = getattr(context.identity, spec.path)
        return [Proposal(value, context.identity.account_id, context.identity.as_of)] if value else []


class Bundle:
    """高效办成一件事: what the applicant confirmed in another filing of the same bundle."""

    name = "bundle"

    def propose(self, spec: PrefillSpec, field: FieldDefinition, context: PrefillContext) -> list[Proposal]:
        """Return the value confirmed for the same key."""
        found = context.bundle.get(spec.path or field.key)
        if found is None:
            return []
        value, filing_id, day = found
        return [Proposal(value, filing_id, day, transformation="told_once")]


class Calculated:
    """Values that follow from routing answers and other fields.

    ``map`` turns one fact into a value; ``rules`` are tried in order, the first whose conditions hold
    gives its value.
    """

    name = "calculated"

    def propose(self, spec: PrefillSpec, field: FieldDefinition, context: PrefillContext) -> list[Proposal]:
        """Return the value that follows, or nothing while what it follows from is open."""
        value = _derived(spec, context.known)
        return [Proposal(value, "", context.today, transformation="derived_from_answers")] if value else []


def _derived(spec: PrefillSpec, known: Mapping[str, Any]) -> Any:
    if "map" in spec.params:
        return spec.params["map"].get(known.get(spec.params["fact"]))
    for rule in spec.params.get("rules", []):
        if holds([Condition.model_validate(one) for one in rule["when"]], known):
            return rule["value"]
    return None


def _joined(spec: PrefillSpec, known: Mapping[str, Any]) -> str | None:
    chosen = [known.get(key) for key in spec.params["fields"]]
    if not all(chosen):
        return None
    return "-".join("/".join(sorted(c)) if isinstance(c, list) else str(c) for c in chosen)


def calculate(field: FieldDefinition, known: Mapping[str, Any]) -> Any:
    """Return the value that follows for a field from what is known, or None."""
    ways = {"calculated": _derived, "catalogue": _joined}
    specs = [spec for spec in field.prefill if spec.source in ways and holds(spec.when, known)]
    return next((value for spec in specs if (value := ways[spec.source](spec, known))), None)


class Catalogue:
    """Codes put together from the official catalogue's entries that the applicant chose."""

    name = "catalogue"

    def propose(self, spec: PrefillSpec, field: FieldDefinition, context: PrefillContext) -> list[Proposal]:
        """Join the codes of the named fields with hyphens, several of one field with a slash."""
        code = _joined(spec, context.known)
        if code is None:
            return []
        return [Proposal(code, "", context.today, transformation="joined_codes", confidence=0.9)]

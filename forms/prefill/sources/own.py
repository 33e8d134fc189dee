"""Sources that need no record: the actor's own account, calculations, the official catalogue."""

from forms.items.definition import PrefillSpec
from forms.prefill.base import PrefillContext, Proposal


class Identity:
    """统一身份认证: the account that is signed in."""

    name = "identity"

    def propose(self, spec: PrefillSpec, context: PrefillContext) -> list[Proposal]:
        """Return a detail of the actor's account."""
        value = getattr(context.identity, spec.path)
        return [Proposal(value, context.identity.account_id, context.identity.as_of)] if value else []


class Calculated:
    """Values that follow from the routing answers."""

    name = "calculated"

    def propose(self, spec: PrefillSpec, context: PrefillContext) -> list[Proposal]:
        """Map a fact to a value (``fact``, ``map``)."""
        value = spec.params["map"].get(context.known.get(spec.params["fact"]))
        return [Proposal(value, "", context.today, transformation="derived_from_answers")] if value else []


class Catalogue:
    """Codes put together from the official catalogue's entries that the applicant chose."""

    name = "catalogue"

    def propose(self, spec: PrefillSpec, context: PrefillContext) -> list[Proposal]:
        """Join the codes of the named fields with hyphens, several of one field with a slash."""
        chosen = [context.known.get(key) for key in spec.params["fields"]]
        if not all(chosen):
            return []
        code = "-".join("/".join(sorted(c)) if isinstance(c, list) else str(c) for c in chosen)
        return [Proposal(code, "", context.today, transformation="joined_codes", confidence=0.9)]

"""Of which kinds of product the articles found speak, told by the names of their laws."""

from knowledge_base.answering.context import Context
from knowledge_base.answering.steps.matters import facets_in
from knowledge_base.passages.views import split_provision

_DOMAIN = "domain"


def kind_of(context: Context, key: str) -> str:
    """Return the one kind of product that an article's law is named after, "" for laws on all or several."""
    kinds = facets_in(split_provision(key)[0], context.rules.matters).get(_DOMAIN, frozenset())
    return next(iter(kinds)) if len(kinds) == 1 else ""


def best_of_each(context: Context) -> dict[str, str]:
    """Return the best article of each kind of product among those close to the best, best first."""
    found = context.result.provisions if context.result else ()
    least = found[0].score * context.rules.thresholds.rival_share if found else 0.0
    best: dict[str, str] = {}
    for ranked in found:
        kind = kind_of(context, ranked.key)
        if ranked.score >= least and kind:
            best.setdefault(kind, ranked.key)
    return best


def kinds_found(context: Context) -> set[str]:
    """Return the kinds of product that the best articles speak of."""
    return set(best_of_each(context))

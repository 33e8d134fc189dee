"""Rank what speaks of the product asked about, and what the answer was made from, before the rest."""

from dataclasses import replace

from knowledge_base.answering.context import Context
from knowledge_base.answering.steps.matters import facets_in
from knowledge_base.passages.views import split_provision
from knowledge_base.search.query import RankedProvision

_PENALTY = 0.6
_DOMAIN = "domain"
_LIFTED = 4
_MOST = 10


def filter_found(context: Context) -> None:
    """Put provisions of laws on other products behind those on the product asked about.

    A law whose name says drugs does not answer a question on devices; laws on all products stay.
    """
    asked = context.facets.get(_DOMAIN, frozenset())
    if context.result is None or len(asked) != 1:
        return
    ranked = [
        replace(found, score=found.score * _PENALTY) if _is_foreign(context, found.key, asked) else found
        for found in context.result.provisions
    ]
    ranked.sort(key=lambda found: -found.score)
    context.result = replace(context.result, provisions=tuple(ranked))


def _is_foreign(context: Context, key: str, asked: frozenset[str]) -> bool:
    named = facets_in(split_provision(key)[0], context.rules.matters).get(_DOMAIN, frozenset())
    return bool(named) and not named & asked


def rerank(context: Context) -> None:
    """Lift the provisions that a guide or a stored answer rests on, the first most; add those not found."""
    draft = context.draft
    if context.result is None or draft is None or draft.source not in ("guide", "faq"):
        return
    bonus = context.rules.thresholds.cited_bonus
    scores = {found.key: found.score for found in context.result.provisions}
    lowest = min(scores.values(), default=0.0)
    for place, key in enumerate(draft.provisions[:_LIFTED]):
        scores[key] = scores.get(key, lowest) + bonus * (1 - place / _LIFTED)
    ranked = sorted(scores.items(), key=lambda pair: -pair[1])[:_MOST]
    context.result = replace(context.result, provisions=tuple(RankedProvision(k, s) for k, s in ranked))

"""Rank what speaks of the product asked about, and what the answer was made from, before the rest."""

from dataclasses import replace

from knowledge_base.answering.context import Context
from knowledge_base.answering.steps.matters import facets_in
from knowledge_base.passages.views import split_provision
from knowledge_base.search.query import RankedProvision

_FOREIGN = 0.6
_DOMAIN = "domain"
_LIFTED = 4
_MOST = 10
_RESTING = ("guide", "faq", "consultation", "together", "parts", "guard.")


def filter_found(context: Context) -> None:
    """Put provisions that speak of something else behind those that speak of what is asked.

    A law whose name says drugs does not answer a question on devices; laws on all products stay. A rule and
    the penalty for breaking it read alike: the question says which of the two is meant.
    """
    if context.result is None:
        return
    ranked = [
        replace(found, score=found.score * _weight(context, found.key)) for found in context.result.provisions
    ]
    ranked.sort(key=lambda found: -found.score)
    context.result = replace(context.result, provisions=tuple(ranked))


def _weight(context: Context, key: str) -> float:
    weight = _FOREIGN if is_foreign(context, key) else 1.0
    provision = context.knowledge.provision(key, context.as_of)
    if provision is None:
        return weight
    book = context.rules.aspects
    tells_penalty = bool(book.penalty_told.search(provision.text))
    asks_penalty = bool(book.penalty.found_in(context.text))
    return weight * (1.0 if tells_penalty == asks_penalty else context.rules.thresholds.off_penalty)


def is_foreign(context: Context, key: str) -> bool:
    """Whether a provision's law is named after another kind of product than the one the question names."""
    asked = context.facets.get(_DOMAIN, frozenset())
    if len(asked) != 1:
        return False
    named = facets_in(split_provision(key)[0], context.rules.matters).get(_DOMAIN, frozenset())
    return bool(named) and not named & asked


def rerank(context: Context) -> None:
    """Lift what a guide, a stored answer or a guard rests on, the first most; add what was not found."""
    draft = context.draft
    if context.result is None or draft is None or not draft.source.startswith(_RESTING):
        return
    bonus = context.rules.thresholds.cited_bonus
    scores = {found.key: found.score for found in context.result.provisions}
    lowest = min(scores.values(), default=0.0)
    for place, key in enumerate(draft.provisions[:_LIFTED]):
        scores[key] = scores.get(key, lowest) + bonus * (1 - place / _LIFTED)
    ranked = sorted(scores.items(), key=lambda pair: -pair[1])[:_MOST]
    context.result = replace(context.result, provisions=tuple(RankedProvision(k, s) for k, s in ranked))

"""How well what was found bears on a question: a few figures, and the probability made of them.

The probability that a question can be answered from what is held is a logistic regression over the figures.
Its weights (``rules/support.yml``) are fitted by ``python -m training.evaluate.abstention``: questions of
article cards that were kept out of the index against lay questions on laws that are not held.
"""

import math
from collections.abc import Mapping, Sequence

from knowledge_base.answering.context import Context
from knowledge_base.answering.rules.schema import SupportModel
from knowledge_base.answering.units import coverage
from knowledge_base.index.terms import terms
from knowledge_base.passages.views import PassageView
from knowledge_base.search.query import Hit

LOOKED_AT = 5


def figures(context: Context) -> dict[str, float]:
    """Return the figures of what was found for a question, each about 0 to 1.

    ``nearest`` and ``nearness``: cosine of the closest passage and the mean of five (0 without an encoder);
    ``share`` and ``shares``: share of the question's units that the best passage, and the five together,
    hold; ``rare`` and ``rares``: the same of its terms, each as much as it is rare; ``lead``: the best
    article's score; ``named``: whether the question itself names a kind of product or an item.
    """
    hits: Sequence[Hit] = context.result.hits[:LOOKED_AT] if context.result else ()
    texts = [searched_text(context, hit.passage) for hit in hits]
    together = "\n".join(texts)
    near = [max(hit.semantic or 0.0, 0.0) for hit in hits]
    ranked = context.result.provisions if context.result else ()
    weights = _rarity(context)
    return {
        "nearest": max(near, default=0.0),
        "nearness": sum(near) / len(near) if near else 0.0,
        "share": max((coverage(context.text, text) for text in texts), default=0.0),
        "shares": coverage(context.text, together) if texts else 0.0,
        "rare": max((_weighed(weights, text) for text in texts), default=0.0),
        "rares": _weighed(weights, together) if texts else 0.0,
        "lead": ranked[0].score if ranked else 0.0,
        "named": float(_names_it(context)),
    }


def probability(model: SupportModel, found: Mapping[str, float], *, has_meaning: bool) -> float:
    """Return how likely the question is answered, 0 to 1; without an encoder told by the words alone."""
    fitted = model.meaning if has_meaning else model.words
    total = fitted.bias + sum(weight * found[name] for name, weight in fitted.weights.items())
    return 1.0 / (1.0 + math.exp(-total))


def searched_text(context: Context, passage: PassageView) -> str:
    """Return everything by which a passage can be found, its card included."""
    parts = [passage.title, *passage.heading_path, passage.heading, passage.text, *passage.search_texts]
    for key in passage.provisions if passage.kind == "law" else ():
        card = context.knowledge.card(key)
        parts += [card.text, *card.search_texts] if card else []
    return "\n".join(parts)


def _names_it(context: Context) -> bool:
    return not context.is_inherited and ("domain" in context.facets or context.matter is not None)


def _rarity(context: Context) -> dict[str, float]:
    words = list(dict.fromkeys(terms(context.text)))
    return dict(zip(words, context.knowledge.rarity(words), strict=True))


def _weighed(weights: Mapping[str, float], text: str) -> float:
    total = sum(weights.values())
    if not total:
        return 1.0
    held = set(terms(text))
    return sum(weight for word, weight in weights.items() if word in held) / total

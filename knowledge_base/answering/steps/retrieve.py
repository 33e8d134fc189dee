"""Find passages, and measure how well they bear on the question."""

from knowledge_base.answering.context import Context
from knowledge_base.answering.units import coverage
from knowledge_base.passages.views import PassageView
from knowledge_base.search.query import Hit, SearchQuery

_LIMIT = 24


def retrieve(context: Context) -> None:
    """Set ``result`` and ``support``."""
    context.result = context.knowledge.search(
        SearchQuery(
            text=_wording(context),
            locale=context.locale,
            as_of=context.as_of,
            service_item_code=context.item_code or None,
            limit=_LIMIT,
        )
    )
    context.support = max((bearing(context, hit) for hit in context.result.hits[:5]), default=0.0)


def _wording(context: Context) -> str:
    if context.matter is None or not (context.is_follow_up or context.question.service_item_code):
        return context.text
    return f"{context.matter.label.get(context.locale)} {context.text}"


def bearing(context: Context, hit: Hit) -> float:
    """Return how well a passage bears on the question, 0 to 1, comparable between questions.

    Half is the cosine of the nearest window, half the share of the question's units that the passage, its
    summary and its other wordings hold; without an encoder the share alone.
    """
    share = coverage(context.text, searched_text(context, hit.passage))
    if hit.semantic is None:
        return share
    return 0.5 * max(hit.semantic, 0.0) + 0.5 * share


def searched_text(context: Context, passage: PassageView) -> str:
    """Return everything by which a passage can be found, its card included."""
    parts = [passage.title, *passage.heading_path, passage.heading, passage.text, *passage.search_texts]
    for key in passage.provisions if passage.kind == "law" else ():
        card = context.knowledge.card(key)
        parts += [card.text, *card.search_texts] if card else []
    return "\n".join(parts)

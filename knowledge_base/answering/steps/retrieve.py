"""Find passages, and tell how likely they answer the question."""

from knowledge_base.answering.context import Context
from knowledge_base.answering.evidence import figures, probability
from knowledge_base.search.query import SearchQuery

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
    if context.result.hits:
        model = context.rules.support.of(context.language)
        has_meaning = not context.result.degraded
        context.support = probability(model, figures(context), has_meaning=has_meaning)


def _wording(context: Context) -> str:
    if context.matter is None or not (context.is_follow_up or context.question.service_item_code):
        return context.text
    return f"{context.matter.label.get(context.locale)} {context.text}"

"""Find passages, and tell how likely they answer the question."""

from knowledge_base.answering.context import Context
from knowledge_base.answering.evidence import figures, probability
from knowledge_base.search.query import SearchQuery

_LIMIT = 24
_TELLING = 6  # characters of content in a question that stands on its own


def retrieve(context: Context) -> None:
    """Set ``result`` and ``support``."""
    wording = _wording(context)
    context.result = context.knowledge.search(
        SearchQuery(
            text=wording,
            locale=context.locale,
            as_of=context.as_of,
            service_item_code=context.item_code or None,
            limit=_LIMIT,
        )
    )
    if context.result.hits:
        model = context.rules.support.of(context.language)
        has_meaning = not context.result.degraded and wording == context.text
        context.figures = figures(context)
        context.support = probability(model, context.figures, has_meaning=has_meaning)


def _wording(context: Context) -> str:
    """Return what to search: words that say little of their own are told the matter they are about."""
    if context.matter is None or not context.is_inherited or len(context.residual) > _TELLING:
        return context.text
    return f"{context.matter.label.get(context.locale)} {context.text}"

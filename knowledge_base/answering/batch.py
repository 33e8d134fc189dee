"""Many questions at once, one JSON object each, for ``yaozheng ask --batch`` and evaluation.

In: ``{id, text, lang, as_of?, service_item_code?}``. Out: ``{id, status, text, citations: [{title, article,
quote}], retrieved: [{title, article, score} × 10], support, latency_ms, trace_id}``.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from core.errors import InvalidInput
from i18n.service import normalise_locale
from knowledge_base.answering.service import answer
from knowledge_base.answering.views import Answer, Question, article_number

Row = Mapping[str, Any]


def answer_batch(rows: Iterable[Row]) -> Iterator[dict[str, Any]]:
    """Answer row after row, in order.

    Raises:
        InvalidInput: a row lacks id or text, or its date cannot be read; names the row's place.
    """
    for number, row in enumerate(rows, 1):
        yield to_row(str(row.get("id", number)), answer(_question(row, number)))


def _question(row: Row, number: int) -> Question:
    if not isinstance(row.get("text"), str):
        raise InvalidInput("knowledge_base.batch_row_invalid", row=number)
    as_of = row.get("as_of")
    try:
        day = date.fromisoformat(as_of) if as_of else None
    except (TypeError, ValueError) as error:
        raise InvalidInput("knowledge_base.batch_row_invalid", row=number) from error
    locale = normalise_locale(str(row.get("lang") or "zh"))
    return Question(row["text"], locale, as_of=day, service_item_code=row.get("service_item_code"))


def to_row(row_id: str, given: Answer) -> dict[str, Any]:
    """Return an answer as a line of the output."""
    return {
        "id": row_id,
        "status": given.status.value,
        "text": given.text,
        "citations": [
            {"title": c.title, "article": article_number(c.article), "quote": c.quote}
            for c in given.citations
        ],
        "retrieved": [ranked.to_json() for ranked in given.retrieved],
        "support": given.support,
        "latency_ms": given.latency_ms,
        "trace_id": given.trace_id,
    }

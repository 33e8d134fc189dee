"""The date whose law is meant."""

import re
from datetime import date

from knowledge_base.answering.context import Context
from knowledge_base.answering.rules.schema import DateBook


def read_date(context: Context) -> None:
    """Set ``as_of`` from the text, else from the question's argument, else leave today."""
    named = date_in(context.text, context.rules.dates)
    chosen = named or context.question.as_of
    if chosen is not None:
        context.as_of, context.as_of_was_named = chosen, True


def date_in(text: str, book: DateBook) -> date | None:
    """Return the date as of which the law is asked for, or None where the text names none.

    A month alone means its first day, a year alone its middle.
    """
    for pattern in book.patterns:
        match = pattern.search(text)
        if match:
            return _date(match, book)
    return None


def _date(match: re.Match[str], book: DateBook) -> date | None:
    parts = match.groupdict()
    month = book.months[parts["mon"].lower()] if parts.get("mon") else int(parts.get("m") or 7)
    try:
        return date(int(parts["y"]), month, int(parts.get("d") or 1))
    except ValueError:
        return None

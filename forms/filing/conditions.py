"""When a field or a question applies."""

from collections.abc import Iterable, Mapping
from typing import Any

from forms.items.definition import Condition


def holds(conditions: Iterable[Condition], known: Mapping[str, Any]) -> bool:
    """Whether all conditions hold over what is known (facts and values, values first)."""
    return all(_holds(condition, known) for condition in conditions)


def _holds(condition: Condition, known: Mapping[str, Any]) -> bool:
    value = known.get(condition.key)
    if condition.differs_from is not None:
        return value is not None and value != known.get(condition.differs_from)
    accepted = condition.is_in or []
    if isinstance(value, list):
        return any(item in accepted for item in value)
    return value in accepted

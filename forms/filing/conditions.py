"""When a field, a question, a check or a time limit applies."""

from collections.abc import Iterable, Mapping
from typing import Any

from forms.items.basics import Condition


def holds(conditions: Iterable[Condition], known: Mapping[str, Any]) -> bool:
    """Whether all conditions hold over what is known (facts and values, values first)."""
    return all(_holds(condition, known) for condition in conditions)


def may_hold(conditions: Iterable[Condition], known: Mapping[str, Any]) -> bool:
    """Whether no condition is contradicted: what is not known yet may still come to hold."""
    return all(_holds(condition, known) for condition in conditions if known.get(condition.key) is not None)


def _holds(condition: Condition, known: Mapping[str, Any]) -> bool:
    value = known.get(condition.key)
    if condition.is_filled is not None:
        return (value not in (None, "", [], {})) is condition.is_filled
    if condition.differs_from is not None:
        return value is not None and value != known.get(condition.differs_from)
    if condition.equals is not None:
        return value is not None and value == known.get(condition.equals)
    named = {_plain(one) for one in value} if isinstance(value, list) else {_plain(value)}
    if condition.is_in is not None:
        return bool(named.intersection(condition.is_in))
    if condition.only is not None:
        return value not in (None, []) and named.issubset(condition.only)
    return value is not None and not named.intersection(condition.not_in or [])


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else ""

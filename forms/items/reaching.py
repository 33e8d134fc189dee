"""Which ways lead through an item's routing questions, and what none of them reaches."""

from collections.abc import Iterator
from typing import Any

from forms.filing.conditions import holds, may_hold
from forms.items.basics import Condition
from forms.items.definition import ServiceItem

Facts = dict[str, str]


def ways_through(item: ServiceItem) -> tuple[list[Facts], set[str]]:
    """Return the facts at the end of every way to the form, and the questions asked on any way."""
    asked: set[str] = set()
    open_ways: list[Facts] = [dict(item.facts)]
    for point in item.decision_points:
        ahead: dict[tuple[tuple[str, str], ...], Facts] = {}
        for facts in open_ways:
            if not holds(point.when, facts):
                ahead[tuple(sorted(facts.items()))] = facts
                continue
            asked.add(point.key)
            for option in point.options:
                if option.outcome is None:
                    told = {**facts, point.key: option.value, **option.facts}
                    ahead[tuple(sorted(told.items()))] = told
        open_ways = list(ahead.values())
    return open_ways, asked


def unreached(item: ServiceItem) -> Iterator[tuple[str, str, str]]:
    """Yield what no way reaches: a question, a field, a check, a time limit; place, code, key."""
    ways, asked = ways_through(item)
    for point in item.decision_points:
        if point.key not in asked:
            yield f"decision_points.{point.key}", "never_asked", point.key
    if item.form is None or not ways:
        return
    settled = {key for facts in ways for key in facts} | {point.key for point in item.decision_points}
    ruled: list[tuple[str, str, list[Condition]]] = [
        *((f"form.{field.key}", field.key, field.when) for field in item.form.fields),
        *(
            (f"checks.{number}.{check.check}", check.fields[0], check.when)
            for number, check in enumerate(item.form.checks, 1)
        ),
        *((f"time_limits.{limit.step}", limit.step, limit.when) for limit in item.form.time_limits),
    ]
    fields = {field.key for field in item.form.fields}
    for place, key, conditions in ruled:
        if not any(_may_apply(conditions, facts, settled - fields) for facts in ways):
            yield place, "never_applies", key


def _may_apply(conditions: list[Condition], facts: Facts, settled: set[str]) -> bool:
    """Whether conditions may hold once the form is filled: facts are settled by the way."""
    known: dict[str, Any] = dict(facts)
    on_facts = [one for one in conditions if one.key in settled]
    others = [one for one in conditions if one.key not in settled]
    return holds(on_facts, known) and may_hold([one for one in others if one.key not in known], known)

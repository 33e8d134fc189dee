"""Routing: may this person file this item, and which facts are settled before the form opens?

1. ``guidance_step`` walks the item's decision points in order and returns the first one that is not answered.
2. An answer may end the routing (another item, not needed, a member of staff), with the provision for it.
3. When all points are answered the outcome is ``proceed`` with the settled facts, which decide what the form
   asks.

The assistant proposes by the applicant's own answers; what takes judgement goes to staff.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.errors import InvalidInput
from forms.filing.choosing import match_loosely, match_option
from forms.filing.conditions import holds
from forms.items.catalogue import item
from forms.items.citations import clause
from forms.items.definition import OPERATION, DecisionPoint, Outcome, RoutingOption, ServiceItem
from i18n.service import translate


@dataclass(frozen=True)
class GuidanceQuestion:
    """One routing question; ``basis`` names the provision that makes it matter."""

    key: str
    text: str
    options: list[tuple[str, str]]
    why: str
    basis: str
    position: int = 1
    total: int = 1


@dataclass(frozen=True)
class GuidanceOutcome:
    """Where the routing ends: ``kind`` is proceed, other_item, not_applicable or staff."""

    kind: str
    text: str
    basis: str
    facts: dict[str, str] = field(default_factory=dict)
    item_code: str = ""


def guidance_step(
    item_code: str, answers: Mapping[str, str], locale: str
) -> GuidanceQuestion | GuidanceOutcome:
    """Return the next routing question, or the outcome.

    Raises:
        NotAvailable: no such item.
        InvalidInput: an answer is none of its question's options.
    """
    service_item = item(item_code)
    facts: dict[str, str] = dict(service_item.facts)
    points = service_item.decision_points
    for number, point in enumerate(points, 1):
        if not holds(point.when, facts):
            continue
        if point.key not in answers:
            return _question(point, number, len(points), locale)
        option = _chosen(point, answers[point.key])
        facts |= {point.key: option.value, **option.facts}
        if option.outcome is not None:
            return _outcome(option.outcome, facts, locale)
    return _proceed(service_item, facts, locale)


def read_choice(item_code: str, key: str, raw: str) -> str | None:
    """Return the option of a decision point that a person means, or None."""
    point = next((p for p in item(item_code).decision_points if p.key == key), None)
    return match_loosely(point.options, raw) if point else None


def answers_for(item_code: str, operation: str) -> dict[str, str]:
    """Return the routing answer that an operation settles, if just one option stands for it."""
    for point in item(item_code).decision_points:
        fitting = [
            option.value
            for option in point.options
            if operation
            and operation in (option.facts.get(OPERATION), point.key == OPERATION and option.value)
        ]
        if len(fitting) == 1:
            return {point.key: fitting[0]}
    return {}


def facts_of(service_item: ServiceItem, answers: Mapping[str, str]) -> dict[str, str]:
    """Return the facts that answers settle; answers to unknown questions are ignored."""
    facts: dict[str, str] = dict(service_item.facts)
    for point in service_item.decision_points:
        if point.key in answers and holds(point.when, facts):
            option = _chosen(point, answers[point.key])
            facts |= {point.key: option.value, **option.facts}
    return facts


def _chosen(point: DecisionPoint, answer: str) -> RoutingOption:
    value = match_option(point.options, answer)
    for option in point.options:
        if option.value == value:
            return option
    raise InvalidInput("forms.choice_unknown", fields={point.key: "forms.choice_unknown"})


def _question(point: DecisionPoint, number: int, total: int, locale: str) -> GuidanceQuestion:
    return GuidanceQuestion(
        key=point.key,
        text=point.ask.get(locale),
        options=[(option.value, option.label.get(locale)) for option in point.options],
        why=point.why.get(locale),
        basis=clause(point.source, locale),
        position=number,
        total=total,
    )


def _outcome(outcome: Outcome, facts: dict[str, str], locale: str) -> GuidanceOutcome:
    return GuidanceOutcome(
        outcome.kind, outcome.text.get(locale), clause(outcome.source, locale), facts, outcome.item or ""
    )


def _proceed(service_item: ServiceItem, facts: dict[str, str], locale: str) -> GuidanceOutcome:
    if service_item.form is None:
        text = translate("forms.guidance.not_online", locale, item=service_item.name.get(locale))
        return GuidanceOutcome("staff", text, "", facts)
    text = translate("forms.guidance.proceed", locale, item=service_item.name.get(locale))
    return GuidanceOutcome("proceed", text, clause(service_item.guide["overview"][0].source, locale), facts)

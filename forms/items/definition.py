"""The schema of a service item's YAML. Adding an item needs no Python.

Every fact is an ``Entry`` with its sources (``law#article``). An entry without a source must say
``verified: false``; it is shown as "to be verified".
"""

from typing import Literal

from pydantic import Field, model_validator

from forms.items.basics import Condition, Option, Sourced, Strict, Text
from forms.items.form import FormDefinition

ASPECTS = (
    "overview",
    "authority",
    "conditions",
    "materials",
    "procedure",
    "time_limit",
    "fees",
    "result",
    "validity",
    "renewal",
    "change",
    "cancellation",
    "rejection",
    "remedies",
    "channels",
    "decision_points",
)
Aspect = Literal[
    "overview",
    "authority",
    "conditions",
    "materials",
    "procedure",
    "time_limit",
    "fees",
    "result",
    "validity",
    "renewal",
    "change",
    "cancellation",
    "rejection",
    "remedies",
    "channels",
    "decision_points",
]


class Entry(Sourced):
    """One fact of a guide: a material, a step, a time limit, a condition …"""

    title: Text | None = None
    text: Text
    required: bool | None = None
    obtained_from: str | None = None


class Outcome(Sourced):
    """Where a decision point leads, unless the applicant goes on."""

    kind: Literal["proceed", "other_item", "not_applicable", "staff"]
    text: Text
    item: str | None = None


class RoutingOption(Option):
    """An answer to a decision point: facts that it settles, or an outcome that ends the routing."""

    facts: dict[str, str] = Field(default_factory=dict)
    outcome: Outcome | None = None


class DecisionPoint(Sourced):
    """One routing question."""

    key: str
    ask: Text
    why: Text
    when: list[Condition] = Field(default_factory=list)
    options: list[RoutingOption] = Field(min_length=2)


OPERATIONS = ("initial", "change", "renewal", "replacement", "cancellation")
Operation = Literal["initial", "change", "renewal", "replacement", "cancellation"]
OPERATION = "operation"


class ServiceItem(Strict):
    """A service item.

    Attributes:
        facts: what holds of every filing of this item, such as ``operation`` where it has but one.
    """

    code: str
    version: int
    domain: Literal["drug", "device", "cosmetic"]
    name: Text
    aliases: dict[Literal["zh", "en"], list[str]]
    guide: dict[Aspect, list[Entry]]
    facts: dict[str, str] = Field(default_factory=dict)
    decision_points: list[DecisionPoint] = Field(default_factory=list)
    form: FormDefinition | None = None

    @property
    def family(self) -> tuple[str, ...]:
        """Codes of the items whose licences and filings are this item's own, itself first."""
        return tuple(dict.fromkeys((self.code, *(self.form.records if self.form else []))))

    @property
    def takes_two(self) -> bool:
        """Whether any of its decisions takes two officers."""
        return self.form is not None and self.form.second_person is not None

    @property
    def operations(self) -> list[str]:
        """The operations that can be filed here, in the order of ``OPERATIONS``."""
        if OPERATION in self.facts:
            return [self.facts[OPERATION]]
        found = {
            option.facts.get(OPERATION, option.value if point.key == OPERATION else "")
            for point in self.decision_points
            for option in point.options
            if option.outcome is None or option.outcome.kind == "proceed"
        }
        return [name for name in OPERATIONS if name in found]

    @property
    def operations_known(self) -> list[str]:
        """The operations that the routing knows, those that end with staff included."""
        told = {
            option.facts.get(OPERATION, option.value if point.key == OPERATION else "")
            for point in self.decision_points
            for option in point.options
        }
        return [name for name in OPERATIONS if name in {*told, *self.operations}]

    @model_validator(mode="after")
    def _operations_are_known(self) -> "ServiceItem":
        if self.form is not None and not self.operations:
            raise ValueError("no decision point settles the operation, and no fact does")
        for point in self.decision_points:
            if point.key == OPERATION:
                wrong = {option.value for option in point.options if option.outcome is None} - set(OPERATIONS)
                if wrong:
                    raise ValueError(f"unknown operations: {sorted(wrong)}")
        return self

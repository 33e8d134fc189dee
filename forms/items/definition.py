"""The schema of a service item's YAML. Adding an item needs no Python.

Every fact is an ``Entry`` with its sources (``law#article``). An entry without a source must say
``verified: false``; it is shown as "to be verified".
"""

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

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
FieldType = Literal[
    "string",
    "text",
    "enum",
    "multi_enum",
    "boolean",
    "date",
    "code",
    "region",
    "object",
    "table",
    "list",
    "file",
]
_SOURCE = re.compile(r"^(?P<law>[^#]+)#(?P<article>\d+(-\d+)?)$")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(_Strict):
    """A text in both languages."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def get(self, locale: str) -> str:
        """Return the text in ``zh-CN`` or ``en``."""
        return self.en if locale == "en" else self.zh


class Source(_Strict):
    """One article of a law: ``article`` is ``"14"`` or ``"14-1"``."""

    law: str
    article: str


def _parse_source(raw: object) -> object:
    if not isinstance(raw, str):
        return raw
    match = _SOURCE.match(raw)
    if match is None:
        raise ValueError(f"not a source: {raw}")
    return match.groupdict()


SourceRef = Annotated[Source, BeforeValidator(_parse_source)]


class Sourced(_Strict):
    """Something that rests on the law, or says that it is not yet verified."""

    source: list[SourceRef] = Field(default_factory=list)
    verified: bool = True

    @model_validator(mode="after")
    def _needs_a_source(self) -> "Sourced":
        if self.verified and not self.source:
            raise ValueError("a verified fact needs a source")
        return self


class Entry(Sourced):
    """One fact of a guide: a material, a step, a time limit, a condition …"""

    title: Text | None = None
    text: Text
    required: bool | None = None
    obtained_from: str | None = None


class Option(_Strict):
    """A value to choose, with further spellings by which people name it."""

    value: str
    label: Text
    synonyms: list[str] = Field(default_factory=list)


class Outcome(Sourced):
    """Where a decision point leads, unless the applicant goes on."""

    kind: Literal["proceed", "other_item", "not_applicable", "staff"]
    text: Text
    item: str | None = None


class RoutingOption(Option):
    """An answer to a decision point: facts that it settles, or an outcome that ends the routing."""

    facts: dict[str, str] = Field(default_factory=dict)
    outcome: Outcome | None = None


class Condition(_Strict):
    """Holds when ``key`` (a field or a fact) is one of ``is_in``, or differs from field ``differs_from``."""

    key: str
    is_in: list[str] | None = None
    differs_from: str | None = None

    @model_validator(mode="after")
    def _one_test(self) -> "Condition":
        if (self.is_in is None) == (self.differs_from is None):
            raise ValueError("a condition tests is_in or differs_from")
        return self


class DecisionPoint(Sourced):
    """One routing question."""

    key: str
    ask: Text
    why: Text
    when: list[Condition] = Field(default_factory=list)
    options: list[RoutingOption] = Field(min_length=2)


class PrefillSpec(_Strict):
    """Where a value may come from: a registered source and what to take there."""

    source: str
    path: str = ""
    kind: str = ""
    subject: str = ""
    when: list[Condition] = Field(default_factory=list)
    params: dict[str, Any] = Field(default_factory=dict)


class Part(_Strict):
    """A part of an object, or a column of a table."""

    key: str
    label: Text
    type: Literal["string", "number", "integer"] = "string"
    required: bool = True
    pattern: str = ""
    sensitive: str = ""
    synonyms: list[str] = Field(default_factory=list)


class FieldDefinition(Sourced):
    """One field of a form."""

    key: str
    label: Text
    help: Text
    type: FieldType
    required: bool = True
    example: str = ""
    options: list[Option] = Field(default_factory=list)
    parts: list[Part] = Field(default_factory=list)
    pattern: str = ""
    max_length: int = 200
    min_length: int = 1
    max_items: int = 200
    sensitive: str = ""
    when: list[Condition] = Field(default_factory=list)
    prefill: list[PrefillSpec] = Field(default_factory=list)
    set_by: Literal["applicant", "declaration", "manufacturer"] = "applicant"

    @model_validator(mode="after")
    def _fits_its_type(self) -> "FieldDefinition":
        if (self.type in {"enum", "multi_enum"}) != bool(self.options):
            raise ValueError(f"{self.key}: options belong to enumerations")
        if (self.type in {"object", "table"}) != bool(self.parts):
            raise ValueError(f"{self.key}: parts belong to objects and tables")
        return self


class Group(_Strict):
    """A page of the form."""

    key: str
    label: Text
    fields: list[FieldDefinition] = Field(min_length=1)


class CheckSpec(Sourced):
    """A check before submission: a registered check, its parameters, the fields that it reads."""

    check: str
    fields: list[str] = Field(min_length=1)
    params: dict[str, Any] = Field(default_factory=dict)


class Numbering(Sourced):
    """How numbers are given at submission; ``scope`` names what a serial is unique in."""

    fact: str
    formats: dict[str, str]
    scopes: dict[str, str]


class DocumentTemplate(_Strict):
    """The printed confirmation."""

    title: Text
    subtitle: Text
    declaration_title: Text


class FormDefinition(_Strict):
    """A complete form."""

    groups: list[Group]
    checks: list[CheckSpec]
    numbering: Numbering
    declaration: Text
    declaration_source: list[SourceRef]
    document: DocumentTemplate

    @property
    def fields(self) -> list[FieldDefinition]:
        """All fields in the order in which they are asked."""
        return [field for group in self.groups for field in group.fields]

    def field(self, key: str) -> FieldDefinition | None:
        """Return one field."""
        return next((field for field in self.fields if field.key == key), None)

    @model_validator(mode="after")
    def _keys_agree(self) -> "FormDefinition":
        keys = [field.key for field in self.fields]
        if len(keys) != len(set(keys)):
            raise ValueError("field keys repeat")
        unknown = {key for check in self.checks for key in check.fields} - set(keys)
        if unknown:
            raise ValueError(f"checks name unknown fields: {sorted(unknown)}")
        return self


class ServiceItem(_Strict):
    """A service item."""

    code: str
    version: int
    domain: Literal["drug", "device", "cosmetic"]
    name: Text
    aliases: dict[Literal["zh", "en"], list[str]]
    guide: dict[Aspect, list[Entry]]
    decision_points: list[DecisionPoint] = Field(default_factory=list)
    form: FormDefinition | None = None

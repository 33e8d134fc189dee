"""The schema of a form: fields, where their values may come from, checks, certificate, time limits."""

from typing import Any, Literal

from pydantic import Field, model_validator

from forms.items.basics import Condition, Option, Sourced, SourceRef, Strict, Text

FieldType = Literal[
    "string",
    "text",
    "number",
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
    "files",
]


class PrefillSpec(Strict):
    """Where a value may come from: a registered source and what to take there.

    Attributes:
        source: name of the source.
        path: what to read in a record: a field key (the field's own where empty), ``@number`` or
            ``@expires_on`` for what the record itself says.
        items: service items whose records are read; the item's own family where empty.
        when: conditions under which the source is asked.
        suggests: the value is put forward as a suggestion, never as known.
        params: what the source understands besides.
    """

    source: str
    path: str = ""
    items: list[str] = Field(default_factory=list)
    when: list[Condition] = Field(default_factory=list)
    suggests: bool = False
    params: dict[str, Any] = Field(default_factory=dict)


class Similar(Strict):
    """Where the enterprise itself says nothing, what most others answered may be suggested.

    Attributes:
        alike: fields and facts in which their filings must be like this one.
    """

    alike: list[str] = Field(default_factory=list)


class Part(Strict):
    """A part of an object, or a column of a table."""

    key: str
    label: Text
    type: Literal["string", "number", "integer", "date"] = "string"
    required: bool = True
    pattern: str = ""
    sensitive: str = ""
    synonyms: list[str] = Field(default_factory=list)


class FieldDefinition(Sourced):
    """One field of a form.

    Attributes:
        when: conditions under which the field is asked.
        pattern: name of the shape in ``data/patterns.yml``; several joined by ``|`` where any may fit.
        minimum, maximum: bounds of a number.
        one_per_line: a list's entries hold commas (addresses), so only line ends and semicolons part them.
        is_own: what it says belongs to this one filing (a reason, a list of changes); history never
        suggests it.
        similar: most other enterprises' answer may be suggested; for what is chosen from a list alone.
        change_source: the provision that makes a changed value reportable, told in a renewed filing.
        set_by: who alone may set it.
    """

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
    minimum: float | None = None
    maximum: float | None = None
    one_per_line: bool = False
    sensitive: str = ""
    when: list[Condition] = Field(default_factory=list)
    prefill: list[PrefillSpec] = Field(default_factory=list)
    is_own: bool = False
    similar: Similar | None = None
    change_source: list[SourceRef] = Field(default_factory=list)
    set_by: Literal["applicant", "declaration", "manufacturer"] = "applicant"

    @model_validator(mode="after")
    def _fits_its_type(self) -> "FieldDefinition":
        if (self.type in {"enum", "multi_enum"}) != bool(self.options):
            raise ValueError(f"{self.key}: options belong to enumerations")
        if (self.type in {"object", "table"}) != bool(self.parts):
            raise ValueError(f"{self.key}: parts belong to objects and tables")
        return self

    @property
    def patterns(self) -> list[str]:
        """The names of the shapes, of which any may fit."""
        return self.pattern.split("|") if self.pattern else []


class Group(Strict):
    """A page of the form."""

    key: str
    label: Text
    fields: list[FieldDefinition] = Field(min_length=1)


class CheckSpec(Sourced):
    """A check before submission: a registered check, its parameters, the fields that it reads.

    ``when`` says under which conditions it is made; ``message`` and ``fix`` are the item's own words for what
    is wrong, where the check's general ones would tell too little; ``rule`` names it apart from others.
    """

    check: str
    fields: list[str] = Field(min_length=1)
    rule: str = ""
    when: list[Condition] = Field(default_factory=list)
    message: Text | None = None
    fix: Text | None = None
    params: dict[str, Any] = Field(default_factory=dict)


class Certificate(Sourced):
    """What is issued, its number, how long it is valid.

    Attributes:
        name: what it is called.
        given: ``submission`` where handing in completes the matter (备案), ``approval`` where officers
        decide.
        at_submission_when: where officers decide in general, the cases that handing in completes all the
        same.
        number_field: the field that holds its number once it exists; a change or renewal keeps that number.
        fact: the fact or field that chooses among ``formats``; the only format where empty.
        formats: shapes with ``{province}``, ``{year}``, ``{area}`` and ``{serial}``.
        scopes: what a serial is unique in, by the same key.
        validity_years: None where there is no fixed term.
        expiry_field: the field that holds the end of validity.
    """

    name: Text
    given: Literal["submission", "approval"]
    at_submission_when: list[Condition] = Field(default_factory=list)
    number_field: str = ""
    fact: str = ""
    formats: dict[str, str]
    scopes: dict[str, str]
    validity_years: int | None = None
    expiry_field: str = ""


class SecondPerson(Sourced):
    """Decisions behind which two officers must stand; ``when`` says for which filings."""

    decisions: tuple[Literal["approved", "refused"], ...] = ("approved", "refused")
    when: list[Condition] = Field(default_factory=list)


class TimeLimit(Sourced):
    """How long one step may take: ``days`` of ``unit``, from the step before; ``when`` tells it apart."""

    step: Literal["acceptance", "decision", "delivery"]
    days: int
    unit: Literal["working_day", "day", "month"] = "working_day"
    when: list[Condition] = Field(default_factory=list)


class DocumentTemplate(Strict):
    """The printed confirmation."""

    title: Text
    subtitle: Text
    declaration_title: Text


class FormDefinition(Strict):
    """A complete form.

    Attributes:
        title_field: the field that names the filing in lists; the item's name while it is empty.
        is_about_product: a first filing is for a new product, so papers of earlier ones are not its own.
        second_person: which decisions take two officers, where any does.
        records: codes of the items whose licences and filings are this item's own family.
    """

    title_field: str = ""
    is_about_product: bool = False
    records: list[str] = Field(default_factory=list)
    groups: list[Group]
    checks: list[CheckSpec]
    certificate: Certificate
    time_limits: list[TimeLimit] = Field(default_factory=list)
    second_person: SecondPerson | None = None
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
            raise ValueError(f"field keys repeat: {sorted({key for key in keys if keys.count(key) > 1})}")
        unknown = {key for check in self.checks for key in check.fields} - set(keys)
        if unknown:
            raise ValueError(f"checks name unknown fields: {sorted(unknown)}")
        certificate = self.certificate
        for key in (self.title_field, certificate.number_field, certificate.expiry_field):
            if key and key not in keys:
                raise ValueError(f"there is no field {key}")
        if set(certificate.formats) != set(certificate.scopes):
            raise ValueError("certificate formats and scopes name different cases")
        return self

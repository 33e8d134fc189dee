"""What a check reads and what it finds."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from forms.items.form import CheckSpec, FieldDefinition, FormDefinition
from forms.records.service import Records, RecordView


@dataclass(frozen=True)
class CheckContext:
    """A filing as it stands, the enterprise's records and the licences that it names.

    Attributes:
        known: routing facts and values, values first.
        facts: routing facts alone.
        licences: for the licence numbers in the form, every licence of that number with its holder.
        recorded: codes of the named items of which any licence is on record here.
        texts: the text layer of attachments by field key; a file without one is absent.
        family: codes of the items whose records are this item's own.
    """

    form: FormDefinition
    known: dict[str, Any]
    facts: dict[str, Any]
    enterprise_id: str
    records: Records
    licences: tuple[tuple[str, RecordView], ...]
    recorded: frozenset[str]
    texts: dict[str, str]
    family: tuple[str, ...]
    today: date
    locale: str

    def field(self, key: str) -> FieldDefinition:
        """Return a field that the schema has shown to exist."""
        return next(field for field in self.form.fields if field.key == key)

    def label(self, key: str) -> str:
        """Return a field's label."""
        return self.field(key).label.get(self.locale)


@dataclass(frozen=True)
class Finding:
    """Something wrong: ``forms.deficiency.<code>`` says what, ``forms.fix.<code>`` how to mend it."""

    field: str
    code: str
    params: dict[str, Any] = dataclasses.field(default_factory=dict)


Check = Callable[[CheckSpec, CheckContext], list[Finding]]

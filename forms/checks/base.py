"""What a check reads and what it finds."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from forms.items.definition import CheckSpec, FieldDefinition, FormDefinition
from forms.records.service import RecordView


@dataclass(frozen=True)
class CheckContext:
    """A filing as it stands, the enterprise's records and the licences that it names.

    ``licences`` holds, for the licence numbers in the form, every licence of that number with its holder.
    """

    form: FormDefinition
    known: dict[str, Any]
    facts: dict[str, Any]
    records: tuple[RecordView, ...]
    licences: tuple[tuple[str, RecordView], ...]
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

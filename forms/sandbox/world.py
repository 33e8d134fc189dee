"""The synthetic regulator in memory, the truth beside the records, so that pre-filling can be measured."""

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.content import read_yaml


@lru_cache(maxsize=1)
def vocabulary() -> dict[str, Any]:
    """Return the words from which the sandbox is made."""
    loaded: dict[str, Any] = read_yaml(Path(__file__).parent / "vocabulary.yml")
    return loaded


@dataclass(frozen=True)
class Person:
    """A synthetic person."""

    name: str
    id_number: str = field(repr=False)
    mobile: str = field(repr=False)


@dataclass(frozen=True)
class Record:
    """A record as an authority holds it, right or outdated; ``data`` by the items' field keys."""

    kind: str
    item: str
    as_of: date
    data: dict[str, Any]
    number: str = ""
    status: str = "valid"
    issued_on: date | None = None
    expires_on: date | None = None


@dataclass
class SyntheticEnterprise:
    """An enterprise: what is true of it today, and what the records say.

    Attributes:
        flaws: which records were made outdated or contradictory on purpose.
        truth: the fields that its own people would fill in today, by field key.
        truth_of: the same for each item of which it holds a dossier.
        dossiers: what it holds of each item, to begin a change or a renewal from.
        kept: values that a dossier must say, by item.
        unreported: keys whose truth no record can know, because the enterprise told nobody.
        numbers: numbers that a dossier must have, by item.
    """

    index: int
    id: str
    kind: str
    name: str
    uscc: str
    province: str
    region_code: str
    entity_type: str
    domicile: str
    legal_rep: Person
    officer: Person
    proxy: Person
    registered_on: date
    flaws: frozenset[str] = frozenset()
    records: list[Record] = field(default_factory=list)
    truth: dict[str, Any] = field(default_factory=dict)
    truth_of: dict[str, dict[str, Any]] = field(default_factory=dict)
    dossiers: dict[str, Any] = field(default_factory=dict)
    kept: dict[str, dict[str, Any]] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    unreported: set[str] = field(default_factory=set)

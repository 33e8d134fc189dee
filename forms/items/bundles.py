"""Bundles (高效办成一件事): matters that take several service items, from ``bundles/*.yml``."""

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from core.content import read_yaml
from core.errors import InvariantBroken, NotAvailable
from forms.items.basics import Sourced, Strict, Text

FOLDER = Path(__file__).parent / "bundles"


class BundleStep(Sourced):
    """One service item of a bundle; ``ask`` puts an optional one as a question.

    ``answers`` are routing answers that the bundle settles.
    """

    item: str
    ask: Text | None = None
    why: Text
    answers: dict[str, str] = Field(default_factory=dict)


class BundleDefinition(Strict):
    """A matter, its names, its steps in order, and the field keys that are told once for all."""

    code: str
    domain: Literal["drug", "device", "cosmetic"]
    name: Text
    aliases: dict[Literal["zh", "en"], list[str]]
    overview: Text
    steps: list[BundleStep] = Field(min_length=2)
    shared: list[str]


@lru_cache(maxsize=1)
def bundles() -> dict[str, BundleDefinition]:
    """Return all bundles by code.

    Raises:
        InvariantBroken: a file does not keep to the schema.
    """
    found = {}
    for path in sorted(FOLDER.glob("*.yml")):
        try:
            made = BundleDefinition.model_validate(read_yaml(path))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise InvariantBroken(
                "forms.item_broken", item=path.stem, where=where, why=first["msg"]
            ) from error
        found[made.code] = made
    return found


def bundle(code: str) -> BundleDefinition:
    """Return one bundle.

    Raises:
        NotAvailable: there is no such bundle.
    """
    found = bundles().get(code)
    if found is None:
        raise NotAvailable
    return found


@lru_cache(maxsize=1)
def shared_keys() -> frozenset[str]:
    """Return the field keys that any bundle tells once."""
    return frozenset(key for made in bundles().values() for key in made.shared)

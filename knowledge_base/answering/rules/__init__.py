"""Behaviour files of answering: guards, aspects, matters, conflicts, dates, thresholds."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import yaml

from core.content import read_yaml
from core.errors import InvariantBroken
from knowledge_base.answering.rules.schema import (
    AspectBook,
    ConflictBook,
    DateBook,
    GuardBook,
    MatterBook,
    PurposeBook,
    Strict,
    SupportBook,
    Thresholds,
)

FOLDER = Path(__file__).parent
_Book = TypeVar("_Book", bound=Strict)


@dataclass(frozen=True, eq=False)
class Rules:
    """All behaviour files, read and checked."""

    guards: GuardBook
    aspects: AspectBook
    matters: MatterBook
    conflicts: ConflictBook
    dates: DateBook
    thresholds: Thresholds
    support: SupportBook
    purposes: PurposeBook


@lru_cache(maxsize=1)
def shipped_rules() -> Rules:
    """Return the rules that come with the product, read once a process.

    Raises:
        InvariantBroken: a file does not fit its schema; the error names it.
    """
    return read_rules(FOLDER)


def read_rules(folder: Path) -> Rules:
    """Return the rules of a folder.

    Raises:
        InvariantBroken: a file is missing or does not fit its schema; the error names it.
    """
    return Rules(
        guards=_read(folder, "guards", GuardBook),
        aspects=_read(folder, "aspects", AspectBook),
        matters=_read(folder, "matters", MatterBook),
        conflicts=_read(folder, "conflicts", ConflictBook),
        dates=_read(folder, "dates", DateBook),
        thresholds=_read(folder, "thresholds", Thresholds),
        support=_read(folder, "support", SupportBook),
        purposes=_read(folder, "purposes", PurposeBook),
    )


def _read(folder: Path, name: str, book: type[_Book]) -> _Book:
    path = folder / f"{name}.yml"
    try:
        return book.model_validate(read_yaml(path))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise InvariantBroken("knowledge_base.rules_invalid", file=path.name, reason=str(error)) from error

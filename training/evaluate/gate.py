"""The release gate: floors that a new knowledge base, encoder or set of thresholds must hold to go live."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from core.content import read_yaml

GATE = Path(__file__).with_name("gate.yml")


class Floor(BaseModel):
    """One figure, by its path in the batch's figures, and what it must hold.

    Attributes:
        figure: path, parts joined by full stops.
        least: the smallest value allowed; ``most``: the greatest. One of the two is given.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    figure: str
    least: float | None = None
    most: float | None = None


def read_floors(path: Path) -> list[Floor]:
    """Read the floors.

    Raises:
        ValueError: a floor names no figure, or neither ``least`` nor ``most``.
    """
    floors = [Floor.model_validate(row) for row in read_yaml(path)]
    if any(floor.least is None and floor.most is None for floor in floors):
        raise ValueError(path.name)
    return floors


def value_of(figures: Mapping[str, Any], figure: str) -> float:
    """Return a figure by its path.

    Raises:
        KeyError: there is no such figure.
    """
    found: Any = figures
    for part in figure.split("."):
        found = found[part]
    return float(found)


def shortfalls(figures: Mapping[str, Any], floors: list[Floor]) -> list[str]:
    """Return one line for each floor that is not held."""
    return list(_shortfalls(figures, floors))


def _shortfalls(figures: Mapping[str, Any], floors: list[Floor]) -> Iterator[str]:
    for floor in floors:
        value = value_of(figures, floor.figure)
        if floor.least is not None and value < floor.least:
            yield f"{floor.figure} = {value:.3f} < {floor.least}"
        if floor.most is not None and value > floor.most:
            yield f"{floor.figure} = {value:.3f} > {floor.most}"

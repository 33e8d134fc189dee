"""What a figure is: named columns, rows of plain values, and which narrowings it cannot follow."""

from dataclasses import dataclass, field

Cell = str | int | float | None
Row = tuple[Cell, ...]


@dataclass(frozen=True)
class Column:
    """One column; ``kind`` tells how a cell is read.

    Attributes:
        key: its name.
        kind: count, share (0 to 1), average, seconds, days (working days), day (or month), text (as people
            wrote it), or the set its codes are from: status, reason, level, measure, span, item, field,
            channel, language.
    """

    key: str
    kind: str


@dataclass(frozen=True)
class Figure:
    """One table of the dashboard, ready to be shown, drawn or exported.

    Attributes:
        name: the figure's name.
        columns: its columns.
        rows: one tuple a row, a cell a column; None where there is nothing to tell.
        unheeded: the narrowings that were asked for but that these rows do not know.
    """

    name: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    unheeded: tuple[str, ...] = ()

    def column(self, key: str) -> list[Cell]:
        """Return the cells of a column."""
        place = [one.key for one in self.columns].index(key)
        return [row[place] for row in self.rows]

    def total(self, key: str) -> int:
        """Return the sum of a column of counts."""
        return sum(cell for cell in self.column(key) if isinstance(cell, int))


@dataclass(frozen=True)
class Tile:
    """One number at the top of the dashboard; None where there is nothing to count."""

    name: str
    kind: str
    value: int | float | None
    of: int | None = field(default=None)


def share(part: int, whole: int) -> float | None:
    """Return a part of a whole, or None where there is no whole."""
    return part / whole if whole else None

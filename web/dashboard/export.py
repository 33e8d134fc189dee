"""Figures as CSV that spreadsheets open rightly: UTF-8 with its mark, no cell that runs as a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

from bot.insights.service import Cell, Figure
from web.dashboard.words import Words

MARK = "\ufeff"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
PLAIN = frozenset({"count", "share", "average", "seconds"})


def to_csv(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Return a table as CSV; what would be read as a formula begins with an apostrophe."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow([harmless(one) for one in headings])
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return MARK + stream.getvalue()


def harmless(cell: Cell) -> Cell:
    """Return a cell that no spreadsheet runs; numbers stay numbers, nothing stays empty."""
    if isinstance(cell, str) and cell.lstrip(" ").startswith(FORMULA):
        return f"'{cell}"
    return "" if cell is None else cell


def figure_csv(figure: Figure, words: Words) -> str:
    """Return a figure: codes in the person's words, numbers bare (shares from 0 to 1, spans in seconds)."""
    headings = [
        words.say("in_seconds", name=name) if column.kind == "seconds" else name
        for column, name in zip(figure.columns, words.headings(figure), strict=True)
    ]
    rows = []
    for cells, said in zip(figure.rows, words.rows(figure), strict=True):
        pairs = zip(figure.columns, cells, said, strict=True)
        rows.append([_bare(cell) if column.kind in PLAIN else text for column, cell, text in pairs])
    return to_csv(headings, rows)


def _bare(cell: Cell) -> Cell:
    return round(cell, 4) if isinstance(cell, float) else cell

"""Figures as CSV that spreadsheets open rightly: UTF-8 with its mark, no cell that runs as a formula."""

from bot.insights.service import Cell, Figure
from web.dashboard.words import Words
from web.tables import to_csv

PLAIN = frozenset({"count", "share", "average", "seconds"})


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

"""Tables as CSV that spreadsheets open rightly: UTF-8 with its mark, no cell that runs as a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

MARK = "\ufeff"
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def to_csv(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return a table as CSV; what would be read as a formula begins with an apostrophe."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow([harmless(one) for one in headings])
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return MARK + stream.getvalue()


def harmless(cell: Any) -> Any:
    """Return a cell that no spreadsheet runs; numbers stay numbers, nothing stays empty."""
    if isinstance(cell, str) and cell.lstrip(" ").startswith(FORMULA):
        return f"'{cell}"
    return "" if cell is None else cell

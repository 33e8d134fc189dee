"""Excel workbooks (xlsx): each sheet a table, read like a csv file."""

import io
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from knowledge_base.sources.base import ParsedDocument, SourceFile, SourceRefusedError
from knowledge_base.sources.decoding import check_package
from knowledge_base.sources.readers.records import COLUMNS, Row, documents

_HEAD_ROWS = 10  # a title and notes may stand above the names of the columns
_FIELDS = frozenset(COLUMNS) | frozenset(COLUMNS.values()) | {"article", "digest_zh", "similar", "negative"}


class WorkbookImporter:
    """One file, the documents of all its sheets."""

    suffixes = (".xlsx",)

    def read(self, source: SourceFile) -> list[ParsedDocument]:
        """Return the documents the sheets make up.

        Raises:
            SourceRefusedError: ``broken`` or ``encrypted``; ``fields`` where no sheet names known columns.
        """
        check_package(source.content, "xlsx")
        try:
            book = load_workbook(io.BytesIO(source.content), data_only=True)
        except (BadZipFile, InvalidFileException, KeyError, ValueError) as error:
            raise SourceRefusedError("broken", "xlsx") from error
        found = [document for sheet in book.worksheets for document in _documents(source, sheet)]
        if not found:
            raise SourceRefusedError("fields", ", ".join(book.sheetnames)[:120])
        return found


def _documents(source: SourceFile, sheet: Any) -> list[ParsedDocument]:
    rows = list(_records(_grid(sheet)))
    return documents(source, rows) if rows else []


def _grid(sheet: Any) -> list[list[str]]:
    """Return the cells as words; every cell of a merged range has the words of its first."""
    grid = [[_words(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    for area in sheet.merged_cells.ranges:
        words = grid[area.min_row - 1][area.min_col - 1]
        for row in grid[area.min_row - 1 : area.max_row]:
            row[area.min_col - 1 : area.max_col] = [words] * (area.max_col - area.min_col + 1)
    return grid


def _words(value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()


def _records(grid: list[list[str]]) -> Iterator[Row]:
    for place, row in enumerate(grid[:_HEAD_ROWS]):
        if len({name.lower() for name in row} & _FIELDS) >= 2 or row[:1] in (["text"], ["正文"], ["内容"]):
            yield from (dict(zip(row, cells, strict=False)) for cells in grid[place + 1 :] if any(cells))
            return

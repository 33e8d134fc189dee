"""Rows of a table as lines that can be read alone: each cell with the name of its column."""

from collections.abc import Iterator, Sequence

_LEAST_ROWS = 2


def row_lines(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield one line a row.

    A table whose first row names its columns (all cells filled and different) gives ``名称：值；…``; another
    gives the cells with bars between them. A merged cell that fills several columns is told once.

    >>> list(row_lines([["材料", "份数"], ["申请表", "1"]]))
    ['材料：申请表；份数：1']
    """
    cleaned = [[" ".join(str(cell or "").split()) for cell in row] for row in rows]
    cleaned = [row for row in cleaned if any(row)]
    if not cleaned:
        return
    head = cleaned[0]
    if len(cleaned) < _LEAST_ROWS or not all(head) or len(set(head)) < len(head) or len(head) == 1:
        yield from (" | ".join(dict.fromkeys(cell for cell in row if cell)) for row in cleaned)
        return
    for row in cleaned[1:]:
        told = [f"{name}：{cell}" for name, cell in zip(head, row, strict=False) if cell]
        yield row[0] if len(set(row)) == 1 and len(row) > 1 else "；".join(told)

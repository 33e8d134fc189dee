"""HTML pages: headings, paragraphs, list items and tables; scripts and navigation left out."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from knowledge_base.sources.base import Line, ParsedDocument, SourceFile, TextDocument
from knowledge_base.sources.decoding import decode
from knowledge_base.sources.readers.tables import row_lines
from knowledge_base.sources.structure import laws

_BLOCKS = {"p", "div", "li", "br", "section", "article", "blockquote", "pre", "caption"}
_CELLS = {"td", "th"}
_SKIPPED = {"script", "style", "nav", "header", "footer", "noscript", "template", "aside", "form"}
_HEADINGS = {f"h{n}": n for n in range(1, 7)}
_MOST_LINES_OF_A_CELL = 3  # more, or a heading: the table lays a page out and holds no data
_WIDEST = 50


@dataclass
class _Cell:
    lines: list[Line]
    columns: int
    rows: int


@dataclass
class _Table:
    """A table being read; ``outer`` is where its lines go."""

    outer: list[Line]
    rows: list[list[_Cell]] = field(default_factory=list)

    def lines(self) -> list[Line]:
        """Return one line a row; of a table that lays the page out, what its cells hold."""
        cells = [cell for row in self.rows for cell in row]
        if any(len(c.lines) > _MOST_LINES_OF_A_CELL or any(n.level for n in c.lines) for c in cells):
            return [line for cell in cells for line in cell.lines]
        return [Line(text) for text in row_lines(self._grid())]

    def _grid(self) -> list[list[str]]:
        """Return the texts by row and column; a cell over several of either is told in each."""
        grid: list[list[str]] = []
        hanging: dict[
            int, tuple[str, int]
        ] = {}  # by column: what a cell above still fills, for how many rows
        for row in self.rows:
            texts: list[str] = []
            below: dict[int, tuple[str, int]] = {}
            for cell in [*row, None]:
                while len(texts) in hanging:
                    _put(texts, below, *hanging[len(texts)])
                if cell is not None:
                    text = " ".join(line.text for line in cell.lines)
                    for _ in range(cell.columns):
                        _put(texts, below, text, cell.rows)
            grid.append(texts)
            hanging = below
        return grid


def _put(texts: list[str], below: dict[int, tuple[str, int]], text: str, rows: int) -> None:
    if rows > 1:
        below[len(texts)] = (text, rows - 1)
    texts.append(text)


class _Collector(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[Line] = []
        self.meta: dict[str, str] = {}
        self._into = self.lines
        self._tables: list[_Table] = []
        self._text: list[str] = []
        self._level = 0
        self._skipping = 0
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SKIPPED:
            self._skipping += 1
        elif tag in _HEADINGS:
            self._flush()
            self._level = _HEADINGS[tag]
        elif tag == "title":
            self._in_title = True
        elif tag in _BLOCKS:
            self._flush()
        else:
            self._open_table_part(tag, dict(attrs))

    def _open_table_part(self, tag: str, attrs: dict[str, str | None]) -> None:
        if tag == "table":
            self._flush()
            self._tables.append(_Table(self._into))
        elif tag == "tr" and self._tables:
            self._flush()
            self._tables[-1].rows.append([])
        elif tag in _CELLS and self._tables:
            self._flush()
            cell = _Cell([], _span(attrs.get("colspan")), _span(attrs.get("rowspan")))
            self._tables[-1].rows = self._tables[-1].rows or [[]]
            self._tables[-1].rows[-1].append(cell)
            self._into = cell.lines

    def handle_endtag(self, tag: str) -> None:
        if tag in _SKIPPED:
            self._skipping = max(0, self._skipping - 1)
        elif tag in _HEADINGS:
            self._flush()
            self._level = 0
        elif tag == "title":
            self._in_title = False
        elif tag == "table":
            self._close_table()
        elif tag in _BLOCKS or tag == "tr" or tag in _CELLS:
            self._flush()

    def _close_table(self) -> None:
        self._flush()
        if self._tables:
            table = self._tables.pop()
            self._into = table.outer
            self._into += table.lines()

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.meta["page_title"] = data.strip()
        elif not self._skipping:
            self._text.append(data)

    def finish(self) -> None:
        self.close()
        while self._tables:
            self._close_table()
        self._flush()

    def _flush(self) -> None:
        text = " ".join("".join(self._text).split())
        self._text.clear()
        if text:
            self._into.append(Line(text, self._level))


def _span(stated: str | None) -> int:
    return min(max(int(stated), 1), _WIDEST) if stated and stated.strip().isdecimal() else 1


class HtmlImporter:
    """One page, one document."""

    suffixes = (".html", ".htm")

    def read(self, source: SourceFile) -> list[ParsedDocument]:
        """Return the page's document."""
        collector = _Collector()
        collector.feed(decode(source.content))
        collector.finish()
        return [laws.parse(source, TextDocument(tuple(collector.lines), collector.meta))]

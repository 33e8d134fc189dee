"""Word documents (docx): paragraphs and tables in reading order."""

import io
import re
from collections.abc import Iterator
from zipfile import BadZipFile

from docx import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table

from knowledge_base.sources.base import Line, ParsedDocument, SourceFile, SourceRefusedError, TextDocument
from knowledge_base.sources.decoding import check_package
from knowledge_base.sources.readers.tables import row_lines
from knowledge_base.sources.structure import laws

_HEADING_STYLE = re.compile(r"^(?:Heading|标题)\s*(\d)")


class WordImporter:
    """One file, one document."""

    suffixes = (".docx",)

    def read(self, source: SourceFile) -> list[ParsedDocument]:
        """Return the file's document.

        Raises:
            SourceRefusedError: ``broken`` where it is no Word file, whatever its suffix says; ``encrypted``.
        """
        check_package(source.content, "docx")
        try:
            document = Document(io.BytesIO(source.content))
        except (BadZipFile, PackageNotFoundError, KeyError, ValueError) as error:
            raise SourceRefusedError("broken", "docx") from error
        return [laws.parse(source, TextDocument(tuple(_lines(document))))]


def _lines(document: object) -> Iterator[Line]:
    for block in document.iter_inner_content():  # type: ignore[attr-defined]
        if isinstance(block, Table):
            yield from _rows(block)
            continue
        style = _HEADING_STYLE.match(block.style.name or "") if block.style is not None else None
        is_title = block.style is not None and block.style.name in ("Title", "标题")
        for part in block.text.split("\n"):
            if part.strip():
                yield Line(part.strip(), 1 if is_title else int(style[1]) if style else 0)


def _rows(table: Table) -> Iterator[Line]:
    yield from (Line(line) for line in row_lines([[cell.text for cell in row.cells] for row in table.rows]))

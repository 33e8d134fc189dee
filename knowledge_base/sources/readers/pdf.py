"""PDF files with a text layer: lines joined to paragraphs, page numbers and repeated heads left out."""

import io
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect

from knowledge_base.sources.base import Line, ParsedDocument, SourceFile, SourceRefusedError, TextDocument
from knowledge_base.sources.decoding import check_size, signature
from knowledge_base.sources.readers.tables import row_lines
from knowledge_base.sources.structure import laws
from knowledge_base.sources.structure.numerals import NUMERAL

ROW = "\x1f"  # in front of a line that is a row of a table
_LOCKED = (PDFPasswordIncorrect, PDFEncryptionError)
_PAGE_NUMBER = re.compile(r"^[\s\-—–第]*\d{1,4}[\s\-—–页]*(?:/\s*\d+)?$")
_NEW_PARAGRAPH = re.compile(
    rf"^(第[{NUMERAL}]+[编章节条]|[（(][一二三四五六七八九十]+[）)]|[一二三四五六七八九十]+、|\d+[.\uff0e、])"
)
_DIVISION = re.compile(rf"^第[{NUMERAL}]+[编章节]")
_ENDS = ("。", "；", "：", "！", "？", ".", ";", ":")
_FULL_LINE_SHARE = 0.8


class PdfImporter:
    """One file, one document."""

    suffixes = (".pdf",)

    def read(self, source: SourceFile) -> list[ParsedDocument]:
        """Return the file's document.

        Raises:
            SourceRefusedError: ``broken`` for no PDF, ``encrypted``, ``no_text`` for scanned pages.
        """
        check_size(source.content)
        if signature(source.content) != ".pdf":
            raise SourceRefusedError("broken", "pdf")
        pages = _pages(source.content)
        if not any(pages):
            raise SourceRefusedError("no_text")
        return [laws.parse(source, TextDocument(tuple(Line(p.removeprefix(ROW)) for p in paragraphs(pages))))]


def _pages(content: bytes) -> list[list[str]]:
    try:
        with pdfplumber.open(io.BytesIO(content)) as document:
            return [list(_lines(page)) for page in document.pages]
    except Exception as error:  # boundary: pdfminer raises whatever a broken file provokes
        reason = "encrypted" if _is_locked(error) else "broken"
        raise SourceRefusedError(reason, "pdf") from error


def _is_locked(error: Exception) -> bool:
    return any(isinstance(part, _LOCKED) for part in (error, error.__cause__, *error.args))


def _lines(page: Any) -> Iterator[str]:
    """Yield a page's lines from top to bottom; a row of a table is one line, marked as such."""
    top = 0.0
    for table in sorted(page.find_tables(), key=lambda found: found.bbox[1]):
        begin, end = table.bbox[1], table.bbox[3]
        if begin > top:
            yield from _running(page.crop((0, top, page.width, begin), strict=False))
        yield from (f"{ROW}{line}" for line in row_lines(table.extract()))
        top = max(top, end)
    if top < page.height:
        yield from _running(page.crop((0, top, page.width, page.height), strict=False))


def _running(area: Any) -> Iterator[str]:
    text = area.extract_text() or ""
    yield from (line.strip() for line in text.split("\n") if line.strip())


def paragraphs(pages: list[list[str]]) -> list[str]:
    """Join the pages' lines to paragraphs."""
    edges = Counter(line for page in pages if len(page) > 2 for line in {page[0], page[-1]})
    repeated = {line for line, times in edges.items() if times > 2 and times * 2 > len(pages)}
    lines = [line for page in pages for line in page if line not in repeated and not _PAGE_NUMBER.match(line)]
    widest = max((len(line) for line in lines if not line.startswith(ROW)), default=0)
    joined: list[str] = []
    previous = ""
    for line in lines:
        if joined and _continues(previous, line, widest):
            joined[-1] += line if _is_cjk_joint(previous, line) else f" {line}"
        else:
            joined.append(line)
        previous = line
    return joined


def _continues(previous: str, line: str, widest: int) -> bool:
    if line.startswith(ROW) or previous.startswith(ROW):
        return False
    if _NEW_PARAGRAPH.match(line) or _DIVISION.match(previous):
        return False
    if previous.endswith(_ENDS):
        return len(previous) >= widest * _FULL_LINE_SHARE
    return len(previous) > widest / 2


def _is_cjk_joint(previous: str, line: str) -> bool:
    return ord(previous[-1]) > 0x2E80 or ord(line[0]) > 0x2E80

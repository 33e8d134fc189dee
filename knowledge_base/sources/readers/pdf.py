"""PDF files with a text layer: lines joined to paragraphs, page numbers and repeated heads left out."""

import io
import re
from collections import Counter

import pdfplumber

from knowledge_base.sources.base import Line, ParsedDocument, SourceFile, SourceRefusedError, TextDocument
from knowledge_base.sources.decoding import check_size, signature
from knowledge_base.sources.structure import laws
from knowledge_base.sources.structure.numerals import NUMERAL

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
            SourceRefusedError: ``broken`` for no PDF, ``no_text`` for scanned pages.
        """
        check_size(source.content)
        if signature(source.content) != ".pdf":
            raise SourceRefusedError("broken", "pdf")
        pages = _pages(source.content)
        if not any(pages):
            raise SourceRefusedError("no_text")
        return [laws.parse(source, TextDocument(tuple(Line(p) for p in paragraphs(pages))))]


def _pages(content: bytes) -> list[list[str]]:
    try:
        with pdfplumber.open(io.BytesIO(content)) as document:
            texts = [page.extract_text() or "" for page in document.pages]
    except Exception as error:  # boundary: pdfminer raises whatever a broken file provokes
        raise SourceRefusedError("broken", "pdf") from error
    return [[line.strip() for line in text.split("\n") if line.strip()] for text in texts]


def paragraphs(pages: list[list[str]]) -> list[str]:
    """Join the pages' lines to paragraphs."""
    edges = Counter(line for page in pages if len(page) > 2 for line in {page[0], page[-1]})
    repeated = {line for line, times in edges.items() if times > 2 and times * 2 > len(pages)}
    lines = [line for page in pages for line in page if line not in repeated and not _PAGE_NUMBER.match(line)]
    widest = max((len(line) for line in lines), default=0)
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
    if _NEW_PARAGRAPH.match(line) or _DIVISION.match(previous):
        return False
    if previous.endswith(_ENDS):
        return len(previous) >= widest * _FULL_LINE_SHARE
    return len(previous) > widest / 2


def _is_cjk_joint(previous: str, line: str) -> bool:
    return ord(previous[-1]) > 0x2E80 or ord(line[0]) > 0x2E80

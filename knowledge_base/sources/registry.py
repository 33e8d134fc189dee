"""The one list of importers; a file goes to the importer of its suffix."""

from collections.abc import Sequence
from pathlib import Path

from knowledge_base.sources.base import Importer, SourceRefusedError
from knowledge_base.sources.readers.hypertext import HtmlImporter
from knowledge_base.sources.readers.pdf import PdfImporter
from knowledge_base.sources.readers.plain import MarkdownImporter, PlainTextImporter
from knowledge_base.sources.readers.records import CsvImporter, JsonLinesImporter
from knowledge_base.sources.readers.word import WordImporter
from knowledge_base.sources.readers.workbook import WorkbookImporter

IMPORTERS: tuple[Importer, ...] = (
    MarkdownImporter(),
    PlainTextImporter(),
    HtmlImporter(),
    WordImporter(),
    PdfImporter(),
    CsvImporter(),
    WorkbookImporter(),
    JsonLinesImporter(),
)


def importer_for(path: Path, importers: Sequence[Importer] = IMPORTERS) -> Importer:
    """Return the importer of a file.

    Raises:
        SourceRefusedError: ``unsupported``.
    """
    for importer in importers:
        if path.suffix.lower() in importer.suffixes:
            return importer
    raise SourceRefusedError("unsupported", path.suffix.lower())

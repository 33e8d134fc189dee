"""The text layer of attached PDF and Word files, read so that the form can be held against them."""

from io import BytesIO

import structlog
from sqlalchemy.orm import Session

from core.settings import get_settings
from forms.filing.store import Draft
from forms.models import FilingFile

log = structlog.get_logger(__name__)
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MOST_PAGES = 60
FEWEST_CHARACTERS = 20


def texts_of(session: Session, draft: Draft) -> dict[str, str]:
    """Return the text of each attachment that a check compares, by field key; pictures have none."""
    wanted = {spec.fields[0] for spec in draft.form.checks if spec.check == "attachment_mentions"}
    texts = {}
    for key in wanted:
        value = draft.known.get(key)
        file_id = value.get("file_id") if isinstance(value, dict) else None
        row = session.get(FilingFile, file_id) if file_id else None
        text = _text(row) if row is not None else ""
        if len(text) >= FEWEST_CHARACTERS:
            texts[key] = text
    return texts


def _text(row: FilingFile) -> str:
    path = get_settings().folder("uploads") / row.stored_as
    if not path.exists():
        return ""
    content = path.read_bytes()
    try:
        return read_text(content, row.media_type)
    except Exception as error:  # noqa: BLE001 - boundary: a damaged attachment is looked at by people
        log.warning("checks.attachment_unreadable", file_id=row.id, error=type(error).__name__)
        return ""


def read_text(content: bytes, media_type: str) -> str:
    """Return the text layer of a PDF or the text of a Word file; empty for pictures."""
    if media_type == PDF:
        from pypdfium2 import PdfDocument

        with PdfDocument(content) as document:
            pages = range(min(len(document), MOST_PAGES))
            return "\n".join(document[number].get_textpage().get_text_range() for number in pages)
    if media_type == DOCX:
        from docx import Document

        paper = Document(BytesIO(content))
        cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
        return "\n".join([*(paragraph.text for paragraph in paper.paragraphs), *cells])
    return ""

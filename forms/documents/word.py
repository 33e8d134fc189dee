"""The same papers as Word documents, from templates that an office can edit (``templates/*.docx``)."""

from dataclasses import asdict
from io import BytesIO
from pathlib import Path
from typing import Any

from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import Environment, StrictUndefined

from forms.documents.qr import as_png, verification_address
from i18n.service import translate

TEMPLATES = Path(__file__).parent / "templates"
WIDTH = Mm(26)
LABELS = (
    "field", "value", "origin", "signature", "declared_by", "handler", "declared_at", "notes_title", "scan",
)  # fmt: skip


def to_docx(name: str, paper: Any, locale: str) -> bytes:
    """Fill the Word template ``<name>.docx`` with a paper; what people typed is text, never markup."""
    template = DocxTemplate(TEMPLATES / f"{name}.docx")
    address = verification_address(paper.filing_no, paper.receipt_code)
    words = {label: translate(f"forms.document.{label}", locale) for label in LABELS}
    context = {
        "doc": asdict(paper),
        "words": words,
        "qr": InlineImage(template, as_png(address), width=WIDTH),
    }
    environment = Environment(undefined=StrictUndefined, autoescape=True)
    template.render(context, environment, autoescape=True)
    made = BytesIO()
    template.save(made)
    return made.getvalue()

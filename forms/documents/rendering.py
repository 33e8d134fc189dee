"""HTML into PDF. Nothing is fetched: templates carry their own styles and pictures, addresses are refused."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from core.errors import DependencyFailed
from forms.documents.content import Confirmation
from forms.documents.fonts import chinese_font, missing_characters
from forms.documents.notice import NoticePaper
from forms.documents.qr import as_data_uri, verification_address
from i18n.service import translate


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
    )
    environment.filters["css"] = _css_text
    return environment


def _css_text(text: str) -> str:
    """Write a text inside a CSS string: no quote, backslash or line end can close it."""
    return "".join(c if c.isalnum() or c == " " else f"\\{ord(c):x} " for c in text)


def to_html(template: str, doc: Any, locale: str) -> str:
    """Return a paper as one HTML page."""
    before, _, rest = translate("forms.document.page", locale, page="\0", pages="\1").partition("\0")
    middle, _, after = rest.partition("\1")
    page_text = f'{before}" counter(page) "{middle}" counter(pages) "{after}'
    numerals = translate("forms.document.numerals", locale).split()

    def words(code: str, **params: object) -> str:
        return translate(code, locale, **params)

    return (
        _environment()
        .get_template(template)
        .render(
            doc=doc,
            locale=locale,
            page_text=page_text,
            numerals=numerals,
            qr=as_data_uri(verification_address(doc.filing_no, doc.receipt_code)),
            t=words,
        )
    )


def to_pdf(doc: Confirmation, locale: str) -> bytes:
    """Return the confirmation as PDF; characters that the font lacks are named in its notes.

    Raises:
        DependencyFailed: no Chinese font is installed.
    """
    missing = missing_characters(_all_text(doc), _font())
    if missing:
        named = " ".join(f"U+{ord(c):04X}" for c in missing)
        doc.notes.append(translate("forms.document.note_glyphs", locale, characters=named))
    return _printed(to_html("confirmation.html", doc, locale))


def notice_to_pdf(doc: NoticePaper, locale: str) -> bytes:
    """Return a deficiency notice as PDF.

    Raises:
        DependencyFailed: no Chinese font is installed.
    """
    _font()
    return _printed(to_html("notice.html", doc, locale))


def _font() -> Path:
    font = chinese_font()
    if font is None:
        raise DependencyFailed("forms.document.fonts_missing", dependency="fonts-noto-cjk")
    return font


def _printed(html: str) -> bytes:
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    own_pictures_only = URLFetcher(allowed_protocols={"data"})
    made: bytes = HTML(string=html, url_fetcher=own_pictures_only).write_pdf()
    return made


def _all_text(doc: Confirmation) -> str:
    texts = [doc.enterprise, doc.handler, doc.declared_by]
    for part in doc.parts:
        texts += [line.value for line in part.lines]
        texts += [cell for table in part.tables for row in table.rows for cell in row]
    return "".join(texts)

"""HTML into PDF. Nothing is fetched: templates carry their own styles, addresses are refused."""

from functools import lru_cache
from pathlib import Path
from typing import NoReturn

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from core.errors import DependencyFailed
from forms.documents.content import Confirmation
from forms.documents.fonts import chinese_font, missing_characters
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


def to_html(doc: Confirmation, locale: str) -> str:
    """Return the document as one HTML page."""
    before, _, rest = translate("forms.document.page", locale, page="\0", pages="\1").partition("\0")
    middle, _, after = rest.partition("\1")
    page_text = f'{before}" counter(page) "{middle}" counter(pages) "{after}'
    numerals = translate("forms.document.numerals", locale).split()

    def words(code: str, **params: object) -> str:
        return translate(code, locale, **params)

    template = _environment().get_template("confirmation.html")
    return template.render(doc=doc, locale=locale, page_text=page_text, numerals=numerals, t=words)


def to_pdf(doc: Confirmation, locale: str) -> bytes:
    """Return the document as PDF.

    Raises:
        DependencyFailed: no Chinese font is installed.
    """
    font = chinese_font()
    if font is None:
        raise DependencyFailed("forms.document.fonts_missing", dependency="fonts-noto-cjk")
    missing = missing_characters(_all_text(doc), font)
    if missing:
        named = " ".join(f"U+{ord(c):04X}" for c in missing)
        doc.notes.append(translate("forms.document.note_glyphs", locale, characters=named))
    from weasyprint import HTML

    made: bytes = HTML(string=to_html(doc, locale), url_fetcher=_refuse).write_pdf()
    return made


def _refuse(url: str, *_args: object, **_kwargs: object) -> NoReturn:
    raise ValueError(f"documents fetch nothing: {url[:40]}")


def _all_text(doc: Confirmation) -> str:
    texts = [doc.enterprise, doc.handler, doc.declared_by]
    for part in doc.parts:
        texts += [line.value for line in part.lines]
        texts += [cell for table in part.tables for row in table.rows for cell in row]
    return "".join(texts)

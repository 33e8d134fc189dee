"""What this service is, what it cannot do, what it keeps."""

from flask import Blueprint, Response

from i18n.service import messages
from web.pages.viewer import page, viewer
from web.security.access import Access, access


def register(blueprint: Blueprint) -> None:
    """Add the page."""
    blueprint.get("/about")(about)


@access(Access.PUBLIC)
def about() -> Response:
    """Show the page; its sections are catalogue entries, in the order of their numbers."""
    texts = messages("web.page.about.section.", viewer().locale)
    numbers = sorted({code.split(".")[4] for code in texts})
    sections = [
        {
            "id": f"s{number}",
            "title": texts[f"web.page.about.section.{number}.title"],
            "lines": _lines(texts, number),
        }
        for number in numbers
    ]
    return page("about.html", sections=sections)


def _lines(texts: dict[str, str], number: str) -> list[str]:
    prefix = f"web.page.about.section.{number}.line."
    return [texts[code] for code in sorted(texts) if code.startswith(prefix)]

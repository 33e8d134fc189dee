"""Monthly totals for everybody, as a page, a picture, JSON and CSV; small numbers are withheld."""

from typing import Any

from flask import Blueprint, Response, jsonify

from bot.insights import service as insights
from core import clock
from web.dashboard.charts import published_chart
from web.dashboard.drawing import NARROW, WIDE
from web.dashboard.memory import MONTHLY_FRESH_S, memory
from web.dashboard.words import Words
from web.pages.dashboard import picture, picture_width, spreadsheet
from web.pages.viewer import page, viewer
from web.security.access import Access, access
from web.tables import to_csv

WITHHELD = f"<{insights.FEWEST}"


def register(blueprint: Blueprint) -> None:
    """Add the pages."""
    blueprint.get("/open-data")(open_data)
    blueprint.get("/open-data.svg")(open_data_chart)
    blueprint.get("/open-data.json")(open_data_json)
    blueprint.get("/open-data.csv")(open_data_csv)


@access(Access.PUBLIC)
def open_data() -> Response:
    """Show the page."""
    words = Words(viewer().locale)
    return page(
        "open_data.html",
        headings=list(
            zip(_headings(words), ["day"] + ["amount"] * len(insights.PUBLISHED_COLUMNS), strict=True)
        ),
        rows=[
            [words.amount("count", cell) if isinstance(cell, int) else cell for cell in row]
            for row in _rows()
        ],
        fewest=insights.FEWEST,
        title=_chart_title(),
        sizes=[published_chart(_months(), words, "", width) for width in (WIDE, NARROW)],
    )


@access(Access.PUBLIC)
def open_data_chart() -> Response:
    """Return the picture."""
    words = Words(viewer().locale)
    return picture(published_chart(_months(), words, _chart_title(), picture_width()).svg())


@access(Access.PUBLIC)
def open_data_json() -> Response:
    """Return the totals for programs."""
    return jsonify(published())


@access(Access.PUBLIC)
def open_data_csv() -> Response:
    """Return the totals for a spreadsheet."""
    return spreadsheet(to_csv(_headings(Words(viewer().locale)), _rows()), "open-data.csv")


def published() -> dict[str, Any]:
    """Return the totals as JSON holds them; a withheld number is the text ``<5``."""
    words = Words(viewer().locale)
    names = zip(insights.PUBLISHED_COLUMNS, _headings(words)[1:], strict=True)
    return {
        "title": viewer().t("web.page.open_data.title"),
        "withheld_below": insights.FEWEST,
        "columns": [{"id": key, "name": name} for key, name in names],
        "months": [{"month": one.month, **_cells(one)} for one in _months()],
    }


def _months() -> list[insights.PublishedMonth]:
    today = clock.today()
    key = ("published", today.year, today.month)
    return memory().get(key, lambda: insights.published_months(today), MONTHLY_FRESH_S)


def _rows() -> list[list[Any]]:
    return [[one.month, *_cells(one).values()] for one in _months()]


def _cells(month: insights.PublishedMonth) -> dict[str, int | str]:
    return {key: WITHHELD if number is None else number for key, number in month.cells.items()}


def _headings(words: Words) -> list[str]:
    return [words.say(f"published.{key}") for key in ("month", *insights.PUBLISHED_COLUMNS)]


def _chart_title() -> str:
    return viewer().t("web.page.open_data.chart", fewest=insights.FEWEST)

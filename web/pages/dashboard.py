"""The dashboard of staff: tiles, charts with their tables, files for spreadsheets; no JavaScript needed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from bot.insights import service as insights
from core import clock
from core.errors import NotAvailable
from forms import service as forms
from i18n.service import locales
from web.dashboard.charts import alternative, chart
from web.dashboard.drawing import NARROW, WIDE
from web.dashboard.export import PLAIN, figure_csv
from web.dashboard.memory import memory
from web.dashboard.words import Words
from web.pages.viewer import page, viewer
from web.security.access import Access, access

PATH = "/staff/dashboard"
PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
LONGEST_NAME = 60
AT_ONCE = 4


@dataclass(frozen=True)
class Wanted:
    """What the address asks for; ``problem`` says why the usual period is shown instead."""

    selection: insights.Selection
    days: int
    problem: str = ""

    @property
    def query(self) -> str:
        """The address's part that leads to the same selection."""
        chosen = self.selection
        narrowed = {name: getattr(chosen, name) for name in insights.NARROWINGS if getattr(chosen, name)}
        return urlencode({"from": chosen.first.isoformat(), "to": chosen.last.isoformat(), **narrowed})


def register(blueprint: Blueprint) -> None:
    """Add the pages."""
    blueprint.get(PATH)(dashboard)
    blueprint.get(f"{PATH}/charts/<name>.svg")(dashboard_chart)
    blueprint.get(f"{PATH}/<name>.csv")(dashboard_file)


@access(Access.FIGURES)
def dashboard() -> Response:
    """Show the dashboard."""
    who, wanted = viewer(), _wanted()
    words = Words(who.locale)
    figures = _figures(wanted.selection)
    return page(
        "staff/dashboard.html",
        400 if wanted.problem else 200,
        wanted=wanted,
        words=words,
        tiles=insights.tiles(figures),
        figures=[_shown(one, words) for one in figures.values()],
        periods=insights.PERIODS,
        **_choices(wanted.selection),
        names=lambda kind, codes: [(one, words.cell(kind, one)) for one in codes],
        scope=_scope(words),
    )


@access(Access.FIGURES)
def dashboard_chart(name: str) -> Response:
    """Return one chart; ``narrow`` draws it for a phone."""
    drawn = chart(_figure(name, _wanted().selection), Words(viewer().locale), picture_width())
    if drawn is None:
        raise NotAvailable
    return picture(drawn.svg())


@access(Access.FIGURES)
def dashboard_file(name: str) -> Response:
    """Return one figure as CSV."""
    wanted = _wanted()
    content = figure_csv(_figure(name, wanted.selection), Words(viewer().locale))
    return spreadsheet(content, f"{name}-{wanted.selection.first}-{wanted.selection.last}.csv")


def picture_width() -> int:
    """Return how wide a chart is asked for."""
    return NARROW if request.args.get("narrow") else WIDE


def picture(svg: str) -> Response:
    """Return a chart; opened by itself it may use its own styles and nothing else."""
    return Response(svg, mimetype="image/svg+xml", headers={"Content-Security-Policy": PICTURE_POLICY})


def spreadsheet(content: str, name: str) -> Response:
    """Return a CSV file to be kept."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, content_type="text/csv; charset=utf-8", headers=headers)


def _figures(selection: insights.Selection) -> dict[str, insights.Figure]:
    """Return every figure; the database counts several at once."""
    counts = [_counting(name, selection) for name in insights.FIGURE_NAMES]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(lambda count: count(), counts))
    return {one.name: one for one in found}


def _figure(name: str, selection: insights.Selection) -> insights.Figure:
    return _counting(name, selection)()


def _counting(name: str, selection: insights.Selection) -> Callable[[], insights.Figure]:
    """Return what gives a figure as this viewer may see it, from memory where it was counted just now."""
    actor, kept = viewer().actor, memory()
    key = (name, selection, actor.role, actor.province, actor.competences)
    return lambda: kept.get(key, lambda: insights.figure(actor, name, selection))


def _shown(figure: insights.Figure, words: Words) -> dict[str, Any]:
    return {
        "figure": figure,
        "sizes": [chart(figure, words, width) for width in (WIDE, NARROW)] if figure.rows else [None],
        "alternative": alternative(figure, words),
        "headings": [
            (text, column_class(one.kind))
            for text, one in zip(words.headings(figure), figure.columns, strict=True)
        ],
        "rows": words.rows(figure),
        "unheeded": [words.say(f"narrowing.{one}") for one in figure.unheeded],
    }


def column_class(kind: str) -> str:
    """Return how the cells of a kind are set: amounts to the right, days on one line, words may break."""
    if kind in PLAIN:
        return "amount"
    return kind if kind in ("day", "text") else "name"


def _choices(selection: insights.Selection) -> dict[str, Any]:
    actor, locale = viewer().actor, viewer().locale
    period = insights.Selection(selection.first, selection.last)
    key = ("channels", period, actor.province)
    channels = memory().get(key, lambda: insights.channels_in_use(actor, period))
    items = [
        one for one in forms.list_service_items() if one.domain in actor.competences or not actor.competences
    ]
    return {
        "items": [(one.code, one.name.get(locale)) for one in items],
        "channels": sorted({*channels, *filter(None, [selection.channel])}),
        "languages": locales(),
    }


def _scope(words: Words) -> str:
    """Return whose figures these are."""
    actor = viewer().actor
    parts = [forms.province_names(words.locale)[actor.province]] if actor.province else []
    parts += [viewer().t(f"web.page.domain.{one}") for one in sorted(actor.competences)]
    return words.say("scope.own", names=" · ".join(parts)) if parts else words.say("scope.all")


def _wanted() -> Wanted:
    narrowed = {name: request.args.get(name, "")[:LONGEST_NAME] for name in insights.NARROWINGS}
    days = request.args.get("days", "")
    usual = int(days) if days.isdecimal() and int(days) in insights.PERIODS else insights.USUAL_DAYS
    fallback = insights.last_days(usual, **narrowed)
    typed = [request.args.get(name, "").strip() for name in ("from", "to")]
    if not any(typed):
        return Wanted(fallback, usual)
    try:
        first, last = _days(*typed)
    except (ValueError, OverflowError):
        return Wanted(fallback, usual, "malformed")
    problem = _problem(first, last)
    return (
        Wanted(fallback, usual, problem)
        if problem
        else Wanted(insights.Selection(first, last, **narrowed), 0)
    )


def _days(first: str, last: str) -> tuple[date, date]:
    """Return both days; the one that was left out is today, or lies the usual period before the other."""
    end = date.fromisoformat(last) if last else clock.today()
    start = date.fromisoformat(first) if first else end - timedelta(days=insights.USUAL_DAYS - 1)
    return start, end


def _problem(first: date, last: date) -> str:
    if last < first:
        return "order"
    is_far = first.year < 2000 or last.year > 2200
    return "length" if is_far or (last - first).days >= insights.MOST_DAYS else ""

"""Figures in a person's words: names of columns, of codes, of units."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.insights.service import Cell, Column, Figure, Tile
from core.errors import NotAvailable
from forms import service as forms
from i18n.service import format_number, format_percent, has_message, language_name, translate

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86400


@dataclass(frozen=True)
class Words:
    """One language's way to say figures."""

    locale: str

    def say(self, code: str, **params: object) -> str:
        """Return a message below ``web.page.dashboard``."""
        return translate(f"web.page.dashboard.{code}", self.locale, **params)

    def title(self, name: str) -> str:
        """Return a figure's title."""
        return self.say(f"figure.{name}.title")

    def headings(self, figure: Figure) -> list[str]:
        """Return the names of a figure's columns."""
        return [self.say(f"column.{one.key}") for one in figure.columns]

    def rows(self, figure: Figure) -> list[list[str]]:
        """Return a figure's cells as people read them."""
        return [self.row(figure.columns, row) for row in figure.rows]

    def row(self, columns: Sequence[Column], cells: Sequence[Cell]) -> list[str]:
        """Return one row; a field's name needs the item beside it."""
        return [
            self.cell(column.kind, cell, str(cells[0])) for column, cell in zip(columns, cells, strict=True)
        ]

    def cell(self, kind: str, cell: Cell, item: str = "") -> str:
        """Return one value as people read it; a dash where there is none."""
        if cell is None:
            return "–"
        if isinstance(cell, str) or kind == "level":
            return self._named(kind, str(cell), item)
        return self.amount(kind, cell)

    def amount(self, kind: str, value: float) -> str:
        """Return a number with its unit."""
        if kind == "share":
            return format_percent(value, self.locale)
        if kind == "average":
            return format_number(round(value, 1), self.locale)
        if kind == "seconds":
            return self.duration(value)
        return format_number(value, self.locale)

    def duration(self, seconds: float) -> str:
        """Return a span in the unit in which it is read at a glance."""
        for unit, length in (("days", DAY_S), ("hours", HOUR_S), ("minutes", MINUTE_S)):
            if seconds >= 1.5 * length:
                number = seconds / length
                return self.say(f"unit.{unit}", n=format_number(round(number, int(number < 10)), self.locale))
        return self.say("unit.seconds", n=format_number(round(seconds), self.locale))

    def tile(self, tile: Tile) -> str:
        """Return a tile's value."""
        return self.cell(tile.kind, tile.value)

    def _named(self, kind: str, code: str, item: str) -> str:
        names: dict[str, Callable[[], str]] = {
            "item": lambda: item_name(code, self.locale),
            "field": lambda: self.field_name(item, code),
            "reason": lambda: translate(f"handoff.reason.{code}", self.locale),
            "level": lambda: translate(f"handoff.rating.level_{code}", self.locale),
            "channel": lambda: channel_name(code, self.locale),
            "language": lambda: language_name(code, self.locale),
        }
        if kind in ("text", "day"):
            return code
        return names[kind]() if kind in names else self.say(f"{kind}.{code}")

    def field_name(self, item: str, key: str) -> str:
        """Return the label of an item's field; what concerns the whole filing says so."""
        if not key:
            return translate("forms.notice_whole", self.locale)
        try:
            form = forms.get_service_item(item).form
        except NotAvailable:
            form = None
        field = form.field(key) if form else None
        return field.label.get(self.locale) if field else key


def channel_name(code: str, locale: str) -> str:
    """Return a channel's name, or the code of one that is no longer served."""
    known = f"web.page.channel.{code}"
    return translate(known, locale) if has_message(known, locale) else code


def item_name(code: str, locale: str) -> str:
    """Return a service item's name, or the code of one that is no longer shipped."""
    try:
        return forms.get_service_item(code).name.get(locale)
    except NotAvailable:
        return code

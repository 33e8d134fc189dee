"""Charts as SVG: the one module of the pages that imports matplotlib.

Words stay words in the SVG, drawn by the reader's own fonts, so no font with Chinese letters is needed here:
places are reckoned from the width of the letters. Labels stand above their bars, which leaves room for
either language on a phone. Colours are those of Okabe and Ito, which colour-blind people tell apart as well.
"""

import io
import os
import re
import threading
import unicodedata
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import quoteattr

from core.settings import get_settings

WIDE, NARROW = 560, 330
TEXT, SMALL = 13, 11.5
INK, SOFT, GRID, TRACK = "#17212b", "#46535f", "#d3dbe3", "#eef1f4"
COLOURS = ("#0072b2", "#d55e00", "#009e73")
FAMILY = "font-family: system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"
_FAMILIES = re.compile(r"font-family: [^;\"]*")
_ROW, _BAR, _LEGEND = 43, 13, 26
_PANEL, _GAP = 130, 34
_lock = threading.Lock()


@dataclass(frozen=True)
class Bar:
    """One labelled row: a value a series, and what is written behind them."""

    label: str
    values: tuple[float, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Picture:
    """A chart of known size in pixels; it is drawn when its ``svg`` is asked for."""

    width: int
    height: int
    title: str
    draw: Callable[[Any], None]

    def svg(self) -> str:
        """Return the SVG; ``title`` is its text alternative."""
        return _drawn(self.draw, self.width, self.height, self.title)


@dataclass(frozen=True)
class Panel:
    """One series over time, with its name above."""

    name: str
    values: tuple[float, ...]


def width_of(text: str, size: float) -> float:
    """Return about how wide a text is: a Chinese letter takes one em, capitals and digits two thirds."""
    return sum(_ems(letter) for letter in text) * size


def _ems(letter: str) -> float:
    if unicodedata.east_asian_width(letter) in "WF" or letter in "%MW":
        return 1.0
    return 0.66 if letter.isupper() or letter.isdigit() else 0.56


def fitted(text: str, size: float, room: float) -> str:
    """Return a text that fits into ``room``, cut where it must be."""
    if width_of(text, size) <= room:
        return text
    while text and width_of(text + "…", size) > room:
        text = text[:-1]
    return text.rstrip() + "…"


def bars(
    rows: Sequence[Bar], title: str, *, series: Sequence[str] = (), most: float = 0, width: int = WIDE
) -> Picture:
    """Return horizontal bars, one below the other; several series of a row stand below its label.

    Args:
        rows: the rows from top to bottom.
        title: the text alternative of the whole picture.
        series: names of the series, shown as a legend; none for a single one.
        most: what a full bar stands for; the greatest value by default.
        width: of the picture, in pixels.
    """
    count = max([len(row.values) for row in rows], default=1)
    row_height = _ROW + (count - 1) * (_BAR + 4)
    top = _LEGEND if series else 0
    full = most or max([value for row in rows for value in row.values], default=0) or 1
    room = width - max([width_of(one, SMALL) for row in rows for one in row.texts], default=0) - 12

    def draw(axes: Any) -> None:
        _legend(axes, series, COLOURS, width)
        for number, row in enumerate(rows):
            y = top + number * row_height
            _write(axes, 0, y + 14, fitted(row.label, TEXT, width))
            for place, (value, text) in enumerate(zip(row.values, row.texts, strict=True)):
                at, long = y + 20 + place * (_BAR + 4), room * value / full
                _block(axes, 0, at, room, TRACK)
                _block(axes, 0, at, long, COLOURS[place])
                _write(axes, room + 8, at + _BAR - 2, text, size=SMALL)

    return Picture(width, top + max(1, len(rows)) * row_height, title, draw)


def stacks(rows: Sequence[Bar], title: str, *, series: Mapping[str, str], width: int = WIDE) -> Picture:
    """Return one bar a row in which the series (name → colour) follow one another; ``texts`` is their sum."""
    colours = list(series.values())
    most = max([sum(row.values) for row in rows], default=0) or 1
    room = width - max([width_of(one, SMALL) for row in rows for one in row.texts], default=0) - 12
    top = _LEGEND * len(_lines_of(list(series), width))

    def draw(axes: Any) -> None:
        _legend(axes, list(series), colours, width)
        for number, row in enumerate(rows):
            y, start = top + number * _ROW, 0.0
            _write(axes, 0, y + 14, fitted(row.label, TEXT, width))
            _block(axes, 0, y + 20, room, TRACK)
            for colour, value in zip(colours, row.values, strict=True):
                _block(axes, start, y + 20, room * value / most - 1, colour)
                start += room * value / most
            _write(axes, room + 8, y + 18 + _BAR, row.texts[0], size=SMALL)

    return Picture(width, top + max(1, len(rows)) * _ROW, title, draw)


def timeline(steps: Sequence[str], panels: Sequence[Panel], title: str, *, width: int = WIDE) -> Picture:
    """Return columns over time, one panel below the other, on one axis of days or months."""
    left = 12 + max(width_of(_number(max([*one.values, 1])), SMALL) for one in panels)
    step = (width - left) / max(1, len(steps))

    def draw(axes: Any) -> None:
        for number, panel in enumerate(panels):
            top = number * (_PANEL + _GAP)
            base, most = top + _PANEL, _round_up(max([*panel.values, 1]))
            _write(axes, 0, top + 13, panel.name, colour=SOFT)
            for part in (0.5, 1.0):
                y = base - (_PANEL - 30) * part
                axes.plot([left, width], [y, y], color=GRID, linewidth=0.8, zorder=0)
                _write(axes, left - 6, y + 4, _number(most * part), size=SMALL, colour=SOFT, align="right")
            for place, value in enumerate(panel.values):
                high = (_PANEL - 30) * value / most
                _block(axes, left + step * (place + 0.1), base - high, step * 0.8, COLOURS[number], high)
            axes.plot([left, width], [base, base], color=SOFT, linewidth=1)
            _ticks(axes, steps, left, step, base)

    return Picture(width, len(panels) * (_PANEL + _GAP) - 10, title, draw)


def _ticks(axes: Any, steps: Sequence[str], left: float, step: float, base: float) -> None:
    """Write as many days or months below the columns as find room."""
    every = max(1, int(-(-width_of("2026-11", SMALL) * 1.5 // step)))
    for place in range(0, len(steps), every):
        text = steps[place][5:] if len(steps[place]) > len("2026-11") else steps[place]
        at = left + step * (place + 0.5)
        middle = max(left + width_of(text, SMALL) / 2, at) if place == 0 else at
        if middle + width_of(text, SMALL) / 2 <= left + step * len(steps):
            _write(axes, middle, base + 15, text, size=SMALL, colour=SOFT, align="center")


def _round_up(value: float) -> float:
    """Return the next even number of one or two leading digits, for an axis that is read at a glance."""
    scale = 10 ** max(0, len(str(int(value))) - 2)
    whole = -(-value // scale)
    return float((whole + whole % 2) * scale)


def _number(value: float) -> str:
    return f"{int(value):,}"


def _lines_of(series: Sequence[str], width: float) -> list[list[str]]:
    """Return the names of a legend, line by line."""
    lines: list[list[str]] = [[]]
    used = 0.0
    for name in series:
        needed = width_of(name, SMALL) + 34
        if lines[-1] and used + needed > width:
            lines.append([])
            used = 0.0
        lines[-1].append(name)
        used += needed
    return lines


def _legend(axes: Any, series: Sequence[str], colours: Sequence[str], width: float) -> None:
    left = iter(colours)
    for number, line in enumerate(_lines_of(series, width)):
        x, y = 0.0, number * _LEGEND
        for name in line:
            _block(axes, x, y + 4, 12, next(left), 12)
            _write(axes, x + 18, y + 14.5, name, size=SMALL)
            x += width_of(name, SMALL) + 34


def _block(axes: Any, x: float, y: float, long: float, colour: str, high: float = _BAR) -> None:
    from matplotlib.patches import Rectangle

    if long > 0 and high > 0:
        axes.add_patch(Rectangle((x, y), long, high, facecolor=colour, linewidth=0))


def _write(
    axes: Any, x: float, y: float, text: str, *, size: float = TEXT, colour: str = INK, align: str = "left"
) -> None:
    axes.text(x, y, text, fontsize=size, color=colour, ha=align, va="baseline", parse_math=False)


def _drawn(draw: Callable[[Any], None], width: float, height: float, title: str) -> str:
    """Draw on a ground of ``width`` × ``height`` pixels, y downwards; one picture at a time."""
    os.environ.setdefault("MPLCONFIGDIR", str(get_settings().folder("charts")))
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with _lock, mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "yaozheng"}):
        figure = Figure(figsize=(width / 72, height / 72))
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, width), ylim=(height, 0))
        axes.set_axis_off()
        draw(axes)
        stream = io.StringIO()
        with warnings.catch_warnings():  # the measuring font need not know the words: the reader's draws them
            warnings.filterwarnings("ignore", message="Glyph .* missing from font")
            figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    svg = _FAMILIES.sub(FAMILY, stream.getvalue())
    return svg[svg.index("<svg") :].replace("<svg ", f'<svg role="img" aria-label={quoteattr(title)} ', 1)

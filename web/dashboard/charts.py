"""Which figure is drawn how."""

from collections.abc import Callable

from bot.insights.service import Figure, PublishedMonth
from web.dashboard.drawing import WIDE, Bar, Panel, Picture, bars, stacks, timeline
from web.dashboard.words import Words

MOST_ROWS = 10
TOLD = 6
STAGES = {
    "preparing": "#56b4e9",
    "returned": "#e69f00",
    "in_process": "#0072b2",
    "approved": "#009e73",
    "refused": "#d55e00",
    "withdrawn": "#7b8895",
}


def chart(figure: Figure, words: Words, width: int = WIDE) -> Picture | None:
    """Return a figure as a picture, or None where it is a table alone."""
    drawn = CHARTS.get(figure.name)
    return drawn(figure, words, width) if drawn else None


def alternative(figure: Figure, words: Words) -> str:
    """Return in words what the picture shows: its title and its first rows."""
    rows = [": ".join((row[0], ", ".join(row[1:]))) for row in words.rows(figure)[:TOLD]]
    return words.say(
        "alternative", title=words.title(figure.name), rows="; ".join(rows) or words.say("nothing")
    )


def published_chart(months: list[PublishedMonth], words: Words, title: str, width: int = WIDE) -> Picture:
    """Return the published months as columns; a number that is withheld has none."""
    ordered = list(reversed(months))
    panels = [
        Panel(words.say(f"published.{key}"), tuple(float(one.cells[key] or 0) for one in ordered))
        for key in ("conversations", "answered", "handed_in")
    ]
    return timeline([one.month for one in ordered], panels, title, width=width)


def _volume(figure: Figure, words: Words, width: int) -> Picture:
    panels = [
        Panel(words.say(f"column.{key}"), _numbers(figure, key)) for key in ("conversations", "messages")
    ]
    steps = [str(one) for one in figure.column("day")]
    return timeline(steps, panels, alternative(figure, words), width=width)


def _counted(key: str) -> Callable[[Figure, Words, int], Picture]:
    """Draw one column; the share stands behind the number where the figure has one."""

    def draw(figure: Figure, words: Words, width: int) -> Picture:
        has_share = figure.columns[-1].key == "share"
        rows = []
        for row, said, value in zip(figure.rows, words.rows(figure), _numbers(figure, key), strict=True):
            number = words.amount("count", value)
            text = f"{number} · {said[-1]}" if has_share and row[-1] is not None else number
            rows.append(Bar(_label(figure, said), (value,), (text,)))
        return bars(rows[:MOST_ROWS], alternative(figure, words), width=width)

    return draw


def _label(figure: Figure, said: list[str]) -> str:
    """Return the names of a row, a field before its item: what is cut on a phone is the item."""
    pairs = zip(figure.columns, said, strict=True)
    names = [text for column, text in pairs if column.kind not in ("count", "share")]
    return " · ".join(reversed(names) if figure.name == "deficiencies" else names)


def _spans(figure: Figure, words: Words, width: int) -> Picture:
    keys = ("first_response", "resolution")
    pairs = zip(*(_numbers(figure, key) for key in keys), strict=True)
    rows = [
        Bar(said[0], values, (said[1], said[2]))
        for said, values in zip(words.rows(figure), pairs, strict=True)
    ]
    series = [words.say(f"column.{key}") for key in keys]
    return bars(rows, alternative(figure, words), series=series, width=width)


def _prefill(figure: Figure, words: Words, width: int) -> Picture:
    rows = [
        Bar(said[0], (value,), (said[-1],))
        for said, value in zip(words.rows(figure), _numbers(figure, "share"), strict=True)
    ]
    return bars(rows[:MOST_ROWS], alternative(figure, words), most=1, width=width)


def _filings(figure: Figure, words: Words, width: int) -> Picture:
    rows = []
    for row, said in zip(figure.rows, words.rows(figure), strict=True):
        values = tuple(float(cell or 0) for cell in row[1 : 1 + len(STAGES)] if not isinstance(cell, str))
        rows.append(Bar(said[0], values, (words.amount("count", sum(values)),)))
    series = {words.say(f"column.{stage}"): colour for stage, colour in STAGES.items()}
    return stacks(rows[:MOST_ROWS], alternative(figure, words), series=series, width=width)


def _numbers(figure: Figure, key: str) -> tuple[float, ...]:
    return tuple(float(cell or 0) for cell in figure.column(key) if not isinstance(cell, str))


CHARTS: dict[str, Callable[[Figure, Words, int], Picture]] = {
    "volume": _volume,
    "channels": _counted("conversations"),
    "answers": _counted("answers"),
    "reasons": _counted("cases"),
    "spans": _spans,
    "ratings": _counted("ratings"),
    "filings": _filings,
    "prefill": _prefill,
    "deficiencies": _counted("times"),
}

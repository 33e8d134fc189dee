"""The numbers at the top, read off the figures."""

from collections.abc import Mapping

from bot.insights.figures import Cell, Figure, Tile, share

SATISFIED = (4, 5)


def tiles(figures: Mapping[str, Figure]) -> list[Tile]:
    """Return the tiles; ``of`` is the number that a share, average or time rests on."""
    return [
        *_asked(figures["volume"], figures["answers"]),
        *_handled(figures["reasons"], figures["times"]),
        *_rated(figures["ratings"]),
        *_filed(figures["filings"], figures["prefill"]),
    ]


def _asked(volume: Figure, answers: Figure) -> list[Tile]:
    shares = dict(zip(answers.column("status"), answers.column("share"), strict=True))
    number = answers.total("answers")
    return [
        Tile("conversations", "count", volume.total("conversations")),
        Tile("messages", "count", volume.total("messages")),
        Tile("answered", "share", _number(shares["answered"]), number),
        Tile("abstained", "share", _number(shares["abstained"]), number),
    ]


def _handled(reasons: Figure, times: Figure) -> list[Tile]:
    first, whole = times.rows
    answered, closed = int(first[1] or 0), int(whole[1] or 0)
    return [
        Tile("cases", "count", reasons.total("cases")),
        Tile("first_response", "seconds", _number(first[2]), answered),
        Tile("first_response_p90", "seconds", _number(first[3]), answered),
        Tile("on_time", "share", _number(first[4])),
        Tile("resolution", "seconds", _number(whole[2]), closed),
    ]


def _rated(ratings: Figure) -> list[Tile]:
    pairs = [(int(level or 0), int(number or 0)) for level, number, _ in ratings.rows]
    number = sum(count for _, count in pairs)
    return [
        Tile("rating", "average", share(sum(level * count for level, count in pairs), number), number),
        Tile("satisfied", "share", share(sum(n for level, n in pairs if level in SATISFIED), number), number),
    ]


def _filed(filings: Figure, prefill: Figure) -> list[Tile]:
    stages = [one.key for one in filings.columns[1:-2]]
    decisions, means = filings.column("decisions"), filings.column("working_days")
    decided = filings.total("decisions")
    days = sum(float(mean or 0) * int(n or 0) for n, mean in zip(decisions, means, strict=True))
    filled = prefill.total("filled")
    return [
        Tile("filings", "count", sum(filings.total(stage) for stage in stages)),
        Tile("prefill", "share", share(prefill.total("prefilled"), filled), filled),
        Tile("working_days", "average", days / decided if decided else None, decided),
    ]


def _number(cell: Cell) -> int | float | None:
    return cell if isinstance(cell, int | float) else None

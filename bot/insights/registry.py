"""Every figure of the dashboard, in the order in which it is shown."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from bot.insights import answers, casework, filings, ratings, volume
from bot.insights.figures import Column, Row
from bot.insights.selection import Selection
from core.identity import Actor

ALL = ("item", "channel", "language")
SPOKEN = ("channel", "language")
FILED = ("item", "channel")


@dataclass(frozen=True)
class Definition:
    """How a figure is made; ``heeds`` are the narrowings that its rows know."""

    columns: tuple[Column, ...]
    rows: Callable[[Session, Actor, Selection], Sequence[Row]]
    heeds: tuple[str, ...] = ALL


def _counts(*keys: str) -> tuple[Column, ...]:
    return tuple(Column(key, "count") for key in keys)


_SHARE = Column("share", "share")
FIGURES: dict[str, Definition] = {
    "volume": Definition(
        (Column("day", "day"), *_counts("conversations", "messages")), volume.by_day, SPOKEN
    ),
    "channels": Definition(
        (
            Column("channel", "channel"),
            Column("language", "language"),
            *_counts("conversations", "messages"),
        ),
        volume.by_channel,
        SPOKEN,
    ),
    "answers": Definition((Column("status", "status"), *_counts("answers"), _SHARE), answers.by_status),
    "unanswered": Definition(
        (Column("question", "text"), *_counts("times"), Column("last", "day")), answers.unanswered
    ),
    "reasons": Definition((Column("reason", "reason"), *_counts("cases"), _SHARE), casework.by_reason),
    "times": Definition(
        (
            Column("measure", "measure"),
            *_counts("cases"),
            Column("median", "seconds"),
            Column("p90", "seconds"),
            Column("on_time", "share"),
        ),
        casework.times,
    ),
    "spans": Definition((Column("span", "span"), *_counts("first_response", "resolution")), casework.spans),
    "ratings": Definition((Column("level", "level"), *_counts("ratings"), _SHARE), ratings.by_level),
    "filings": Definition(
        (
            Column("item", "item"),
            *_counts(*filings.SHOWN_STAGES, "decisions"),
            Column("working_days", "average"),
        ),
        filings.by_item,
        FILED,
    ),
    "prefill": Definition(
        (Column("item", "item"), *_counts("filled", "prefilled"), _SHARE), filings.prefill, FILED
    ),
    "deficiencies": Definition(
        (Column("item", "item"), Column("field", "field"), *_counts("times")), filings.deficiencies, FILED
    ),
}

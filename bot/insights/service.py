"""Figures of the service, for staff and for everybody.

1. A ``Selection`` names a period of days in China and narrows to an item, a channel, a language.
2. ``figure`` and ``all_figures`` count in the database and return tables: volume, how questions ended, what
   stayed unanswered, why staff were called and how soon they answered, ratings, filings, pre-filling,
   deficiencies. Officers and supervisors see their province and fields; a figure says which narrowings its
   rows do not know.
3. ``tiles`` reads the numbers at the top off these tables; ``channels_in_use`` offers what can be chosen.
4. ``published_months`` is what everybody may know: monthly totals in which small numbers are withheld.

Nothing is written, and no person's row is read into memory; questions come as the traces hold them, masked.
"""

from bot.insights import volume
from bot.insights.figures import Cell, Column, Figure, Tile
from bot.insights.open_data import COLUMNS as PUBLISHED_COLUMNS
from bot.insights.open_data import FEWEST, PublishedMonth, published_months
from bot.insights.registry import FIGURES
from bot.insights.scope import READERS, hold_to_readers
from bot.insights.selection import MOST_DAYS, NARROWINGS, PERIODS, USUAL_DAYS, Selection, last_days
from bot.insights.summary import tiles
from core.database import reading
from core.errors import NotAvailable
from core.identity import Actor

__all__ = [
    "FEWEST",
    "FIGURE_NAMES",
    "MOST_DAYS",
    "NARROWINGS",
    "PERIODS",
    "PUBLISHED_COLUMNS",
    "READERS",
    "USUAL_DAYS",
    "Cell",
    "Column",
    "Figure",
    "PublishedMonth",
    "Selection",
    "Tile",
    "all_figures",
    "channels_in_use",
    "figure",
    "last_days",
    "published_months",
    "tiles",
]
FIGURE_NAMES = tuple(FIGURES)


def figure(actor: Actor, name: str, selection: Selection) -> Figure:
    """Return one figure.

    Args:
        actor: who looks; officers and supervisors see their province and fields.
        name: one of ``FIGURE_NAMES``.
        selection: the period and what it is narrowed to.

    Raises:
        NotAvailable: there is no such figure, or the actor may not see figures.
    """
    hold_to_readers(actor)
    if name not in FIGURES:
        raise NotAvailable
    definition = FIGURES[name]
    with reading() as session:
        rows = definition.rows(session, actor, selection)
    unheeded = [one for one in NARROWINGS if getattr(selection, one) and one not in definition.heeds]
    return Figure(name, definition.columns, tuple(rows), tuple(unheeded))


def all_figures(actor: Actor, selection: Selection) -> dict[str, Figure]:
    """Return every figure by its name, in the order of the dashboard.

    Raises:
        NotAvailable: the actor may not see figures.
    """
    return {name: figure(actor, name, selection) for name in FIGURES}


def channels_in_use(actor: Actor, selection: Selection) -> list[str]:
    """Return the channels of the period's conversations.

    Raises:
        NotAvailable: the actor may not see figures.
    """
    hold_to_readers(actor)
    with reading() as session:
        return volume.channels(session, actor, selection)

"""The regression set: every question that must lead to an entry or a provision, tried on an index.

It holds the standard and similar questions of every FAQ entry, shipped or curated, and the questions that
editors add. A question leads to an entry where that entry is the first of all FAQ entries found; to a
provision where it is among the first five.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from i18n.service import CONTENT_LOCALES
from knowledge_base.curation.content import LANGUAGES
from knowledge_base.curation.models import RegressionQuestion
from knowledge_base.embedding.base import Encoder
from knowledge_base.index.snapshot import Snapshot
from knowledge_base.passages import PassageView
from knowledge_base.search.query import SearchQuery
from knowledge_base.search.service import rank

PROVISIONS = 5
LOCALES = CONTENT_LOCALES


@dataclass(frozen=True)
class Asked:
    """One question of the set; ``negative`` ones must not lead to the entry named."""

    text: str
    language: str
    expected: str
    is_negative: bool = False


def of_entries(passages: Sequence[PassageView], key: str = "") -> list[Asked]:
    """Return the questions of FAQ entries; of one alone, its negative ones too."""
    found = []
    for view in passages:
        own = str(view.data.get("id", ""))
        if view.kind != "faq" or not own or (key and own != key):
            continue
        found += [Asked(text, view.language, own) for text in (view.heading, *view.search_texts)]
        if key:
            found += [Asked(text, view.language, own, True) for text in view.data.get("negative", ())]
    return list(dict.fromkeys(found))


def added(session: Session) -> list[Asked]:
    """Return the questions that editors added and those that came with released entries."""
    wanted = select(RegressionQuestion).where(~RegressionQuestion.is_waiting)
    rows = session.scalars(wanted.order_by(RegressionQuestion.added_at))
    return [Asked(row.text, row.language, row.expected) for row in rows]


class Trial:
    """An index and the entries in it, to put questions to on a day.

    Args:
        encoder: of an index whose encoder is not released yet.
    """

    def __init__(
        self, snapshot: Snapshot, passages: Sequence[PassageView], day: date, encoder: Encoder | None = None
    ) -> None:
        self._snapshot, self._encoder = snapshot, encoder
        self._day = day
        self._keys = {view.id: str(view.data.get("id", "")) for view in passages if view.kind == "faq"}

    def leads_to(self, asked: Asked) -> str:
        """Return what a question leads to: the expected provision where found, else the first entry."""
        locale = LOCALES.get(asked.language, LOCALES[LANGUAGES[0]])
        query = SearchQuery(asked.text, locale=locale, as_of=self._day)
        ranked = rank(self._snapshot, query, encoder=self._encoder)
        if "#" in asked.expected:
            found = [provision.key for provision in ranked.provisions[:PROVISIONS]]
            return asked.expected if asked.expected in found else "".join(found[:1])
        for place in ranked.order:
            key = self._keys.get(self._snapshot.entries.ids[int(ranked.found.positions[place])])
            if key:
                return key
        return ""


def is_met(asked: Asked, led_to: str) -> bool:
    """Whether a question led where it must."""
    return (led_to == asked.expected) is not asked.is_negative

"""Which service item a person means, by names and aliases."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from forms.items.catalogue import items

MIN_SCORE = 0.34
_STOP = frozenset(
    {"a", "an", "the", "of", "for", "to", "i", "want", "my", "do", "how", "and", "in", "on", "please", "is"}
)


@dataclass(frozen=True)
class ItemMatch:
    """A service item and how well it fits, 0 to 1."""

    code: str
    score: float


def find_service_items(text: str, locale: str, limit: int = 3) -> list[ItemMatch]:
    """Return the items that a text may mean, best first; empty where nothing fits.

    A name or alias found whole in the text counts by its length; otherwise the share of its character pairs
    (Chinese) or words (English) that the text holds. Both languages are looked at, whatever the locale.
    """
    wanted = _folded(text)
    scored = [
        ItemMatch(code, round(max(_score(name, wanted) for name in names), 3))
        for code, names in _names().items()
    ]
    fitting = [match for match in scored if match.score >= MIN_SCORE]
    return sorted(fitting, key=lambda match: (-match.score, match.code))[:limit]


@lru_cache(maxsize=1)
def _names() -> dict[str, tuple[str, ...]]:
    return {
        item.code: tuple(
            {_folded(n) for n in (item.name.zh, item.name.en, *item.aliases["zh"], *item.aliases["en"])}
        )
        for item in items().values()
    }


def _folded(text: str) -> str:
    return re.sub(r"[\s_]+", " ", unicodedata.normalize("NFKC", text[:2000]).casefold()).strip()


def _units(text: str) -> set[str]:
    words = {w.rstrip("s") for w in re.findall(r"[a-z0-9]+", text)} - _STOP
    pairs = {run[i : i + 2] for run in re.findall(r"[\u4e00-\u9fff]+", text) for i in range(len(run) - 1)}
    return words | pairs


def _score(name: str, wanted: str) -> float:
    if name and name in wanted:
        return min(1.0, 0.8 + len(_units(name)) / 50)
    mine, theirs = _units(name), _units(wanted)
    if not mine or not theirs:
        return 0.0
    shared = len(mine & theirs)
    return 0.75 * shared / len(mine) * min(1.0, 0.5 + shared / 4)

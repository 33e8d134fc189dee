"""Small units of text for comparing wordings: pairs of Chinese characters, stems of English words."""

import re

_RUNS = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]+")
_STOP = frozenset(
    """a an the of for to in on at by with from and or is are was be been do does did i we you it my our your
    its this that these those what which who how can could should must may will would have has had as if
    """.split()  # noqa: SIM905 - a word list reads better as text
)
_ENDINGS = ("ations", "ation", "ings", "ing", "ies", "ied", "ers", "er", "es", "ed", "s", "y")


def units(text: str) -> set[str]:
    """Return the units of a text; a single Chinese character that stands alone counts as it is."""
    found: set[str] = set()
    for run in _RUNS.findall(text.lower()):
        if run[0] > "z":
            found |= {run[i : i + 2] for i in range(len(run) - 1)} or {run}
        elif run not in _STOP:
            found.add(stem(run))
    return found


def stem(word: str) -> str:
    """Return an English word without its ending, at least four letters long.

    >>> stem("licences"), stem("renewal"), stem("fee")
    ('licenc', 'renewal', 'fee')
    """
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


def coverage(wanted: str, text: str) -> float:
    """Return the share of ``wanted``'s units that ``text`` holds; 1 where nothing is wanted."""
    asked = units(wanted)
    return len(asked & units(text)) / len(asked) if asked else 1.0


def likeness(one: str, other: str) -> float:
    """Return how alike two wordings are, 0 to 1: twice the shared units over all units."""
    mine, theirs = units(one), units(other)
    return 2 * len(mine & theirs) / (len(mine) + len(theirs)) if mine or theirs else 0.0

"""The glossary in front of the search: English and colloquial wordings bring the legal term along."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from i18n.glossary import entries

_SHORTEST = 2


class Glossary:
    """Wordings and the Chinese terms they stand for.

    Args:
        entries: ``{zh, en: [...], colloquial: [...]}``.
    """

    def __init__(self, entries: Sequence[Mapping[str, object]]) -> None:
        self._names = {str(entry["zh"]): words[0] for entry in entries if (words := _words(entry.get("en")))}
        self._english: dict[str, str] = {}
        self._colloquial: dict[str, str] = {}
        for entry in entries:
            for wording in _words(entry.get("en")):
                self._english.setdefault(_plain(wording), str(entry["zh"]))
            for wording in _words(entry.get("colloquial")):
                if len(wording) >= _SHORTEST:
                    self._colloquial.setdefault(wording, str(entry["zh"]))
        self._english_pattern = _pattern([rf"\b{re.escape(w)}(?:s|es)?\b" for w in _longest(self._english)])
        self._colloquial_pattern = _pattern([re.escape(w) for w in _longest(self._colloquial)])

    def in_english(self, term: str) -> str:
        """Return the English name of a Chinese term, "" where there is none."""
        return self._names.get(term, "")

    def expand(self, text: str, most: int) -> list[str]:
        """Return the Chinese terms that a text's wordings stand for, in order, each once."""
        found = []
        if self._english_pattern:
            for match in self._english_pattern.finditer(_plain(text)):
                found.append(
                    self._english.get(match[0]) or self._english.get(_singular(match[0], self._english))
                )
        if self._colloquial_pattern:
            found += [self._colloquial[m[0]] for m in self._colloquial_pattern.finditer(text)]
        return [term for term in dict.fromkeys(found) if term and term not in text][:most]


def _words(value: object) -> list[str]:
    return [str(word).strip() for word in value if str(word).strip()] if isinstance(value, list) else []


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s]", " ", text.lower()).split())


def _singular(word: str, known: Mapping[str, str]) -> str:
    return next((word[:-cut] for cut in (2, 1) if word[:-cut] in known), "")


def _longest(words: Mapping[str, str]) -> list[str]:
    return sorted(words, key=len, reverse=True)


def _pattern(parts: Sequence[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(parts)) if parts else None


@lru_cache(maxsize=1)
def glossary() -> Glossary:
    """Return the product's glossary: ``glossary*.yml`` of the i18n package, in the order of their names."""
    return Glossary(entries())

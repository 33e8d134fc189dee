"""What an entry says: question and answer in both languages, wordings, basis."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from core.text import visible

LANGUAGES = ("zh", "en")
MAX_QUESTION, MAX_ANSWER, MAX_WORDINGS = 200, 4000, 40
_MARKS = re.compile("[\u300a\u300b\\s]")
_ARTICLE = re.compile(r"#\d{1,4}(-\d{1,3})?$")


def clean(text: object) -> str:
    """Return a text without invisible characters, in one normal form, with plain line ends."""
    plain = unicodedata.normalize("NFC", str(text or "")).replace("\r\n", "\n").replace("\r", "\n")
    return visible(plain).strip()


def _both(value: object) -> dict[str, str]:
    given = value if isinstance(value, Mapping) else {}
    return {language: clean(given.get(language)) for language in LANGUAGES}


def _lists(value: object) -> dict[str, tuple[str, ...]]:
    given = value if isinstance(value, Mapping) else {}
    return {language: _distinct(given.get(language) or ()) for language in LANGUAGES}


def _distinct(texts: Iterable[object]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in map(clean, texts) if text))


@dataclass(frozen=True)
class EntryContent:
    """The words of one version.

    Attributes:
        question: the standard question by language (``zh``, ``en``); ``answer`` likewise.
        similar: further wordings by language that must lead to the entry; ``negative`` must not.
        basis: provisions, each ``law#article``.
    """

    question: dict[str, str] = field(default_factory=lambda: _both(None))
    answer: dict[str, str] = field(default_factory=lambda: _both(None))
    similar: dict[str, tuple[str, ...]] = field(default_factory=lambda: _lists(None))
    negative: dict[str, tuple[str, ...]] = field(default_factory=lambda: _lists(None))
    basis: tuple[str, ...] = ()
    service_item_code: str = ""
    topic: str = ""

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> "EntryContent":
        """Read what a person or a file gives; missing parts are empty and told by the checks."""
        return cls(
            question=_both(fields.get("question")),
            answer=_both(fields.get("answer")),
            similar=_lists(fields.get("similar")),
            negative=_lists(fields.get("negative")),
            basis=tuple(_MARKS.sub("", key) for key in _distinct(fields.get("basis") or ())),
            service_item_code=clean(fields.get("service_item_code") or fields.get("service_item")),
            topic=clean(fields.get("topic")),
        )

    def to_json(self) -> dict[str, Any]:
        """Return the stored form."""
        plain = asdict(self)
        for name in ("similar", "negative"):
            plain[name] = {language: list(plain[name][language]) for language in LANGUAGES}
        return plain | {"basis": list(self.basis)}

    def wordings(self, language: str) -> tuple[str, ...]:
        """Return the standard and the similar questions."""
        return tuple(dict.fromkeys(q for q in (self.question[language], *self.similar[language]) if q))

    def texts(self) -> list[str]:
        """Return every text that people would read or that would be searched."""
        parts = [*self.question.values(), *self.answer.values()]
        return [*parts, *(t for group in (self.similar, self.negative) for ts in group.values() for t in ts)]


def is_provision(key: str) -> bool:
    """Whether a basis is written as ``law#article``.

    >>> is_provision("A#14"), is_provision("A#14-1"), is_provision("A"), is_provision("#3")
    (True, True, False, False)
    """
    return bool(_ARTICLE.search(key)) and not key.startswith("#")

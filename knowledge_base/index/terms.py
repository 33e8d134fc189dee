"""Search terms: Chinese characters and their bigrams, numbers, English words lightly stemmed."""

import re
import unicodedata
from pathlib import Path

_RUNS = re.compile(r"[a-z]+(?:'[a-z]+)?|[0-9]+|[\u3400-\u9fff]+")
_STOP = frozenset((Path(__file__).parent / "stop_words.txt").read_text("utf-8").split())
_SUFFIXES = (
    ("ies", "y"), ("sses", "ss"), ("ments", "ment"), ("ations", "ate"), ("ation", "ate"), ("ings", ""),
    ("ing", ""), ("ers", "er"), ("ed", ""), ("es", "e"), ("s", ""),
)  # fmt: skip
_SHORTEST_STEM = 3
_BEYOND_LATIN = "\u2fff"


def terms(text: str) -> list[str]:
    """Return the terms of a text, repeated as often as they occur.

    >>> terms("药品 GMP licences")
    ['药', '品', '药品', 'gmp', 'licens']
    """
    found: list[str] = []
    for run in _RUNS.findall(unicodedata.normalize("NFKC", text).lower()):
        if run[0] > _BEYOND_LATIN:
            found += [*run, *(run[i : i + 2] for i in range(len(run) - 1))]
        elif run.isdigit():
            found.append(run)
        elif run not in _STOP and len(run) > 1:
            found.append(stem(run.removesuffix("'s")))
    return found


def stem(word: str) -> str:
    """Return a word without its commonest endings; a final e is dropped so that forms meet.

    >>> stem("licensing") == stem("licenses") == stem("license")
    True
    """
    word = word.replace("licenc", "licens")
    for suffix, instead in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= _SHORTEST_STEM:
            word = word[: len(word) - len(suffix)] + instead
            break
    if word.endswith("e") and len(word) > _SHORTEST_STEM:
        word = word[:-1]
    return word

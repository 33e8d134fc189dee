"""Align the paragraphs of a Chinese text with those of its English twin by length and numbers."""

import re
from collections.abc import Iterator
from math import log

import numpy as np

_HAN = re.compile(r"[一-鿿]")
_NUMBER = re.compile(r"\d+")
_BAND = 40  # how far the two texts may drift apart, in paragraphs
_SKIP_COST = 0.8
_NUMBERS_DIFFER_COST = 0.7
_LETTERS_PER_CHARACTER = 3.0


def _costs(chinese: str, english: str, numbers: tuple[frozenset[str], frozenset[str]]) -> float:
    length = abs(log((len(english) + 6) / (_LETTERS_PER_CHARACTER * len(chinese) + 6)))
    return length + (_NUMBERS_DIFFER_COST if numbers[0] != numbers[1] else 0.0)


def align(chinese: list[str], english: list[str]) -> list[tuple[int, int]]:
    """Return the cheapest monotone one-to-one alignment as (chinese index, english index) pairs.

    Dynamic programming in a band around the diagonal; a paragraph may stay alone at a fixed cost.
    """
    rows, columns = len(chinese), len(english)
    if not rows or not columns or abs(rows - columns) > _BAND:
        return []
    zh_numbers = [frozenset(_NUMBER.findall(text)) for text in chinese]
    en_numbers = [frozenset(_NUMBER.findall(text)) for text in english]
    cost = np.full((rows + 1, columns + 1), np.inf, dtype=np.float32)
    step = np.zeros((rows + 1, columns + 1), dtype=np.int8)
    cost[0, 0] = 0.0
    for i in range(rows + 1):
        middle = i * columns // rows
        for j in range(max(0, middle - _BAND), min(columns, middle + _BAND) + 1):
            if i and j:
                pair = _costs(chinese[i - 1], english[j - 1], (zh_numbers[i - 1], en_numbers[j - 1]))
                cost[i, j], step[i, j] = cost[i - 1, j - 1] + pair, 1
            if i and cost[i - 1, j] + _SKIP_COST < cost[i, j]:
                cost[i, j], step[i, j] = cost[i - 1, j] + _SKIP_COST, 2
            if j and cost[i, j - 1] + _SKIP_COST < cost[i, j]:
                cost[i, j], step[i, j] = cost[i, j - 1] + _SKIP_COST, 3
    return _trace(step)


def _trace(step: "np.ndarray[tuple[int, int], np.dtype[np.int8]]") -> list[tuple[int, int]]:
    i, j = step.shape[0] - 1, step.shape[1] - 1
    found = []
    while i or j:
        if step[i, j] == 1:
            i, j = i - 1, j - 1
            found.append((i, j))
        elif step[i, j] == 2:
            i -= 1
        else:
            j -= 1
    return found[::-1]


def _han_share(text: str) -> float:
    return len(_HAN.findall(text)) / max(1, len(text))


def aligned_pairs(chinese: list[str], english: list[str]) -> Iterator[tuple[str, str]]:
    """Yield (english, chinese) paragraphs whose scripts and proportions make them likely translations."""
    for i, j in align(chinese, english):
        zh, en = chinese[i], english[j]
        in_script = _han_share(zh) > 0.4 and _han_share(en) < 0.02
        if in_script and len(zh) >= 8 and 1.2 <= len(en) / len(zh) <= 6.5:
            yield en, zh

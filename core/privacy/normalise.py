"""Undo the disguises of numbers before matching, keeping a map back to the text as typed."""

import unicodedata
from dataclasses import dataclass

_DIGITS = {c: str(i) for i, c in enumerate("〇一二三四五六七八九")} | {
    "零": "0",
    "壹": "1",
    "贰": "2",
    "叁": "3",
}
_DIGITS |= {"肆": "4", "伍": "5", "陆": "6", "柒": "7", "捌": "8", "玖": "9", "幺": "1"}
_IGNORED = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad")
_SEPARATORS = frozenset(" -_.·\u3000\t")


@dataclass(frozen=True)
class Normalised:
    """Text for matching; ``offsets[i]`` is where character ``i`` stands in the text as typed."""

    text: str
    offsets: tuple[int, ...]


def normalise(text: str) -> Normalised:
    """NFKC, no zero-width characters, Chinese digits as ASCII, no separators between digits."""
    pairs: list[tuple[str, int]] = []
    for position, character in enumerate(text):
        if character in _IGNORED:
            continue
        for plain in unicodedata.normalize("NFKC", character):
            pairs.append((_DIGITS.get(plain, plain), position))
    kept = [pair for index, pair in enumerate(pairs) if not _splits_digits(pairs, index)]
    return Normalised("".join(c for c, _ in kept), tuple(p for _, p in kept))


def _splits_digits(pairs: list[tuple[str, int]], index: int) -> bool:
    if pairs[index][0] not in _SEPARATORS:
        return False
    before = next((c for c, _ in reversed(pairs[:index][-4:]) if c not in _SEPARATORS), "")
    after = next((c for c, _ in pairs[index + 1 : index + 5] if c not in _SEPARATORS), "")
    return before.isdigit() and (after.isdigit() or after in {"X", "x"})

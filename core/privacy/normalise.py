"""Undo the disguises of text before matching, keeping a map back to the text as typed.

1. Compatibility forms are unified (NFKC: full width, circled, mathematical digits), signs that nobody sees
   are left out, letters that only look Latin become Latin ones. That is ``text``.
2. ``figures`` is as long as ``text``; digits written in Chinese or in another script are ASCII digits in it,
   and so are the letters O, l and I where they stand for digits within a number.

Source: Unicode Technical Standard 39 (confusable characters); GB/T 15835-2011 (digits in Chinese text).
"""

import re
import unicodedata
from dataclasses import dataclass

_SPELLED = "〇一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖", "零壹貳參肆伍陸柒捌玖"
_DIGITS = {ord(c): str(value) for digits in _SPELLED for value, c in enumerate(digits)} | {
    ord("幺"): "1",
    ord("弌"): "1",
    ord("两"): "2",
    ord("○"): "0",
    ord("◯"): "0",
    ord("⓿"): "0",
}
_CIRCLED = {ord(first) + i: str(i + 1) for first in "❶➀➊⓵" for i in range(9)}
# Cyrillic, Greek and other letters beside the Latin ones that they look like.
_LATIN = str.maketrans(
    "авеікмнорстухѕјАВЕІКМНОРСТУХЅЈαικνορτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧһԁɡⅼ",
    "abeikmhopctyxsjABEIKMHOPCTYXSJaikvoptuxABEZHIKMNOPTYXhdgl",
)
_UNSEEN = frozenset({"Cf", "Mn", "Me"})
_PLAIN = re.compile(r"[\x20-\x7e\n\u3001\u3002\u4e00-\u9fff]*")
_AS_DIGITS = str.maketrans("OolI|i", "001111")
_LETTERS_IN_NUMBER = re.compile(
    r"(?<![A-Za-z])(?=(?:[0-9OolI|i][ .\-]?){10,}(?![A-Za-z]))(?:[0-9OolI|i][ .\-]?)*[0-9OolI|i]"
)
_FEWEST_REAL = 6


@dataclass(frozen=True)
class Normalised:
    """Text for matching; ``offsets[i]`` is where character ``i`` stands in the text as typed."""

    text: str
    figures: str
    offsets: tuple[int, ...]


def normalise(text: str) -> Normalised:
    """Return the text without its disguises."""
    if _PLAIN.fullmatch(text):
        return Normalised(text, _figures(text), tuple(range(len(text))))
    pairs: list[tuple[str, int]] = []
    for position, character in enumerate(text):
        if character < "\x7f" or "\u4e00" <= character <= "\u9fff":
            pairs.append((character, position))
            continue
        known = _CIRCLED.get(ord(character))
        for plain in known or unicodedata.normalize("NFKC", character):
            if unicodedata.category(plain) not in _UNSEEN:
                pairs.append((plain, position))
    plain_text = "".join(pair[0] for pair in pairs).translate(_LATIN)
    return Normalised(plain_text, _figures(plain_text), tuple(pair[1] for pair in pairs))


def _figures(text: str) -> str:
    found = text.translate(_DIGITS)
    if not found.isascii():
        found = "".join(str(unicodedata.decimal(c)) if c > "\x7f" and c.isdecimal() else c for c in found)
    return _LETTERS_IN_NUMBER.sub(_as_digits, found)


def _as_digits(match: re.Match[str]) -> str:
    found = match.group()
    is_number = sum(character.isdigit() for character in found) >= _FEWEST_REAL
    return found.translate(_AS_DIGITS) if is_number else found

"""Which of a list of options a person means.

1. Exactly: the option's value, label, synonym, or its place in the list ("2", "第二个", "the second").
2. Else loosely: the one option whose name stands in what was typed ("我们是自己生产的"), or the one whose
   name holds it ("自己"). Where a denial or an "or" stands beside it, or two fit, nothing is chosen: the
   question is put again rather than answered wrongly.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from forms.items.basics import Option
from i18n.characters import simplified

WORDS = Path(__file__).parent / "choosing.yml"
SHORTEST_NAME = 2
LONGEST_REST = 12


@lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    raw: dict[str, Any] = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    compiled = {name: re.compile(raw[name]) for name in ("ordinal", "denials", "doubts")}
    return {**raw, **compiled}


def folded(text: str) -> str:
    """Return a text without case, width and final punctuation, in simplified characters."""
    return re.sub(r"[\s。.!！]+$", "", simplified(unicodedata.normalize("NFKC", text)).casefold().strip())


def match_option(options: Sequence[Option] | Any, raw: str) -> str | None:
    """Return the value of the option that a person means: by value, label, synonym or place in the list."""
    wanted = folded(raw)
    for option in options:
        if wanted in _names(option):
            return str(option.value)
    place = _place(wanted)
    return str(options[place - 1].value) if 1 <= place <= len(options) else None


def match_loosely(options: Sequence[Option] | Any, raw: str) -> str | None:
    """Return what ``match_option`` does, else the one option that the words name among others."""
    exact = match_option(options, raw)
    if exact is not None:
        return exact
    wanted = folded(raw)
    found = _only(
        options, wanted, lambda name: _holds(wanted, name) and len(wanted) - len(name) <= LONGEST_REST
    )
    if found is not None:
        rest = wanted.replace(found[1], " ")
        return None if _words()["denials"].search(rest) or _words()["doubts"].search(rest) else found[0]
    if len(wanted) < SHORTEST_NAME:
        return None
    found = _only(options, wanted, lambda name: _holds(name, wanted) and not _is_denied(name, wanted))
    return found[0] if found else None


def _holds(text: str, part: str) -> bool:
    """Whether a text holds a part, Latin letters as whole words."""
    return re.search(rf"(?<![a-z]){re.escape(part)}(?![a-z])", text) is not None


def _is_denied(name: str, wanted: str) -> bool:
    return bool(_words()["denials"].search(name.replace(wanted, " ")))


def _names(option: Option) -> list[str]:
    return [folded(name) for name in (option.value, option.label.zh, option.label.en, *option.synonyms)]


def _place(wanted: str) -> int:
    match = _words()["ordinal"].fullmatch(wanted)
    if match is None:
        return 0
    number = match["number"] or match["word"]
    return int(number) if number.isdigit() else int(_words()["numbers"][number])


def _only(options: Sequence[Option], wanted: str, fits: Callable[[str], bool]) -> tuple[str, str] | None:
    """Return (value, name) of the one option with a fitting name; a name inside another's does not count."""
    hits = [
        (str(option.value), name)
        for option in options
        for name in _names(option)
        if len(name) >= SHORTEST_NAME and fits(name)
    ]
    longest = [hit for hit in hits if not any(hit[1] != other[1] and hit[1] in other[1] for other in hits)]
    return longest[0] if len({value for value, _ in longest}) == 1 else None

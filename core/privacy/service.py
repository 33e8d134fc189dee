"""Personal data in what people type.

1. ``find_personal_data`` normalises the text (disguised numbers too) and finds resident identity numbers,
   mobile numbers, bank cards and e-mail addresses, checked by their check digits.
2. ``mask_text`` blanks them, for everything that leaves the conversation: traces, logs, tasks.
3. ``mask_value`` shows a stored value partly, for screens.
4. ``classification_mark`` finds marks of state secrets; such a message is refused and its text not stored.

Source: GB 11643-1999 (identity numbers), 个人信息保护法 第6、28条, 保守国家秘密法.
"""

import re
from dataclasses import dataclass

import phonenumbers
from stdnum import luhn
from stdnum.cn import ric

from core.privacy.normalise import normalise

_ID = re.compile(r"(?<![0-9])[1-9][0-9]{16}[0-9Xx](?![0-9])")
_MOBILE = re.compile(r"(?<![0-9])(?:\+?86)?(1[3-9][0-9]{9})(?![0-9])")
_CARD = re.compile(r"(?<![0-9])[3-6][0-9]{14,18}(?![0-9])")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_MARK = re.compile(
    r"(?:绝密|机密|秘密)\s*[★☆*]|[【\[（(](?:绝密|机密|秘密|内部资料)[】\]）)]|内部资料[，,\s]*(?:注意保存|严禁外传)"
)


@dataclass(frozen=True)
class Finding:
    """Personal data found in a text; offsets are those of the text as typed."""

    kind: str
    start: int
    end: int


def find_personal_data(text: str) -> list[Finding]:
    """Return what was found, in order and without overlaps."""
    plain = normalise(text)
    found: list[Finding] = []
    for kind, pattern, is_real in (
        ("id_number", _ID, ric.is_valid),
        ("mobile", _MOBILE, _is_mobile),
        ("bank_card", _CARD, luhn.is_valid),
        ("email", _EMAIL, bool),
    ):
        for match in pattern.finditer(plain.text):
            start, end = plain.offsets[match.start()], plain.offsets[match.end() - 1] + 1
            overlaps = any(start < other.end and other.start < end for other in found)
            if not overlaps and is_real(match.group()):
                found.append(Finding(kind, start, end))
    return sorted(found, key=lambda finding: finding.start)


def _is_mobile(digits: str) -> bool:
    number = phonenumbers.parse(digits, "CN")
    return phonenumbers.is_possible_number(number)


def mask_text(text: str) -> str:
    """Replace every finding by ``[kind]``."""
    for finding in reversed(find_personal_data(text)):
        text = f"{text[: finding.start]}[{finding.kind}]{text[finding.end :]}"
    return text


def mask_value(kind: str, value: str) -> str:
    """Show a value partly.

    Args:
        kind: ``id_number`` keeps 3 + 4 characters, ``mobile`` 3 + 4, ``name`` the first,
            ``address`` the first six; anything else keeps the first and the last character.
        value: the full value.
    """
    keep = {"id_number": (3, 4), "mobile": (3, 4), "name": (1, 0), "address": (6, 0)}.get(kind, (1, 1))
    head, tail = keep
    if len(value) <= head + tail:
        return "*" * len(value)
    hidden = "*" * (len(value) - head - tail)
    return value[:head] + hidden + (value[-tail:] if tail else "")


def classification_mark(text: str) -> str | None:
    """Return the mark of a state secret or internal paper that the text carries, or None."""
    match = _MARK.search(text)
    return match.group() if match else None

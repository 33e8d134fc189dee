"""Dates as people write them: 2026-11-25, 2026年11月25日, 20261125, 25 November 2026."""

import re
from datetime import date, datetime

_NUMBERS = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_ENGLISH = ("%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%B %d %Y", "%b %d %Y")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF5B)}


def read_date(raw: str) -> str | None:
    """Return the date as ``YYYY-MM-DD``; None if it is none, or does not exist."""
    text = raw.translate(_FULL_WIDTH).strip()
    match = _NUMBERS.fullmatch(text) or _COMPACT.fullmatch(text)
    if match:
        year, month, day = map(int, match.groups())
        try:
            return date(year, month, day).isoformat()
        except ValueError:
            return None
    return _english(text)


def _english(text: str) -> str | None:
    for shape in _ENGLISH:
        try:
            return datetime.strptime(text, shape).date().isoformat()
        except ValueError:
            continue
    return None

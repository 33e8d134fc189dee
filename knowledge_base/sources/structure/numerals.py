"""Chinese numerals and dates."""

import re
from datetime import date

NUMERAL = "零\u3007一二三四五六七八九十百千两0-9\uff10-\uff19"
_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"\u3007": 0, "两": 2}
_CHINESE = "零一二三四五六七八九"
_LARGEST = 9_999
_UNITS = {"十": 10, "百": 100, "千": 1000}
_DATE = re.compile(
    r"(?P<year>\d{4}|[零\u3007一二三四五六七八九]{4})\s*年\s*"
    r"(?P<month>\d{1,2}|[一二三四五六七八九十]{1,2})\s*月\s*"
    r"(?P<day>\d{1,2}|[一二三四五六七八九十]{1,3})\s*日"
)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")


def parse_numeral(numeral: str) -> int:
    """Return the value of a numeral below ten thousand, Chinese or Arabic.

    >>> parse_numeral("一百二十四")
    124
    """
    if numeral.isdecimal():
        return int(numeral)
    if len(numeral) > 1 and not any(c in _UNITS for c in numeral):
        return int("".join(str(_DIGITS[c]) for c in numeral))
    total, digit = 0, 0
    for character in numeral:
        if character in _UNITS:
            total += (digit or 1) * _UNITS[character]
            digit = 0
        else:
            digit = _DIGITS[character]
    return total + digit


def chinese_numeral(value: int) -> str:
    """Return a number from 0 to 9,999 as law texts write it.

    >>> chinese_numeral(110), chinese_numeral(1005), chinese_numeral(12)
    ('一百一十', '一千零五', '十二')

    Raises:
        ValueError: it is greater, or negative.
    """
    if not 0 <= value <= _LARGEST:
        raise ValueError(value)
    text, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, value = divmod(value, unit)
        if digit:
            text += ("零" if gap else "") + _CHINESE[digit] + name
            gap = False
        else:
            gap = bool(text)
    return text.removeprefix("一") if text.startswith("一十") else text or "零"


def dates_in(text: str) -> list[date]:
    """Return the dates of a text in order; impossible ones are left out.

    >>> dates_in("自一九九三年一月一日起施行")
    [datetime.date(1993, 1, 1)]
    """
    found = [_date(m["year"], m["month"], m["day"]) for m in _DATE.finditer(text)]
    return [day for day in found if day]


def without_dates(text: str) -> str:
    """Return a text without its Chinese dates."""
    return _DATE.sub("", text)


def is_date(text: str) -> bool:
    """Whether a line is nothing but a date."""
    return bool(_DATE.fullmatch(text.strip()))


def iso_date(text: str) -> date | None:
    """Return the first ``YYYY-MM-DD`` of a text."""
    found = _ISO.search(text)
    return _date(*found.groups()) if found else None


def _date(year: str, month: str, day: str) -> date | None:
    try:
        return date(parse_numeral(year), parse_numeral(month), parse_numeral(day))
    except ValueError:
        return None

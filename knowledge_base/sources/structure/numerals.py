"""Chinese numerals and dates."""

import re
from datetime import date

NUMERAL = "零\u3007一二三四五六七八九十百千两0-9\uff10-\uff19"
_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"\u3007": 0, "两": 2}
_CHINESE = "零一二三四五六七八九"
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
    """Return a number below a thousand as law texts write it.

    >>> chinese_numeral(110)
    '一百一十'
    """
    hundreds, rest = divmod(value, 100)
    tens, ones = divmod(rest, 10)
    text = f"{_CHINESE[hundreds]}百" if hundreds else ""
    if hundreds and rest and not tens:
        text += "零"
    if tens:
        text += ("" if tens == 1 and not hundreds else _CHINESE[tens]) + "十"
    return text + (_CHINESE[ones] if ones or not value else "")


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

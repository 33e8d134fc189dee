"""Chinese numerals of article numbers."""

import re

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"\u3007": 0}
_UNITS = {"十": 10, "百": 100, "千": 1000}


def parse_numeral(numeral: str) -> int:
    """Return the value of a Chinese numeral below ten thousand.

    >>> parse_numeral("一百二十四")
    124
    """
    total, digit = 0, 0
    for character in numeral:
        if character in _UNITS:
            total += (digit or 1) * _UNITS[character]
            digit = 0
        else:
            digit = _DIGITS[character]
    return total + digit


def article_number(label: str) -> str:
    """Return the number in an article label.

    >>> article_number("第十四条之一")
    '14-1'
    """
    main, *inserted = re.findall(r"[零〇一二三四五六七八九十百千]+", label)
    return "-".join(str(parse_numeral(part)) for part in (main, *inserted))

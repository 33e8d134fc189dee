"""Where a local rule applies: provinces, and the cities in them."""

import re
from functools import lru_cache
from pathlib import Path

from core.content import read_yaml

DATA = Path(__file__).parent / "data"
_ENDING = re.compile(r"(省|市|壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区)$")
_SHORTEST_CITY = 2


@lru_cache(maxsize=1)
def provinces() -> dict[str, str]:
    """Return full names by two-digit code."""
    return {code: str(entry["province"]) for code, entry in _places().items()}


@lru_cache(maxsize=1)
def _places() -> dict[str, dict[str, list[str] | str]]:
    loaded: dict[str, dict[str, list[str] | str]] = read_yaml(DATA / "places.yml")
    return loaded


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    names: dict[str, str] = {}
    for entry in _places().values():
        province = str(entry["province"])
        for place in (province, *entry["cities"]):
            names[place] = province
            short = _ENDING.sub("", place)
            if len(short) >= _SHORTEST_CITY:
                names.setdefault(short, province)
    return names


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    return _any_of(list(_names()))


@lru_cache(maxsize=1)
def _pattern_in_text() -> re.Pattern[str]:
    """Short names of cities are left out: 通化 stands in 普通化妆品; so is 上海 after 网 (网上海外购)."""
    whole = [name for name in _names() if _ENDING.search(name) or name[-1] in "州盟区"]
    short = [_ENDING.sub("", province) for province in provinces().values()]
    return re.compile(rf"(?<![网线])(?:{_any_of([*whole, *short]).pattern})")


def _any_of(names: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, names), key=len, reverse=True)))


def province_of(place: str) -> str:
    """Return the full province name for a name, a short name, a city or a two-digit code; "" if unknown.

    >>> province_of("唐山市")
    '河北省'
    """
    return _names().get(place) or provinces().get(place[:2] if place[:2].isdigit() else "", "")


def province_at_start(title: str) -> str:
    """Return the province of the place a title begins with."""
    found = _pattern().match(title)
    return _names()[found[0]] if found else ""


def provinces_named(text: str) -> frozenset[str]:
    """Return the provinces that a text names, by themselves or by a city's full name."""
    return frozenset(_names()[m[0]] for m in _pattern_in_text().finditer(text))

"""Administrative divisions: GB/T 2260 codes from python-stdnum, provinces from ``data/provinces.yml``."""

import re
from functools import lru_cache

from stdnum import numdb

from core.content import read_yaml
from forms.items.catalogue import DATA

MUNICIPALITIES = frozenset({"11", "12", "31", "50"})


@lru_cache(maxsize=1)
def provinces() -> dict[str, dict[str, str]]:
    """Return the provinces by their two digits: ``short``, ``zh``, ``en``."""
    loaded: dict[str, dict[str, str]] = read_yaml(DATA / "provinces.yml")
    return loaded


def province_of(region_code: str) -> str | None:
    """Return the short name (沪) of the province that a division lies in."""
    found = provinces().get(region_code[:2])
    return found["short"] if found else None


@lru_cache(maxsize=4096)
def region_name(region_code: str) -> str | None:
    """Return a division's name today, such as 上海市浦东新区; None if there is no such division."""
    if re.fullmatch(r"[1-9][0-9]{5}", region_code) is None:
        return None
    parts = numdb.get("cn/loc").info(region_code)
    if len(parts) != 2 or not parts[1][1]:
        return None
    county = _current(parts[1][1].get("county", ""))
    province = str(parts[0][1].get("province", ""))
    return f"{province}{_city(region_code)}{county}" if county else None


def _city(region_code: str) -> str:
    parts = numdb.get("cn/loc").info(f"{region_code[:4]}00")
    if region_code.endswith("00") or len(parts) != 2 or region_code[:2] in MUNICIPALITIES:
        return ""
    return _current(parts[1][1].get("county", ""))


def _current(names: str) -> str:
    """Take today's name out of ``[1960-1992]a,[1992-]b``."""
    for name in names.split(","):
        span, _, rest = name.rpartition("]")
        if not span or span.endswith("-"):
            return rest
    return ""

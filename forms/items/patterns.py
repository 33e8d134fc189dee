"""Shapes of identifiers and numbers: regular expressions and check digits, from ``data/patterns.yml``."""

import re
from collections.abc import Callable
from functools import lru_cache
from ipaddress import ip_address
from typing import Any

from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

from core import clock
from core.content import read_yaml
from forms.items.catalogue import DATA
from i18n.service import content_language


def _is_identity_number(number: str) -> bool:
    """Check digit and birth date. The place is left out: numbers keep the code of the day they were given."""
    try:
        born = ric.get_birth_date(number)
    except ValidationError:
        return False
    return born <= clock.today() and number[-1] == ric.calc_check_digit(number)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


CHECKS: dict[str, Callable[[str], bool]] = {
    "uscc": uscc.is_valid,
    "ric": _is_identity_number,
    "ip": _is_address,
}


@lru_cache(maxsize=1)
def _patterns() -> dict[str, dict[str, Any]]:
    loaded: dict[str, dict[str, Any]] = read_yaml(DATA / "patterns.yml")
    return loaded


def pattern_names() -> frozenset[str]:
    """Return the names that a field's ``pattern`` may have."""
    return frozenset(_patterns())


def matches(name: str, value: str) -> bool:
    """Whether a value has the named shape, its check digit included."""
    spec = _patterns()[name]
    if re.fullmatch(spec["regex"], value) is None:
        return False
    check = spec.get("check")
    return check is None or CHECKS[check](value)


_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF5B)}


def tidy(name: str, raw: str) -> str:
    """Write an identifier as its shape wants it: half-width letters and digits, no blanks, its case."""
    text = re.sub(r"\s+", "", raw.translate(_FULL_WIDTH))
    match _patterns()[name].get("case"):
        case "keep":
            return text
        case "lower":
            return text.lower()
    return text.upper()


def shape(name: str, locale: str) -> tuple[str, str]:
    """Return in words how a number looks, and an example."""
    spec = _patterns()[name]
    return spec["shape"][content_language(locale)], spec["example"]

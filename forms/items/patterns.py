"""Shapes of identifiers and numbers: regular expressions and check digits, from ``data/patterns.yml``."""

import re
from collections.abc import Callable
from functools import lru_cache

from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

from core import clock
from core.content import read_yaml
from forms.items.catalogue import DATA


def _is_identity_number(number: str) -> bool:
    """Check digit and birth date. The place is left out: numbers keep the code of the day they were given."""
    try:
        born = ric.get_birth_date(number)
    except ValidationError:
        return False
    return born <= clock.today() and number[-1] == ric.calc_check_digit(number)


CHECKS: dict[str, Callable[[str], bool]] = {"uscc": uscc.is_valid, "ric": _is_identity_number}


@lru_cache(maxsize=1)
def _patterns() -> dict[str, dict[str, str]]:
    loaded: dict[str, dict[str, str]] = read_yaml(DATA / "patterns.yml")
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

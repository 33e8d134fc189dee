"""Valid identifiers for things that do not exist. Sources: GB 32100-2015, GB 11714-1997, GB 11643-1999."""

from datetime import date, timedelta
from random import Random

from stdnum.cn import ric, uscc

from core.errors import InvariantBroken

_ORGANISATION = "0123456789ABCDEFGHJKLMNPQRTUWXY"
FALLBACK_PLACE = "110101"
_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def make_uscc(rng: Random, region_code: str) -> str:
    """Return a unified social credit code of an enterprise (91) with both check characters right."""
    body = "MA" + "".join(rng.choice(_ORGANISATION) for _ in range(6))
    values = [int(c) if c.isdigit() else ord(c) - 55 for c in body]
    check = (11 - sum(w * v for w, v in zip(_WEIGHTS, values, strict=True)) % 11) % 11
    number = f"91{region_code}{body}{'X' if check == 10 else check}"
    return number + str(uscc.calc_check_digit(number))


def make_id_number(rng: Random, region_code: str, today: date) -> str:
    """Return a resident identity number of an adult, with a place that existed in the year of birth."""
    for place in (*(region_code,) * 8, FALLBACK_PLACE):
        born = today - timedelta(days=rng.randint(25 * 366, 60 * 365))
        body = f"{place}{born:%Y%m%d}{rng.randint(0, 999):03d}"
        number = body + str(ric.calc_check_digit(f"{body}0"))
        if ric.is_valid(number):
            return number
    raise InvariantBroken("forms.synthetic_identity_impossible")


def make_mobile(rng: Random) -> str:
    """Return a number of 11 digits in a mobile range."""
    return f"1{rng.choice('35789')}{rng.randint(0, 9)}{rng.randint(0, 99999999):08d}"

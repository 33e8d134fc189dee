"""Numbers that are a person's: found among digits however they are grouped, held to their check digits.

1. ``figures`` is cut into pieces of digits; pieces between which only separators stand belong together.
2. Each span of neighbouring pieces is tried as resident identity number (18 digits with check digit and date
   of birth, or the older 15), bank card (issuer's range, length, Luhn), mobile number, landline.
3. Spans that a label claims for a thing (批准文号, 备案号, 统一社会信用代码, UDI …) are no person's.

Source: GB 11643-1999 (identity numbers), GB 32100-2015 (unified social credit codes, no personal data),
ISO/IEC 7812-1 (card numbers), 电信网编号计划 (2017) for telephone numbers.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from stdnum import luhn
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_2

_PIECE = re.compile(r"[0-9]+")
_SPACED = re.compile(r"[ \t\-_.·•・‧,，、/\\~*—–―\u2010\u2011()|#=]{0,3}")
_PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
        "83",
        "91",
    ]
)
_LANDLINE = re.compile(r"(?:(?:00)?86)?0?(?:(?:10|2[0-57-9])[2-8]\d{7}|[3-9]\d{2}[2-8]\d{6,7})")
_MOBILE = re.compile(r"(?:(?:00)?86)?1(?:3\d|4[014-9]|5[0-35-9]|6[2567]|7[0-8]|8\d|9[0-35-9])\d{8}")
_CARD = re.compile(
    r"62\d{14,17}|4\d{15}|4\d{18}|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|"
    r"35\d{14}|9[0-9]\d{14}|9[0-9]\d{17}|60\d{14,17}|6[1345]\d{14}|"
    r"68\d{14,17}|69\d{14,17}"
)
_THING = re.compile(
    r"(?:准字|准予|注准|械备|备案号?|备案凭证号?|批准文号|注册证号?|"
    r"许可证号?|文号|批号|序列号|流水号?|受理号|办件号|编号|订单号?|"
    r"条形?码|信用代码|注册号|执照号?|税号|UDI|DI码?|GTIN|SN|No|第|"
    r"\[\d{4}\]|\u3014\d{4}\u3015)[^\w]{0,4}[A-Za-z]{0,3}$",
    re.IGNORECASE,
)
_IDENTITY = re.compile(
    r"身份|身分|证件|證件|公民|户口|戶口|居民|\bID\b|\bidentity|实名|本人证|SFZ|sfz|工作证|社保",
    re.IGNORECASE,
)
_CALL = re.compile(
    r"电话|電話|手机|手機|座机|座機|固话|传真|联系|聯繫|致电|来电|拨打|热线|\btel|\bphone|\bcall|\bfax|分机",
    re.IGNORECASE,
)
PARTIAL = 10
_PLUS = re.compile(r"(?:\+[ \-—.·]{0,3})?$")
_BEFORE = 14
_LONGEST = 21
_X = re.compile(r"[ \-_.·—•]{0,3}[Xx×]")
_MOST_PIECES = 22


@dataclass(frozen=True)
class Candidate:
    """Digits that may be a number: their span in the text, themselves, what stands before them."""

    start: int
    end: int
    digits: str
    before: str
    is_grouped: bool
    is_whole: bool


def find_numbers(text: str, figures: str) -> Iterator[tuple[int, str, int, int]]:
    """Yield (rank, kind, start, end) of what may be a person's number; the lower the rank the surer.

    What takes up a whole run of digits is surer than what is a part of one.
    """
    for candidate in _candidates(text, figures):
        for rank, (kind, is_one) in enumerate(_KINDS):
            if is_one(candidate):
                plus = _PLUS.search(text[: candidate.start])
                start = plus.start() if plus else candidate.start
                yield rank + (0 if candidate.is_whole else PARTIAL), kind, start, candidate.end
                break


def _candidates(text: str, figures: str) -> Iterator[Candidate]:
    for run in _runs(text, figures):
        for first in range(len(run)):
            if _is_latin(text, run[first][0] - 1):
                continue
            digits = ""
            for last in range(first, min(first + _MOST_PIECES, len(run))):
                digits += figures[run[last][0] : run[last][1]]
                if len(digits) > _LONGEST:
                    break
                end = run[last][1]
                before = text[max(0, run[first][0] - _BEFORE) : run[first][0]]
                is_whole = first == 0 and last == len(run) - 1
                x = _check_x(figures, end) if len(digits) == 17 else 0
                if x:
                    yield Candidate(run[first][0], x, digits + "X", before, last > first, is_whole)
                if len(digits) >= 7 and not _is_latin(text, end):
                    yield Candidate(run[first][0], end, digits, before, last > first, is_whole)


def _runs(text: str, figures: str) -> Iterator[list[tuple[int, int]]]:
    """Yield lists of neighbouring pieces; digits of two scripts that touch are two pieces."""
    run: list[tuple[int, int]] = []
    for match in _PIECE.finditer(figures):
        for start, end in _of_one_script(text, figures, *match.span()):
            if run and not _SPACED.fullmatch(figures, run[-1][1], start):
                yield run
                run = []
            run.append((start, end))
    if run:
        yield run


def _of_one_script(text: str, figures: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    if text[start:end] == figures[start:end]:
        yield start, end
        return
    begun = start
    for place in range(start + 1, end):
        if (text[place] == figures[place]) != (text[place - 1] == figures[place - 1]):
            yield begun, place
            begun = place
    yield begun, end


def _is_latin(text: str, place: int) -> bool:
    return 0 <= place < len(text) and text[place].isascii() and text[place].isalnum()


def _check_x(figures: str, end: int) -> int:
    """Return where the check letter X ends that follows 17 digits, 0 where there is none."""
    match = _X.match(figures, end)
    return match.end() if match and not _is_latin(figures, match.end()) else 0


def _is_identity_number(found: Candidate) -> bool:
    digits = found.digits
    if len(digits) == 18:
        if digits[:2] not in _PROVINCES or not _is_day(digits[6:14]):
            return False
        if bool(mod_11_2.is_valid(digits)):
            return not (digits.startswith("91") and uscc.is_valid(digits))
        return bool(_IDENTITY.search(found.before))
    return False


def _is_older_identity_number(found: Candidate) -> bool:
    digits = found.digits
    if len(digits) != 15 or not digits.isdigit() or digits[:2] not in _PROVINCES:
        return False
    return _is_day("19" + digits[6:12]) and digits[6] != "0" and not _THING.search(found.before)


def _is_day(digits: str) -> bool:
    try:
        return 1880 <= date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).year <= 2100
    except ValueError:
        return False


def _is_card(found: Candidate) -> bool:
    is_range = _CARD.fullmatch(found.digits) is not None
    return is_range and luhn.is_valid(found.digits) and not _THING.search(found.before)


def _is_mobile(found: Candidate) -> bool:
    return _MOBILE.fullmatch(found.digits) is not None and not _THING.search(found.before)


def _is_landline(found: Candidate) -> bool:
    digits = found.digits
    if _THING.search(found.before):
        return False
    if digits.startswith(("0", "86")) and _LANDLINE.fullmatch(digits):
        return found.is_grouped or found.is_whole or bool(_CALL.search(found.before))
    if digits[0] in "2345678" and len(digits) in (7, 8):
        return bool(re.search(rf"(?:{_CALL.pattern})[^\n]{{0,6}}$", found.before, re.IGNORECASE))
    return False


_KINDS: tuple[tuple[str, Callable[[Candidate], bool]], ...] = (
    ("id_number", _is_identity_number),
    ("bank_card", _is_card),
    ("id_number", _is_older_identity_number),
    ("mobile", _is_mobile),
    ("landline", _is_landline),
)

"""What a sentence claims: figures with their units, articles, names of documents; may, must, must not.

Chinese and English claims come in one form, so that an English sentence can be held to Chinese words.
"""

import re
from dataclasses import dataclass

from knowledge_base.sources.structure.numerals import parse_numeral

Figure = tuple[str, str]
_CHINESE = "零\u3007一二两三四五六七八九十百千"
_UNITS_ZH = (
    "个工作日|工作日|个自然日|自然日|周岁|岁|个月|月|年|天|日|小时|分钟|万元|亿元|元|平方米|立方米|公里|米|"
    "百分点|倍|条|款|项|章|级|类|号|次|份|批|名|人|家|种|个|℃|度|%|\uff05"
)
_ZH = re.compile(
    rf"(?P<percent>百分之)?(?P<value>\d+(?:,\d{{3}})*(?:\.\d+)?|[{_CHINESE}]+)\s*(?P<unit>{_UNITS_ZH})?(?P<more>之[{_CHINESE}]+)?"
)
_SAME = {
    "个工作日": "工作日",
    "个自然日": "日",
    "自然日": "日",
    "天": "日",
    "个月": "月",
    "周岁": "岁",
    "\uff05": "%",
    "个": "",
    "种": "",
    "家": "",
    "名": "人",
}
_ORDINARY = re.compile(
    r"统一|唯一|(?<!条)之一|任一|一般|一律|一致|一并|一旦|一定|进一步|一次性|十分|万一|一体|单一|同一|第一时间|专一|一方面|"
    r"三品一械|两品一械|四个最严"
)
_SMALL_EN = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
fifteen"""
_WORDS_EN = {name: str(value) for value, name in enumerate(_SMALL_EN.split())} | {
    "twenty": "20",
    "thirty": "30",
    "forty": "40",
    "fifty": "50",
    "sixty": "60",
    "ninety": "90",
}
_UNITS_EN = {
    "working day": "工作日",
    "business day": "工作日",
    "day": "日",
    "month": "月",
    "year": "年",
    "week": "周",
    "hour": "小时",
    "minute": "分钟",
    "yuan": "元",
    "rmb": "元",
    "time": "倍",
    "percent": "%",
    "per cent": "%",
    "%": "%",
}
_EN = re.compile(
    r"(?<![\w.])(?P<article>articles?\s+)?(?P<class>class\s+)?(?P<value>\d+(?:,\d{3})*(?:\.\d+)?|"
    + "|".join(_WORDS_EN)
    + r"|(?<=class )[ivx]+)\b[\s-]*(?P<unit>(?:working|business) days?|days?|months?|years?|weeks?|"
    r"hours?|minutes?|yuan|rmb|times|per ?cent|%)?",
    re.IGNORECASE,
)
_MONTHS = re.compile(
    r"\b(january|february|march|april|may|june|july|august|september|october|november|december)\s+(?=\d)|"
    r"(?<=\d )(january|february|march|april|may|june|july|august|september|october|november|december)\b",
    re.IGNORECASE,
)
_TITLES = re.compile(r"《([^《》]{1,60})》")
_FAULTS = re.compile(r"[<>{}`|\\]|&#?\w+;|\]\(|https?:|www\.|javascript|@|\bdata:", re.IGNORECASE)
_HAN, _LATIN = re.compile(r"[\u3400-\u9fff]"), re.compile(r"[A-Za-z]")
_FOREIGN = re.compile(r"[\u0400-\u052f\u0590-\u06ff\u0900-\u0dff\u0e00-\u0eff\u3040-\u30ff\uac00-\ud7af]")

_NEUTRAL = re.compile(
    r"不良|非处方|无菌|无源|未成年|不合格|不动产|非临床|无障碍|非特殊|不锈钢|无证|非法|违法|无偿|非药品|不可吸收|"
    r"无纺|非营利|不可抗力|不断|不仅|无论|不同|不少于|不超过|不低于|不高于|未来|要求书|可能|可靠|可追溯|应用|应急|"
    r"对应|相应|供应|反应|适应|响应|"
    r"necessary|not only|without delay|no later than|not more than|not less than|no more than|no less than|"
    r"at least|non-?\w+",
    re.IGNORECASE,
)
_BOUNDS = {
    "most": re.compile(
        r"不超过|不高于|至多|最多|以内|之内|(?<=[日天月年时])内|以下|"
        r"not more than|no more than|at most|within|up to",
        re.IGNORECASE,
    ),
    "least": re.compile(
        r"不少于|不低于|至少|最少|以上|满|not less than|no less than|at least|minimum", re.IGNORECASE
    ),
    "before": re.compile(r"前|以前|之前|before|prior to|no later than|ahead of", re.IGNORECASE),
    "after": re.compile(r"后|以后|之后|起|after|from", re.IGNORECASE),
}
_MODES = {
    "prohibited": re.compile(
        r"不得|禁止|严禁|不准|不许|不可以|不能|不应|不允许|must not|may not|shall not|cannot|can't|prohibit|"
        r"forbid|not allowed|not permitted|mustn't",
        re.IGNORECASE,
    ),
    "negated": re.compile(
        r"不|无需|无须|未|没有|免于|免除|豁免|免予|毋|\bnot\b|n't\b|\bno\b|\bnever\b|\bwithout\b|\bexempt|"
        r"\bneither\b|\bnor\b|\bnone\b|\bnobody\b|\bnothing\b",
        re.IGNORECASE,
    ),
    "required": re.compile(
        r"应当|必须|务必|须|应|需要|需|\bmust\b|\bshall\b|\bshould\b|\bhave to\b|\bhas to\b|\brequired?\b|"
        r"\bobliged\b",
        re.IGNORECASE,
    ),
    "permitted": re.compile(
        r"可以|(?<![许认])可(?![能靠见行追识])|(?<!不)允许|准许|有权|\bmay\b|"
        r"\bcan\b|\ballow|\bpermit|\boptional\b|\bfree to\b",
        re.IGNORECASE,
    ),
    "only": re.compile(r"只能|只有|仅|方可|才能|\bonly\b|\bsolely\b", re.IGNORECASE),
    "excepted": re.compile(r"除外|以外|除[^，。；]{1,30}外|例外|\bunless\b|\bexcept\b", re.IGNORECASE),
}


@dataclass(frozen=True)
class Claims:
    """What a text claims.

    Attributes:
        figures: values with their units; ``articles``: numbers of articles, ``14`` or ``14-1``.
        titles: names of documents, without 中华人民共和国.
        modes: ``required``, ``permitted``, ``prohibited``, ``negated``, ``only``, ``excepted``.
        bounds: ``most``, ``least``, ``before``, ``after``.
    """

    figures: frozenset[Figure]
    articles: frozenset[str]
    titles: frozenset[str]
    modes: frozenset[str]
    bounds: frozenset[str]


def claims(text: str) -> Claims:
    """Return what a text claims."""
    plain = _ORDINARY.sub("某", text)
    figures, articles = set(), set()
    for match in _ZH.finditer(plain):
        _note_chinese(match, plain, figures, articles)
    for match in _EN.finditer(plain):
        _note_english(match, figures, articles)
    for match in _MONTHS.finditer(plain):
        figures.add((str(_month(match.group().strip())), "月"))
    titles = frozenset(_bare(name) for name in _TITLES.findall(text))
    return Claims(frozenset(figures), frozenset(articles), titles, modes(text), bounds(text))


def _month(name: str) -> int:
    names = "jan feb mar apr may jun jul aug sep oct nov dec".split()  # noqa: SIM905
    return names.index(name[:3].lower()) + 1


def _bare(title: str) -> str:
    return title.removeprefix("中华人民共和国").strip()


def _note_chinese(match: "re.Match[str]", text: str, figures: set[Figure], articles: set[str]) -> None:
    raw, unit = match["value"], match["unit"] or ""
    has_ordinal = text[: match.start()].endswith("第")
    if not raw[0].isdigit() and not unit and not has_ordinal and not match["percent"] and len(raw) < 2:
        return
    value = _value(raw)
    if unit == "条" and has_ordinal:
        articles.add(value + (f"-{_value(match['more'][1:])}" if match["more"] else ""))
        return
    kind = "%" if match["percent"] else _SAME.get(unit, unit)
    if unit in ("万元", "亿元"):
        value, kind = _money(value, unit), "元"
    figures.add((value, f"第{kind}" if has_ordinal else kind))


def _money(value: str, unit: str) -> str:
    factor = 10_000 if unit == "万元" else 100_000_000
    return f"{float(value) * factor:.12g}"


def _value(raw: str) -> str:
    if raw[0].isdigit():
        return f"{float(raw.replace(',', '')):.10g}"
    return str(parse_numeral(raw.replace("\u3007", "零")))


def _note_english(match: "re.Match[str]", figures: set[Figure], articles: set[str]) -> None:
    raw, unit = match["value"].lower(), (match["unit"] or "").lower()
    if not raw[0].isdigit() and not unit and not match["article"] and not match["class"]:
        return
    roman = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
    value = _WORDS_EN.get(raw) or roman.get(raw) or (_value(raw) if raw[0].isdigit() else raw)
    if match["article"]:
        articles.add(value)
    elif match["class"]:
        figures.add((value, "第类"))
    elif unit:
        figures.add((value, _UNITS_EN.get(unit.rstrip("s"), _UNITS_EN.get(unit, unit))))
    elif raw[0].isdigit():
        figures.add((value, ""))


def modes(text: str) -> frozenset[str]:
    """Return what a text says may, must, must not or need not be."""
    plain = _NEUTRAL.sub("某", text)
    found = {name for name, pattern in _MODES.items() if pattern.search(plain)}
    if "prohibited" in found:
        found |= {"negated"}
        rest = _MODES["prohibited"].sub("某", plain)
        found -= {mode for mode in ("required", "permitted") if not _MODES[mode].search(rest)}
    return frozenset(found)


def denials(text: str) -> int:
    """Return how often a text denies or forbids."""
    plain = _NEUTRAL.sub("某", text)
    rest, forbidden = _MODES["prohibited"].subn("某", plain)
    return forbidden + len(_MODES["negated"].findall(rest))


def unmoded(text: str) -> str:
    """Return a text without its must, may, must not and only."""
    for name in ("prohibited", "required", "permitted", "only", "negated"):
        text = _MODES[name].sub(" ", text)
    return text


def bounds(text: str) -> frozenset[str]:
    """Return whether a text bounds from above, from below, before or after something."""
    return frozenset(name for name, pattern in _BOUNDS.items() if pattern.search(text))


def is_plain(text: str) -> bool:
    """Whether a sentence holds no markup, link, address or control character."""
    return not _FAULTS.search(text) and all(sign.isprintable() for sign in text)


def is_in(text: str, language: str) -> bool:
    """Whether a sentence is in a language: Chinese by its characters, English by its letters."""
    han, latin = len(_HAN.findall(text)), len(_LATIN.findall(text))
    if _FOREIGN.search(text):
        return False
    return han * 2 > latin if language == "zh" else latin > han * 4

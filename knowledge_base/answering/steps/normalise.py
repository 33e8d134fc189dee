"""Make the text plain; refuse what is no text."""

import re
import unicodedata
from functools import lru_cache

from opencc import OpenCC

from core.blocks import paragraph
from core.errors import InvalidInput
from core.privacy.service import classification_mark
from i18n.service import translate
from knowledge_base.answering.context import Context, Draft
from knowledge_base.answering.statuses import AnswerStatus

_SCRIPT = re.compile(r"<(script|style)\b.{0,400}?</\1\s*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]{0,200}>")
_INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060\ufeff\u00ad]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[A-Za-z]{2,}")


def normalise(context: Context) -> None:
    """Set ``text`` (NFKC, simplified characters, no tags, nothing invisible, single blanks) and ``language``.

    Raises:
        InvalidInput: the question is not a string at all.
    """
    raw = context.question.text
    if not isinstance(raw, str):
        raise InvalidInput("knowledge_base.question_is_no_text")
    context.language = context.screen_language
    if len(raw) > context.rules.thresholds.max_question_chars:
        limit = context.rules.thresholds.max_question_chars
        _end(context, "knowledge_base.not_text.too_long", AnswerStatus.NOT_TEXT, limit=limit)
        return
    context.text = plain(raw)
    if classification_mark(raw) or classification_mark(context.text):
        context.text = ""
        _end(context, "knowledge_base.guard.secret", AnswerStatus.SECRET)
    elif _is_binary(raw, context.rules.thresholds.min_control_share) or not _has_words(context.text):
        _end(context, "knowledge_base.not_text.nothing", AnswerStatus.NOT_TEXT)
    else:
        context.language = language_of(context.text, context.screen_language)


def plain(raw: str) -> str:
    """Return text without markup, invisible characters and doubled blanks; compatibility forms unified.

    Traditional characters become simplified ones: the law texts and the rules are written in these.
    """
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", raw))
    bare = " ".join(_TAG.sub(" ", _SCRIPT.sub(" ", text)).split())
    return str(_simplifier().convert(bare)) if _HAN.search(bare) else bare


@lru_cache(maxsize=1)
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


def language_of(text: str, default: str) -> str:
    """Return ``zh`` or ``en``: Chinese characters decide, else English words, else the default."""
    han, words = len(_HAN.findall(text)), len(_WORD.findall(text))
    if han == 0:
        return "en" if words >= 2 else default
    return "en" if words > han and words >= 4 else "zh"


def _is_binary(raw: str, share: float) -> bool:
    controls = sum(unicodedata.category(c) in {"Cc", "Cs", "Co", "Cn"} and c not in "\n\r\t" for c in raw)
    return "\x00" in raw or controls + raw.count("\ufffd") > share * max(len(raw), 1)


def _has_words(text: str) -> bool:
    return any(character.isalpha() for character in text)


def _end(context: Context, code: str, status: AnswerStatus, **params: object) -> None:
    context.draft = Draft(status, [paragraph(translate(code, context.locale, **params))], source="input")

"""Make the text plain; refuse what is no text."""

import re
import unicodedata

from core.blocks import paragraph
from core.errors import InvalidInput
from core.privacy.service import Destination, classification_mark, mask_text
from core.text import visible
from i18n.characters import simplified
from i18n.service import translate
from knowledge_base.answering.context import Context, Draft
from knowledge_base.answering.statuses import AnswerStatus

_SCRIPT = re.compile(r"<(script|style)\b.{0,400}?</\1\s*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]{0,200}>")
_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[A-Za-z]{2,}")
_LATIN = re.compile(r"[A-Za-z]")
_FOREIGN = re.compile(
    "[\u0370-\u052f\u0590-\u06ff\u0900-\u0dff\u0e00-\u0eff\u1100-\u11ff\u3040-\u30ff\uac00-\ud7af]"
)  # Greek, Cyrillic, Hebrew, Arabic, scripts of India and South-East Asia, Korean, Japanese
_MOST_FOREIGN = 0.3  # share of letters from which on a text is in a language that is not spoken here
_TWINS = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0455\u0458\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425"
    "\u03bf\u03b1\u03bd\u03c1\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7",
    "aeopcyxisjABEKMHOPCTXoavpABEZHIKMNOPTYX",
)  # Cyrillic and Greek letters that look like Latin ones (Unicode Technical Standard 39)


def normalise(context: Context) -> None:
    """Set ``text`` (NFKC, simplified characters, no tags, nothing invisible, single blanks) and ``language``.

    Personal data is masked: no encoder, index or trace gets any.

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
    elif _is_foreign(context.text):
        _end(context, "knowledge_base.not_text.language", AnswerStatus.NOT_TEXT)
    else:
        context.language = language_of(context.text, context.screen_language)
        context.text = mask_text(context.text, Destination.MODEL)


def plain(raw: str) -> str:
    """Return text without markup, invisible characters and doubled blanks; compatibility forms unified.

    Traditional characters become simplified ones: the law texts and the rules are written in these. Letters
    that only look Latin become Latin in a text that is mostly Latin.
    """
    text = visible(unicodedata.normalize("NFKC", raw))
    if len(_LATIN.findall(text)) > len(_FOREIGN.findall(text)):
        text = text.translate(_TWINS)
    bare = " ".join(_TAG.sub(" ", _SCRIPT.sub(" ", text)).split())
    return simplified(bare)


def language_of(text: str, default: str) -> str:
    """Return ``zh`` or ``en``: Chinese characters decide, else English words, else the default."""
    han, words = len(_HAN.findall(text)), len(_WORD.findall(text))
    if han == 0:
        return "en" if words >= 2 else default
    return "en" if words > han and words >= 4 else "zh"


def _is_binary(raw: str, share: float) -> bool:
    controls = sum(unicodedata.category(c) in {"Cc", "Cs", "Co", "Cn"} and c not in "\n\r\t" for c in raw)
    return "\x00" in raw or controls + raw.count("\ufffd") > share * max(len(raw), 1)


def _is_foreign(text: str) -> bool:
    letters = sum(character.isalpha() for character in text)
    return len(_FOREIGN.findall(text)) > _MOST_FOREIGN * letters


def _has_words(text: str) -> bool:
    return any(character.isalpha() for character in text)


def _end(context: Context, code: str, status: AnswerStatus, **params: object) -> None:
    context.draft = Draft(status, [paragraph(translate(code, context.locale, **params))], source="input")

"""What stands beside the Chinese words of a provision in an answer that is not in Chinese."""

from typing import TypedDict

from i18n.service import CONTENT_LOCALES, content_language, translate
from knowledge_base.passages.labels import provision_name

_OWN = "zh"  # the language of the law


class Beside(TypedDict, total=False):
    """Fields of a citation."""

    name: str
    summary: str
    note: str


def beside(key: str, locale: str, *, is_held: bool, summary: str = "") -> Beside:
    """Return name, summary and note of a citation; nothing in a language that reads the law itself.

    Args:
        key: ``law#article``.
        locale: the answer's.
        is_held: whether the Chinese words are quoted.
        summary: what the provision says, in the answer's language.
    """
    if content_language(locale) == _OWN:
        return {}
    note = "knowledge_base.citation.prevails" if is_held else "knowledge_base.citation.not_held"
    return {
        "name": provision_name(key, CONTENT_LOCALES[content_language(locale)]),
        "summary": summary,
        "note": translate(note, locale),
    }

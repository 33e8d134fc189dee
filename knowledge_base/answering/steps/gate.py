"""Nothing is said that no citation carries."""

from core.blocks import bullet_list, paragraph
from i18n.service import translate
from knowledge_base.answering.context import Context, Draft
from knowledge_base.answering.statuses import AnswerStatus
from knowledge_base.answering.steps.clarify import ask_for_words


def gate(context: Context) -> None:
    """Abstain, politely and with a way on, where no earlier step drafted an answer."""
    if context.draft is not None:
        return
    if _is_unreadable(context):
        context.draft = ask_for_words(context)
        return
    text = paragraph(translate("knowledge_base.no_source", context.locale))
    ways = bullet_list(translate(f"knowledge_base.no_source.way.{n}", context.locale) for n in (1, 2, 3))
    context.draft = Draft(AnswerStatus.NO_SOURCE, [text, ways], source="gate")


def _is_unreadable(context: Context) -> bool:
    """A few words in which nothing of the domain could be made out: pinyin, a slip, a fragment."""
    if context.facets or (context.aspects and context.residual):
        return False
    is_latin_on_chinese_screen = context.language == "en" and context.screen_language == "zh"
    return len(context.text) <= 6 or is_latin_on_chinese_screen

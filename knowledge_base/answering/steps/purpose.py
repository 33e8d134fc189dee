"""What the person wants, where it is not, or not yet, an answer from the sources."""

import re

import structlog

from core.blocks import bullet_list, paragraph
from core.errors import DependencyFailed, InvariantBroken
from i18n.service import translate
from knowledge_base.answering.context import Context, Draft
from knowledge_base.answering.rules.schema import Meeting
from knowledge_base.answering.statuses import AnswerStatus
from knowledge_base.answering.steps.kinds import kinds_found
from knowledge_base.answering.views import Choice

log = structlog.get_logger(__name__)
FIELDS = ("drug", "device", "cosmetic")
_SYLLABLES = re.compile(
    r"(?:(?:[zcs]h|[bpmfdtnlgkhjqxrzcsyw])?"
    r"(?:iang|iong|uang|ang|eng|ing|ong|iao|ian|uai|uan|ai|ei|ui|ao|ou|iu|ie|ue|er|an|en|in|un|ia|ua|uo|[aoeiuv]))+"
)


def meet_purpose(context: Context) -> None:
    """Refuse, hand over or ask back where the words show that this is wanted."""
    if _is_pinyin(context):
        return
    likely = context.likely = _likely(context)
    is_unsettled = likely.get("open", 0.0) > likely.get("ask", 1.0) and _is_unsettled(context)
    meeting = context.rules.purposes.decided(likely, context.language, is_unsettled=is_unsettled)
    if meeting is None or (meeting.status is AnswerStatus.OUT_OF_SCOPE and _is_ours(context)):
        return
    if meeting.status is AnswerStatus.CLARIFICATION:
        if not _is_settled(context):
            context.draft = _asking(context, meeting)
        return
    context.draft = Draft(
        meeting.status,
        [paragraph(translate(meeting.message, context.locale))],
        list(meeting.basis),
        focus=context.text,
        source=f"purpose.{meeting.purpose}",
        handoff_reason=meeting.handoff_reason,
    )


def _likely(context: Context) -> dict[str, float]:
    try:
        return context.likely_of(context.text)
    except (DependencyFailed, InvariantBroken) as error:
        log.warning("answering.purpose_failed", code=error.code)
        return {}


def _is_pinyin(context: Context) -> bool:
    """Whether someone at a Chinese screen typed Chinese in Latin letters, which the model cannot read."""
    words = context.text.lower().split()
    is_latin = context.language == "en" and context.screen_language == "zh"
    return is_latin and len(words) > 2 and all(_SYLLABLES.fullmatch(word) for word in words)


def _is_ours(context: Context) -> bool:
    """Whether words of the field stand against another authority's matter."""
    is_sure = context.likely.get("outside", 0.0) >= context.rules.purposes.outside_despite_words
    return "domain" in context.facets or (bool(context.facets) and not is_sure)


def _is_settled(context: Context) -> bool:
    """Whether it is known, from the words or the conversation, what the question is about."""
    is_named = context.matter is not None or "domain" in context.facets or bool(context.named_provisions)
    return is_named or context.is_inherited


def _is_unsettled(context: Context) -> bool:
    """Whether what was found speaks of several kinds of product, or bears too little on the question."""
    least = context.rules.thresholds.support["en" if context.language == "en" else "zh"].least
    return context.support < least or len(kinds_found(context)) > 1


def _asking(context: Context, meeting: Meeting) -> Draft:
    """Ask which kind of product is meant; each answer repeats the question with it."""
    buttons = []
    for field in FIELDS:
        label = translate(f"knowledge_base.purpose.field.{field}", context.locale)
        value = translate("knowledge_base.clarify.about", context.locale, matter=label, question=context.text)
        buttons.append(Choice(label, value, ""))
    blocks = [
        paragraph(translate(meeting.message, context.locale)),
        bullet_list(button.label for button in buttons),
    ]
    return Draft(meeting.status, blocks, choices=buttons, source="purpose.open")

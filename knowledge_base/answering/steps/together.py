"""One answer for several matters, where each says the same in a line: no need to ask which is meant."""

import re
from collections.abc import Sequence

from core.blocks import bullet_list, paragraph
from i18n.service import translate
from knowledge_base.answering.context import Context, Draft
from knowledge_base.answering.rules.schema import Matter, Told
from knowledge_base.answering.statuses import AnswerStatus
from knowledge_base.answering.steps.structured import aspects_wanted
from knowledge_base.passages.views import PassageView

_FIGURES = re.compile(r"\d+")
_LONGEST_LINE = 80


def figures_in(text: str) -> frozenset[str]:
    """Return the numbers that a text tells."""
    return frozenset(_FIGURES.findall(text))


def answer_together(context: Context, matters: Sequence[Matter]) -> Draft | None:
    """Return an answer that tells each matter's rule; None where they differ or one of them is not known."""
    told = [rule for matter in matters if (rule := _rule(context, matter))]
    if len(told) < len(matters):
        return None
    figures = {figures_in(text) for text, _ in told}
    if len(figures) != 1 or not all(figures) or any(len(text) > _LONGEST_LINE for text, _ in told):
        return None
    labels = [matter.label.get(context.locale) for matter in matters]
    pairs = zip(labels, told, strict=True)
    lines = [
        translate("knowledge_base.together.line", context.locale, matter=label, text=text)
        for label, (text, _) in pairs
    ]
    provisions = list(dict.fromkeys(key for _, basis in told for key in basis))
    lead = paragraph(translate("knowledge_base.together", context.locale))
    return Draft(
        AnswerStatus.ANSWERED, [lead, bullet_list(lines)], provisions, context.text, source="together"
    )


def _rule(context: Context, matter: Matter) -> tuple[str, Sequence[str]] | None:
    wanted = aspects_wanted(context, matter)
    if len(wanted) != 1:
        return None
    known: PassageView | Told | None = matter.told.get(wanted[0])
    if isinstance(known, Told):
        return known.text.get(context.locale), known.basis
    guide = context.knowledge.guidance(matter.item, wanted[0], context.language) if matter.item else None
    return (str(guide.data.get("plain") or guide.text), guide.basis) if guide and guide.basis else None

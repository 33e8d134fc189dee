"""Answers from what a service item's guide knows as data."""

import re

from core import clock
from core.blocks import Block, notice
from i18n.service import translate
from knowledge_base.answering.context import Context, Draft
from knowledge_base.answering.rules.schema import Matter
from knowledge_base.answering.statuses import AnswerStatus
from knowledge_base.answering.units import coverage
from knowledge_base.passages.views import PassageView

_ACTIONS = ("renewal", "change")
_BY_ACTION = ("materials", "time_limit", "procedure", "conditions")
_MAX_ASPECTS = 3
_FEW, _FEWER = 12, 6  # characters of content that the guide may leave uncovered


def answer_from_guide(context: Context) -> None:
    """Draft an answer where the item and the aspects are known and the guide covers the question."""
    if context.matter is None or not context.item_code:
        return
    wanted = aspects_wanted(context, context.matter)
    passages = [passage for aspect in wanted if (passage := _guidance(context, aspect))]
    if not passages or _too_special(context, passages):
        return
    context.draft = draft_from(context, passages)


def answer_wholly_from_guide(context: Context) -> None:
    """Draft from the guide at once where the question asks for an aspect and for nothing besides."""
    if context.aspects and not context.residual:
        answer_from_guide(context)


def answer_nearly_from_guide(context: Context) -> None:
    """Draft what the guide says on the aspects asked for, as the closest there is, before saying nothing."""
    if context.matter is None or not context.item_code or context.as_of < clock.today():
        return
    longest = _FEWER if context.is_inherited else _FEW
    if len(context.residual.replace(" ", "")) > longest:
        return
    passages = [p for aspect in aspects_wanted(context, context.matter) if (p := _guidance(context, aspect))]
    if _leaves_out_the_penalty(context, "\n".join(passage.text for passage in passages)):
        return
    draft = draft_from(context, passages)
    if draft is not None:
        draft.status = AnswerStatus.ANSWERED_PARTLY
        draft.blocks.append(notice("info", translate("knowledge_base.closest_provisions", context.locale)))
        context.draft = draft


def answer_for_all(context: Context) -> None:
    """Draft what holds for every item alike, such as how to appeal, where nothing else answers."""
    general = [a for a in context.aspects if a in context.rules.aspects.general]
    if not general or context.matter is not None or context.as_of < clock.today():
        return
    for code in context.knowledge.guided_items():
        passage = context.knowledge.guidance(code, general[0], context.language)
        if passage is not None and passage.basis:
            context.matters_agree = True
            context.draft = draft_from(context, [passage])
            return


def aspects_wanted(context: Context, matter: Matter) -> list[str]:
    """Return the aspects to tell; renewing or changing a licence is told by that aspect of its guide."""
    aspects = list(context.aspects)
    actions = [action for action in _ACTIONS if action in context.facets.get("action", ())]
    own = matter.facets.get("action") or []
    for action in actions:
        if len(own) == 1:
            rest = [aspect for aspect in aspects if aspect != action]
            aspects = rest or _told_by(context, matter, action)
        else:
            aspects = [action, *(aspect for aspect in aspects if aspect != action)]
    return aspects[:_MAX_ASPECTS]


def _told_by(context: Context, matter: Matter, action: str) -> list[str]:
    guided = context.knowledge.guided_items().get(matter.item or "")
    return [action] if guided is not None and action in guided.aspects else ["overview", "procedure"]


def _guidance(context: Context, aspect: str) -> PassageView | None:
    return context.knowledge.guidance(context.item_code, aspect, context.language)


def _too_special(context: Context, passages: list[PassageView]) -> bool:
    told = "\n".join(f"{passage.heading}\n{passage.text}" for passage in passages)
    if _leaves_out_the_penalty(context, told):
        return True
    return coverage(context.residual, told) < context.rules.thresholds.guide_coverage


def _leaves_out_the_penalty(context: Context, told: str) -> bool:
    """Whether the question asks what follows from breaking a rule, and the guide tells no such thing."""
    penalty = context.rules.aspects.penalty
    return bool(penalty.found_in(context.text)) and not penalty.found_in(told)


def draft_from(context: Context, passages: list[PassageView]) -> Draft | None:
    """Return an answer made of guide passages; None where nothing carries it."""
    blocks: list[Block] = []
    provisions: list[str] = []
    used: list[PassageView] = []
    for passage in passages:
        shown = _shown(context, passage, is_first=not used) if passage.basis else []
        if shown and context.holds_on_the_day(passage.basis):
            blocks += shown
            provisions += passage.basis
            used.append(passage)
    if not used:
        return None
    is_verified = all(passage.data.get("verified", True) for passage in used)
    if not is_verified:
        blocks.append(notice("info", translate("knowledge_base.partly_verified", context.locale)))
    is_whole = {passage.aspect for passage in used} >= _expected(context)
    if not is_whole:
        blocks.append(notice("info", translate("knowledge_base.part_not_held", context.locale)))
    status = AnswerStatus.ANSWERED if is_verified and is_whole else AnswerStatus.ANSWERED_PARTLY
    focus = context.text + "\n" + "\n".join(passage.text for passage in used)
    return Draft(status, blocks, list(dict.fromkeys(provisions)), focus, used, source="guide")


def _expected(context: Context) -> set[str]:
    """The aspects without which an answer is not whole; "how do I" alone asks for no list of steps."""
    asked = set(aspects_wanted(context, context.matter)) if context.matter else set()
    return asked if asked == {"procedure"} else asked - {"procedure"}


def _shown(context: Context, passage: PassageView, *, is_first: bool) -> list[Block]:
    blocks = [dict(block) for block in passage.blocks]
    if not is_first and passage.aspect in _BY_ACTION and _acts_on_licence(context):
        blocks = [kept for block in blocks if (kept := _of_action(context, block))]
    if not blocks or blocks[0]["type"] == "table" or context.matters_agree:
        return blocks
    return [{"type": "paragraph", "text": passage.heading}, *blocks]


def _acts_on_licence(context: Context) -> bool:
    own = (context.matter.facets.get("action") if context.matter else None) or []
    return len(own) > 1 and bool({"renewal", "change"} & context.facets.get("action", frozenset()))


def _of_action(context: Context, block: Block) -> Block | None:
    words = [
        pattern
        for action in context.facets["action"]
        for pattern in (
            *context.rules.matters.facets["action"][action].zh,
            *context.rules.matters.facets["action"][action].en,
        )
    ]
    key = "rows" if block["type"] == "table" else "items"
    if key not in block:
        return block if _mentions(words, str(block.get("text", ""))) else None
    kept = [entry for entry in block[key] if _mentions(words, str(entry))]
    return {**block, key: kept} if kept else None


def _mentions(words: list[re.Pattern[str]], text: str) -> bool:
    return any(pattern.search(text) for pattern in words)

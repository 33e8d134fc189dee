"""Questions that ask several things: each is answered by itself where each has an answer of its own."""

import re
from dataclasses import replace
from itertools import pairwise, zip_longest

from core.blocks import Block, paragraph
from core.privacy.service import hide_masks
from i18n.service import translate
from knowledge_base.answering.context import Context, Draft
from knowledge_base.answering.statuses import AnswerStatus

MOST = 3
_SHORTEST = {"zh": 6, "en": 18}  # characters of a part that can stand alone
_ENDS = re.compile(r"[？?；;。！!\n]+")
_COMMAS = re.compile(r"[，,]")
_ASKS = re.compile(
    r"吗|呢|什么|哪|谁|多少|几(?!乎)|怎么|怎样|如何|多久|多长|是否|能不能|可不可以|要不要|需不需要|有没有"
)
_AND = re.compile(
    r",?\s+and\s+(?=(?:what|how|when|where|who|whom|which|why|is|are|do|does|can|may|must|should|will)\b)",
    re.IGNORECASE,
)


def answer_in_parts(context: Context) -> None:
    """Draft the answers to a question's parts, one after the other.

    Only where every part is answered for sure and they rest on different provisions: else the whole is
    answered as one.
    """
    texts = parts_of(context.text, context.language)
    if not 1 < len(texts) <= MOST or context.question.is_part:
        return
    drafts = [_drafted(context, text) for text in texts]
    told = [draft for draft in drafts if draft is not None and _is_sure(draft)]
    if len(told) < len(texts) or any(
        set(one.provisions) & set(other.provisions) for one, other in pairwise(told)
    ):
        return
    is_whole = all(draft.status is AnswerStatus.ANSWERED for draft in told)
    context.draft = Draft(
        AnswerStatus.ANSWERED if is_whole else AnswerStatus.ANSWERED_PARTLY,
        _joined(context, texts, told),
        _in_turn([draft.provisions for draft in told]),
        context.text,
        [passage for draft in told for passage in draft.carried_by],
        source="parts",
    )


def _is_sure(draft: Draft) -> bool:
    """Whether a part is answered, by a guide also where not all of it is verified."""
    return draft.status is AnswerStatus.ANSWERED or (draft.status.is_answered and draft.source == "guide")


def _joined(context: Context, texts: list[str], drafts: list[Draft]) -> list[Block]:
    """Return the parts' blocks below their questions; what is noted stands once, at the end."""
    blocks: list[Block] = []
    notes: list[Block] = []
    for number, (text, draft) in enumerate(zip(texts, drafts, strict=True), 1):
        shown = hide_masks(text)
        blocks.append(paragraph(translate("knowledge_base.part", context.locale, number=number, text=shown)))
        blocks += [block for block in draft.blocks if block["type"] != "notice"]
        notes += [block for block in draft.blocks if block["type"] == "notice" and block not in notes]
    return [*blocks, *notes]


def _in_turn(lists: list[list[str]]) -> list[str]:
    """Return the first provision of each part, then the second ones: none is cut off by another's many."""
    turns = zip_longest(*lists)
    return list(dict.fromkeys(key for turn in turns for key in turn if key))


def _drafted(context: Context, text: str) -> Draft | None:
    from knowledge_base.answering import pipeline

    part = Context(
        replace(context.question, text=text, is_part=True, as_of=context.as_of),
        context.knowledge,
        context.rules,
        likely_of=context.likely_of,
    )
    pipeline.draft(part)
    return part.draft


def parts_of(text: str, language: str) -> list[str]:
    """Return the questions in a text, each with the words that lead up to it."""
    cut = _english(text) if language == "en" else _chinese(text)
    return cut if all(len(part) >= _SHORTEST[language] for part in cut) else [text]


def _english(text: str) -> list[str]:
    return [part.strip() for sentence in _ENDS.split(text) for part in _AND.split(sentence) if part.strip()]


def _chinese(text: str) -> list[str]:
    parts, lead = [], ""
    for piece in (piece for sentence in _ENDS.split(text) for piece in _COMMAS.split(sentence)):
        lead = f"{lead}，{piece.strip()}" if lead else piece.strip()
        if _ASKS.search(piece):
            parts.append(lead)
            lead = ""
    if lead and parts:
        parts[-1] = f"{parts[-1]}，{lead}"
    return parts or [text]

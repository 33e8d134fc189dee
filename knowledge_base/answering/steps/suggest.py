"""Two or three questions that people ask next."""

from i18n.service import translate
from knowledge_base.answering.context import Context
from knowledge_base.answering.steps.stored_answers import matches

_MAX = 3
_NEXT = ("materials", "conditions", "time_limit", "procedure", "validity", "renewal", "fees", "authority")


def suggest(context: Context) -> None:
    """Set ``follow_ups``: other aspects of the item, else other stored questions near this one."""
    if context.draft is None or not context.draft.status.is_answered:
        return
    found = _of_item(context) or _of_faq(context)
    context.follow_ups = found[:_MAX]


def _of_item(context: Context) -> list[str]:
    item = context.knowledge.guided_items().get(context.item_code)
    if item is None or context.matter is None or context.matters_agree:
        return []
    label = context.matter.label.get(context.locale)
    told = {passage.aspect for passage in context.draft.carried_by} if context.draft else set()
    return [
        translate(f"knowledge_base.follow_up.{aspect}", context.locale, item=label)
        for aspect in _NEXT
        if aspect in item.aspects and aspect not in told and aspect not in context.aspects
    ]


def _of_faq(context: Context) -> list[str]:
    used = {passage.id for passage in context.draft.carried_by} if context.draft else set()
    return [match.passage.heading for match in matches(context) if match.passage.id not in used]

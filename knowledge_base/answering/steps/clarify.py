"""Ask back where the question fits several matters whose answers differ, or names none."""

from core.blocks import choices, paragraph
from i18n.service import translate
from knowledge_base.answering.context import Context, Draft
from knowledge_base.answering.rules.schema import Matter
from knowledge_base.answering.statuses import AnswerStatus
from knowledge_base.answering.views import Choice

_MAX_CHOICES = 8
_PLAIN_CHARACTERS = 2


def clarify(context: Context) -> None:
    """Draft a clarifying question, with one button a matter."""
    if context.matter is not None or context.named_provisions or not _is_general(context):
        return
    asked = _open_matters(context)
    if len(asked) < 2 or _answers_agree(context, asked):
        _settle(context, asked)
        return
    context.draft = _asking(context, asked[:_MAX_CHOICES])


def _is_general(context: Context) -> bool:
    asks_something = bool(context.aspects) or bool({"document", "action"} & context.facets.keys())
    return asks_something and len(context.residual.replace(" ", "")) <= _allowed(context)


def _allowed(context: Context) -> int:
    return _PLAIN_CHARACTERS if context.language == "zh" else 4 * _PLAIN_CHARACTERS


def _open_matters(context: Context) -> list[Matter]:
    offered = context.candidates or context.rules.matters.matters
    return [matter for matter in offered if not matter.hidden]


def _answers_agree(context: Context, matters: list[Matter]) -> bool:
    texts = {tuple(_told(context, matter)) for matter in matters}
    return len(texts) == 1 and all(texts)


def _told(context: Context, matter: Matter) -> list[str]:
    if not matter.item:
        return []
    passages = (context.knowledge.guidance(matter.item, a, context.language) for a in context.aspects)
    return [
        "\n".join(p.text.split("\n")[1:]) if p.blocks and p.blocks[0]["type"] == "table" else p.text
        for p in passages
        if p
    ]


def _settle(context: Context, matters: list[Matter]) -> None:
    if matters and context.candidates:
        context.matter = matters[0]


def _asking(context: Context, matters: list[Matter]) -> Draft:
    prompt = translate("knowledge_base.clarify.which", context.locale)
    buttons = [_choice(context, matter) for matter in matters]
    listed = choices(prompt, [{"label": button.label} for button in buttons])
    text = paragraph(translate("knowledge_base.clarify.differs", context.locale))
    return Draft(AnswerStatus.CLARIFICATION, [text, _as_list(listed)], choices=buttons, source="clarify")


def _as_list(block: dict[str, object]) -> dict[str, object]:
    options = block["options"]
    assert isinstance(options, list)
    return {"type": "list", "items": [option["label"] for option in options]}


def _choice(context: Context, matter: Matter) -> Choice:
    label = matter.label.get(context.locale)
    value = translate("knowledge_base.clarify.about", context.locale, matter=label, question=context.text)
    return Choice(label, value, matter.item)


def ask_for_words(context: Context) -> Draft:
    """Return a question back to someone whose words could not be made out."""
    text = paragraph(translate("knowledge_base.clarify.unclear", context.locale))
    return Draft(AnswerStatus.CLARIFICATION, [text], source="unclear")

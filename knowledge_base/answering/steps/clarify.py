"""Ask back where the question fits several matters whose answers differ, or names none."""

from core import clock
from core.blocks import bullet_list, paragraph
from i18n.service import normalise_locale, translate
from knowledge_base.answering.context import Context, Draft
from knowledge_base.answering.rules.schema import Matter
from knowledge_base.answering.statuses import AnswerStatus
from knowledge_base.answering.steps.kinds import kinds_found
from knowledge_base.answering.steps.structured import aspects_wanted
from knowledge_base.answering.steps.together import answer_together, figures_in
from knowledge_base.answering.views import Choice

_MAX_CHOICES = 8
_PLAIN_CHARACTERS = 1
_NOT_OF_A_GUIDE = frozenset({"renewal", "change", "overview"})


def clarify(context: Context) -> None:
    """Draft a clarifying question, with one button a matter."""
    is_past = context.as_of < clock.today()
    if is_past or context.matter is not None or context.named_provisions or not _is_general(context):
        return
    asked = _open_matters(context)
    if len(asked) < 2 or _answers_agree(context, asked):
        _settle(context, asked)
        return
    context.draft = answer_together(context, asked) or _asking(context, asked[:_MAX_CHOICES])


def clarify_product(context: Context) -> None:
    """Ask back where matters of several kinds of product fit, and the articles found speak of several."""
    asked = _several(context) if set(context.aspects) - _NOT_OF_A_GUIDE else []
    kinds = {kind for matter in asked for kind in matter.facets.get("domain", [])}
    if "domain" not in context.facets and len(kinds) > 1 and len(kinds_found(context)) > 1:
        context.draft = _asking(context, asked[:_MAX_CHOICES])


def clarify_rather(context: Context) -> None:
    """Ask back, rather than abstain, where the question is about one of several matters."""
    asked = _several(context)
    if len(asked) > 1:
        context.draft = _asking(context, asked[:_MAX_CHOICES])


def _several(context: Context) -> list[Matter]:
    is_open = (
        context.as_of >= clock.today()
        and context.matter is None
        and bool({"document", "action"} & context.facets.keys())
    )
    return _open_matters(context) if is_open and context.candidates else []


def _is_general(context: Context) -> bool:
    if not context.facets and context.likely.get("outside", 0.0) > context.likely.get("open", 0.0):
        return False
    if set(context.aspects) & set(context.rules.aspects.general):
        return False
    asks_something = bool(context.aspects) or "document" in context.facets or not context.facets
    fits_something = bool(context.candidates) or not context.facets
    is_short = len(context.residual.replace(" ", "")) <= _PLAIN_CHARACTERS
    return asks_something and fits_something and is_short


def _open_matters(context: Context) -> list[Matter]:
    offered = context.candidates or context.rules.matters.matters
    return [matter for matter in offered if not matter.hidden]


def _answers_agree(context: Context, matters: list[Matter]) -> bool:
    told = {_gist(context, matter) for matter in matters}
    return len(told) == 1 and all(told)


def _gist(context: Context, matter: Matter) -> tuple[frozenset[str], ...]:
    """Return the figures and provisions of each aspect asked for: what makes two answers differ."""
    wanted = aspects_wanted(context, matter) if matter.item else []
    passages = [p for a in wanted if (p := context.knowledge.guidance(matter.item, a, context.language))]
    return tuple(figures_in(p.text) | set(p.basis) for p in passages)


def _settle(context: Context, matters: list[Matter]) -> None:
    if matters and context.candidates:
        context.matter, context.matters_agree = matters[0], len(matters) > 1


def _asking(context: Context, matters: list[Matter]) -> Draft:
    buttons = [_choice(context, matter) for matter in matters]
    text = paragraph(translate("knowledge_base.clarify.differs", context.locale))
    listed = bullet_list(button.label for button in buttons)
    return Draft(AnswerStatus.CLARIFICATION, [text, listed], choices=buttons, source="clarify")


def _choice(context: Context, matter: Matter) -> Choice:
    label = matter.label.get(context.locale)
    value = translate("knowledge_base.clarify.about", context.locale, matter=label, question=context.text)
    return Choice(label, value, matter.item)


def ask_for_words(context: Context) -> Draft:
    """Return a question back to someone whose words could not be made out."""
    screen = normalise_locale(context.question.locale)
    locales = dict.fromkeys((screen, context.locale))
    texts = [paragraph(translate("knowledge_base.clarify.unclear", locale)) for locale in locales]
    return Draft(AnswerStatus.CLARIFICATION, texts, source="unclear")

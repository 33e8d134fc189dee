"""Answers in the exact words of the law."""

from core.blocks import Block, bullet_list, notice, paragraph
from i18n.service import content_language, format_date, translate
from knowledge_base.answering.context import Context, Draft
from knowledge_base.answering.quoting import laid_out, quote
from knowledge_base.answering.statuses import AnswerStatus
from knowledge_base.answering.steps.filter import is_foreign
from knowledge_base.answering.steps.kinds import best_of_each
from knowledge_base.answering.steps.structured import draft_from
from knowledge_base.passages.labels import article_name, law_name
from knowledge_base.passages.views import PassageView, split_provision
from knowledge_base.search.query import Hit

_MAX_PASSAGES = 3


def answer_from_reference(context: Context) -> None:
    """Draft the provision that the question names, in its own words."""
    held = [
        (key, p) for key in context.named_provisions if (p := context.knowledge.provision(key, context.as_of))
    ]
    if held:
        context.draft = _quoting(context, [key for key, _ in held], AnswerStatus.ANSWERED)
    elif context.named_provisions:
        context.draft = _not_held(context)


def _not_held(context: Context) -> Draft:
    law, article = split_provision(context.named_provisions[0])
    text = translate(
        "knowledge_base.reference_not_held",
        context.locale,
        law=law_name(law, context.locale),
        label=article_name(article, context.locale),
        date=format_date(context.as_of, context.locale),
    )
    return Draft(AnswerStatus.NO_SOURCE, [paragraph(text)], source="reference")


def answer_from_text(context: Context) -> None:
    """Draft the best passages' exact words, where they bear on the question well enough."""
    least = context.rules.thresholds.support["en" if context.language == "en" else "zh"]
    enough = least.least / 2 if context.warnings else least.least  # who is hurt is told where to report
    is_for_guide = context.is_inherited and bool(context.aspects) and not context.residual
    if context.result is None or context.support < enough or is_for_guide:
        return
    guide = _leading_guide(context)
    if guide is not None:
        context.draft = draft_from(context, [guide])
    keys = best_provisions(context)
    if context.draft is None and keys:
        is_sure = context.support >= least.sure
        status = AnswerStatus.ANSWERED if is_sure else AnswerStatus.ANSWERED_PARTLY
        context.draft = _quoting(context, keys, status)


def _leading_guide(context: Context) -> PassageView | None:
    hits = context.result.hits if context.result else ()
    first: Hit | None = hits[0] if hits else None
    if first is None or first.passage.kind != "guide" or first.passage.language != context.language:
        return None
    is_of_matter = not context.matter or first.passage.service_item_code == context.item_code
    is_asked = first.passage.aspect != "overview" or "overview" in context.aspects
    return first.passage if is_of_matter and is_asked else None


def best_provisions(context: Context) -> list[str]:
    """Return the articles close to the best; where no product is named, the best of each kind among them."""
    ranked = context.result.provisions if context.result else ()
    held = [r for r in ranked if not is_foreign(context, r.key) and _is_known(context, r.key)]
    if not held:
        return []
    least = held[0].score * context.rules.thresholds.second_share
    close = [r.key for r in held if r.score >= least]
    if "domain" not in context.facets:
        rivals = [key for key in best_of_each(context).values() if _is_known(context, key)]
        close = list(dict.fromkeys([*close[:1], *rivals, *close[1:]]))
    return close[:_MAX_PASSAGES]


def _is_known(context: Context, key: str) -> bool:
    return bool(context.knowledge.provision(key, context.as_of) or digest(context, key))


def _quoting(context: Context, keys: list[str], status: AnswerStatus) -> Draft:
    blocks: list[Block] = []
    for key in keys:
        blocks += _told(context, key)
    if context.language == "en":
        blocks.append(notice("info", translate("knowledge_base.chinese_is_authoritative", context.locale)))
    elif status is AnswerStatus.ANSWERED_PARTLY:
        blocks.append(notice("info", translate("knowledge_base.closest_provisions", context.locale)))
    return Draft(status, blocks, keys, context.text, source="text")


def _told(context: Context, key: str) -> list[Block]:
    law, article = split_provision(key)
    provision = context.knowledge.provision(key, context.as_of)
    told = digest(context, key)
    label = named(provision, article, context.locale)
    params = {"law": law_name(law, context.locale), "label": label}
    if told:
        return [paragraph(translate("knowledge_base.digest", context.locale, text=told, **params))]
    if context.language == "en":
        return [paragraph(translate("knowledge_base.only_in_chinese", context.locale, **params))]
    if provision is None:
        return []
    lead, items = laid_out(quote(provision.text, context.text, context.rules.thresholds.max_quote_chars))
    said: list[Block] = [paragraph(translate("knowledge_base.says", context.locale, text=lead, **params))]
    return [*said, bullet_list(items)] if items else said


def digest(context: Context, key: str) -> str:
    """Return our summary of a provision in the answer's language, if it holds on the day asked for."""
    card = context.knowledge.card(key) if context.holds_on_the_day([key]) else None
    if card is None or not card.data.get("checked"):
        return ""
    return str(card.data.get(f"digest_{context.language}") or "")


def named(provision: PassageView | None, article: str, locale: str) -> str:
    """Return the article as its text labels it; in English, and where it is not held, by its number."""
    if provision is None or content_language(locale) == "en":
        return article_name(article, locale)
    return provision.article_label or article_name(article, locale)

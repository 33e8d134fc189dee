"""Bind an answer to the provisions that carry it, in force on the date asked for."""

from core.blocks import Block, notice
from i18n.service import format_date, translate
from knowledge_base.answering.beside import beside
from knowledge_base.answering.context import Context
from knowledge_base.answering.quoting import quote
from knowledge_base.answering.rules.schema import Conflict
from knowledge_base.answering.steps.extract import digest, named
from knowledge_base.answering.steps.guard import warning_block
from knowledge_base.answering.views import Citation
from knowledge_base.passages.labels import article_name
from knowledge_base.passages.views import split_provision

_RELATED = 3


def warn_first(context: Context) -> None:
    """Put safety advice before the answer, with the provisions it rests on."""
    draft = context.draft
    if draft is None or draft.source.startswith("guard."):
        return
    for rule in reversed(context.warnings):
        draft.blocks.insert(0, warning_block(context, rule))
        draft.provisions += [key for key in rule.basis if key not in draft.provisions]


def show_conflicts(context: Context) -> None:
    """Show where provisions disagree: the one that prevails first, and why."""
    draft = context.draft
    if draft is None or not draft.status.is_answered:
        return
    for conflict in context.rules.conflicts.conflicts:
        if _concerns(context, conflict):
            draft.blocks.append(notice("warning", conflict.note.get(context.locale)))
            rest = [key for key in draft.provisions if key not in conflict.provisions]
            draft.provisions = [*conflict.provisions, *rest]


def _concerns(context: Context, conflict: Conflict) -> bool:
    assert context.draft is not None
    named = any(pattern.search(context.text) for pattern in conflict.when)
    return named and any(key in conflict.provisions for key in context.draft.provisions)


def add_related(context: Context) -> None:
    """Cite with a guide what was found for the question and belongs to the same item's guide."""
    draft = context.draft
    if draft is None or draft.source != "guide" or context.result is None:
        return
    item = context.knowledge.guided_items()[draft.carried_by[0].service_item_code]
    guides = [context.knowledge.guidance(item.code, aspect, context.language) for aspect in item.aspects]
    known = {key for guide in guides if guide for key in guide.basis}
    found = context.result.provisions[:_RELATED]
    least = context.rules.thresholds.related_share * (found[0].score if found else 0.0)
    related = [r.key for r in found if r.score >= least and r.key in known]
    lead, rest = draft.provisions[:1], draft.provisions[1:]
    draft.provisions = list(dict.fromkeys([*lead, *related, *rest]))


def cite(context: Context) -> None:
    """Set ``citations``, one a provision, each with its exact words where its text is held."""
    draft = context.draft
    if draft is None:
        return
    limit = context.rules.thresholds.max_citations
    if draft.source in ("guide", "together"):
        limit *= 2
    context.citations = [_citation(context, key) for key in list(dict.fromkeys(draft.provisions))[:limit]]
    draft.blocks += [citation.to_block(n) for n, citation in enumerate(context.citations, 1)]
    if context.as_of_was_named and draft.status.is_answered:
        draft.blocks.insert(0, _as_of(context))


def _citation(context: Context, key: str) -> Citation:
    assert context.draft is not None
    law, article = split_provision(key)
    provision = context.knowledge.provision(key, context.as_of)
    if provision is None:
        label = article_name(article, context.locale)
        told = beside(key, context.locale, is_held=False, summary=digest(context, key))
        return Citation(law, article, label, status="text_not_held", **told)
    focus = f"{context.text}\n{context.draft.focus}"
    return Citation(
        title=law,
        article=article,
        article_label=named(provision, article, context.locale),
        document_number=provision.document_number,
        quote=quote(provision.text, focus, context.rules.thresholds.max_quote_chars),
        effective_from=provision.effective_from,
        url=provision.url,
        status="current" if provision.status == "current" else "superseded",
        passage_id=provision.id,
        version_id=provision.version_id,
        **beside(key, context.locale, is_held=True, summary=digest(context, key)),
    )


def _as_of(context: Context) -> Block:
    day = format_date(context.as_of, context.locale)
    return notice("info", translate("knowledge_base.as_of", context.locale, date=day))

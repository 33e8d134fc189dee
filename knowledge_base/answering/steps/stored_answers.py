"""Answers that were written beforehand: entries of the FAQ, cited to the law they rest on."""

from datetime import date

from core.blocks import Block, notice, paragraph
from i18n.service import format_date, translate
from knowledge_base.answering.context import Context, Draft
from knowledge_base.answering.faq import FaqMatch, match_faq, positives
from knowledge_base.answering.statuses import AnswerStatus
from knowledge_base.answering.steps.filter import is_foreign
from knowledge_base.answering.steps.matters import aspects_in
from knowledge_base.passages.views import PassageView

FAQ, CONSULTATION = "faq", "consultation"
_MAX_ENTRIES = 6


def answer_from_same_question(context: Context) -> None:
    """Draft the stored answer where the very question is stored, however general it is."""
    _answer(context, context.rules.thresholds.faq_same)


def answer_from_faq_surely(context: Context) -> None:
    """Draft the stored answer where a stored question asks practically the same."""
    _answer(context, context.rules.thresholds.faq_sure)


def answer_from_faq(context: Context) -> None:
    """Draft the stored answer where a stored question asks much the same."""
    _answer(context, context.rules.thresholds.faq_likely)


def _answer(context: Context, threshold: float) -> None:
    best = next(iter(matches(context)), None)
    if best is None or best.score < threshold or _is_excluded(context, best):
        return
    entry = best.passage
    focus = f"{context.text}\n{entry.text}"
    context.draft = Draft(
        AnswerStatus.ANSWERED,
        _told(context, entry),
        list(entry.basis),
        focus,
        [entry],
        rests_on_no_law=not entry.basis,
        source=entry.kind,
    )


def _told(context: Context, entry: PassageView) -> list[Block]:
    """Return the answer; an office's reply says whose it is, of what day, and that it binds nobody."""
    if entry.kind != CONSULTATION:
        return [paragraph(entry.text)]
    day = format_date(date.fromisoformat(entry.data["replied_on"]), context.locale)
    params = {"office": entry.data["office"], "date": day}
    return [
        paragraph(translate("knowledge_base.consultation", context.locale, text=entry.text, **params)),
        notice("info", translate("knowledge_base.consultation.binds_nobody", context.locale)),
    ]


def matches(context: Context) -> list[FaqMatch]:
    """Return the entries found in the language of the question, the most alike first."""
    hits = context.result.hits if context.result else ()
    stored = (h.passage for h in hits if h.passage.kind in (FAQ, CONSULTATION))
    entries = [passage for passage in stored if passage.language == context.language]
    return match_faq(context.text, entries[:_MAX_ENTRIES], context.knowledge)


def _is_excluded(context: Context, match: FaqMatch) -> bool:
    if match.against + context.rules.thresholds.faq_negative_margin > match.score:
        return True
    if not context.holds_on_the_day(match.passage.basis):
        return True
    if match.score < context.rules.thresholds.faq_same and leaves_out_the_figure(context, match.passage):
        return True
    if match.passage.basis and all(is_foreign(context, key) for key in match.passage.basis):
        return True
    return _is_of_other_item(context, match.passage) or _asks_for_other_part(context, match.passage)


def leaves_out_the_figure(context: Context, entry: PassageView) -> bool:
    """Whether the question asks how long or how much, and the stored answer tells no such thing."""
    told = context.rules.aspects.figures_told
    return any(aspect in told and not told[aspect].found_in(entry.text) for aspect in context.aspects)


def _asks_for_other_part(context: Context, entry: PassageView) -> bool:
    """Whether the stored question asks for another part: how long it takes, not how long it is valid."""
    told = {aspect for wording in positives(entry) for aspect in aspects_in(context, wording)}
    return bool(told and context.aspects) and told.isdisjoint(context.aspects)


def _is_of_other_item(context: Context, entry: PassageView) -> bool:
    return bool(
        entry.service_item_code and context.item_code and entry.service_item_code != context.item_code
    )

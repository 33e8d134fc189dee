"""The steps, in order, over one context. A step that drafts an answer ends the search for one."""

from collections.abc import Callable

from knowledge_base.answering.context import Context
from knowledge_base.answering.statuses import AnswerStatus
from knowledge_base.answering.steps.cite import add_related, cite, show_conflicts, warn_first
from knowledge_base.answering.steps.clarify import clarify, clarify_product, clarify_rather
from knowledge_base.answering.steps.dates import read_date
from knowledge_base.answering.steps.extract import answer_from_reference, answer_from_text
from knowledge_base.answering.steps.filter import filter_found, rerank
from knowledge_base.answering.steps.gate import gate
from knowledge_base.answering.steps.guard import guard
from knowledge_base.answering.steps.matters import understand
from knowledge_base.answering.steps.normalise import normalise
from knowledge_base.answering.steps.parts import answer_in_parts
from knowledge_base.answering.steps.purpose import meet_purpose
from knowledge_base.answering.steps.references import read_references
from knowledge_base.answering.steps.retrieve import retrieve
from knowledge_base.answering.steps.stored_answers import (
    answer_from_faq,
    answer_from_faq_surely,
    answer_from_same_question,
)
from knowledge_base.answering.steps.structured import (
    answer_for_all,
    answer_from_guide,
    answer_nearly_from_guide,
    answer_wholly_from_guide,
)
from knowledge_base.answering.steps.suggest import suggest

Step = Callable[[Context], None]

DRAFTING: tuple[Step, ...] = (
    normalise,
    guard,
    read_date,
    read_references,
    understand,
    retrieve,
    filter_found,
    answer_from_reference,
    answer_wholly_from_guide,
    answer_from_same_question,
    meet_purpose,
    clarify,
    answer_in_parts,
    answer_from_faq_surely,
    answer_from_guide,
    answer_from_faq,
    clarify_product,
    answer_from_text,
    answer_nearly_from_guide,
    answer_for_all,
    clarify_rather,
    gate,
)
FINISHING: tuple[Step, ...] = (add_related, rerank, warn_first, show_conflicts, cite, suggest)


_UNRANKED = (AnswerStatus.NOT_TEXT, AnswerStatus.SECRET)


def run(context: Context) -> None:
    """Take a question through the steps; afterwards the context holds a draft.

    A question that was stopped early is searched all the same: what was found belongs to its trace.
    """
    draft(context)
    for step in FINISHING:
        _take(step, context)
    if context.result is None and context.draft and context.draft.status not in _UNRANKED:
        _take(retrieve, context)
        _take(rerank, context)


def draft(context: Context) -> None:
    """Take a question through the steps until one drafts an answer."""
    for step in DRAFTING:
        if context.draft is None:
            _take(step, context)


def _take(step: Step, context: Context) -> None:
    with context.timed(step.__name__):
        step(context)

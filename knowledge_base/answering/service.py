"""From a question to an answer with exactly one status.

1. ``normalise`` makes the text plain; what is no text, or carries a classification mark, ends here.
2. ``guard`` ends judgement, medical advice, other persons' data, misuse and what other bodies decide; it
   notes safety advice that must come first.
3. ``read_date``, ``read_references`` and ``understand`` make out date, named articles, item and aspects.
4. ``retrieve`` searches; the articles found are ranked whichever way the answer is made.
5. The first step that can draft an answer does: the article named, a clarifying question, a stored answer
   to the same question, the item's guide, a stored answer to a like question, the law's own words.
6. ``gate`` abstains where nothing carries an answer.
7. Warnings and conflicts are shown, provisions cited, next questions suggested.
8. Where the installation names a generative endpoint, ``rewriting`` puts the answer into easier words above
   it; what is asked only to compare is never sent. The trace is kept, of the answer as it was before that.
"""

import time

import structlog

from core.blocks import paragraph, plain_text
from core.errors import DependencyFailed
from i18n.service import translate
from knowledge_base.answering.context import Context, Draft
from knowledge_base.answering.knowledge import Knowledge
from knowledge_base.answering.pipeline import run
from knowledge_base.answering.rules import shipped_rules
from knowledge_base.answering.statuses import AnswerStatus
from knowledge_base.answering.stored import stored_knowledge
from knowledge_base.answering.views import Answer, Question, Ranked
from knowledge_base.rewriting.service import rewrite
from knowledge_base.served.live import Behaviour, live_behaviour
from knowledge_base.traces.service import NOT_KEPT, keep_trace

log = structlog.get_logger(__name__)
_MAX_RANKED = 10


def answer(
    question: Question,
    *,
    knowledge: Knowledge | None = None,
    behaviour: Behaviour | None = None,
    is_traced: bool = True,
) -> Answer:
    """Answer a question.

    Args:
        question: as asked.
        knowledge: where to look; the stored knowledge by default.
        behaviour: rules and models that decide; by default those that serve, beside another knowledge the
            shipped ones.
        is_traced: whether the trace is kept; nobody was told what is asked only to compare.

    Raises:
        InvalidInput: the text is not a string.
        DependencyFailed: the rules are not those of the register.
    """
    started = time.perf_counter()
    if behaviour is None:
        behaviour = live_behaviour() if knowledge is None else Behaviour(shipped_rules())
    context = Context(
        question,
        knowledge or stored_knowledge(),
        behaviour.rules,
        likely_of=behaviour.likely,
        models=behaviour.models,
    )
    try:
        run(context)
    except DependencyFailed as error:
        log.warning("answering.knowledge_failed", code=error.code)
        if context.draft is None or context.draft.status.is_answered:
            _fail(context)
    if is_traced:
        with context.timed("rewrite"):
            rewrite(context)
    latency_ms = round((time.perf_counter() - started) * 1000, 3)
    return _finished(context, latency_ms, is_traced=is_traced)


def _fail(context: Context) -> None:
    text = paragraph(translate("knowledge_base.error", context.locale))
    context.draft = Draft(AnswerStatus.KNOWLEDGE_ERROR, [text], source="error")
    context.citations = []


def _finished(context: Context, latency_ms: float, *, is_traced: bool) -> Answer:
    draft = context.draft
    assert draft is not None
    kept = keep_trace(context, latency_ms) if is_traced else NOT_KEPT
    blocks = [*context.rewritten, *draft.blocks]
    return Answer(
        status=draft.status,
        text=plain_text(blocks),
        blocks=blocks,
        citations=context.citations,
        follow_ups=context.follow_ups,
        choices=draft.choices,
        retrieved=_ranked(context),
        trace_id=kept.trace_id,
        receipt_code=kept.receipt_code,
        latency_ms=latency_ms,
        locale=context.locale,
        service_item_code=context.item_code,
        rests_on_no_law=draft.rests_on_no_law,
        handoff_reason=draft.handoff_reason,
        support=round(context.support, 4),
    )


def _ranked(context: Context) -> list[Ranked]:
    found = context.result.provisions if context.result else ()
    return [Ranked(hit.title, str(hit.article), hit.score) for hit in found[:_MAX_RANKED]]

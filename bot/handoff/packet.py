"""The packet: what was asked, settled, said and cited, the draft with its gaps, what to answer.

A part that cannot be had (no such draft for this officer, knowledge base down) is named in ``problems``; the
rest is shown all the same.
"""

from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversations.service import Conversation, MessageView, read_back, read_messages
from bot.handoff.access import in_hand, visible_case
from bot.handoff.alike import similar_cases
from bot.handoff.callbacks import WAITING, callback_of
from bot.handoff.competence import is_supervisor
from bot.handoff.listing import summary
from bot.handoff.models import CaseNote, HandoffCase, Rating
from bot.handoff.opening import note_case
from bot.handoff.queueing import CLAIMED, CLOSED, QUEUED
from bot.handoff.sameperson import other_cases
from bot.handoff.suggestions import suggest
from bot.handoff.views import CaseView, Gap, NoteView, Suggestion
from core.database import transaction
from core.errors import Conflict, DependencyFailed, NotAvailable
from core.identity import Actor
from core.identity.service import display_names
from forms import service as forms
from forms.service import FieldView, FilingView
from i18n.service import translate

PAGE, SHOWN = 500, 200


def get_case(actor: Actor, case_id: str, *, locale: str = "zh-CN") -> CaseView:
    """Return a case's packet; looking at it is audited.

    Args:
        actor: the officer.
        case_id: the case.
        locale: language of labels and the draft; suggestions are in the applicant's.

    Raises:
        NotAvailable: absent, or not this officer's province and field.
    """
    with transaction() as session:
        case = visible_case(session, actor, case_id)
        conversation = session.get_one(Conversation, case.conversation_id)
        line = summary(session, case, conversation, actor, locale)
        notes = _notes(session, case)
        rating_level = session.scalar(select(Rating.level).where(Rating.case_id == case.id))
        similar = similar_cases(session, actor, case)
        others = other_cases(session, actor, case, conversation)
        is_own = case.state == CLAIMED and case.officer_id == actor.account_id
        callback = callback_of(session, case, in_full=is_own)
        note_case(session, case, actor.account_id, "viewed")
    transcript = read_back(case.conversation_id, before=conversation.last_seq + 1, limit=SHOWN)
    filing, problems = _filing(actor, case, locale)
    watched = forms.observed(actor, case.id, locale)
    actions = [*actions_of(case, actor), *_help_with(case, actor, filing)]
    if is_own and callback is not None and callback.state == WAITING:
        actions.append("call")
    suggestions = _suggestions(case, conversation.locale, problems)
    return CaseView(
        summary=line,
        unanswered=case.unanswered,
        confirmed_facts=case.confirmed_facts,
        transcript=transcript,
        filing=filing,
        watched=watched,
        gaps=gaps_of(filing, locale) if filing else [],
        clauses=clauses_of(transcript),
        suggestions=suggestions,
        similar=similar,
        others=others,
        problems=problems,
        notes=notes,
        actions=actions,
        resolution=case.resolution,
        outcome=case.outcome,
        callback=callback,
        rating_level=rating_level,
    )


def _notes(session: Session, case: HandoffCase) -> list[NoteView]:
    rows = session.scalars(select(CaseNote).where(CaseNote.case_id == case.id).order_by(CaseNote.at)).all()
    names = display_names(session, [row.account_id for row in rows])
    return [NoteView(row.at, names.get(row.account_id, ""), row.text) for row in rows]


def transcript_of(conversation_id: str) -> list[MessageView]:
    """Return all messages of a conversation, oldest first."""
    found: list[MessageView] = []
    while True:
        after = found[-1].seq if found else 0
        page = read_messages(conversation_id, after=after, limit=PAGE)
        found += page
        if len(page) < PAGE:
            return found


def _filing(actor: Actor, case: HandoffCase, locale: str) -> tuple[FilingView | None, list[str]]:
    if not case.filing_id:
        return None, []
    try:
        filing = forms.get_filing(actor, case.filing_id, locale, is_shared=True)
        return (filing if filing.filing_no else without_values(filing)), []
    except NotAvailable:
        return None, ["handoff.problem.filing"]


def without_values(filing: FilingView) -> FilingView:
    """Return a draft as staff see it without consent: what is filled in, never with what."""
    groups = [
        replace(group, fields=[_without_value(field) for field in group.fields]) for group in filing.groups
    ]
    return replace(filing, groups=groups, changes=[], title=filing.item_name)


def _without_value(field: FieldView) -> FieldView:
    return replace(field, value=None, display="", receipt=None, alternatives=[])


def _help_with(case: HandoffCase, actor: Actor, filing: FilingView | None) -> list[str]:
    """Return what the officer who holds the case may do to help with the draft."""
    is_own = case.state == CLAIMED and case.officer_id == actor.account_id
    if filing is None or not is_own:
        return []
    held = filing.assistance
    if held is not None and held.officer_id == actor.account_id:
        return ["stop_assisting", *(["propose"] if held.state == "active" else [])]
    return ["assist"] if filing.is_editable and held is None else []


def gaps_of(filing: FilingView, locale: str) -> list[Gap]:
    """Return the applicant's fields that are required and not confirmed, or that have a problem."""
    return [
        Gap(one.key, one.label, one.status, translate(f"handoff.gap.{one.status}", locale))
        for one in filing.fields
        if filing.is_editable
        and one.set_by == "applicant"
        and ((one.required and one.status != "confirmed") or one.problems)
    ]


def clauses_of(transcript: Iterable[MessageView]) -> list[dict[str, Any]]:
    """Return what the assistant cited, each article once, in the order of first mention."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for message in transcript:
        for citation in (message.answer or {}).get("citations", []):
            found.setdefault((citation["title"], str(citation.get("article", ""))), citation)
    return list(found.values())


def _suggestions(case: HandoffCase, locale: str, problems: list[str]) -> list[Suggestion]:
    if case.state == CLOSED or not case.unanswered.strip():
        return []
    if "items" in case.suggestions:
        return [Suggestion(**item) for item in case.suggestions["items"]]
    try:
        found = suggest(case.unanswered, locale)
    except DependencyFailed:
        problems.append("handoff.problem.suggestions")
        return []
    with transaction() as session:
        session.get_one(HandoffCase, case.id).suggestions = {"items": [asdict(item) for item in found]}
    return found


def actions_of(case: HandoffCase, actor: Actor) -> list[str]:
    """Return what the officer may do with the case now."""
    if case.state == CLOSED:
        return ["note"]
    is_own = case.officer_id == actor.account_id
    found = ["note"]
    if case.state == QUEUED:
        found.append("claim")
    elif not is_own and is_supervisor(actor):
        found.append("take_over")
    if is_own:
        found += ["reply"]
    try:
        in_hand(case, actor)
    except Conflict:
        return found
    return [*found, "transfer", *(["release"] if case.state != QUEUED else []), "close"]

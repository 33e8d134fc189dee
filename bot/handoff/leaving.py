"""Leaving: a person leaves the queue, an officer leaves the desk with cases open.

1. ``leave_queue`` closes a queued case at the person's wish; the assistant answers again.
2. ``leave_desk`` puts the officer's cases whose person waits back into the queue; the others stay theirs.
3. ``return_cases`` lets a supervisor put all open cases of an officer back.
"""

from collections.abc import Sequence

from sqlalchemy import select

from bot.conversations.service import locked
from bot.handoff.casework import end_case, put_back
from bot.handoff.competence import competence_filter, is_supervisor
from bot.handoff.models import HandoffCase
from bot.handoff.notices import tell
from bot.handoff.opening import note_case
from bot.handoff.presence import forget, set_away
from bot.handoff.queueing import CLAIMED, LEFT, QUEUED, open_case, ticket
from core.database import reading, transaction
from core.errors import Conflict, NotAvailable
from core.identity import Actor


def leave_queue(conversation_id: str) -> None:
    """Close the case of a person who no longer wants to wait.

    Raises:
        Conflict: the conversation does not wait in the queue; an officer may have it already.
    """
    with transaction() as session:
        conversation = locked(session, conversation_id)
        case = open_case(session, conversation_id)
        if case is None or case.state != QUEUED:
            raise Conflict("handoff.not_queued")
        end_case(session, case, conversation, LEFT)
        details = {**ticket(session, case).to_json(), "state": "left"}
        tell(session, conversation, "handoff.left", handoff=details, case_no=case.case_no)
        note_case(session, case, conversation.account_id, "left")


def leave_desk(actor: Actor, *, is_signing_out: bool = False) -> int:
    """Note that an officer is away; return how many cases went back into the queue.

    Raises:
        NotAvailable: the actor handles no cases.
    """
    if not actor.handles_cases:
        raise NotAvailable
    with transaction() as session:
        if is_signing_out:
            forget(session, actor.account_id)
        else:
            set_away(session, actor, True)
    query = select(HandoffCase.id).where(
        HandoffCase.state == CLAIMED,
        HandoffCase.officer_id == actor.account_id,
        HandoffCase.reply_by.is_not(None),
    )
    with reading() as session:
        waiting = session.scalars(query).all()
    return _return_all(waiting, actor.account_id, actor.account_id)


def return_to_desk(actor: Actor) -> None:
    """Note that an officer is here again.

    Raises:
        NotAvailable: the actor handles no cases.
    """
    if not actor.handles_cases:
        raise NotAvailable
    with transaction() as session:
        set_away(session, actor, False)


def return_cases(actor: Actor, officer_id: str) -> int:
    """Put all open cases of an officer back into the queue; return how many.

    Raises:
        NotAvailable: the actor is no supervisor.
    """
    if not is_supervisor(actor):
        raise NotAvailable
    query = select(HandoffCase.id).where(
        HandoffCase.state == CLAIMED, HandoffCase.officer_id == officer_id, competence_filter(actor)
    )
    with reading() as session:
        found = session.scalars(query).all()
    return _return_all(found, officer_id, actor.account_id)


def _return_all(case_ids: Sequence[str], officer_id: str, actor_id: str) -> int:
    return sum(_return(case_id, officer_id, actor_id) for case_id in case_ids)


def _return(case_id: str, officer_id: str, actor_id: str) -> int:
    with transaction() as session:
        case = session.get_one(HandoffCase, case_id)
        conversation = locked(session, case.conversation_id)
        session.refresh(case)
        if case.state != CLAIMED or case.officer_id != officer_id:
            return 0
        put_back(session, case, conversation, "handoff.officer_left")
        note_case(session, case, actor_id, "returned", officer_id=officer_id)
        return 1

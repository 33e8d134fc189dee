"""The staff desk, from "I want to talk to someone" to the rating.

1. ``request_handoff`` opens a case for one of a closed set of reasons, or returns the open one: number, place
   in the queue, expected wait, and when the office opens. The conversation then belongs to the queue.
2. A turn of the assistant that fails opens a case by itself (reason ``bot_failure``): importing this module
   takes the staff desk of ``bot.conversations``.
3. ``list_cases`` is the queue of an officer's province and field, urgent matters first; ``get_case`` is the
   packet: open question, settled facts, transcript, draft with gaps, clauses cited, suggested replies, notes.
4. While they wait, a person may ask to be called (``ask_callback``) or leave (``leave_queue``). ``seen`` and
   ``Beat`` note who is here; ``leave_desk`` puts an officer's waiting cases back, ``return_cases`` all.
5. ``claim_case``: the first officer wins. ``reply`` writes to the person; the assistant is silent.
   ``add_note``, ``transfer_case``, ``release_case`` move the case on; a supervisor may take over.
   ``log_call`` tells how a call went.
6. ``request_assistance`` asks to help with the draft; with the applicant's consent the officer watches it and
   proposes values, which the applicant takes or not (``answer_assistance``, ``propose_value``,
   ``answer_proposal``, ``withdraw_consent``).
7. ``close_case`` gives the conversation back to the assistant, which begins a fresh session, and asks for the
   rating; ``rate`` takes it, on five levels; a bad one opens a follow-up task. ``ratings_told`` shows them.
8. Answers on topics that supervisors marked wait for an officer: ``hold_answer``, ``send_held``,
   ``decline_held``.
9. ``find_dossier`` tells the auditor how an answer came about, ``find_reasons`` the person in plain words.
10. ``tick`` ends turns that died, shows late cases to supervisors, and returns cases whose officer is silent,
   has left or no longer handles cases.
11. ``gather_candidates`` makes questions that nobody answered, and those that staff answered, candidates for
   the knowledge base; ``tell_askers`` tells who asked once an answer was released.

Every act is audited in its own transaction. Topics: ``conv:<id>`` for the person, ``queue:all`` for staff.
"""

from bot.handoff.assisting import (
    answer_assistance,
    answer_proposal,
    propose_value,
    request_assistance,
    stop_assisting,
    withdraw_consent,
)
from bot.handoff.callbacks import SLOTS as CALLBACK_SLOTS
from bot.handoff.calling import ask_callback, known_phone, log_call
from bot.handoff.candidates import gather_candidates
from bot.handoff.canned import CannedReplyView, delete_canned, list_canned, save_canned
from bot.handoff.casework import claim_case, close_case, release_case, reply, transfer_case
from bot.handoff.dossiers import Dossier, Given, find_dossier, given_as
from bot.handoff.explaining import Reasons, find_reasons
from bot.handoff.held import (
    HeldView,
    TopicView,
    decline_held,
    delete_topic,
    hold_answer,
    list_held,
    list_topics,
    save_topic,
    send_held,
)
from bot.handoff.leaving import leave_desk, leave_queue, return_cases, return_to_desk
from bot.handoff.listing import (
    PAGE_SIZE,
    CaseFilter,
    case_of_conversation,
    conversation_of_case,
    list_cases,
    list_officers,
)
from bot.handoff.notes import add_note
from bot.handoff.notices import waiting_text
from bot.handoff.opening import request_handoff
from bot.handoff.packet import get_case
from bot.handoff.presence import Beat, is_away, seen
from bot.handoff.ratings import RatingView, rate, ratings_told
from bot.handoff.reasons import REASONS
from bot.handoff.telling import tell_askers
from bot.handoff.timers import tick
from bot.handoff.views import (
    CallbackView,
    CaseSummary,
    CaseTicket,
    CaseView,
    Gap,
    NoteView,
    OfficerView,
    OtherCase,
    SimilarCase,
    Suggestion,
)

__all__ = [
    "Dossier",
    "Given",
    "Reasons",
    "find_dossier",
    "find_reasons",
    "given_as",
    "CALLBACK_SLOTS",
    "seen",
    "return_to_desk",
    "return_cases",
    "log_call",
    "leave_queue",
    "leave_desk",
    "is_away",
    "known_phone",
    "ask_callback",
    "CallbackView",
    "Beat",
    "REASONS",
    "PAGE_SIZE",
    "HeldView",
    "TopicView",
    "decline_held",
    "delete_topic",
    "hold_answer",
    "list_held",
    "list_topics",
    "save_topic",
    "send_held",
    "CannedReplyView",
    "OtherCase",
    "SimilarCase",
    "delete_canned",
    "list_canned",
    "save_canned",
    "CaseFilter",
    "CaseSummary",
    "CaseTicket",
    "CaseView",
    "Gap",
    "NoteView",
    "OfficerView",
    "RatingView",
    "Suggestion",
    "add_note",
    "answer_assistance",
    "answer_proposal",
    "propose_value",
    "request_assistance",
    "stop_assisting",
    "withdraw_consent",
    "case_of_conversation",
    "claim_case",
    "close_case",
    "conversation_of_case",
    "gather_candidates",
    "get_case",
    "list_cases",
    "list_officers",
    "rate",
    "ratings_told",
    "release_case",
    "reply",
    "request_handoff",
    "tell_askers",
    "tick",
    "transfer_case",
    "waiting_text",
]

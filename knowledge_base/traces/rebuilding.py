"""An answer put together again from its trace and the knowledge as it was kept, and held against its hashes.

Nothing else is read: no message, no index, no rule. Passages never change and are never deleted, so that an
answer of years ago can be rebuilt though its law has long been replaced.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit.reading import Place, event_about, place_of
from core.blocks import Block, plain_text
from core.database import reading
from core.errors import NotAvailable
from knowledge_base.models import AnswerTrace
from knowledge_base.passages import store
from knowledge_base.traces import recipe
from knowledge_base.traces.service import GIVEN, facts_sha256, text_sha256

_PART = 200


class Outcome(StrEnum):
    """How a rebuilt answer compares with the one that was given."""

    SAME = "same"
    MASKED = "masked"  # word for word, but for personal data of the person's, which is never kept
    DIFFERENT = "different"
    ERASED = "erased"  # the person's words were erased, and with them the answer's own
    NOT_KEPT = "not_kept"  # given before recipes were kept


class Seal(StrEnum):
    """What the audit trail says of a trace."""

    FITTING = "fitting"
    WAITING = "waiting"  # recorded, not yet sealed
    BROKEN = "broken"
    NOT_RECORDED = "not_recorded"  # given before answers were recorded


@dataclass(frozen=True)
class Rebuilt:
    """A rebuilt answer.

    Attributes:
        missing: ids of passages that are no longer held.
        altered: ids of passages whose words are not those that were used.
        taken: characters that stand in passages; ``own`` the assistant's.
    """

    trace_id: str
    outcome: Outcome
    text: str = ""
    blocks: list[Block] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    taken: int = 0
    own: int = 0


@dataclass(frozen=True)
class Sealed:
    """An answer's event in the audit trail, with its place in the chain."""

    seal: Seal
    event_id: str = ""
    sequence: int | None = None
    place: Place | None = None


def rebuild(trace_id: str) -> Rebuilt:
    """Rebuild an answer.

    Raises:
        NotAvailable: there is no such trace.
    """
    for found in rebuild_all([trace_id]):
        return found
    raise NotAvailable


def rebuild_all(trace_ids: Iterable[str]) -> list[Rebuilt]:
    """Rebuild answers, in the order of their ids as given; those without a trace are left out."""
    ids, made = list(trace_ids), []
    for start in range(0, len(ids), _PART):
        part = ids[start : start + _PART]
        with reading() as session:
            rows = {r.id: r for r in session.scalars(select(AnswerTrace).where(AnswerTrace.id.in_(part)))}
            made += _rebuilt(session, [rows[one] for one in part if one in rows])
    return made


def _rebuilt(session: Session, traces: list[AnswerTrace]) -> list[Rebuilt]:
    named = {one["id"] for trace in traces for one in trace.recipe.get("passages", [])}
    held = store.views(session, sorted(named))
    found = []
    for trace in traces:
        if trace.erased_at is not None or not trace.recipe:
            is_erased = trace.erased_at is not None
            found.append(Rebuilt(trace.id, Outcome.ERASED if is_erased else Outcome.NOT_KEPT))
            continue
        made = recipe.follow(trace.recipe, held)
        text = plain_text(made.blocks)
        found.append(
            Rebuilt(
                trace.id,
                _outcome(trace, text),
                text,
                made.blocks,
                made.missing,
                made.altered,
                made.taken,
                made.own,
            )
        )
    return found


def _outcome(trace: AnswerTrace, text: str) -> Outcome:
    is_whole = recipe.canonical_sha256(trace.recipe) == trace.recipe_sha256
    digest = text_sha256(text)
    if not is_whole or digest != trace.recipe["sha256"]:
        return Outcome.DIFFERENT
    return Outcome.SAME if digest == trace.answer_sha256 else Outcome.MASKED


def seal_of(session: Session, trace: AnswerTrace) -> Sealed:
    """Return what the audit trail says of a trace: its hashes, recorded when it was given, are these."""
    event = event_about(session, trace.id, GIVEN)
    if event is None:
        return Sealed(Seal.NOT_RECORDED)
    recorded = (
        event.data.get("answer_sha256"),
        event.data.get("recipe_sha256"),
        event.data.get("facts_sha256"),
    )
    is_same = recorded == (trace.answer_sha256, trace.recipe_sha256, facts_sha256(trace))
    place = place_of(session, event.id)
    if not is_same or place.is_fitting is False:
        return Sealed(Seal.BROKEN, event.id, event.sequence, place)
    seal = Seal.WAITING if place.is_fitting is None else Seal.FITTING
    return Sealed(seal, event.id, event.sequence, place)

"""Pre-filling.

1. ``context_for`` reads the actor's account and the enterprise's records; authority is checked first.
2. ``propose`` asks the sources that a field names, holds every value against today's rules, takes the first
   sound one and shows what differs beside it. A broken source costs its own proposals only.
3. Every proposal carries a receipt: record, source, date, transformation, confidence, by whom
   it was confirmed and when.

Values are proposals until a person confirms them; a declaration is never proposed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy.orm import Session

from core import clock
from core.identity import Actor
from core.identity.models import Account
from forms.filing.conditions import holds
from forms.filing.validation import invalid
from forms.items.definition import FieldDefinition
from forms.prefill.base import IdentityFacts, PrefillContext, PrefillSource, Proposal
from forms.prefill.registry import SOURCES
from forms.records.service import records_of

log = structlog.get_logger(__name__)
CONFLICT, STALE, INVALID = "conflict", "stale", "invalid"


@dataclass(frozen=True)
class Prefilled:
    """A proposed value with its receipt, what is doubtful about it and what other sources say."""

    value: Any = field(repr=False)
    source: str
    receipt: dict[str, Any]
    problems: list[str]
    alternatives: list[dict[str, Any]]


def context_for(
    session: Session, actor: Actor, enterprise_id: str, known: Mapping[str, Any]
) -> PrefillContext:
    """Read what sources may see.

    Raises:
        NotAvailable: the actor may not act for the enterprise.
    """
    records = tuple(records_of(session, actor, enterprise_id))
    account = session.get(Account, actor.account_id)
    identity = IdentityFacts()
    if account is not None:
        identity = IdentityFacts(
            account.id,
            account.display_name,
            account.id_number,
            account.mobile,
            account.created_at.astimezone(clock.CHINA).date(),
        )
    return PrefillContext(actor, records, identity, known, clock.today())


def propose(
    definition: FieldDefinition, context: PrefillContext, sources: Mapping[str, PrefillSource] = SOURCES
) -> Prefilled | None:
    """Return the value to propose for a field, or None."""
    if definition.set_by != "applicant":
        return None
    found = [
        (spec.source, proposal)
        for spec in definition.prefill
        if holds(spec.when, context.known)
        for proposal in _ask(sources[spec.source], spec, context)
    ]
    if not found:
        return None
    found.sort(key=lambda pair: (_is_invalid(definition, pair[1]), pair[1].is_stale))
    source, best = found[0]
    others = _different(best, found[1:])
    problems = [
        problem
        for problem, applies in (
            (INVALID, _is_invalid(definition, best)),
            (STALE, best.is_stale),
            (CONFLICT, bool(others)),
        )
        if applies
    ]
    alternatives = [{"value": p.value, **_receipt(s, p)} for s, p in others]
    return Prefilled(best.value, source, _receipt(source, best), problems, alternatives)


def _ask(source: PrefillSource, spec: Any, context: PrefillContext) -> list[Proposal]:
    try:
        return source.propose(spec, context)
    except Exception as error:  # noqa: BLE001 - boundary: one broken source must not stop the form
        log.warning("prefill.source_failed", source=source.name, error=type(error).__name__)
        return []


def _is_invalid(definition: FieldDefinition, proposal: Proposal) -> bool:
    return invalid(definition, proposal.value, "zh-CN") is not None


def _different(best: Proposal, rest: list[tuple[str, Proposal]]) -> list[tuple[str, Proposal]]:
    kept: list[tuple[str, Proposal]] = []
    for source, proposal in rest:
        if proposal.value != best.value and all(proposal.value != other.value for _, other in kept):
            kept.append((source, proposal))
    return kept


def _receipt(source: str, proposal: Proposal) -> dict[str, Any]:
    return {
        "record_id": proposal.record_id,
        "source": source,
        "as_of": proposal.as_of.isoformat() if proposal.as_of else None,
        "transformation": proposal.transformation,
        "confidence": proposal.confidence,
        "is_stale": proposal.is_stale,
        "confirmed_by": None,
        "confirmed_at": None,
    }

"""Pre-filling.

1. ``context_for`` reads the actor's account and opens the enterprise's records; authority is checked first.
2. ``propose`` asks the sources that a field names, reads every value into the field's stored form and
   holds it
   against today's rules, takes the first sound one of a record in force and shows what differs beside it. A
   broken source costs its own proposals only, and says so.
3. Where no source is named that reads filings, the enterprise's own latest licence or filing of this kind may
   suggest a value; personal numbers are never suggested. Where it has none, what most others answered in
   filings that are alike may be suggested for the fields that say so.
4. Every proposal carries a receipt: record, source, date, transformation, confidence, by whom
   it was confirmed and when.

Values are proposals until a person confirms them; a declaration is never proposed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

import structlog
from sqlalchemy.orm import Session

from core import clock
from core.identity import Actor
from core.identity.models import Account
from forms.filing.conditions import holds
from forms.filing.outcomes import Rejected
from forms.filing.parsing import parse
from forms.filing.validation import invalid
from forms.items.definition import OPERATION, ServiceItem
from forms.items.form import FieldDefinition, PrefillSpec
from forms.prefill.base import IdentityFacts, PrefillContext, PrefillSource, Proposal
from forms.prefill.registry import SOURCES
from forms.records.service import RecordView, records_of
from forms.records.similar import similar_answer

log = structlog.get_logger(__name__)
CONFLICT, STALE, INVALID, SUGGESTED = "conflict", "stale", "invalid", "suggested"
FILES = ("file", "files")
TIES = {"same_product", "match"}
INITIAL = "initial"
TOLD_ONCE = PrefillSpec(source="bundle")
OF_OTHERS = (PrefillSpec(source="similar", suggests=True),)
OWN_HISTORY = (
    PrefillSpec(source="licence", suggests=True),
    PrefillSpec(source="filing", suggests=True),
)


@dataclass(frozen=True)
class Prefilled:
    """A proposed value with its receipt, what is doubtful about it and what other sources say.

    ``raw`` is the value as the source holds it, before it was read into the field's stored form.
    """

    value: Any = field(repr=False)
    raw: Any = field(repr=False)
    source: str
    receipt: dict[str, Any]
    problems: list[str]
    alternatives: list[dict[str, Any]]


@dataclass(frozen=True)
class _Read:
    source: str
    proposal: Proposal
    value: Any
    is_sound: bool


def context_for(
    session: Session,
    actor: Actor,
    enterprise_id: str,
    item: ServiceItem,
    known: Mapping[str, Any],
    *,
    base: RecordView | None = None,
    bundle: Mapping[str, tuple[Any, str, date]] | None = None,
) -> PrefillContext:
    """Open what sources may see.

    Raises:
        NotAvailable: the actor may not act for the enterprise.
    """
    today = clock.today()
    records = records_of(session, actor, enterprise_id, today)
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
    form = item.form
    return PrefillContext(
        actor,
        records,
        identity,
        known,
        today,
        item.family,
        form.title_field if form else "",
        is_about_product=form is not None and form.is_about_product,
        base=base,
        bundle=bundle or {},
        similar=partial(similar_answer, session, item.code),
    )


def propose(
    definition: FieldDefinition,
    context: PrefillContext,
    sources: Mapping[str, PrefillSource] = SOURCES,
    failed: set[str] | None = None,
) -> Prefilled | None:
    """Return the value to propose for a field, or None; sources that broke are added to ``failed``."""
    if definition.set_by != "applicant":
        return None
    told_once = [TOLD_ONCE] if definition.key in context.bundle else []
    found = _read_all(definition, [*told_once, *definition.prefill], context, sources, failed)
    if context.base is not None and all(one.proposal.is_suggestion for one in found):
        found = [*_from_base(definition, context.base, context), *found]
    if not found and _may_be_suggested(definition, context):
        found = _read_all(definition, OWN_HISTORY, context, sources, failed)
    if not found and definition.similar is not None:
        others = _read_all(definition, OF_OTHERS, context, sources, failed)
        found = [one for one in others if one.is_sound]
    if not found:
        return None
    found.sort(key=lambda one: (not one.is_sound, one.proposal.is_stale, one.proposal.is_suggestion))
    best = found[0]
    differing = _different(best, found[1:])
    is_firm = not best.proposal.is_suggestion and best.is_sound and not best.proposal.is_stale
    problems = [
        problem
        for problem, applies in (
            (INVALID, not best.is_sound),
            (STALE, best.proposal.is_stale),
            (CONFLICT, is_firm and any(_contradicts(one) for one in differing)),
            (SUGGESTED, best.proposal.is_suggestion),
        )
        if applies
    ]
    alternatives = [{"value": one.value, **_receipt(one)} for one in differing]
    return Prefilled(best.value, best.proposal.value, best.source, _receipt(best), problems, alternatives)


def _from_base(definition: FieldDefinition, base: RecordView, context: PrefillContext) -> list[_Read]:
    """Return what the record says that the person asked to start from; attachments are asked anew."""
    value = base.data.get(definition.key)
    is_apart = definition.sensitive or definition.is_own or definition.type in FILES
    if value in (None, "", [], {}) or is_apart:
        return []
    is_stale = not base.is_in_force(context.today)
    copied = Proposal(value, base.id, base.as_of, "copied_from_filing", 0.8, is_stale=is_stale)
    return [_read(definition, "filing", copied)]


def _may_be_suggested(definition: FieldDefinition, context: PrefillContext) -> bool:
    """Whether history may suggest: not what names the filing, no personal number, no other product's."""
    has_own_rule = any(TIES.intersection(spec.params) for spec in definition.prefill)
    is_apart = definition.sensitive or definition.is_own or definition.key == context.title_field
    is_new_product = context.is_about_product and context.known.get(OPERATION) == INITIAL
    is_of_another = definition.type in FILES and is_new_product
    return not is_apart and not has_own_rule and not is_of_another


def _read_all(
    definition: FieldDefinition,
    specs: Iterable[PrefillSpec],
    context: PrefillContext,
    sources: Mapping[str, PrefillSource],
    failed: set[str] | None,
) -> list[_Read]:
    return [
        _read(definition, spec.source, proposal)
        for spec in specs
        if holds(spec.when, context.known)
        for proposal in _ask(sources[spec.source], spec, definition, context, failed)
    ]


def _ask(
    source: PrefillSource,
    spec: PrefillSpec,
    definition: FieldDefinition,
    context: PrefillContext,
    failed: set[str] | None,
) -> list[Proposal]:
    try:
        return source.propose(spec, definition, context)
    except Exception as error:  # noqa: BLE001 - boundary: one broken source must not stop the form
        log.warning("prefill.source_failed", source=source.name, error=type(error).__name__)
        if failed is not None:
            failed.add(source.name)
        return []


def _read(definition: FieldDefinition, source: str, proposal: Proposal) -> _Read:
    """Read a source's value into the field's stored form; what cannot be read stays as it is, unsound."""
    held = {"name": proposal.value} if _is_file_name(definition, proposal.value) else proposal.value
    if invalid(definition, held, "zh-CN") is None:
        return _Read(source, proposal, held, is_sound=True)
    read = Rejected("forms.rejected.type") if definition.type == "file" else parse(definition, held, "zh-CN")
    if isinstance(read, Rejected):
        return _Read(source, proposal, held, is_sound=False)
    return _Read(source, proposal, read, is_sound=True)


def _is_file_name(definition: FieldDefinition, value: Any) -> bool:
    return definition.type == "file" and isinstance(value, str)


def _contradicts(one: _Read) -> bool:
    """Whether another source stands against the value: sound, in force and no mere suggestion."""
    return one.is_sound and not one.proposal.is_stale and not one.proposal.is_suggestion


def _different(best: _Read, rest: list[_Read]) -> list[_Read]:
    kept: list[_Read] = []
    for one in rest:
        if one.value != best.value and all(one.value != other.value for other in kept):
            kept.append(one)
    return kept


def _receipt(one: _Read) -> dict[str, Any]:
    proposal = one.proposal
    return {
        "record_id": proposal.record_id,
        "source": one.source,
        "as_of": proposal.as_of.isoformat() if proposal.as_of else None,
        "transformation": proposal.transformation,
        "confidence": proposal.confidence,
        "is_stale": proposal.is_stale,
        "confirmed_by": None,
        "confirmed_at": None,
    }

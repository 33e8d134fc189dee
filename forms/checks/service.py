"""All deficiencies at once (一次性告知).

1. Every visible field: is it there if it must be, was it confirmed by a person, does it keep its rules today?
2. Every check that the item names, over filled fields: against the registry, the licence, the form itself.
3. The declaration, last: it is the applicant's alone (rule ``declaration``).

Source: 行政许可法 第32条 (all that is missing is told at once).
"""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from core import clock
from core.identity import Actor
from forms.checks.base import CheckContext, Finding
from forms.checks.registry import CHECKS
from forms.filing.store import PROPOSED, Draft
from forms.filing.validation import invalid
from forms.filing.views import Deficiency
from forms.items.citations import clause
from forms.items.definition import CheckSpec, FieldDefinition, Sourced
from forms.records.service import licences_numbered, records_of
from i18n.service import translate

DECLARATION = "declaration"


def deficiencies_of(session: Session, draft: Draft, actor: Actor, locale: str) -> list[Deficiency]:
    """Return everything that stands between the draft and submission, in form order."""
    visible = draft.visible()
    context = _context(session, draft, actor, locale)
    found = [d for field in visible for d in _field_findings(draft, field, locale)]
    broken = {d.field for d in found}
    keys = {field.key for field in visible}
    for spec in draft.form.checks:
        found.extend(_deficiency(context, spec, f) for f in _run(spec, context, keys, broken))
    order = {field.key: number for number, field in enumerate(visible)}
    return sorted(found, key=lambda d: (d.rule == DECLARATION, order.get(d.field, len(order))))


def _context(session: Session, draft: Draft, actor: Actor, locale: str) -> CheckContext:
    known = draft.known
    licences = [
        found
        for spec in draft.form.checks
        if spec.check == "licence_in_force" and known.get(spec.fields[0])
        for found in licences_numbered(
            session, spec.params["subject"], spec.params["number"], str(known[spec.fields[0]])
        )
    ]
    records = tuple(records_of(session, actor, draft.filing.enterprise_id))
    return CheckContext(
        draft.form, known, draft.filing.facts, records, tuple(licences), clock.today(), locale
    )


def _run(spec: CheckSpec, context: CheckContext, visible: set[str], broken: set[str]) -> list[Finding]:
    if not visible.issuperset(spec.fields):
        return []
    is_filled = all(context.known.get(key) is not None for key in spec.fields)
    if spec.check != "set_by_manufacturer" and (not is_filled or broken.intersection(spec.fields)):
        return []
    return CHECKS[spec.check](spec, context)


def _field_findings(draft: Draft, field: FieldDefinition, locale: str) -> Iterator[Deficiency]:
    row = draft.rows.get(field.key)
    value = row.value if row else None
    if field.set_by == "declaration":
        if value is not True or draft.filing.declared_at is None:
            yield _plain(field, field, DECLARATION, locale)
    elif field.set_by == "manufacturer":
        return
    elif value is None:
        if field.required:
            yield _plain(field, field, "attach" if field.type == "file" else "required", locale)
    else:
        problem = invalid(field, value, locale)
        if problem is not None:
            message = translate(problem.code, locale, **problem.params)
            yield _plain(field, field, "invalid", locale, why=message)
        elif row is not None and row.status == PROPOSED:
            yield _plain(field, field, "unconfirmed", locale)


def _plain(field: FieldDefinition, basis: Sourced, rule: str, locale: str, **params: object) -> Deficiency:
    label = field.label.get(locale)
    return Deficiency(
        field=field.key,
        label=label,
        rule=rule,
        clause=clause(basis.source, locale),
        message=translate(f"forms.deficiency.{rule}", locale, field=label, **params),
        fix=translate(f"forms.fix.{rule}", locale, field=label, **params),
    )


def _deficiency(context: CheckContext, spec: CheckSpec, finding: Finding) -> Deficiency:
    return _plain(context.field(finding.field), spec, finding.code, context.locale, **finding.params)

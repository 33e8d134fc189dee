"""All deficiencies at once (一次性告知).

1. Every visible field: is it there if it must be, was it confirmed by a person, does it keep its rules today?
2. Every check that the item names, over filled fields: against the registry, the licence, the form itself.
3. The declaration, last: it is the applicant's alone (rule ``declaration``).

Source: 行政许可法 第32条 (all that is missing is told at once).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from core import clock
from core.identity import Actor
from forms.checks.attachments import texts_of
from forms.checks.base import CheckContext, Finding
from forms.checks.registry import CHECKS, ON_EMPTY_FIELDS
from forms.filing.conditions import holds
from forms.filing.store import PROPOSED, Draft
from forms.filing.validation import invalid
from forms.filing.views import Deficiency
from forms.items.basics import Sourced, Text
from forms.items.citations import clause
from forms.items.form import CheckSpec, FieldDefinition
from forms.records.service import Records, licences_numbered, licences_recorded, records_of
from i18n.service import translate

DECLARATION = "declaration"


@dataclass(frozen=True)
class Examined:
    """What is examined: the form's values, whose they are, and which of them no person has confirmed yet."""

    draft: Draft
    records: Records
    texts: dict[str, str]
    today: date
    locale: str


def deficiencies_of(session: Session, draft: Draft, actor: Actor, locale: str) -> list[Deficiency]:
    """Return everything that stands between the draft and submission, in form order."""
    records = records_of(session, actor, draft.filing.enterprise_id, clock.today())
    texts = texts_of(session, draft)
    return examine(session, Examined(draft, records, texts, clock.today(), locale))


def examine(session: Session, examined: Examined) -> list[Deficiency]:
    """Return all deficiencies of a form, in form order, the declaration last."""
    draft, locale = examined.draft, examined.locale
    visible = draft.visible()
    context = _context(session, examined)
    found = [d for field in visible for d in _field_findings(draft, field, locale)]
    broken = {d.field for d in found if d.rule != "unconfirmed"}
    keys = {field.key for field in visible}
    for spec in draft.form.checks:
        found.extend(_deficiency(context, spec, f) for f in _run(spec, context, keys, broken))
    order = {field.key: number for number, field in enumerate(visible)}
    return sorted(found, key=lambda d: (d.rule == DECLARATION, order.get(d.field, len(order))))


def _context(session: Session, examined: Examined) -> CheckContext:
    draft, known = examined.draft, examined.draft.known
    licences = [
        found
        for spec in draft.form.checks
        if spec.check == "licence_in_force" and isinstance(known.get(spec.fields[0]), str)
        for found in licences_numbered(session, spec.params["items"], known[spec.fields[0]])
    ]
    items = {code for spec in draft.form.checks for code in spec.params.get("items", [])}
    return CheckContext(
        form=draft.form,
        known=known,
        facts=draft.filing.facts,
        enterprise_id=draft.filing.enterprise_id,
        records=examined.records,
        licences=tuple(licences),
        recorded=licences_recorded(session, items),
        texts=examined.texts,
        family=draft.item.family,
        today=examined.today,
        locale=examined.locale,
    )


def _run(spec: CheckSpec, context: CheckContext, visible: set[str], broken: set[str]) -> list[Finding]:
    if not visible.issuperset(spec.fields) or not holds(spec.when, context.known):
        return []
    is_filled = all(context.known.get(key) is not None for key in spec.fields)
    if spec.check not in ON_EMPTY_FIELDS and not is_filled:
        return []
    return [] if broken.intersection(spec.fields) else CHECKS[spec.check](spec, context)


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
            yield _plain(field, field, "attach" if field.type in ("file", "files") else "required", locale)
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
    field, locale = context.field(finding.field), context.locale
    rule = spec.rule or finding.code
    label = field.label.get(locale)
    params = {"field": label, **finding.params}
    return Deficiency(
        field=field.key,
        label=label,
        rule=rule,
        clause=clause(spec.source, locale),
        message=_said(spec.message, f"forms.deficiency.{finding.code}", locale, params),
        fix=_said(spec.fix, f"forms.fix.{finding.code}", locale, params),
    )


def _said(own: Text | None, code: str, locale: str, params: dict[str, object]) -> str:
    return own.get(locale) if own is not None else translate(code, locale, **params)

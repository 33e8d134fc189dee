"""The next question of a draft: one at a time, in form order."""

from core.database import reading
from core.identity import Actor
from forms.filing.corrections import open_notice, unmended_keys
from forms.filing.presenting import field_view, part_views
from forms.filing.store import CONFIRMED, SKIPPED, Draft, load
from forms.filing.views import FieldQuestion
from forms.items.form import FieldDefinition


def next_question(actor: Actor, filing_id: str, locale: str) -> FieldQuestion | None:
    """Return the field to ask for now, or None when there is none.

    In a filing that was returned, first what the officer wants mended; then the first field that no person
    has answered, confirmed or skipped.
    """
    with reading() as session:
        draft = load(session, actor, filing_id)
        notice = open_notice(session, filing_id)
        wanted = unmended_keys(draft, notice) if notice else {}
    asked = _asked(draft)
    to_mend = [field for field in asked if field.key in wanted]
    if to_mend:
        return question(draft, to_mend[0], locale, correction=wanted[to_mend[0].key])
    open_fields = [field for field in asked if draft.status(field.key) not in (CONFIRMED, SKIPPED)]
    return question(draft, open_fields[0], locale) if open_fields else None


def question_for(actor: Actor, filing_id: str, key: str, locale: str) -> FieldQuestion | None:
    """Return the question of one field, to change an earlier answer; None if it does not apply."""
    with reading() as session:
        draft = load(session, actor, filing_id)
    field = next((field for field in _asked(draft) if field.key == key), None)
    return question(draft, field, locale) if field else None


def _asked(draft: Draft) -> list[FieldDefinition]:
    return [field for field in draft.visible() if field.set_by == "applicant"]


def question(draft: Draft, field: FieldDefinition, locale: str, correction: str = "") -> FieldQuestion:
    """Put a field as a question."""
    asked = _asked(draft)
    view = field_view(draft, field, locale)
    prefill = None
    if view.status == "proposed":
        prefill = {
            "value": view.value,
            "display": view.display,
            "receipt": view.receipt,
            "problems": view.problem_texts,
            "alternatives": view.alternatives,
        }
    return FieldQuestion(
        key=field.key,
        label=view.label,
        help=view.help,
        type=field.type,
        options=view.options,
        parts=part_views(field, locale),
        example=field.example,
        required=field.required,
        prefill=prefill,
        position=asked.index(field) + 1,
        total=len(asked),
        correction=correction,
        group=next(g.label.get(locale) for g in draft.form.groups if field in g.fields),
    )

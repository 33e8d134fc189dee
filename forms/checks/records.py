"""Checks of the form against what the authorities hold: registry entry, licences."""

from collections.abc import Iterator
from typing import Any

from core.privacy.service import mask_value
from forms.checks.base import CheckContext, Finding
from forms.filing.display import option_label, show
from forms.items.definition import CheckSpec
from forms.records.service import RecordView
from i18n.service import format_date, translate


def equals_record(spec: CheckSpec, context: CheckContext) -> list[Finding]:
    """The field equals the newest record of ``source`` at ``path``."""
    key = spec.fields[0]
    record = next((r for r in context.records if r.kind == spec.params["source"]), None)
    held = record.data.get(spec.params["path"]) if record else None
    if record is None or not held or held == context.known[key]:
        return []
    field = context.field(key)
    return [
        Finding(
            key,
            "differs_from_record",
            {
                "filled": show(field, context.known[key], context.locale),
                "held": show(field, held, context.locale),
                "date": format_date(record.as_of, context.locale),
                "source": translate(f"forms.source.{record.kind}", context.locale),
            },
        )
    ]


def id_matches_name(spec: CheckSpec, context: CheckContext) -> list[Finding]:
    """One person has one identity number: the same name elsewhere in the form has the same number."""
    key = spec.fields[0]
    name = context.known.get(spec.params["name_field"])
    for other_name, other_id in spec.params["same_as"].items():
        other = context.known.get(other_id)
        if name and context.known.get(other_name) == name and other and other != context.known[key]:
            masked = mask_value("id_number", str(other))
            return [
                Finding(
                    key,
                    "same_person_two_numbers",
                    {"name": name, "other": context.label(other_id), "number": masked},
                )
            ]
    return []


def _named(spec: CheckSpec, context: CheckContext, number: Any) -> Iterator[RecordView]:
    path = spec.params["number"]
    for _, record in context.licences:
        if record.subject == spec.params["subject"] and record.data.get(path) == number:
            yield record


def licence_in_force(spec: CheckSpec, context: CheckContext) -> list[Finding]:
    """The licence with the number in the form is on record and has not expired."""
    key = spec.fields[0]
    number = context.known[key]
    found = list(_named(spec, context, number))
    if not found:
        return [Finding(key, "licence_unknown", {"number": number})]
    if all(record.is_expired(context.today) for record in found):
        ended = max(record.valid_to for record in found if record.valid_to)
        return [
            Finding(key, "licence_expired", {"number": number, "date": format_date(ended, context.locale)})
        ]
    return []


def licence_covers(spec: CheckSpec, context: CheckContext) -> list[Finding]:
    """The licence's scope holds one of those that the form's value needs."""
    key, value_key = spec.fields
    number, value = context.known[key], context.known[value_key]
    accepted = spec.params["accepts"].get(value, [])
    found = list(_named(spec, context, number))
    if not found or any(set(accepted) & set(r.data.get(spec.params["scope"], [])) for r in found):
        return []
    comma = translate("forms.list_separator", context.locale)
    return [
        Finding(
            value_key,
            "licence_scope",
            {
                "number": number,
                "value": option_label(context.field(value_key), str(value), context.locale),
                "scope": comma.join(found[0].data.get(spec.params["scope"], [])),
                "needed": comma.join(accepted),
            },
        )
    ]


def licence_holder_is(spec: CheckSpec, context: CheckContext) -> list[Finding]:
    """The named manufacturer and its address are those of the licence."""
    key = spec.fields[0]
    found = list(_named(spec, context, context.known.get(spec.params["number_field"])))
    if not found:
        return []
    for record in found:
        if all(
            context.known[key].get(part) == record.data.get(path)
            for part, path in spec.params["object"].items()
        ):
            return []
    comma = translate("forms.list_separator", context.locale)
    held = comma.join(str(found[0].data.get(path, "")) for path in spec.params["object"].values())
    return [Finding(key, "licence_holder", {"held": held})]

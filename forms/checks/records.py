"""Checks of the form against what the authorities hold: registry entry, licences, persons."""

from collections.abc import Iterator
from typing import Any

from core.privacy.service import mask_value
from forms.checks.base import CheckContext, Finding
from forms.filing.display import option_label, show
from forms.filing.outcomes import Rejected
from forms.filing.parsing import parse
from forms.items.form import CheckSpec, FieldDefinition
from forms.records.service import LICENCE, REGISTRY, RecordView, at
from i18n.service import format_date, translate

KINDS = {"registry": REGISTRY, "licence": LICENCE}


def equals_record(spec: CheckSpec, context: CheckContext) -> list[Finding]:
    """The field equals what the newest record in force of ``source`` holds under its key (or ``path``).

    ``number``: only the record with the number in that field counts. ``unless``: field keys, any of which
    lets the value differ when the routing says so.
    """
    key = spec.fields[0]
    record = _record_for(spec, context)
    raw = _held(spec, context, record) if record else None
    if record is None or raw in (None, "", [], {}):
        return []
    field = context.field(key)
    held = _stored(field, raw)
    if _unordered(held) == _unordered(context.known[key]):
        return []
    return [
        Finding(
            key,
            "differs_from_record",
            {
                "filled": show(field, context.known[key], context.locale),
                "held": show(field, held, context.locale),
                "date": format_date(record.as_of, context.locale),
                "source": translate(f"forms.source.{spec.params['source']}", context.locale),
            },
        )
    ]


def _held(spec: CheckSpec, context: CheckContext, record: RecordView) -> Any:
    """Return what a record says of the field; its own number or term where the field is that."""
    certificate = context.form.certificate
    own = {certificate.number_field: "@number", certificate.expiry_field: "@expires_on"}
    key = spec.params.get("path", spec.fields[0])
    value = at(key, record)
    return at(own[key], record) if value in (None, "") and key in own else value


def _unordered(value: Any) -> Any:
    """Return a list of texts without its order, which means nothing."""
    is_list = isinstance(value, list) and all(isinstance(one, str) for one in value)
    return sorted(value) if is_list else value


def _record_for(spec: CheckSpec, context: CheckContext) -> RecordView | None:
    kind = KINDS[spec.params["source"]]
    items = None if kind == REGISTRY else tuple(spec.params.get("items", context.family))
    found = [r for r in context.records.newest(kind, items) if r.is_in_force(context.today)]
    number = context.known.get(spec.params["number"]) if "number" in spec.params else None
    if "number" in spec.params:
        found = [record for record in found if record.number == number]
    return found[0] if found else None


def _stored(field: FieldDefinition, raw: Any) -> Any:
    read = parse(field, raw, "zh-CN")
    return raw if isinstance(read, Rejected) else read


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


def _named(spec: CheckSpec, context: CheckContext, number: Any) -> Iterator[tuple[str, RecordView]]:
    for holder, record in context.licences:
        if record.service_item_code in spec.params["items"] and record.number == number:
            yield holder, record


def licence_in_force(spec: CheckSpec, context: CheckContext) -> list[Finding]:
    """The licence with the number in the form is on record, is the enterprise's if ``own``, and stands.

    Where no licence of the named items is on record at all, there is nothing to compare with.
    """
    key = spec.fields[0]
    number = context.known[key]
    found = list(_named(spec, context, number))
    if not found:
        is_recorded = not context.recorded.isdisjoint(spec.params["items"])
        return [Finding(key, "licence_unknown", {"number": number})] if is_recorded else []
    if spec.params.get("own") and all(holder != context.enterprise_id for holder, _ in found):
        return [Finding(key, "licence_not_own", {"number": number})]
    if any(record.is_in_force(context.today) for _, record in found):
        return []
    revoked = [record for _, record in found if record.status in ("revoked", "superseded")]
    if revoked:
        return [Finding(key, f"licence_{revoked[0].status}", {"number": number})]
    ended = max((record.expires_on for _, record in found if record.expires_on), default=context.today)
    return [Finding(key, "licence_expired", {"number": number, "date": format_date(ended, context.locale)})]


def licence_covers(spec: CheckSpec, context: CheckContext) -> list[Finding]:
    """The licence's scope holds one of those that the form's value needs."""
    key, value_key = spec.fields
    number, value = context.known[key], context.known[value_key]
    accepted = spec.params["accepts"].get(value, [])
    found = [record for _, record in _named(spec, context, number)]
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
    """The named manufacturer and its address are those of the licence.

    ``object`` maps parts of the field to keys of the licence; a licence that holds a list names any of them.
    """
    key = spec.fields[0]
    number = context.known.get(spec.params["number_field"])
    found = [record for _, record in _named(spec, context, number)]
    if not found:
        return []
    for record in found:
        if all(
            _is_among(context.known[key].get(part), record.data.get(path))
            for part, path in spec.params["object"].items()
        ):
            return []
    comma = translate("forms.list_separator", context.locale)
    held = comma.join(_flat(found[0].data.get(path, "")) for path in spec.params["object"].values())
    return [Finding(key, "licence_holder", {"held": held})]


def _is_among(value: Any, held: Any) -> bool:
    return value in held if isinstance(held, list) else value == held


def _flat(held: Any) -> str:
    return " / ".join(map(str, held)) if isinstance(held, list) else str(held)


def within_record(spec: CheckSpec, context: CheckContext) -> list[Finding]:
    """Every chosen value stands on the licence named by ``number``, under ``path`` or the field's own key."""
    key = spec.fields[0]
    number = context.known.get(spec.params["number"])
    found = [record for _, record in _named(spec, context, number)]
    held = {str(one) for record in found for one in record.data.get(spec.params.get("path", key), [])}
    chosen = context.known[key] if isinstance(context.known[key], list) else [context.known[key]]
    beyond = [str(one) for one in chosen if str(one) not in held]
    if not found or not held or not beyond:
        return []
    comma = translate("forms.list_separator", context.locale)
    return [Finding(key, "beyond_licence", {"values": comma.join(beyond), "number": number})]

"""A filing filled in as its enterprise would: synthetic, valid under the form's rules, the same from a seed.

1. ``routing_answers`` finds answers to the routing questions that lead to the form for an operation.
2. ``fill_form`` walks the form in order; each value comes from the enterprise, its people, what it holds,
   what follows from other fields, the item's sample (``samples.yml``) or the field's own example.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

from core.content import read_yaml
from forms.checks.dates import before
from forms.filing.conditions import holds
from forms.filing.outcomes import Rejected
from forms.filing.parsing import parse
from forms.guidance.service import GuidanceOutcome, facts_of, guidance_step
from forms.items.catalogue import item
from forms.items.definition import OPERATION, ServiceItem
from forms.items.form import FieldDefinition
from forms.prefill.sources.own import calculate
from forms.sandbox.enterprises import make_address, make_person
from forms.sandbox.numbering import make_number
from forms.sandbox.world import SyntheticEnterprise

LOCALE = "zh-CN"
RECENTLY = timedelta(days=6)


@lru_cache(maxsize=1)
def samples() -> dict[str, dict[str, Any]]:
    """Return what the items' samples fill in where an example would not fit: answers and values by key."""
    loaded: dict[str, dict[str, Any]] = read_yaml(Path(__file__).parent / "samples.yml")
    return loaded


def term_to_renew(item_code: str, today: date) -> date:
    """Return an end of validity for which renewal can be applied for today, by the item's own check."""
    form = item(item_code).form
    spec = next((one for one in form.checks if one.check == "renewal_window"), None) if form else None
    for days in range(30, 1000, 5):
        end = today + timedelta(days=days)
        opens = before(end, spec.params["opens"]) if spec and "opens" in spec.params else today
        if spec is None or opens <= today <= before(end, spec.params["closes"]) - timedelta(days=10):
            return end
    return today + timedelta(days=365)


@dataclass
class Holding:
    """What the enterprise holds for the filing: the certificate's number, its term, and what it says."""

    number: str = ""
    expires_on: date | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


def routing_answers(item_code: str, operation: str) -> dict[str, str]:
    """Return routing answers that end in the form, the sample's own where it names some."""
    wanted = {**samples().get(item_code, {}).get("answers", {})}
    wanted |= samples().get(item_code, {}).get(f"answers_{operation}", {})
    answers: dict[str, str] = {}
    while not isinstance(step := guidance_step(item_code, answers, LOCALE), GuidanceOutcome):
        point = next(one for one in item(item_code).decision_points if one.key == step.key)
        usable = [one for one in point.options if one.outcome is None or one.outcome.kind == "proceed"]
        fitting = [
            one
            for one in usable
            if operation in (one.value, one.facts.get(OPERATION)) or wanted.get(step.key) == one.value
        ]
        answers[step.key] = (fitting or usable)[0].value
    return answers


def fill_form(
    made: SyntheticEnterprise,
    item_code: str,
    operation: str,
    *,
    holding: Holding,
    rng: Random,
    today: date,
) -> tuple[dict[str, str], dict[str, Any]]:
    """Return the routing facts and the values of a complete filing, by field key in stored form."""
    service_item = item(item_code)
    facts = facts_of(service_item, routing_answers(item_code, operation))
    filler = _Filler(made, service_item, operation, holding, rng, today)
    values: dict[str, Any] = {}
    for one in service_item.form.fields if service_item.form else []:
        known = {**facts, **values}
        if not holds(one.when, known):
            continue
        value = filler.value(one, known)
        if value is not None:
            values[one.key] = value
    return facts, values


class _Filler:
    def __init__(
        self,
        made: SyntheticEnterprise,
        service_item: ServiceItem,
        operation: str,
        holding: Holding,
        rng: Random,
        today: date,
    ) -> None:
        self._made, self._item, self._operation = made, service_item, operation
        self._holding, self._rng, self._today = holding, rng, today
        sample = samples().get(service_item.code, {})
        self._sample = {**sample.get("values", {}), **sample.get(operation, {})}

    def value(self, one: FieldDefinition, known: dict[str, Any]) -> Any:
        """Return a field's value; None where it is left empty."""
        if one.key in self._sample:
            return self._sampled(one, self._sample[one.key])
        if one.set_by == "declaration":
            return True
        own = self._own(one.key)
        if own is not None:
            return own
        derived = calculate(one, known)
        if derived is not None:
            return self._read(one, derived)
        return self._held(one, known) if self._is_held(one) else self._made_up(one)

    def _sampled(self, one: FieldDefinition, raw: Any) -> Any:
        if raw is None:
            return None
        if one.type == "date" and str(raw)[:1] in "+-":
            return (self._today + timedelta(days=int(raw))).isoformat()
        return self._read(one, raw)

    def _own(self, key: str) -> Any:
        made = self._made
        return {
            "ent_name": made.name,
            "uscc": made.uscc,
            "ent_type": made.entity_type,
            "legal_rep": made.legal_rep.name,
            "legal_rep_id": made.legal_rep.id_number,
            "domicile": made.domicile,
            "region_code": made.region_code,
            "contact_name": made.proxy.name,
            "contact_id": made.proxy.id_number,
            "contact_mobile": made.proxy.mobile,
        }.get(key)

    def _is_held(self, one: FieldDefinition) -> bool:
        certificate = self._item.form.certificate if self._item.form else None
        is_known = one.key in self._holding.data
        is_number = certificate is not None and one.key in (
            certificate.number_field,
            certificate.expiry_field,
        )
        return self._operation != "initial" and not one.is_own and (is_known or is_number)

    def _held(self, one: FieldDefinition, known: dict[str, Any]) -> Any:
        certificate = self._item.form.certificate if self._item.form else None
        if certificate and one.key == certificate.number_field:
            return self._holding.number
        if certificate and one.key == certificate.expiry_field and self._holding.expires_on:
            return self._holding.expires_on.isoformat()
        held = self._holding.data.get(one.key)
        return held if held not in (None, "", [], {}) else self._made_up(one)

    def _made_up(self, one: FieldDefinition) -> Any:
        if one.type in ("file", "files"):
            attached = {"name": f"{one.label.zh}.pdf"}
            return [attached] if one.type == "files" else attached
        if one.type == "date":
            return (self._today - RECENTLY).isoformat()
        if one.type == "boolean":
            return False
        if not one.required and not one.example:
            return None
        if one.pattern and one.type in ("string", "code"):
            return make_number(one.patterns[0], self._made, self._rng, self._today)
        if one.type in ("enum", "multi_enum"):
            return self._read(one, one.example or one.options[0].value)
        return self._varied(one, self._read(one, one.example))

    def _varied(self, one: FieldDefinition, value: Any) -> Any:
        """Give every enterprise its own people and places where the example names them."""
        if one.type == "object":
            return self._person_in(one, value)
        if one.type == "table":
            return [self._person_in(one, row) for row in value]
        if one.type in ("string", "text") and one.key.endswith("addr"):
            return make_address(self._rng, self._made.region_code)
        if one.type == "list" and one.one_per_line:
            return [make_address(self._rng, self._made.region_code) for _ in value]
        return value

    def _person_in(self, one: FieldDefinition, row: dict[str, str]) -> dict[str, str]:
        if not any(part.sensitive == "id_number" for part in one.parts):
            return row
        person = make_person(self._rng, self._made.region_code, self._today)
        replaced = {part.key: person.id_number for part in one.parts if part.sensitive == "id_number"}
        return {**row, **replaced, **({"name": person.name} if "name" in row else {})}

    def _read(self, one: FieldDefinition, raw: Any) -> Any:
        if one.type in ("file", "files"):
            return raw
        read = parse(one, raw, LOCALE)
        return None if isinstance(read, Rejected) else read

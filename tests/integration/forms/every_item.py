"""One filing of any item and operation, driven through the services as its enterprise would.

1. ``enterprise_for`` finds the sandbox enterprise without flaws that holds the item's dossier.
2. ``good_values`` is the complete filing that its people have before them.
3. ``file_completely`` starts it, confirms what is pre-filled, types the rest and attaches papers until
   nothing is asked.
4. ``hand_in`` declares and submits; ``decide`` is the officer's side.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from io import BytesIO
from random import Random
from typing import Any

from sqlalchemy import select

from core import clock
from core.database import reading
from core.identity import Actor, Role
from forms import service as forms
from forms.filing.display import option_label
from forms.items.catalogue import item, items
from forms.items.form import FieldDefinition, FormDefinition
from forms.models import FilingValue
from forms.sandbox.filled import Holding, fill_form, routing_answers
from forms.sandbox.generator import build_world
from forms.sandbox.world import SyntheticEnterprise
from forms.service import FieldQuestion, FilingView, Move, Submission
from i18n.service import translate
from tests.integration.forms.conftest import applicant_for
from tests.integration.forms.papers import make_pdf

SEED, ENTERPRISES = 20260515, 20
LOCALES = ("zh-CN", "en")
FILES = ("file", "files")
FILINGS = [(code, kind) for code, one in sorted(items().items()) if one.form for kind in one.operations]
# Whose dossier an item starts from, where it is another item's; and who files cosmetics.
DOSSIERS = {"device2_reg_change": "device2_reg_initial", "device2_reg_renewal": "device2_reg_initial"}
KINDS = {"cosmetic_filing": "cosmetic_maker"}
# What the enterprise answers at the start, where the first answer that leads to the form is not its own.
ANSWERS = {"drug_online_report": {"seller_type": "批发"}}
# What a filing says of the enterprise's dossiers, an address only while it has none of its own:
# {item: {key: (item, its key or @number)}}.
NAMED = {
    "device1_filing": {"filing_no": ("device1_filing", "@number")},
    "device2_reg_change": {"prod_licence_no": ("device_prod_licence", "@number")},
    "device_dist_class2_filing": {
        "class3_licence_no": ("device_dist_class3_licence", "@number"),
        "biz_addr": ("device_dist_class3_licence", "biz_addr"),
    },
    "drug_change": {
        "approval_no": ("drug_change", "@number"),
        "prod_licence_no": ("drug_prod_licence", "@number"),
    },
    "drug_online_report": {"licence_no": ("drug_dist_wholesale", "@number")},
}


@lru_cache(maxsize=1)
def world() -> list[SyntheticEnterprise]:
    """The enterprises of the sandbox, as ``seed_sandbox(20)`` puts them into the database."""
    return build_world(ENTERPRISES, SEED, clock.today())


def form_of(code: str) -> FormDefinition:
    """An item's form, which every item has."""
    form = item(code).form
    assert form is not None, code
    return form


def enterprises_for(code: str) -> list[SyntheticEnterprise]:
    """The enterprises whose records have no flaw and that hold the item's dossier."""
    clean = [made for made in world() if not made.flaws]
    if code in KINDS:
        return [made for made in clean if made.kind == KINDS[code]]
    return [made for made in clean if DOSSIERS.get(code, code) in made.dossiers]


def enterprise_for(code: str) -> SyntheticEnterprise:
    """The first enterprise that files an item."""
    return enterprises_for(code)[0]


def held_by(made: SyntheticEnterprise, code: str) -> Holding:
    """What the enterprise holds for the item."""
    found: Holding = made.dossiers.get(DOSSIERS.get(code, code)) or Holding(data=made.truth)
    return found


def answers_for(code: str, operation: str) -> dict[str, str]:
    """The routing answers with which the enterprise comes to the form."""
    return {**routing_answers(code, operation), **ANSWERS.get(code, {})}


def good_values(
    code: str, operation: str, made: SyntheticEnterprise | None = None, *, by_proxy: bool = True
) -> tuple[dict[str, str], dict[str, Any]]:
    """The routing facts and the complete, right values of a filing by a proxy or the legal representative."""
    made = made or enterprise_for(code)
    facts, values = fill_form(
        made,
        code,
        operation,
        holding=held_by(made, code),
        rng=Random(f"{code}:{operation}"),
        today=clock.today(),
    )
    if code in KINDS:
        values |= {key: true for key, true in made.truth.items() if key in values}
    person = made.legal_rep
    if not by_proxy or made.proxy.name == person.name:  # a namesake reads as one person with two numbers
        values |= {"contact_name": person.name, "contact_id": person.id_number}
        values["contact_mobile"] = person.mobile
    told = {key: value for key, value in ANSWERS.get(code, {}).items() if key in facts}
    facts |= told
    values |= {key: value for key, value in told.items() if key in values}
    for key, (other, path) in NAMED.get(code, {}).items():
        held = made.dossiers.get(other)
        is_told = path == "@number" or operation == "initial"
        if held is not None and key in values and is_told:
            values[key] = held.number if path == "@number" else held.data[path]
    return facts, values


def start(actor: Actor, code: str, operation: str, key: str = "start") -> FilingView:
    """Open a draft for the actor's one enterprise."""
    (enterprise_id,) = actor.enterprise_ids
    return forms.start_filing(
        actor,
        enterprise_id=enterprise_id,
        item_code=code,
        answers=answers_for(code, operation),
        idempotency_key=f"{key}-{code}-{operation}",
        origin=forms.Origin("web"),
    )


def applicant_of(code: str) -> Actor:
    """Someone who files for the enterprise that holds the item's dossier."""
    return applicant_for(enterprise_for(code).id)


def stored(filing_id: str) -> dict[str, Any]:
    """A filing's values as they are kept, unmasked."""
    with reading() as session:
        rows = session.scalars(select(FilingValue).where(FilingValue.filing_id == filing_id))
        return {row.key: row.value for row in rows if row.value is not None}


class Filler:
    """A person at the form: confirms what is right, types what is not there or differs, attaches papers."""

    def __init__(self, actor: Actor, code: str, locale: str, values: dict[str, Any]) -> None:
        """Know the values; nothing is opened yet."""
        self._actor, self._code, self._locale, self._values = actor, code, locale, values

    def fill(self, filing: FilingView) -> None:
        """Answer until nothing is asked any more; every question is put once."""
        proposed = stored(filing.id)
        sure = [
            one.key
            for one in filing.fields
            if one.status == "proposed" and not one.problems and self._is_right(one.key, proposed[one.key])
        ]
        forms.confirm_prefilled(self._actor, filing.id, sure)
        asked: set[str] = set()
        while (question := forms.next_question(self._actor, filing.id, self._locale)) is not None:
            assert question.key not in asked, f"{question.key} is asked twice"
            asked.add(question.key)
            self._answer(filing.id, question)

    def _is_right(self, key: str, value: Any) -> bool:
        """Whether the person has nothing else to say; papers are attached anew."""
        field = form_of(self._code).field(key)
        assert field is not None
        return field.type not in FILES and self._values.get(key, value) == value

    def _answer(self, filing_id: str, question: FieldQuestion) -> None:
        key = question.key
        if question.type in FILES and key in self._values:
            self._attach(filing_id, key)
        elif question.prefill is not None and self._is_right(key, stored(filing_id)[key]):
            forms.confirm_prefilled(self._actor, filing_id, [key])
        elif key in self._values:
            self._type(filing_id, key)
        else:
            assert not question.required, f"{key} is required and the enterprise does not know it"
            forms.skip_field(self._actor, filing_id, key, self._locale)

    def _attach(self, filing_id: str, key: str) -> None:
        text = paper_text(self._code, {**self._values, **stored(filing_id)}, self._values)
        stream = BytesIO(make_pdf(text))
        result = forms.attach_file(self._actor, filing_id, key, f"{key}.pdf", stream, locale=self._locale)
        assert isinstance(result, forms.Accepted), (key, result)

    def _type(self, filing_id: str, key: str) -> None:
        field = form_of(self._code).field(key)
        assert field is not None
        text = as_typed(field, self._values[key], self._locale)
        result = forms.answer_field(self._actor, filing_id, key, text, source="web", locale=self._locale)
        assert isinstance(result, forms.Accepted), (key, text, result)
        assert result.value == self._values[key], (key, text)


def paper_text(code: str, *known: Mapping[str, Any]) -> str:
    """What a paper says: all that the item's checks look for in attachments, however it is told."""
    specs = [spec for spec in form_of(code).checks if spec.check == "attachment_mentions"]
    wanted = dict.fromkeys(key for spec in specs for key in spec.fields[1:])
    lines = [str(values[key]) for key in wanted for values in known if key in values]
    return "\n".join(dict.fromkeys(["本材料与所填内容一致，为自动测试而写，不是真实材料。", *lines]))


def as_typed(field: FieldDefinition, value: Any, locale: str) -> Any:
    """How a person writes a stored value; a choice of several is sent as the page sends it."""
    match field.type:
        case "boolean":
            return translate("forms.shown.yes" if value else "forms.shown.no", locale)
        case "enum":
            return option_label(field, value, locale)
        case "date":
            day = date.fromisoformat(value)
            return f"{day:%d %B %Y}" if locale == "en" else f"{day.year}年{day.month}月{day.day}日"
        case "object":
            return "\n".join(
                translate("forms.labelled", locale, label=part.label.get(locale), value=value[part.key])
                for part in field.parts
                if value.get(part.key)
            )
        case "table":
            return "\n".join(" | ".join(row.get(part.key, "") for part in field.parts) for row in value)
        case "list":
            return "\n".join(value)
    return value


def file_completely(actor: Actor, code: str, operation: str, locale: str, *, by_proxy: bool = True) -> str:
    """Open a filing and fill it in; return its id."""
    filing = start(actor, code, operation)
    _, values = good_values(code, operation, by_proxy=by_proxy)
    Filler(actor, code, locale, values).fill(filing)
    return filing.id


def hand_in(actor: Actor, filing_id: str, locale: str) -> Submission:
    """Declare and submit."""
    forms.confirm_declaration(actor, filing_id, True)
    version = forms.get_filing(actor, filing_id, locale).version
    return forms.submit_filing(actor, filing_id, expected_version=version, idempotency_key=filing_id)


def officer_for(code: str) -> Actor:
    """An officer of the enterprise's province and of the item's field."""
    province, domain = enterprise_for(code).province, item(code).domain
    return Actor("acct_officer", Role.OFFICER, province=province, competences=frozenset({domain}))


def decide(officer: Actor, filing_id: str) -> None:
    """Accept, review and approve, as officers do who find nothing wrong; two where the item asks for two."""
    for state in ("accepted", "in_review", "approved"):
        forms.move_filing(officer, filing_id, Move(state))
    if forms.proposed_decision(officer, filing_id) is not None:
        forms.move_filing(replace(officer, account_id="acct_colleague"), filing_id, Move("approved"))

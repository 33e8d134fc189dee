"""How much of each form a returning enterprise finds filled in, and how much of that is wrong.

Every synthetic enterprise begins every operation of every item of which it holds a dossier; cosmetics
enterprises begin a filing of a new product and of one that they filed before. A value is wrong when it
differs from what is true of the enterprise today and nothing about it is marked doubtful; what an enterprise
changed and told nobody, no record can know: it is counted apart.
"""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from core import clock
from core.database import reading
from core.identity import Actor, Role
from core.identity.models import EnterpriseAuthority
from forms import service as forms
from forms.items.catalogue import item
from forms.models import FilingValue
from forms.sandbox.cosmetics import ORIGINS, PRODUCTION
from forms.sandbox.filled import routing_answers
from forms.sandbox.generator import build_world
from forms.sandbox.seed import seed_sandbox
from forms.sandbox.world import SyntheticEnterprise

COSMETIC = "cosmetic_filing"
SEED = 20260515
NEW, BEFORE = "new product", "product filed before"
Begun = tuple[str, str, dict[str, str], dict[str, Any]]


@dataclass
class PrefillFigures:
    """Counts over all filings of one kind."""

    filings: int = 0
    fields: int = 0
    prefilled: int = 0
    marked: int = 0
    held: int = 0
    held_prefilled: int = 0
    unreported: int = 0
    wrong: list[str] = field(default_factory=list)
    absent: dict[str, int] = field(default_factory=dict)

    @property
    def share(self) -> float:
        """Pre-filled share of the form's fields, the declaration and what others set left out."""
        return self.prefilled / self.fields if self.fields else 0.0

    @property
    def held_share(self) -> float:
        """Pre-filled share of the fields that a record of the enterprise holds."""
        return self.held_prefilled / self.held if self.held else 0.0


def measure(enterprises: int = 240) -> dict[tuple[str, str], PrefillFigures]:
    """Return the figures by item and operation; needs an empty database."""
    seed_sandbox(enterprises, SEED)
    found: dict[tuple[str, str], PrefillFigures] = {}
    for made in build_world(enterprises, SEED, clock.today()):
        for code, kind, answers, truth in _begun(made):
            _count(found.setdefault((code, kind), PrefillFigures()), made, code, kind, answers, truth)
    return found


def _begun(made: SyntheticEnterprise) -> list[Begun]:
    begun: list[Begun] = []
    if made.kind in ORIGINS:
        earlier = _newest_filing(made)
        begun.append((COSMETIC, NEW, _answers(made, is_first=True), dict(made.truth)))
        truth = {**made.truth, **_product_truth(earlier), "product_name_zh": earlier["product_name_zh"]}
        begun.append((COSMETIC, BEFORE, _answers(made, is_first=False), truth))
    for code, told in made.truth_of.items():
        truth = {**told, **made.truth}
        for operation in item(code).operations:
            begun.append((code, operation, routing_answers(code, operation), truth))
    if "device2_reg_initial" in made.truth_of:
        truth = {**made.truth_of["device2_reg_initial"], **made.truth}
        for code in ("device2_reg_change", "device2_reg_renewal"):
            operation = item(code).operations[0]
            begun.append((code, operation, routing_answers(code, operation), truth))
    return begun


def _newest_filing(made: SyntheticEnterprise) -> dict[str, Any]:
    filings = (r for r in made.records if r.kind == "filing" and r.item == COSMETIC)
    return max(filings, key=lambda record: record.as_of).data


def _count(
    figures: PrefillFigures,
    made: SyntheticEnterprise,
    code: str,
    kind: str,
    answers: dict[str, str],
    truth: dict[str, Any],
) -> None:
    person = made.legal_rep
    truth = {
        **truth,
        "contact_name": person.name,
        "contact_id": person.id_number,
        "contact_mobile": person.mobile,
    }
    actor = Actor(_legal_representative(made.id), Role.APPLICANT, enterprise_ids=frozenset({made.id}))
    filing = forms.start_filing(
        actor,
        enterprise_id=made.id,
        item_code=code,
        answers=answers,
        idempotency_key=f"bench-{made.index}-{code}-{kind}",
        origin=forms.Origin("benchmark"),
    )
    if kind == BEFORE:
        name = truth["product_name_zh"]
        forms.answer_field(actor, filing.id, "product_name_zh", name, source="typed", locale="zh-CN")
        filing = forms.get_filing(actor, filing.id, "zh-CN")
    stored, held = _stored(filing.id), {key for record in made.records for key in record.data}
    figures.filings += 1
    for one in filing.fields:
        if one.set_by != "applicant":
            continue
        figures.fields += 1
        figures.held += one.key in held
        if one.status in ("proposed", "confirmed"):
            figures.prefilled += 1
            figures.held_prefilled += one.key in held
            figures.marked += bool(one.problems)
            if one.key in truth and not one.problems and not _same(stored[one.key], truth[one.key]):
                if one.key in made.unreported:
                    figures.unreported += 1
                else:
                    figures.wrong.append(f"{made.index}:{one.key}")
        else:
            figures.absent[one.key] = figures.absent.get(one.key, 0) + 1
    forms.cancel_filing(actor, filing.id)


def _same(stored: Any, true: Any) -> bool:
    """Whether two values agree; what a record keeps lacks personal numbers, which the person adds."""
    if isinstance(stored, dict) and isinstance(true, dict):
        return all(true.get(key) == text for key, text in stored.items() if text)
    if isinstance(stored, list) and isinstance(true, list) and stored and isinstance(stored[0], dict):
        return len(stored) == len(true) and all(map(_same, stored, true))
    return bool(stored == true)


def _legal_representative(enterprise_id: str) -> str:
    with reading() as session:
        query = select(EnterpriseAuthority.account_id).where(
            EnterpriseAuthority.enterprise_id == enterprise_id,
            EnterpriseAuthority.scope == "legal_representative",
        )
        return session.scalars(query.order_by(EnterpriseAuthority.id)).first() or ""


def _stored(filing_id: str) -> dict[str, Any]:
    with reading() as session:
        rows = session.scalars(select(FilingValue).where(FilingValue.filing_id == filing_id))
        return {row.key: row.value for row in rows}


def _answers(made: SyntheticEnterprise, *, is_first: bool) -> dict[str, str]:
    answers = {"special": "no", "kind": "cosmetic", "matter": "first" if is_first else "refile"}
    answers |= {"origin": ORIGINS[made.kind], "new_ingredient": "no"}
    return answers if made.kind == "cosmetic_importer" else answers | {"production": PRODUCTION[made.kind]}


def _product_truth(earlier: dict[str, Any]) -> dict[str, Any]:
    keys = ("efficacy", "body_part", "form_dosage", "use_method", "users", "formula")
    return {key: earlier[key] for key in keys}

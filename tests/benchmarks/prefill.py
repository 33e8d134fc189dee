"""How much of the cosmetics filing a returning enterprise finds filled in, and how much of that is wrong.

Every synthetic cosmetics enterprise starts a filing of a new product and one of a product that it filed
before. A value is wrong when it differs from what is true of the enterprise today and nothing about it is
marked doubtful.
"""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from core import clock
from core.database import reading
from core.identity import Actor, Role
from core.identity.models import EnterpriseAuthority
from forms import service as forms
from forms.models import FilingValue
from forms.sandbox.cosmetics import ORIGINS, PRODUCTION
from forms.sandbox.generator import build_world
from forms.sandbox.seed import seed_sandbox
from forms.sandbox.world import SyntheticEnterprise

ITEM = "cosmetic_filing"
SEED = 20260515


@dataclass
class PrefillFigures:
    """Counts over all filings of one kind."""

    filings: int = 0
    fields: int = 0
    prefilled: int = 0
    marked: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        """Pre-filled share of the form's fields, the declaration and what others set left out."""
        return self.prefilled / self.fields if self.fields else 0.0


def measure(enterprises: int = 240) -> dict[str, PrefillFigures]:
    """Return the figures for new products and for products filed before; needs an empty database."""
    seed_sandbox(enterprises, SEED)
    world = [made for made in build_world(enterprises, SEED, clock.today()) if made.kind in ORIGINS]
    found = {"new product": PrefillFigures(), "product filed before": PrefillFigures()}
    for made in world:
        _count(found["new product"], made, None)
        _count(found["product filed before"], made, _newest_filing(made))
    return found


def _newest_filing(made: SyntheticEnterprise) -> dict[str, Any]:
    return max((r for r in made.records if r.kind == "filing"), key=lambda record: record.as_of).data


def _count(figures: PrefillFigures, made: SyntheticEnterprise, earlier: dict[str, Any] | None) -> None:
    actor = Actor(_legal_representative(made.id), Role.APPLICANT, enterprise_ids=frozenset({made.id}))
    filing = forms.start_filing(
        actor,
        enterprise_id=made.id,
        item_code=ITEM,
        answers=_answers(made, is_first=earlier is None),
        idempotency_key=f"bench-{made.index}-{earlier is None}",
        channel="benchmark",
    )
    if earlier is not None:
        name = earlier["product_name_zh"]
        forms.answer_field(actor, filing.id, "product_name_zh", name, source="typed", locale="zh-CN")
        filing = forms.get_filing(actor, filing.id, "zh-CN")
    truth, stored = {**made.truth, **_product_truth(earlier)}, _stored(filing.id)
    figures.filings += 1
    for one in filing.fields:
        if one.set_by != "applicant":
            continue
        figures.fields += 1
        if one.status == "proposed":
            figures.prefilled += 1
            figures.marked += bool(one.problems)
            if one.key in truth and not one.problems and stored[one.key] != truth[one.key]:
                figures.wrong.append(f"{made.index}:{one.key}")
    forms.cancel_filing(actor, filing.id)


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


def _product_truth(earlier: dict[str, Any] | None) -> dict[str, Any]:
    keys = ("efficacy", "body_part", "form_dosage", "use_method", "users", "formula")
    return {key: earlier[key] for key in keys} if earlier else {}

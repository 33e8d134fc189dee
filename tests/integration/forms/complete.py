"""Complete filings of any item: opened through the service, filled in at once as its enterprise would."""

from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any

from core import clock
from core.database import transaction
from core.identity import Actor, Role
from forms import service as forms
from forms.filing.drafts import TYPED, edited
from forms.filing.store import CONFIRMED, load, write_value
from forms.items.catalogue import item
from forms.items.definition import ServiceItem
from forms.sandbox.filled import Holding, fill_form, routing_answers
from forms.sandbox.generator import build_world
from forms.sandbox.world import SyntheticEnterprise

ENTERPRISES, SEED = 20, 20260515


@dataclass(frozen=True)
class Opened:
    """A draft, who filled it in, and with what."""

    actor: Actor
    id: str
    values: dict[str, Any]


@lru_cache(maxsize=1)
def world() -> list[SyntheticEnterprise]:
    """Return the enterprises that ``seed_sandbox(20)`` puts into the database."""
    return build_world(ENTERPRISES, SEED, clock.today())


def enterprise(kind: str) -> SyntheticEnterprise:
    """Return the first enterprise of a kind whose records agree."""
    return next(made for made in world() if made.kind == kind and not made.flaws)


def member(made: SyntheticEnterprise, account_id: str = "acct_member") -> Actor:
    """Return someone who acts for an enterprise."""
    return Actor(account_id, Role.APPLICANT, enterprise_ids=frozenset({made.id}))


def open_complete(
    made: SyntheticEnterprise,
    item_code: str,
    operation: str = "initial",
    *,
    actor: Actor | None = None,
    key: str = "start-1",
    bundle_id: str | None = None,
) -> Opened:
    """Open a draft and fill in everything but the declaration; ``key`` varies what is filled in."""
    service_item, actor = item(item_code), actor or member(made)
    (enterprise_id,) = actor.enterprise_ids
    filing = forms.start_filing(
        actor,
        enterprise_id=enterprise_id,
        item_code=item_code,
        answers=routing_answers(item_code, operation),
        idempotency_key=key,
        origin=forms.Origin("web", bundle_id=bundle_id),
    )
    holding = made.dossiers.get(item_code, Holding()) if operation != "initial" else Holding()
    _, values = fill_form(made, item_code, operation, holding=holding, rng=Random(key), today=clock.today())
    values |= _licences_held(made, service_item, values)
    write_values(actor, filing.id, values)
    return Opened(actor, filing.id, values)


def _licences_held(
    made: SyntheticEnterprise, service_item: ServiceItem, values: dict[str, Any]
) -> dict[str, str]:
    """Return the numbers of the licences that the enterprise holds where the form's checks look for them."""
    found = {}
    for spec in service_item.form.checks if service_item.form else []:
        held = [made.dossiers[code].number for code in spec.params.get("items", []) if code in made.dossiers]
        if spec.check == "licence_in_force" and spec.fields[0] in values and held:
            found[spec.fields[0]] = held[0]
    return found


def write_values(actor: Actor, filing_id: str, values: dict[str, Any]) -> None:
    """Let a person fill in all values in one transaction; what else was proposed goes."""
    with transaction() as session:
        draft = load(session, actor, filing_id, to_write=True)
        for key in [key for key in draft.rows if key not in values]:
            session.delete(draft.rows.pop(key))
        fields = [one.key for one in draft.form.fields if one.set_by == "applicant" and one.key in values]
        for key in fields:
            write_value(session, draft, key, value=values[key], status=CONFIRMED, origin=TYPED)
        edited(session, draft, actor, "answered", data={"fields": fields})


def declare_and_submit(actor: Actor, filing_id: str, key: str = "submit-1") -> forms.Submission:
    """Check, declare and hand in, as a person's browser would."""
    view = forms.get_filing(actor, filing_id, "zh-CN")
    if view.is_editable:
        forms.check_filing(actor, filing_id, "zh-CN")
        if not view.is_declared:
            forms.confirm_declaration(actor, filing_id, True)
        view = forms.get_filing(actor, filing_id, "zh-CN")
    return forms.submit_filing(actor, filing_id, expected_version=view.version, idempotency_key=key)

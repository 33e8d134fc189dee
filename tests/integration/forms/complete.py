"""Complete filings of any item: opened through the service, filled in at once as its enterprise would."""

import threading
from collections.abc import Callable
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
RETAIL, FILED = "drug_dist_retail", "device_dist_class2_filing"
PROVINCE = "闽"
REASON = "经营地址与场所材料不一致"


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
    """Open a draft and fill in everything but the declaration, always with the same values."""
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
    _, values = fill_form(made, item_code, operation, holding=holding, rng=Random(SEED), today=clock.today())
    values |= _said_by_licences(made, service_item, values)
    write_values(actor, filing.id, values)
    return Opened(actor, filing.id, values)


def _said_by_licences(
    made: SyntheticEnterprise, service_item: ServiceItem, values: dict[str, Any]
) -> dict[str, Any]:
    """Return the numbers of licences that the enterprise holds, and what these say, where checks compare."""
    found: dict[str, Any] = {}
    for spec in service_item.form.checks if service_item.form else []:
        key = spec.fields[0]
        held = [made.dossiers[code] for code in spec.params.get("items", []) if code in made.dossiers]
        if key not in values or not held:
            continue
        if spec.check == "licence_in_force":
            found[key] = held[0].number
        elif spec.check == "equals_record" and found.get(spec.params["number"]) == held[0].number:
            found[key] = held[0].data[key]
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


def officer(province: str = PROVINCE, *fields: str, role: Role = Role.OFFICER) -> Actor:
    """Someone of the authority, of a province and of fields."""
    return Actor("acct_officer", role, province=province, competences=frozenset(fields))


def handed_in(item_code: str = RETAIL, operation: str = "renewal", key: str = "start-1") -> Opened:
    """A filing of the clean distributor's that was handed in."""
    opened = open_complete(enterprise("drug_distributor"), item_code, operation, key=key)
    declare_and_submit(opened.actor, opened.id)
    return opened


def move(filing_id: str, *states: str, actor: Actor | None = None) -> None:
    """Let a competent officer move a filing on, step by step."""
    for state in states:
        forms.move_filing(actor or officer(), filing_id, forms.Move(state, REASON))


def view_of(opened: Opened, locale: str = "zh-CN") -> forms.FilingView:
    """What the applicant sees."""
    return forms.get_filing(opened.actor, opened.id, locale)


def status_of(opened: Opened, locale: str = "zh-CN") -> forms.FilingStatus:
    """What somebody learns who asks by number."""
    return forms.filing_status(opened.actor, view_of(opened).filing_no, locale)


def at_once(count: int, act: Callable[[int], None]) -> list[Exception | None]:
    """Do something in so many threads at the same moment; return what each met with."""
    met: list[Exception | None] = []
    gate = threading.Barrier(count)

    def run(number: int) -> None:
        gate.wait()
        try:
            act(number)
        except Exception as error:  # noqa: BLE001 - whatever a thread meets with is what is looked at
            met.append(error)
        else:
            met.append(None)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return met

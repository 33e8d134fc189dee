"""Authority over enterprises: who gives it, for what, until when, and who takes it back."""

from datetime import date, timedelta
from typing import Any

import pytest

from core import clock, database
from core.audit.models import AuditEvent
from core.database.engine import Database
from core.errors import InvalidInput, NotAvailable
from core.identity import Act, Actor, Role, authority, service
from core.identity.authority import LEGAL_REPRESENTATIVE, PROXY, Grant

ITEMS = ("cosmetic_filing", "drug_change")
TOMORROW = timedelta(days=1)


@pytest.fixture
def legal(db: Database) -> Actor:
    with database.transaction() as session:
        made = {}
        for login, role in (("li", Role.APPLICANT), ("wang", Role.APPLICANT), ("zhang", Role.OFFICER)):
            made[login] = service.create_account(
                session, login=login, password="a long password", role=role, display_name=login
            )
        service.grant_authority(
            session, account_id=made["li"].id, enterprise_id="ent_1", scope=LEGAL_REPRESENTATIVE
        )
    return service.actor_named("li")


def give(actor: Actor, **changed: Any) -> str:
    given = {
        "login": "wang",
        "acts": [Act.PREPARE],
        "service_items": ["cosmetic_filing"],
        "valid_to": clock.today(),
    }
    enterprise_id = changed.pop("enterprise_id", "ent_1")
    return authority.authorise(actor, enterprise_id, Grant(**{**given, **changed}), ITEMS)


def test_what_is_given_is_what_the_person_may(legal: Actor) -> None:
    give(legal)
    agent = service.actor_named("wang")
    assert agent.may_act_for("ent_1")
    covered = [(act, item) for act in ("", *Act) for item in ITEMS if agent.may(act, "ent_1", item)]
    assert covered == [("", "cosmetic_filing"), ("prepare", "cosmetic_filing")]
    assert not agent.may("", "ent_2", "cosmetic_filing")


def test_all_acts_and_no_items_limit_nothing(legal: Actor) -> None:
    give(legal, acts=list(Act), service_items=[])
    agent = service.actor_named("wang")
    assert agent.limits == ()
    assert agent.may(Act.SUBMIT, "ent_1", "drug_change")


def test_a_new_authority_replaces_the_earlier_one(legal: Actor) -> None:
    assert give(legal) == give(legal, acts=[Act.SUBMIT], service_items=["drug_change"])
    agent = service.actor_named("wang")
    assert (agent.may(Act.SUBMIT, "ent_1", "drug_change"), agent.may("", "ent_1", "cosmetic_filing")) == (
        True,
        False,
    )


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"login": "nobody"}, "login"),
        ({"login": "zhang"}, "login"),
        ({"login": "li"}, "login"),
        ({"acts": []}, "acts"),
        ({"acts": ["rule"]}, "acts"),
        ({"service_items": ["no_item"]}, "service_items"),
        ({"valid_to": date.min}, "valid_to"),
        ({"valid_to": date(2099, 1, 1)}, "valid_to"),
    ],
)
def test_what_is_wrong_is_told_by_field(legal: Actor, changed: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        give(legal, **changed)
    assert list(caught.value.fields) == [field]


def test_nobody_but_the_legal_representative_gives_or_takes(legal: Actor) -> None:
    made = give(legal, acts=list(Act), service_items=[])
    agent = service.actor_named("wang")
    for actor, enterprise_id in ((agent, "ent_1"), (legal, "ent_2"), (service.actor_named("zhang"), "ent_1")):
        with pytest.raises(NotAvailable):
            give(actor, enterprise_id=enterprise_id)
    own = authority.of_person(legal)[0].id
    for actor, wanted in ((agent, made), (agent, own), (legal, own), (legal, "auth_absent")):
        with pytest.raises(NotAvailable):
            authority.end(actor, wanted)
    with pytest.raises(NotAvailable):
        authority.of_enterprise(agent, "ent_1")


def test_what_is_taken_back_ends_at_once_with_an_event(legal: Actor) -> None:
    authority.end(legal, give(legal))
    assert service.actor_named("wang").enterprise_ids == frozenset()
    with database.reading() as session:
        events = [row.action for row in session.query(AuditEvent) if row.action.startswith("authority.")]
    assert events == ["authority.granted", "authority.ended"]
    states = {one.account_id: one.state for one in authority.of_enterprise(legal, "ent_1")}
    assert sorted(states.values()) == ["ended", "valid"]


def test_one_that_ends_soon_says_so_and_the_last_day_counts(
    legal: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(legal)
    agent = service.actor_named("wang")
    (held,) = authority.of_person(agent)
    assert (held.state, held.scope, agent.may_act_for("ent_1")) == ("soon", PROXY, True)
    tomorrow = clock.today() + TOMORROW
    monkeypatch.setattr(clock, "today", lambda: tomorrow)
    later = service.actor_named("wang")
    assert not later.may_act_for("ent_1")
    with pytest.raises(InvalidInput) as caught:
        authority.hold_to(later, Act.PREPARE, "ent_1")
    assert caught.value.code == "core.authority_ended"
    with pytest.raises(NotAvailable):
        authority.hold_to(later, Act.PREPARE, "ent_2")


def test_too_narrow_an_authority_is_told(legal: Actor) -> None:
    give(legal)
    with pytest.raises(InvalidInput) as caught:
        authority.hold_to(service.actor_named("wang"), Act.SUBMIT, "ent_1", "cosmetic_filing")
    assert caught.value.code == "core.authority_too_narrow"

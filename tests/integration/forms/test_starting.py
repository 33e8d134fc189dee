"""One draft, however often and by however many requests at once it is begun."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from core.database import reading
from core.database.engine import Database
from core.errors import AssistantError
from core.identity import Actor, Role
from forms import service as forms
from forms.models import Filing
from forms.sandbox.filled import routing_answers
from forms.sandbox.seed import seed_sandbox
from tests.integration.forms.complete import RETAIL, at_once, enterprise, member

DISTRIBUTOR = "drug_distributor"


def begin(actor: Actor, enterprise_id: str, key: str) -> str:
    """Begin a first application for a retail licence; return the draft's id."""
    return forms.start_filing(
        actor,
        enterprise_id=enterprise_id,
        item_code=RETAIL,
        answers=routing_answers(RETAIL, "initial"),
        idempotency_key=key,
        origin=forms.Origin("web"),
    ).id


@pytest.mark.parametrize("keys", ["one key", "keys of their own"])
def test_ten_starts_at_once_open_one_draft(each_database: Database, keys: str) -> None:
    seed_sandbox(20)
    made = enterprise(DISTRIBUTOR)
    ids: list[str] = []

    def act(number: int) -> None:
        ids.append(begin(member(made), made.id, "start" if keys == "one key" else f"start-{number}"))

    assert at_once(10, act) == [None] * 10
    assert len(set(ids)) == 1
    with reading() as session:
        assert session.scalar(select(func.count(Filing.id))) == 1


def test_a_key_that_was_used_for_another_enterprise_is_told_as_a_mistake(regulator: Path) -> None:
    first, second = enterprise(DISTRIBUTOR), enterprise("drug_maker")
    both = Actor("acct_both", Role.APPLICANT, enterprise_ids=frozenset({first.id, second.id}))
    begin(both, first.id, "start-1")
    with pytest.raises(AssistantError):
        begin(both, second.id, "start-1")

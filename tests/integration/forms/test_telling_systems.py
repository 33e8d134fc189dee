"""Other systems hear of what becomes of filings and certificates: ids and states, in their order."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core import clock
from core.database import reading
from core.errors import NotAvailable
from core.identity import Actor, Role, keys
from core.queue import service as queue
from core.settings import get_settings
from core.webhooks import endpoints, service, tasks
from core.webhooks.events import SUBSCRIBED
from core.webhooks.models import WebhookDelivery
from forms import service as forms
from forms.models import Filing
from tests.integration.forms.complete import RETAIL, handed_in, move, officer, view_of
from tests.receiving import Receiver, receiving

ADMIN = Actor("acct_admin", Role.ADMINISTRATOR)
LONG = 8
HANDLERS = {service.TASK: tasks.deliver.run, "forms.render_document": lambda **_payload: None}


@pytest.fixture
def receiver(regulator: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    monkeypatch.setenv("YAOZHENG_WEBHOOK_NETWORKS", "127.0.0.0/8")
    get_settings.cache_clear()
    with receiving() as found:
        yield found


@pytest.fixture
def hearing(receiver: Receiver) -> Receiver:
    """A receiver of the authority's own, which hears everything."""
    endpoints.register(ADMIN, endpoints.NewEndpoint(receiver.url, SUBSCRIBED))
    return receiver


def system(enterprise_id: str) -> Actor:
    """Another system with the enterprise's authority."""
    last = clock.today() + timedelta(days=9)
    made = keys.create_key(ADMIN, keys.NewKey("平台", ["filings:read", "webhooks:manage"], last))
    keys.grant_to_key(ADMIN, made.key.id, enterprise_id=enterprise_id, basis="授权书", valid_to=last)
    return keys.authenticate(made.secret).actor


def written() -> list[dict[str, Any]]:
    """The notices in the order in which they were written."""
    with reading() as session:
        rows = session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.created_at)).all()
        return [json.loads(row.body) for row in rows]


def row_of(filing_id: str) -> Filing:
    with reading() as session:
        return session.get_one(Filing, filing_id)


def test_the_whole_way_of_a_filing_is_told(hearing: Receiver) -> None:
    opened = handed_in()
    move(opened.id, "accepted", "in_review", "approved")
    told = [(one["type"], one["data"].get("state")) for one in written()]
    assert told == [
        ("filing.submitted", "submitted"),
        ("filing.status_changed", "accepted"),
        ("filing.status_changed", "in_review"),
        ("certificate.issued", None),
        ("filing.status_changed", "approved"),
    ]
    queue.drain(HANDLERS)
    assert sorted(hearing.events) == sorted(kind for kind, _ in told)


def test_a_notice_holds_ids_and_states_and_nothing_that_a_person_typed(hearing: Receiver) -> None:
    opened = handed_in()
    (body,) = written()
    row = row_of(opened.id)
    assert body["data"] == {
        "filing_id": opened.id,
        "filing_no": view_of(opened).filing_no,
        "service_item_code": RETAIL,
        "enterprise_id": row.enterprise_id,
        "state": "submitted",
        "version": row.version,
    }
    sent = json.dumps(body, ensure_ascii=False)
    words = set(re.split(r"\W+", sent))  # a short value may stand within a random id by chance
    typed = [value for value in opened.values.values() if isinstance(value, str)]
    assert [value for value in typed if value in words or (len(value) >= LONG and value in sent)] == []


def test_a_return_for_correction_is_told_as_such(hearing: Receiver) -> None:
    opened = handed_in()
    forms.move_filing(officer(), opened.id, forms.Move("returned_for_correction", "补一份租赁合同"))
    assert [one["type"] for one in written()] == [
        "filing.submitted",
        "filing.status_changed",
        "filing.correction_requested",
    ]
    assert "租赁" not in json.dumps(written(), ensure_ascii=False)


def test_a_withdrawal_is_told_and_that_of_a_draft_is_not(hearing: Receiver) -> None:
    opened = handed_in()
    forms.cancel_filing(opened.actor, opened.id)
    assert [(one["type"], one["data"]["state"]) for one in written()] == [
        ("filing.submitted", "submitted"),
        ("filing.status_changed", "withdrawn"),
    ]


def test_a_certificate_that_handing_in_brings_is_told_and_its_end_too(hearing: Receiver) -> None:
    opened = handed_in("device_dist_class2_filing", "initial")
    certificate_id = row_of(opened.id).certificate_id
    forms.cancel_filing(opened.actor, opened.id)
    told = [(one["type"], one["data"]["certificate_id"]) for one in written() if "certificate" in one["type"]]
    assert told == [("certificate.issued", certificate_id), ("certificate.revoked", certificate_id)]


def test_a_cancellation_ends_a_certificate(hearing: Receiver) -> None:
    opened = handed_in(RETAIL, "cancellation")
    move(opened.id, "accepted", "in_review", "approved")
    assert [one["type"] for one in written()][-2:] == ["certificate.revoked", "filing.status_changed"]


def test_a_system_with_authority_reads_what_it_was_told_of(receiver: Receiver) -> None:
    opened = handed_in()
    number, enterprise_id = view_of(opened).filing_no, row_of(opened.id).enterprise_id
    mine, other = system(enterprise_id), system("ent_other")
    endpoints.register(mine, endpoints.NewEndpoint(receiver.url, SUBSCRIBED))
    move(opened.id, "accepted")
    assert [one["data"]["filing_no"] for one in written()] == [number]
    assert forms.filing_status(mine, number, "en").state == "accepted"
    assert [one.filing_no for one in forms.list_filings(mine, "en")] == [number]
    with pytest.raises(NotAvailable):
        forms.filing_status(other, number, "en")
    assert forms.list_filings(other, "en") == []


def test_a_system_with_authority_changes_nothing(receiver: Receiver) -> None:
    opened = handed_in()
    mine = system(row_of(opened.id).enterprise_id)
    for attempt in (
        lambda: forms.cancel_filing(mine, opened.id),
        lambda: forms.move_filing(mine, opened.id, forms.Move("accepted")),
        lambda: forms.start_filing(
            mine,
            enterprise_id="ent_other",
            item_code=RETAIL,
            answers={},
            idempotency_key="k",
            origin=forms.Origin("web"),
        ),
    ):
        with pytest.raises(NotAvailable):
            attempt()
    assert row_of(opened.id).state == "submitted"


def test_nothing_is_written_where_nobody_listens(receiver: Receiver) -> None:
    opened = handed_in()
    move(opened.id, "accepted")
    assert written() == []

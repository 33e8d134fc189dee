"""Alerts by subscription message, over real HTTP: one for each permission, of what people wait for."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from core import clock
from core.audit.models import AuditEvent
from core.database import reading, transaction
from core.errors import DependencyFailed, InvalidInput, NotAvailable
from core.identity.models import Account, WeChatLink
from core.queue import service as queue
from core.queue.models import OutboxJob
from core.settings import get_settings
from forms import service as forms
from forms import tasks
from forms.alerts import service as alerts
from tests.integration.forms.complete import Opened, enterprise, handed_in, member, move, view_of
from tests.wechat import TOKEN, WeChatServer, connect, serving

HANDLERS = {"forms.alert": tasks.alert.run, "forms.render_document": lambda **_payload: None}
OPENID = "openid-of-li"


@pytest.fixture
def wechat(regulator: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WeChatServer]:
    with serving(WeChatServer()) as started:
        connect(monkeypatch, started, "template-1")
        yield started


@pytest.fixture
def filing(wechat: WeChatServer) -> Opened:
    """A filing that was handed in by someone who has bound WeChat."""
    opened = handed_in()
    account = Account(
        id=opened.actor.account_id,
        login="member",
        display_name="member",
        password_hash="-",
        role="applicant",
        created_at=clock.now(),
    )
    with transaction() as session:
        session.add(account)
        session.flush()
        session.add(WeChatLink(openid=OPENID, account_id=account.id, linked_at=clock.now()))
    return opened


def work() -> None:
    """Let the worker do what is due, pauses passed."""
    with transaction() as session:
        session.execute(update(OutboxJob).values(available_at=clock.now()))
    queue.drain(HANDLERS)


def test_a_permission_carries_one_alert_of_what_is_waited_for(wechat: WeChatServer, filing: Opened) -> None:
    forms.permit_alert(filing.actor, filing.id)
    move(filing.id, "accepted", "in_review")
    work()
    assert wechat.sent == []
    move(filing.id, "refused")
    work()
    (told,) = wechat.sent
    assert (told["touser"], told["template_id"]) == (OPENID, "template-1")
    assert told["data"]["character_string1"] == {"value": view_of(filing).filing_no}
    assert set(told["data"]) == {"character_string1", "thing2", "phrase3", "time4"}
    assert len(told["data"]["thing2"]["value"]) <= 20
    assert 0 < len(told["data"]["phrase3"]["value"]) <= 5


def test_without_a_permission_nothing_is_sent(wechat: WeChatServer, filing: Opened) -> None:
    move(filing.id, "accepted", "in_review", "refused")
    work()
    assert wechat.asked == []


def test_a_failure_is_tried_again_and_a_job_that_runs_twice_tells_once(
    wechat: WeChatServer, filing: Opened
) -> None:
    forms.permit_alert(filing.actor, filing.id)
    forms.permit_alert(filing.actor, filing.id)
    move(filing.id, "returned_for_correction")
    wechat.answers = [{"errcode": -1, "errmsg": "system error"}]
    work()
    assert wechat.sent == []
    work()
    assert len(wechat.sent) == 1
    assert alerts.deliver(filing.id, view_of(filing).version) is False
    assert len(wechat.sent) == 1


def test_a_refused_send_is_tried_again_and_a_withdrawn_permission_is_not(
    wechat: WeChatServer, filing: Opened
) -> None:
    forms.permit_alert(filing.actor, filing.id)
    version, token = view_of(filing).version, {"access_token": TOKEN}
    wechat.answers = [token, {"errcode": 47003, "errmsg": "argument invalid"}]
    with pytest.raises(DependencyFailed):
        alerts.deliver(filing.id, version)
    wechat.answers = [token, {"errcode": 43101, "errmsg": "user refuse to accept the msg"}]
    assert alerts.deliver(filing.id, version) is False
    assert alerts.deliver(filing.id, version + 1) is False
    assert wechat.sent == []
    with reading() as session:
        assert "filing.alert_unwanted" in set(session.scalars(select(AuditEvent.action)))


def test_someone_who_has_unbound_wechat_is_told_nothing(wechat: WeChatServer, filing: Opened) -> None:
    forms.permit_alert(filing.actor, filing.id)
    with transaction() as session:
        session.delete(session.get_one(WeChatLink, OPENID))
    move(filing.id, "returned_for_correction")
    work()
    assert wechat.sent == []


def test_only_the_applicants_own_filing_and_only_where_it_is_set_up(
    filing: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = member(enterprise("drug_maker"), "acct_stranger")
    with pytest.raises(NotAvailable):
        forms.permit_alert(stranger, filing.id)
    monkeypatch.delenv("YAOZHENG_WECHAT_TEMPLATE")
    get_settings.cache_clear()
    with pytest.raises(InvalidInput):
        forms.permit_alert(filing.actor, filing.id)

"""The authority's processing system over real HTTP: told of every change, its decisions carried out once."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from core import clock
from core.audit.models import AuditEvent
from core.database import reading, transaction
from core.database.engine import Database
from core.errors import DependencyFailed, InvalidInput, NotAvailable
from core.queue import service as queue
from core.queue.models import OutboxJob
from core.settings import get_settings
from forms import service as forms
from forms import tasks
from forms.backoffice import service as backoffice
from forms.backoffice.base import HEADER, TOLERANCE_S, sign, verify
from forms.models import BackOfficeEvent, DeficiencyNotice, FilingEvent
from forms.sandbox.seed import seed_sandbox
from forms.service import Move
from tests.integration.forms.complete import (
    RETAIL,
    at_once,
    declare_and_submit,
    enterprise,
    handed_in,
    move,
    officer,
    open_complete,
    view_of,
)

SECRET = "a-secret-of-the-test"
HANDLERS = {backoffice.TASK: tasks.announce.run, "forms.render_document": lambda **_payload: None}


@dataclass
class Taken:
    """One message as it arrived; ``is_signed`` says what the receiver's own check found."""

    headers: dict[str, str]
    body: dict[str, Any]
    is_signed: bool


@dataclass
class Receiver:
    """A processing system that answers with the statuses it is given, then with 200."""

    url: str = ""
    secret: str = SECRET
    answers: list[int] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)

    def take(self, headers: dict[str, str], body: bytes) -> int:
        """Check the signature as the other side is told to; answer."""
        try:
            verify(self.secret, body, headers.get(HEADER.lower(), ""), int(clock.now().timestamp()))
        except NotAvailable:
            is_signed = False
        else:
            is_signed = True
        self.taken.append(Taken(headers, json.loads(body), is_signed))
        return self.answers.pop(0) if self.answers else 200


@contextmanager
def serving(receiver: Receiver) -> Iterator[Receiver]:
    """Let a receiver listen on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.send_response(receiver.take(headers, body))
            self.send_header("Location", receiver.url)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}/filings"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield receiver
    server.shutdown()
    server.server_close()
    thread.join(5)


def connect(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Name the processing system in the settings ("" for none)."""
    monkeypatch.setenv("YAOZHENG_BACKOFFICE_URL", url)
    monkeypatch.setenv("YAOZHENG_BACKOFFICE_SECRET", SECRET)
    get_settings.cache_clear()


@pytest.fixture
def receiver(regulator: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A processing system that is set up and listens."""
    with serving(Receiver()) as started:
        connect(monkeypatch, started.url)
        yield started


def due_now() -> None:
    """Let the pause before the next attempt pass."""
    with transaction() as session:
        session.execute(update(OutboxJob).values(available_at=clock.now()))


def announcements() -> list[OutboxJob]:
    with reading() as session:
        query = select(OutboxJob).where(OutboxJob.task == backoffice.TASK).order_by(OutboxJob.created_at)
        return list(session.scalars(query))


# Telling


def test_a_filing_that_is_handed_in_is_announced_signed_with_what_it_says(receiver: Receiver) -> None:
    opened = handed_in()
    assert receiver.taken == []
    queue.drain(HANDLERS)
    (message,) = receiver.taken
    view = view_of(opened)
    assert message.is_signed
    assert message.headers["content-type"] == "application/json"
    assert message.headers["idempotency-key"] == message.body["event_id"] == f"{opened.id}:{view.version}"
    assert message.body["event"] == "submitted"
    told = message.body["filing"]
    assert (told["filing_id"], told["filing_no"], told["version"]) == (
        opened.id,
        view.filing_no,
        view.version,
    )
    assert (told["service_item_code"], told["uscc"]) == (RETAIL, enterprise("drug_distributor").uscc)
    assert told["state"] == "submitted"
    assert told["facts"]["operation"] == "renewal"
    assert {key: told["data"][key] for key in opened.values} == opened.values


def test_every_move_is_announced_once_under_an_id_of_its_own(receiver: Receiver) -> None:
    opened = handed_in()
    move(opened.id, "accepted", "in_review", "approved")
    queue.drain(HANDLERS)
    queue.drain(HANDLERS)
    assert [one.body["event"] for one in receiver.taken] == ["submitted", "accepted", "in_review", "approved"]
    assert len({one.body["event_id"] for one in receiver.taken}) == 4
    with reading() as session:
        audited = session.scalars(select(AuditEvent).where(AuditEvent.action == "filing.announced")).all()
    assert {one.data["event"] for one in audited} == {"submitted", "accepted", "in_review", "approved"}
    assert {(one.actor_id, one.subject_id, one.data["system"]) for one in audited} == {
        ("system", opened.id, "webhook")
    }


def test_a_withdrawal_is_announced(receiver: Receiver) -> None:
    opened = handed_in()
    forms.cancel_filing(opened.actor, opened.id)
    queue.drain(HANDLERS)
    assert [one.body["event"] for one in receiver.taken] == ["submitted", "withdrawn"]


@pytest.mark.parametrize("status", [500, 503, 404, 401, 302, 307])
def test_a_message_that_is_not_taken_is_sent_again_under_the_same_id(receiver: Receiver, status: int) -> None:
    handed_in()
    receiver.answers = [status]
    queue.drain(HANDLERS)
    (job,) = announcements()
    assert (job.state, job.attempts) == ("waiting", 1)
    assert job.last_error == "DependencyFailed: forms.backoffice_refused"
    assert job.available_at > clock.now()
    queue.drain(HANDLERS)
    assert len(receiver.taken) == 1

    due_now()
    queue.drain(HANDLERS)
    first, second = receiver.taken
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
    assert first.is_signed
    assert second.is_signed
    assert [one.state for one in announcements()] == ["done"]
    due_now()
    queue.drain(HANDLERS)
    assert len(receiver.taken) == 2


def test_a_system_that_is_down_is_told_when_it_is_back(
    regulator: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(Receiver()) as gone:
        connect(monkeypatch, gone.url)
    opened = handed_in()
    queue.drain(HANDLERS)
    (job,) = announcements()
    assert (job.state, job.last_error) == ("waiting", "DependencyFailed: forms.backoffice_silent")
    with serving(Receiver()) as back:
        connect(monkeypatch, back.url)
        due_now()
        queue.drain(HANDLERS)
    assert [one.body["filing"]["filing_id"] for one in back.taken] == [opened.id]


def test_a_receiver_with_another_secret_finds_the_signature_wrong(receiver: Receiver) -> None:
    receiver.secret = "another"
    handed_in()
    queue.drain(HANDLERS)
    assert [one.is_signed for one in receiver.taken] == [False]


def test_a_draft_is_not_announced_and_neither_is_a_submission_that_failed(receiver: Receiver) -> None:
    opened = open_complete(enterprise("drug_distributor"), RETAIL, "renewal")
    with pytest.raises(InvalidInput):
        forms.submit_filing(opened.actor, opened.id, expected_version=None, idempotency_key="k")
    assert announcements() == []


def test_nothing_is_sent_where_no_system_is_set_up(regulator: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Receiver()) as receiver:
        connect(monkeypatch, receiver.url)
        waiting = handed_in()
        connect(monkeypatch, "")
        assert backoffice.backoffice() is None
        move(waiting.id, "accepted")
        assert [one.payload["event"] for one in announcements()] == ["submitted"]
        queue.drain(HANDLERS)
        assert receiver.taken == []
    with reading() as session:
        assert session.scalar(select(func.count()).where(AuditEvent.action == "filing.announced")) == 0


def test_telling_of_a_filing_that_is_gone_does_nothing(receiver: Receiver) -> None:
    backoffice.deliver("fil_none", 1, "submitted")
    assert receiver.taken == []


def test_a_failed_delivery_names_the_system_and_can_be_tried_again(receiver: Receiver) -> None:
    opened = handed_in()
    receiver.answers = [500]
    with pytest.raises(DependencyFailed) as caught:
        backoffice.deliver(opened.id, 1, "submitted")
    assert caught.value.params == {"dependency": "webhook"}


# Hearing


def decision(filing_id: str, to_state: str, event_id: str = "evt-1", **more: Any) -> dict[str, Any]:
    return {"event_id": event_id, "filing_id": filing_id, "to_state": to_state, **more}


def events_kept() -> list[str]:
    with reading() as session:
        return list(session.scalars(select(BackOfficeEvent.event_id)))


def test_a_decision_is_carried_out_as_an_officers_would_be_in_the_systems_name(regulator: Path) -> None:
    opened = handed_in(operation="initial")
    wanted = [{"key": "biz_addr", "message": "没有写到门牌号", "fix": "请补全"}, {"message": "请盖章"}]
    body = decision(opened.id, "returned_for_correction", corrections=wanted, working_days=7)
    assert forms.receive_decision(body) is True
    notice = view_of(opened).notice
    assert notice is not None
    assert [(one.key, one.message, one.fix) for one in notice.entries] == [
        ("biz_addr", "没有写到门牌号", "请补全"),
        ("", "请盖章", ""),
    ]
    assert notice.working_days_left == 7
    with reading() as session:
        last = session.scalars(select(FilingEvent).order_by(FilingEvent.at.desc())).first()
        assert last is not None
        assert (last.actor_id, last.to_state) == ("backoffice", "returned_for_correction")
        assert session.scalars(select(DeficiencyNotice.officer_id)).all() == ["backoffice"]


def test_the_systems_decisions_lead_to_the_certificate_and_are_announced_in_turn(receiver: Receiver) -> None:
    opened = handed_in()
    for number, state in enumerate(("accepted", "in_review", "approved")):
        assert forms.receive_decision(decision(opened.id, state, f"evt-{number}")) is True
    issued = view_of(opened).certificate
    assert issued is not None
    assert issued.state == "valid"
    queue.drain(HANDLERS)
    assert [one.body["event"] for one in receiver.taken] == ["submitted", "accepted", "in_review", "approved"]


def test_a_repeated_event_is_carried_out_once_whatever_it_says_the_second_time(regulator: Path) -> None:
    opened = handed_in()
    assert forms.receive_decision(decision(opened.id, "accepted")) is True
    assert forms.receive_decision(decision(opened.id, "accepted")) is False
    assert forms.receive_decision(decision(opened.id, "in_review")) is False
    assert forms.receive_decision(decision("fil_none", "in_review")) is False
    assert view_of(opened).state == "accepted"
    assert events_kept() == ["evt-1"]


def test_an_event_that_comes_twenty_times_at_once_is_carried_out_once(
    each_database: Database,
) -> None:
    seed_sandbox(20)
    opened = handed_in()
    fresh: list[bool] = []
    met = at_once(20, lambda _number: fresh.append(forms.receive_decision(decision(opened.id, "accepted"))))
    assert met == [None] * 20
    assert sorted(fresh) == [False] * 19 + [True]
    with reading() as session:
        accepted = select(func.count()).where(FilingEvent.to_state == "accepted")
        assert session.scalar(accepted) == 1
    assert events_kept() == ["evt-1"]


def test_the_same_decision_under_another_id_finds_the_filing_moved_on(regulator: Path) -> None:
    opened = handed_in()
    forms.receive_decision(decision(opened.id, "accepted"))
    with pytest.raises(InvalidInput):
        forms.receive_decision(decision(opened.id, "accepted", "evt-2"))
    assert events_kept() == ["evt-1"]


def test_a_decision_that_was_refused_may_be_sent_again_under_its_id(regulator: Path) -> None:
    opened = handed_in()
    with pytest.raises(InvalidInput):
        forms.receive_decision(decision(opened.id, "returned_for_correction"))
    assert forms.receive_decision(decision(opened.id, "returned_for_correction", reason="缺材料")) is True
    assert view_of(opened).state == "returned_for_correction"


@pytest.mark.parametrize("filing_id", ["fil_none", "", None, "x" * 500, {"id": 1}])
def test_an_unknown_filing_is_refused_and_its_event_not_kept(regulator: Path, filing_id: Any) -> None:
    with pytest.raises(NotAvailable):
        forms.receive_decision(decision(filing_id, "accepted"))
    assert events_kept() == []


def test_a_decision_on_a_draft_is_refused(regulator: Path) -> None:
    opened = open_complete(enterprise("drug_distributor"), RETAIL, "renewal")
    with pytest.raises(NotAvailable):
        forms.receive_decision(decision(opened.id, "accepted"))
    declare_and_submit(opened.actor, opened.id)
    forms.move_filing(officer(), opened.id, Move("accepted"))
    assert view_of(opened).state == "accepted"


RETURN = {"to_state": "returned_for_correction", "reason": "缺材料"}
MALFORMED: dict[str, dict[str, Any]] = {
    "no id": {"event_id": None},
    "empty id": {"event_id": ""},
    "no state": {"to_state": None},
    "unknown state": {"to_state": "nonsense"},
    "state of another kind": {"to_state": ["accepted"]},
    "draft": {"to_state": "draft"},
    "unknown field": {**RETURN, "corrections": [{"key": "no_such", "message": "有误"}]},
    "empty corrections": {**RETURN, "reason": "", "corrections": [{}]},
    "too many days": {**RETURN, "working_days": 10_000},
    "days before now": {**RETURN, "working_days": -1},
    "days in words": {**RETURN, "working_days": "ten"},
    "days of another kind": {**RETURN, "working_days": [10]},
    "corrections in words": {**RETURN, "corrections": "all of it"},
    "corrections of another kind": {**RETURN, "corrections": [1, None]},
    "a correction in words": {**RETURN, "corrections": ["biz_addr"]},
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_decision_is_the_senders_to_mend_and_changes_nothing(regulator: Path, name: str) -> None:
    opened = handed_in()
    with pytest.raises(InvalidInput):
        forms.receive_decision(decision(opened.id, "accepted") | MALFORMED[name])
    assert view_of(opened).state == "submitted"
    assert events_kept() == []


# The signature

BODY = '{"event_id": "evt-1", "reason": "缺材料"}'.encode()
NOW = 1_790_000_000


def test_a_signature_holds_for_its_secret_its_body_and_five_minutes() -> None:
    header = sign(SECRET, BODY, NOW)
    for moment in (NOW - TOLERANCE_S, NOW, NOW + TOLERANCE_S):
        verify(SECRET, BODY, header, moment)
    assert TOLERANCE_S == 300
    assert header.startswith(f"t={NOW},v1=")
    assert SECRET not in header


REFUSED = {
    "missing": "",
    "no parts": "nonsense",
    "of another secret": sign("another", BODY, NOW),
    "of another body": sign(SECRET, BODY + b" ", NOW),
    "too old": sign(SECRET, BODY, NOW - TOLERANCE_S - 1),
    "from the future": sign(SECRET, BODY, NOW + TOLERANCE_S + 1),
    "old with a new time": sign(SECRET, BODY, NOW - 1000).replace(str(NOW - 1000), str(NOW)),
    "without its time": sign(SECRET, BODY, NOW).split(",")[1],
    "without its hash": f"t={NOW}",
    "with an empty hash": f"t={NOW},v1=",
    "cut short": sign(SECRET, BODY, NOW)[:-1],
    "of another version": sign(SECRET, BODY, NOW).replace("v1=", "v0="),
    "time in words": f"t=now,v1={'0' * 64}",
    "time below nought": f"t=-{NOW},v1={'0' * 64}",
    "time without end": f"t={'9' * 5000},v1={'0' * 64}",
    "hash outside ascii": f"t={NOW},v1=é",
    "time in other digits": sign(SECRET, BODY, NOW).translate({48 + n: 0xFF10 + n for n in range(10)}),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_wrong_old_or_missing_signature_is_refused_alike(name: str) -> None:
    with pytest.raises(NotAvailable) as caught:
        verify(SECRET, BODY, REFUSED[name], NOW)
    assert (caught.value.code, caught.value.params) == ("core.not_available", {})


def test_without_a_secret_nothing_is_believed() -> None:
    with pytest.raises(NotAvailable):
        verify("", BODY, sign("", BODY, NOW), NOW)

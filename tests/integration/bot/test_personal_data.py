"""A person takes a copy, is erased but for what the law keeps, and what is over goes by itself."""

import json
import zipfile
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import create_engine, func, select, text, update

from bot.conversations import service as conversations
from bot.conversations.models import Conversation, IssuedPayload, Message
from bot.handoff import service as handoff
from bot.handoff.models import HandoffCase
from bot.notices.models import NoticeDelivery, NoticePreference
from bot.personal_data import service as personal_data
from bot.personal_data.trackers import forget_trackers
from core import clock
from core.audit import service as audit
from core.audit.models import AuditEvent
from core.database import reading, transaction
from core.errors import Conflict, InvalidInput, NotAvailable
from core.identity import Actor, Role
from core.identity.models import Account, EnterpriseAuthority, WeChatLink
from core.identity.service import _hasher
from core.ids import new_id
from core.queue.models import OutboxJob
from core.settings import get_settings
from core.webhooks.models import WebhookDelivery, WebhookEndpoint
from forms import service as forms
from forms.models import Filing, FilingValue
from knowledge_base.models import AnswerTrace

from .conftest import People, RasaStub, saying
from .planting import ANSWERS

SAID = "我叫王小明，手机13800138000，请问备案要多久"
PASSWORD = "long-enough-1"
ADMINISTRATOR = Actor("acct_admin", Role.ADMINISTRATOR)


@pytest.fixture
def lived(conversation: str, people: People, rasa: RasaStub) -> str:
    """Someone with a password, a conversation, a draft and preferences."""
    rasa.reply = lambda _turn: saying("王小明您好")
    conversations.post_message(conversation, client_message_id="m1", text=SAID, actor=people.applicant)
    account_id = people.applicant.account_id
    draft()
    with transaction() as session:
        account = session.get_one(Account, account_id)
        account.password_hash, account.mobile, account.display_name = (
            _hasher.hash(PASSWORD),
            "13800138000",
            "王小明",
        )
        session.add(WeChatLink(openid="o_1", account_id=account_id, linked_at=clock.now()))
        session.add(
            NoticePreference(
                account_id=account_id, locale="zh-CN", muted=[], rhythm="daily", quiet_from=22, quiet_to=7,
                by_email=True, by_wechat=False, email="wang@example.com", updated_at=clock.now(),
            )
        )  # fmt: skip
        session.add(trace(conversation))
    return account_id


def draft() -> str:
    actor = Actor("acct_applicant", Role.APPLICANT, enterprise_ids=frozenset({"ent_1"}))
    made = forms.start_filing(
        actor,
        enterprise_id="ent_1",
        item_code="cosmetic_filing",
        answers=ANSWERS,
        idempotency_key=new_id("key"),
        origin=forms.Origin("web"),
    )
    return made.id


def trace(conversation_id: str) -> AnswerTrace:
    return AnswerTrace(
        id=new_id("ans"), answered_at=clock.now(), question="备案要多久", question_hmac="h", locale="zh-CN",
        language="zh", as_of=clock.today(), status="answered", aspects=[], support=1.0, passages=[],
        citations=[], thresholds={}, timings_ms={}, latency_ms=1.0, conversation_id=conversation_id,
    )  # fmt: skip


def events(action: str) -> list[AuditEvent]:
    with reading() as session:
        return list(session.scalars(select(AuditEvent).where(AuditEvent.action == action)))


def count(table: Any, *conditions: Any) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0


def test_a_copy_holds_what_the_person_wrote_and_no_secret(lived: str, people: People) -> None:
    packed = personal_data.export(people.applicant, lived, "zh-CN")
    archive = zipfile.ZipFile(BytesIO(packed))
    told = json.loads(archive.read("data.json"))["sections"]
    assert told["messages"][0]["text"] == SAID
    assert told["notice_preferences"][0]["email"] == "wang@example.com"
    assert "password_hash" not in told["account"][0]
    assert SAID in archive.read("data.txt").decode("utf-8-sig")
    assert events("personal_data.exported")[0].subject_id == lived


def test_a_copy_is_for_the_person_and_administrators_alone(lived: str, people: People) -> None:
    for actor in (people.stranger, people.officer, people.supervisor):
        with pytest.raises(NotAvailable):
            personal_data.export(actor, lived, "zh-CN")
    assert personal_data.export(ADMINISTRATOR, lived, "en")


def test_erasure_needs_login_and_password_once_more(lived: str, people: People) -> None:
    for login, password in (("applicant", "wrong"), ("someone", PASSWORD)):
        with pytest.raises(InvalidInput):
            personal_data.erase_account(people.applicant, lived, typed_login=login, password=password)
    assert count(Message, Message.text == SAID) == 1


def test_after_erasure_nothing_leads_to_the_person_and_the_trail_is_whole(
    lived: str, people: People, conversation: str
) -> None:
    personal_data.erase_account(people.applicant, lived, typed_login="applicant", password=PASSWORD)
    with reading() as session:
        account = session.get_one(Account, lived)
        talk = session.get_one(Conversation, conversation)
        kept = session.scalars(select(AnswerTrace)).one()
        words = list(session.scalars(select(Message.text).where(Message.conversation_id == conversation)))
        until = session.scalars(
            select(EnterpriseAuthority.valid_to).where(EnterpriseAuthority.account_id == lived)
        ).one()
    assert (account.display_name, account.mobile, account.is_active) == ("", "", False)
    assert account.login != "applicant"
    assert talk.account_id == ""
    assert set(words) == {""}
    assert (kept.question, kept.conversation_id) == ("", "")
    assert until is not None
    assert until < clock.today()
    assert count(Filing) == count(FilingValue) == count(WeChatLink) == count(NoticePreference) == 0
    assert count(IssuedPayload) == 0
    assert events("personal_data.erased")[0].data["by"] == "self"
    audit.seal()
    audit.checkpoint()
    assert audit.verify().is_whole


def test_submitted_filings_are_kept(lived: str, people: People) -> None:
    with transaction() as session:
        session.execute(update(Filing).values(state="approved", submitted_at=clock.now(), filing_no="n1"))
    personal_data.erase_account(people.applicant, lived, typed_login="applicant", password=PASSWORD)
    assert count(Filing, Filing.filing_no == "n1") == 1


def test_nothing_is_erased_while_a_filing_is_processed_or_a_case_is_open(
    lived: str, people: People, conversation: str
) -> None:
    handoff.request_handoff(conversation, "asked_for")
    with pytest.raises(Conflict):
        personal_data.erase_account(people.applicant, lived, typed_login="applicant", password=PASSWORD)
    with transaction() as session:
        session.execute(update(HandoffCase).values(state="closed"))
        session.execute(update(Filing).values(state="in_review", submitted_at=clock.now()))
    with pytest.raises(Conflict):
        personal_data.erase_account(people.applicant, lived, typed_login="applicant", password=PASSWORD)
    assert not personal_data.what_erasure_touches(people.applicant, lived).is_free


def test_an_administrator_erases_applicants_but_no_staff(lived: str, people: People) -> None:
    account_id = personal_data.find_account(ADMINISTRATOR, "applicant")
    with pytest.raises(NotAvailable):
        personal_data.find_account(ADMINISTRATOR, "officer")
    with pytest.raises(NotAvailable):
        personal_data.erase_account(ADMINISTRATOR, "acct_officer", typed_login="officer", password=None)
    personal_data.erase_account(ADMINISTRATOR, account_id, typed_login="applicant", password=None)
    assert events("personal_data.erased")[0].data["by"] == "administrator"


def test_the_dialogue_engine_forgets_the_person(lived: str) -> None:
    path = get_settings().folder("rasa") / "trackers.sqlite3"
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE events (id INTEGER PRIMARY KEY, sender_id TEXT, data TEXT)"))
        connection.execute(text("INSERT INTO events (sender_id, data) VALUES ('r1', 'x'), ('r2', 'y')"))
    assert forget_trackers(["r1", "r3"]) == 1
    with engine.connect() as connection:
        assert connection.execute(text("SELECT sender_id FROM events")).scalars().all() == ["r2"]
    engine.dispose()


def test_what_is_over_goes_and_the_rest_stays(
    lived: str, conversation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, moment = clock.now() - timedelta(days=4000), clock.now()
    with transaction() as session:
        for number, at in enumerate((old, moment)):
            session.add(
                OutboxJob(
                    id=f"j{number}",
                    task="t",
                    payload={},
                    state="done",
                    created_at=at,
                    available_at=at,
                    done_at=at,
                )
            )
            session.add(
                OutboxJob(
                    id=f"w{number}", task="t", payload={}, state="waiting", created_at=at, available_at=at
                )
            )
        session.add(
            WebhookEndpoint(id="e", url="https://a.example", events=[], created_by="a", created_at=moment)
        )
        session.flush()
        for number, (state, at) in enumerate((("delivered", old), ("waiting", old), ("delivered", moment))):
            session.add(
                WebhookDelivery(
                    id=f"d{number}", endpoint_id="e", event="x", body="{}", state=state, created_at=at
                )
            )
        session.execute(update(Conversation).values(active_at=old))
        session.execute(update(AnswerTrace).values(answered_at=old))
    counts = personal_data.apply_retention()
    assert (counts["outbox"], counts["webhook_deliveries"]) == (1, 1)
    assert (counts["conversations"], counts["traces"]) == (1, 1)
    assert count(OutboxJob, OutboxJob.id.in_(("j1", "w0", "w1"))) == 3
    assert count(WebhookDelivery) == 2
    assert count(Message, Message.text == SAID) == 0
    assert count(NoticeDelivery) == 0
    assert events("personal_data.retention_applied")[0].data["outbox"] == 1
    again = personal_data.apply_retention()
    assert again["conversations"] == again["outbox"] == 0


def test_a_period_of_zero_keeps_for_ever(lived: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction() as session:
        session.execute(update(Conversation).values(active_at=clock.now() - timedelta(days=9000)))
    monkeypatch.setenv("YAOZHENG_KEEP_CONVERSATION_DAYS", "0")
    get_settings.cache_clear()
    assert "conversations" not in personal_data.apply_retention()
    assert count(Message, Message.text == SAID) == 1

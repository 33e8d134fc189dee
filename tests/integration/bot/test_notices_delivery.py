"""From inboxes outwards: a real SMTP server, outages, digests, topics, authority, headers; reminders."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select, update

from bot.notices import delivering, inbox, preferences, reminders, sending
from bot.notices.channels.base import Parcel
from bot.notices.channels.wechat import WeChat
from bot.notices.models import Notice, NoticeContent, NoticeDelivery, NoticePreference
from core import clock
from core.audit.models import AuditEvent
from core.database import reading, transaction
from core.database.engine import Database
from core.errors import Conflict, DependencyFailed, InvalidInput, NotAvailable, TooMany
from core.identity import ANONYMOUS, Actor
from core.identity.models import EnterpriseAuthority, WeChatLink
from core.queue import service as queue
from core.settings import get_settings
from forms.alerts.base import Alert, Unwanted

from .notices_world import FIELDS, add_enterprise, add_licence, add_person, scheduled

DAY = timedelta(days=1)


@dataclass
class Mailbox:
    """A real SMTP server's messages; ``answers`` are given to receivers, the last one from then on."""

    answers: list[str] = field(default_factory=lambda: ["250 OK"])
    raw: list[bytes] = field(default_factory=list)
    port: int = 0

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _opts: Any) -> str:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.raw.append(envelope.content)
        return "250 taken"

    def messages(self) -> list[EmailMessage]:
        found: list[Message] = [message_from_bytes(one, policy=default) for one in self.raw]
        return [one for one in found if isinstance(one, EmailMessage)]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def mailbox(db: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    box = Mailbox()
    box.port = free_port()
    server = Controller(box, hostname="127.0.0.1", port=box.port)
    server.start()
    for name, value in (("HOST", "127.0.0.1"), ("PORT", str(box.port)), ("SECURITY", "none")):
        monkeypatch.setenv(f"YAOZHENG_SMTP_{name}", value)
    monkeypatch.setenv("YAOZHENG_SMTP_FROM", "notices@authority.example")
    get_settings.cache_clear()
    yield box
    server.stop()


@pytest.fixture
def shop(mailbox: Mailbox) -> Actor:
    """Someone of a drugstore with a confirmed address, told at once, at any hour."""
    add_licence(add_enterprise(1))
    person = add_person("one", "ent_1")
    confirmed(person, "one@shop.example")
    return person


def confirmed(person: Actor, address: str) -> None:
    chosen(person)
    preferences.ask_email(person, "zh-CN", address)
    with reading() as session:
        row = session.get_one(NoticePreference, person.account_id)
        assert row.email_asked_at is not None
        code = preferences.code_for(person.account_id, row.email, row.email_asked_at)
    preferences.confirm_email(person, f"{code[:3]} {code[3:]}")


def chosen(person: Actor, **more: Any) -> None:
    choice = {"muted": [], "rhythm": "at_once", "quiet": (0, 0), "by_email": True, "by_wechat": False}
    preferences.choose(person, "zh-CN", **{**choice, **more})


def push(**more: Any) -> str:
    push_id = scheduled(**more)
    sending.send_push(push_id)
    return push_id


def states() -> list[str]:
    with reading() as session:
        return sorted(session.scalars(select(NoticeDelivery.state)))


def run_queue() -> None:
    from core.queue.app import app

    handlers = {name: task.run for name, task in app.tasks.items()}
    queue.drain({**handlers, "bot.notices.deliver": delivering.deliver}, limit=50)


def test_a_notice_goes_out_once_by_e_mail(shop: Actor, mailbox: Mailbox) -> None:
    push()
    assert delivering.deliver(shop.account_id, "email") == 1
    assert delivering.deliver(shop.account_id, "email") == 0
    (message,) = mailbox.messages()
    assert message["To"] == "one@shop.example"
    assert message["Subject"] == FIELDS["title_zh"]
    assert message["Auto-Submitted"] == "auto-generated"
    text = message.get_content()
    assert "因为贵单位有证照" in text
    assert "/notices/not_" in text
    assert states() == ["sent"]
    with reading() as session:
        assert session.scalar(select(AuditEvent.id).where(AuditEvent.action == "notice.sent"))


def test_the_outbox_carries_the_job(shop: Actor, mailbox: Mailbox) -> None:
    push()
    run_queue()
    run_queue()
    assert len([one for one in mailbox.messages() if one["Subject"] == FIELDS["title_zh"]]) == 1


@pytest.mark.parametrize(
    "title", ["新规\r\nBcc: victim@x.example", "=?utf-8?q?x?=\nSubject: y", "行\u2028行\x00"]
)
def test_no_title_can_add_a_header(shop: Actor, mailbox: Mailbox, title: str) -> None:
    push()
    with transaction() as session:
        session.execute(update(NoticeContent).values(title_zh=title))
    assert delivering.deliver(shop.account_id, "email") == 1
    (message,) = mailbox.messages()
    assert message["Bcc"] is None
    assert len(message.get_all("Subject") or []) == 1
    assert message["To"] == "one@shop.example"


def test_a_server_that_is_down_loses_nothing_and_doubles_nothing(
    shop: Actor, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    push()
    monkeypatch.setenv("YAOZHENG_SMTP_PORT", str(free_port()))
    get_settings.cache_clear()
    for _ in range(3):
        with pytest.raises(DependencyFailed):
            delivering.deliver(shop.account_id, "email")
    assert states() == ["waiting"]
    monkeypatch.setenv("YAOZHENG_SMTP_PORT", str(mailbox.port))
    get_settings.cache_clear()
    assert delivering.deliver(shop.account_id, "email") == 1
    assert len(mailbox.messages()) == 1


def test_a_passing_refusal_is_tried_again_and_a_lasting_one_is_not(shop: Actor, mailbox: Mailbox) -> None:
    push()
    mailbox.answers = ["451 later", "550 no such person"]
    with pytest.raises(DependencyFailed):
        delivering.deliver(shop.account_id, "email")
    assert states() == ["waiting"]
    assert delivering.deliver(shop.account_id, "email") == 0
    assert states() == ["dropped"]


def test_what_was_left_behind_is_taken_up_under_the_same_id(
    shop: Actor, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    push()
    parcels: list[Parcel] = []

    class Dies:
        name = "email"

        def send(self, parcel: Parcel) -> bool:
            parcels.append(parcel)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        delivering.deliver(shop.account_id, "email", Dies())
    assert states() == ["sending"]
    assert delivering.sweep() == 0
    assert delivering.deliver(shop.account_id, "email") == 0
    later = clock.now() + timedelta(minutes=11)
    monkeypatch.setattr("core.clock.now", lambda: later)
    assert delivering.sweep() == 1
    assert delivering.deliver(shop.account_id, "email") == 1
    assert mailbox.messages()[0]["Message-ID"] == f"<{parcels[0].key}@authority.example>"


def test_a_digest_gathers_what_came_meanwhile(
    shop: Actor, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen(shop, rhythm="daily")
    push()
    push(title_zh="第二条")
    assert delivering.deliver(shop.account_id, "email") == 0
    tomorrow = clock.now() + DAY
    monkeypatch.setattr("core.clock.now", lambda: tomorrow)
    assert delivering.deliver(shop.account_id, "email") == 2
    (message,) = mailbox.messages()
    assert message["Subject"].startswith("2 条通知")
    assert "第二条" in message.get_content()


def test_what_was_read_muted_or_lost_meanwhile_is_dropped(shop: Actor, mailbox: Mailbox) -> None:
    push()
    notice = inbox.list_notices(shop, "zh-CN")[0][0]
    inbox.open_notice(shop, notice.id, "zh-CN")
    assert delivering.deliver(shop.account_id, "email") == 0
    push(title_zh="二")
    chosen(shop, muted=["topic/licensing"])
    assert delivering.deliver(shop.account_id, "email") == 0
    chosen(shop)
    push(title_zh="三")
    with transaction() as session:
        session.execute(update(EnterpriseAuthority).values(valid_to=clock.today() - DAY))
    assert delivering.deliver(shop.account_id, "email") == 0
    assert states() == ["dropped", "dropped", "dropped"]
    assert mailbox.messages() == []


def test_a_muted_topic_is_neither_shown_nor_sent(shop: Actor, mailbox: Mailbox) -> None:
    chosen(shop, muted=["topic/licensing"])
    push()
    assert inbox.list_notices(shop, "zh-CN") == ([], False)
    assert inbox.unread(shop) == 0
    assert states() == []


def test_quiet_hours_are_kept_but_for_what_is_urgent(
    shop: Actor, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    hour = clock.now().astimezone(clock.CHINA).hour
    chosen(shop, quiet=(hour, (hour + 2) % 24))
    push()
    assert delivering.deliver(shop.account_id, "email") == 0
    push(is_urgent="1", title_zh="紧急召回")
    assert delivering.deliver(shop.account_id, "email") == 1
    assert [one["Subject"] for one in mailbox.messages()] == ["紧急召回"]


def test_an_address_counts_once_its_owner_typed_the_code(mailbox: Mailbox) -> None:
    add_licence(add_enterprise(1))
    person = add_person("one", "ent_1")
    chosen(person)
    preferences.ask_email(person, "en", " one@shop.example ")
    assert delivering.send_code(person.account_id)
    (message,) = mailbox.messages()
    code = next(word for word in message.get_content().split() if word.isdecimal())
    push()
    assert states() == []
    wrong = "000000" if code != "000000" else "111111"
    with pytest.raises(InvalidInput):
        preferences.confirm_email(person, wrong)
    preferences.confirm_email(person, code)
    push()
    assert states() == ["waiting"]
    with pytest.raises(Conflict):
        preferences.confirm_email(person, code)
    preferences.forget_email(person)
    assert delivering.deliver(person.account_id, "email") == 0
    assert states() == ["dropped"]


def test_a_code_is_guessed_five_times_at_most_and_not_sent_in_a_row(mailbox: Mailbox) -> None:
    person = add_person("one")
    preferences.ask_email(person, "en", "one@shop.example")
    with pytest.raises(TooMany):
        preferences.ask_email(person, "en", "two@shop.example")
    for _ in range(5):
        with pytest.raises(InvalidInput):
            preferences.confirm_email(person, "x")
    with pytest.raises(Conflict):
        preferences.confirm_email(person, "x")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "x",
        "a@b",
        "a@b.example\r\nBcc: c@d.example",
        "a b@c.example",
        "a@b.example, c@d.example",
        "<a@b.example>",
    ],
)
def test_what_is_no_address_is_refused(mailbox: Mailbox, address: str) -> None:
    with pytest.raises(InvalidInput):
        preferences.checked_address(address)


@pytest.mark.parametrize("security", ["STARTTLS", "ssl", "yes"])
def test_a_mistyped_encryption_sends_nothing_in_the_clear(
    shop: Actor, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    push()
    monkeypatch.setenv("YAOZHENG_SMTP_SECURITY", security)
    get_settings.cache_clear()
    with pytest.raises(InvalidInput):
        delivering.deliver(shop.account_id, "email")
    assert mailbox.messages() == []
    assert states() == ["waiting"]


def test_a_server_without_encryption_is_not_taken_where_it_is_asked_for(
    shop: Actor, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    push()
    monkeypatch.setenv("YAOZHENG_SMTP_SECURITY", "starttls")
    get_settings.cache_clear()
    with pytest.raises(DependencyFailed):
        delivering.deliver(shop.account_id, "email")
    assert mailbox.messages() == []
    assert states() == ["waiting"]


def test_without_a_server_or_a_person_nothing_is_offered(db: Database) -> None:
    person = add_person("one")
    assert not preferences.preferences(person).has_email
    with pytest.raises(NotAvailable):
        preferences.ask_email(person, "en", "one@shop.example")
    with pytest.raises(NotAvailable):
        preferences.preferences(ANONYMOUS)
    assert delivering.deliver(person.account_id, "email") == 0


def test_the_mini_program_s_adapter_carries_a_notice(
    shop: Actor, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("APP_ID", "SECRET", "TEMPLATE"):
        monkeypatch.setenv(f"YAOZHENG_WECHAT_{name}", "set")
    get_settings.cache_clear()
    with transaction() as session:
        session.add(WeChatLink(openid="openid-1", account_id=shop.account_id, linked_at=clock.now()))
    chosen(shop, by_email=False, by_wechat=True)
    push()
    sent: list[tuple[str, Alert]] = []

    class Adapter:
        is_wanted = True

        def send(self, recipient: str, alert: Alert) -> None:
            if not self.is_wanted:
                raise Unwanted("forms.alert_unwanted")
            sent.append((recipient, alert))

    assert delivering.deliver(shop.account_id, "wechat", WeChat(Adapter())) == 1
    assert sent[0][0] == "openid-1"
    assert sent[0][1].item_name == FIELDS["title_zh"]
    push(title_zh="二")
    Adapter.is_wanted = False
    assert delivering.deliver(shop.account_id, "wechat", WeChat(Adapter())) == 0
    assert states() == ["dropped", "sent"]


def test_two_enterprises_of_one_person_are_told_apart(mailbox: Mailbox) -> None:
    for number in (1, 2, 3):
        add_licence(add_enterprise(number))
    person, other = add_person("one", "ent_1", "ent_2"), add_person("other", "ent_3")
    push()
    mine = inbox.list_notices(person, "en")[0]
    assert {one.enterprise_name for one in mine} == {"企业1", "企业2"}
    theirs = inbox.list_notices(other, "en")[0][0].id
    for act in (inbox.act_on, lambda actor, one: inbox.open_notice(actor, one, "en")):
        for wanted in (theirs, "not_absent"):
            with pytest.raises(NotAvailable) as refused:
                act(person, wanted)
            assert refused.value.code == "core.not_available"
    assert inbox.read_all(person) == 2
    assert inbox.unread(person) == 0
    assert inbox.unread(other) == 1
    assert inbox.unread(ANONYMOUS) == 0


def reminded() -> list[str]:
    with reading() as session:
        return list(session.scalars(select(NoticeContent.source_id).join(Notice).order_by(Notice.at)))


def test_a_certificate_is_told_of_once_a_stage(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    add_enterprise(1)
    record = add_licence("ent_1", item="device2_reg_initial", expires_on=clock.today() + 225 * DAY)
    add_licence("ent_1", expires_on=clock.today() - DAY, number="ended")
    add_licence("ent_1", expires_on=clock.today() + 20 * DAY, status="revoked", number="revoked")
    person = add_person("one", "ent_1")
    start = clock.now()
    for days in range(0, 232, 4):
        moment = start + days * DAY
        monkeypatch.setattr("core.clock.now", lambda moment=moment: moment)
        reminders.remind()
        assert reminders.remind() == 0
    told = reminded()
    assert told == [f"{record}:{stage}" for stage in ("quarter", "month", "week", "late")]
    monkeypatch.setattr("core.clock.now", lambda: start)
    found = inbox.list_notices(person, "en")[0]
    assert [one.is_urgent for one in found] == [True, True, False, False]
    assert ": please act by " in found[-1].title
    assert found[-1].link.startswith("/service-items/device2_reg_renewal/start")
    assert found[0].link == "/certificates"

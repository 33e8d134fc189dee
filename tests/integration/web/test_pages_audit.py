"""The auditor's screens, the person's "why this answer", and answers verified by whoever holds their code."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import delete, select, update

from bot.conversations import service as conversations
from bot.conversations.models import Message, Turn
from bot.conversations.service import NewMessage
from bot.handoff import service as handoff
from core import clock
from core.audit import checking, reading, service
from core.audit.models import AuditEvent
from core.database import reading as read_only
from core.database import transaction
from core.errors import NotAvailable
from core.identity.service import actor_named
from forms import service as forms
from knowledge_base import service as knowledge
from knowledge_base.answering.views import AskedIn
from knowledge_base.models import AnswerTrace
from tests.integration.web.conftest import Person, Talk
from tests.integration.web.plain_browser import PlainBrowser
from web.pages.auditing import action_words

Open = Callable[..., Talk]
Browse = Callable[..., PlainBrowser]
ASKED = "药品生产许可证有效期多久？"


@dataclass
class Given:
    """An answer that a person was given in a conversation, with the number of its message."""

    who: Person
    talk: Talk
    seq: int
    answer: knowledge.Answer

    @property
    def path(self) -> str:
        return f"{self.talk.path}/messages/{self.seq}/reasons"


@pytest.fixture
def given(person: Callable[..., Person], talk: Open) -> Given:
    who = person("applicant1")
    mine = talk(who)
    knowledge.register_encoder()
    knowledge.import_guides(forms.export_guides())
    knowledge.build_index()
    answer = knowledge.answer(knowledge.Question(ASKED, asked_in=AskedIn(mine.id, "web", turn_id="turn_1")))
    made = answer.to_message()
    with transaction() as session:
        row = conversations.locked(session, mine.id)
        session.add(_turn(mine.id))
        said = NewMessage(
            "assistant", "answer", made["text"], made["blocks"], {"answer": made["answer"]}, turn_id="turn_1"
        )
        seq = conversations.append(session, row, said).seq
    return Given(who, mine, seq, answer)


def _turn(conversation_id: str) -> Turn:
    return Turn(
        id="turn_1",
        conversation_id=conversation_id,
        message_seq=0,
        state="done",
        received_at=clock.now(),
        started_at=None,
        deadline_at=clock.now(),
        ended_at=clock.now(),
        intent="ask_policy",
        confidence=0.97,
        active_loop=None,
        model_id="rasa-1",
    )


def sealed() -> None:
    while service.seal():
        pass
    service.checkpoint()


def test_nobody_but_the_auditor_sees_the_trail(given: Given, browser: Browse) -> None:
    with read_only() as session:
        event = session.scalars(select(AuditEvent.id)).first()
    paths = ("", f"/events/{event}", f"/answers/{given.answer.trace_id}")
    for login in ("applicant1", "officer1", "supervisor1", "editor1", "admin1"):
        person = browser(login)
        for path in paths:
            assert person.open(f"/staff/audit{path}").status == 404, (login, path)
    for path in paths:
        assert browser().open(f"/staff/audit{path}").path == "/sign-in"
        assert browser("auditor1").open(f"/staff/audit{path}").status == 200


def test_an_auditor_finds_events_by_each_side_of_them(given: Given, browser: Browse) -> None:
    auditor = browser("auditor1").open("/staff/audit?action=answer.given")
    assert auditor.has_form("/sign-out")
    rows = auditor.page.xpath("//table//tbody/tr")
    assert [row.xpath("string(./td[4])").strip() for row in rows if "智能助手" in row.text_content()]
    auditor.open(f"/staff/audit?subject={given.answer.trace_id}")
    assert len(auditor.page.xpath("//table//tbody/tr")) == 1
    assert auditor.open("/staff/audit?subject=nothing").page.xpath("//*[@class='empty']")
    assert auditor.open("/staff/audit?since=2001-01-01&until=2001-01-02").page.xpath("//*[@class='empty']")
    by_name = auditor.open("/staff/audit?actor=applicant1").page.xpath("//table//tbody/tr")
    with read_only() as session:
        mine = actor_named("applicant1").account_id
        count = len(session.scalars(select(AuditEvent.id).where(AuditEvent.actor_id == mine)).all())
    assert len(by_name) == min(count, reading.PAGE_SIZE) > 0


def test_a_day_that_is_none_is_told(given: Given, browser: Browse) -> None:
    auditor = browser("auditor1").open("/staff/audit?since=yesterday")
    assert (auditor.status, "日期写法不对" in auditor.text) == (422, True)


def test_pages_follow_one_another_without_gap_or_double(given: Given) -> None:
    auditor = actor_named("auditor1")
    with transaction() as session:
        for number in range(130):
            service.record(
                session,
                actor_id="system",
                action="recall.done",
                subject_type="recall_run",
                subject_id=str(number),
            )
    seen, after = [], ""
    while True:
        page = reading.search(auditor, reading.Wanted(action="recall.done"), after=after)
        seen += [one.id for one in page.events]
        after = page.following
        if not after:
            break
    assert len(seen) == len(set(seen)) == 130


def test_an_event_shows_its_place_in_the_chain_and_what_was_changed(given: Given, browser: Browse) -> None:
    with read_only() as session:
        event = session.scalars(
            select(AuditEvent.id).where(AuditEvent.subject_id == given.answer.trace_id)
        ).one()
    auditor = browser("auditor1")
    assert "还没有入链" in auditor.open(f"/staff/audit/events/{event}").text
    sealed()
    shown = auditor.open(f"/staff/audit/events/{event}").text
    assert "与前一条相连，哈希相符" in shown
    assert "签名有效" in shown
    assert auditor.page.xpath(f"//a[@href='/staff/audit/answers/{given.answer.trace_id}']")
    with transaction() as session:
        session.execute(update(AuditEvent).where(AuditEvent.id == event).values(actor_id="somebody"))
    assert "哈希不符" in auditor.open(f"/staff/audit/events/{event}").text


def test_an_export_holds_what_the_search_finds_and_is_an_event_itself(given: Given, browser: Browse) -> None:
    sealed()
    auditor = browser("auditor1").open("/staff/audit?action=answer.given")
    found = auditor.send("/staff/audit/export", press=("format", "csv"))
    rows = list(csv.DictReader(io.StringIO(found.answer.text.removeprefix("\ufeff"))))
    assert {row["action"] for row in rows} == {"answer.given"}
    assert given.answer.trace_id in {row["subject_id"] for row in rows}
    assert all(len(json.loads(row["data"])["answer_sha256"]) == 64 for row in rows)
    lines = auditor.client.post(
        "/staff/audit/export",
        data={"csrf_token": _csrf(auditor), "format": "jsonl", "subject": given.answer.trace_id},
    ).text.splitlines()
    assert [json.loads(line)["subject_id"] for line in lines] == [given.answer.trace_id]
    with read_only() as session:
        exports = session.scalars(select(AuditEvent).where(AuditEvent.action == "audit.exported")).all()
    assert sorted(one.subject_id for one in exports) == ["csv", "jsonl"]
    assert {one.actor_id for one in exports} == {actor_named("auditor1").account_id}


def _csrf(browser: PlainBrowser) -> str:
    browser.open("/staff/audit")
    return str(browser.page.xpath("string(//input[@name='csrf_token']/@value)"))


def test_a_verification_is_asked_for_shown_and_kept_in_the_trail(given: Given, browser: Browse) -> None:
    sealed()
    auditor = browser("auditor1").open("/staff/audit")
    assert "尚未核验" in auditor.text
    auditor.send("/staff/audit/verification")
    assert "正在核验" in auditor.text
    asked = checking.under_way()
    assert asked is not None
    assert checking.request("system") == asked.id
    found = checking.run(asked.id)
    assert found is not None
    assert (found.is_whole, found.checkpoint) == (True, found.events)
    assert "完整" in auditor.open("/staff/audit").text
    with read_only() as session:
        assert session.scalars(select(AuditEvent).where(AuditEvent.action == "audit.verified")).one()
    assert checking.run(asked.id) == found
    assert checking.run("avf_none") is None


def test_a_broken_trail_is_shown_where_it_broke(given: Given, browser: Browse) -> None:
    sealed()
    with transaction() as session:
        session.execute(delete(AuditEvent).where(AuditEvent.sequence == 2))
    checking.run(checking.request("system"))
    auditor = browser("auditor1").open("/staff/audit")
    assert auditor.page.xpath("//*[@role='alert']//*[text()='发现改动']")
    found = checking.latest()
    assert found is not None
    assert (found.problem, found.problem_at) == ("core.audit_event_missing", 2)


def test_services_refuse_whoever_is_no_auditor(given: Given) -> None:
    officer = actor_named("officer1")
    for attempt in (
        lambda: reading.search(officer, reading.Wanted()),
        lambda: reading.find_event(officer, "evt_1"),
        lambda: reading.export(officer, reading.Wanted(), "csv"),
        lambda: handoff.find_dossier(officer, given.answer.trace_id),
    ):
        with pytest.raises(NotAvailable):
            attempt()


def test_an_auditor_sees_how_an_answer_came_about_and_looking_is_recorded(
    given: Given, browser: Browse
) -> None:
    sealed()
    shown = browser("auditor1").open(f"/staff/audit/answers/{given.answer.trace_id}")
    for words in (
        ASKED.rstrip("？"),
        "ask_policy",
        "0.97",
        "rasa-1",
        given.answer.receipt_code,
        "逐字相同",
        "相符",
    ):
        assert words in shown.page.xpath("string(//main)"), words
    assert len(shown.page.xpath("//main//table//tbody/tr")) > 1
    with read_only() as session:
        looked = session.scalars(select(AuditEvent).where(AuditEvent.action == "audit.answer_viewed")).one()
    assert looked.subject_id == given.answer.trace_id


def test_a_message_that_somebody_rewrote_is_not_what_the_trace_says(given: Given) -> None:
    assert handoff.given_as(given.answer.trace_id) is handoff.Given.SAME
    with transaction() as session:
        message = session.get_one(Message, (given.talk.id, given.seq))
        message.blocks = [{"type": "paragraph", "text": "有效期十年"}, *message.blocks[1:]]
    assert handoff.given_as(given.answer.trace_id) is handoff.Given.DIFFERENT
    with transaction() as session:
        session.delete(session.get_one(Message, (given.talk.id, given.seq)))
    assert handoff.given_as(given.answer.trace_id) is handoff.Given.NO_MESSAGE


@pytest.mark.parametrize(("written", "code"), [("", "核对后发出"), ("以本人所写为准。", "改写后发出")])
def test_what_an_officer_decided_is_part_of_the_account(
    given: Given, browser: Browse, written: str, code: str
) -> None:
    supervisor, message = actor_named("supervisor1"), given.answer.to_message()
    handoff.save_topic(supervisor, name="许可证", words="许可证")
    with transaction() as session:
        session.delete(session.get_one(Message, (given.talk.id, given.seq)))
    assert handoff.hold_answer(given.talk.id, ASKED, message, "turn_1")
    assert handoff.given_as(given.answer.trace_id) is handoff.Given.WAITING
    held = handoff.list_held(supervisor)[0]
    handoff.send_held(supervisor, held.id, written or held.text)
    assert handoff.given_as(given.answer.trace_id) is handoff.Given.SAME
    last = conversations.read_messages(given.talk.id)[-1]
    told = handoff.find_reasons(given.talk.id, last.seq, "zh-CN").blocks[0]["lines"]
    assert any(code in line["value"] and supervisor.display_name in line["value"] for line in told)
    shown = browser("auditor1").open(f"/staff/audit/answers/{given.answer.trace_id}").text
    assert written in shown
    assert supervisor.display_name in shown


def test_a_person_reads_why_in_either_language(given: Given) -> None:
    found = given.who.get(given.path, headers=given.talk.headers)
    assert found.status_code == 200
    lines = {line["label"]: line["value"] for line in found.json["blocks"][0]["lines"]}
    assert lines["核验码"] == found.json["receipt_code"] == given.answer.receipt_code
    assert "办事指南" in lines["怎么得出"]
    assert lines["是否经人核对"] == "这条回答发出前没有经人核对"
    english = given.who.get(f"{given.path}?lang=en", headers=given.talk.headers).json
    assert english["blocks"][0]["title"] == "Why this answer"


def test_who_may_not_read_it_cannot_tell_it_from_what_is_not_there(
    given: Given, person: Callable[..., Person]
) -> None:
    stranger, visitor = person("applicant2"), person()
    answers = [
        stranger.get(given.path),
        stranger.get(given.path.replace(given.talk.id, "conv_none")),
        visitor.get(given.path),
        visitor.get(given.path, headers={"Authorization": "Bearer wrong"}),
        given.who.get(f"{given.talk.path}/messages/999/reasons", headers=given.talk.headers),
        person("auditor1").get(given.path),
    ]
    bodies = {
        json.dumps({**one.json["error"], "request_id": ""}, sort_keys=True) + str(one.status_code)
        for one in answers
    }
    assert len(bodies) == 1
    assert answers[0].status_code == 404


def test_an_answer_without_a_trace_has_no_reasons(given: Given) -> None:
    with transaction() as session:
        session.execute(update(Message).where(Message.seq == given.seq).values(trace_id=None))
    assert given.who.get(given.path, headers=given.talk.headers).status_code == 404


def test_the_history_leads_to_why_an_answer_is_as_it_is(given: Given, browser: Browse) -> None:
    mine = browser("applicant1").open(f"/conversations/{given.talk.id}")
    link = mine.page.xpath("//a[contains(@href, '/reasons/')]/@href")[0]
    assert "核验码" in mine.open(link).text
    assert browser("applicant2").open(link).status == 404
    assert (
        given.answer.receipt_code in mine.open(f"/conversations/{given.talk.id}/transcript.txt").answer.text
    )


def test_the_chat_without_scripts_has_the_page_for_its_own_conversation_alone(
    given: Given, browser: Browse
) -> None:
    assert browser().open(f"/chat/reasons/{given.seq}").status == 404


def test_anybody_verifies_an_answer_by_its_code_and_never_sees_the_question(
    given: Given, browser: Browse
) -> None:
    sealed()
    visitor = browser().open(f"/verify?code={given.answer.receipt_code}")
    assert visitor.status == 200
    shown = visitor.page.xpath("string(//section[@role='status'])")
    with read_only() as session:
        trace = session.get_one(AnswerTrace, given.answer.trace_id)
    assert trace.answer_sha256 in shown
    assert "完整，未被改动" in shown
    assert ASKED.rstrip("？") not in visitor.text
    copied = f"{given.answer.text}\n（药政助手：由人工智能辅助）\n核验码：{given.answer.receipt_code}"
    for text, words in ((copied, "与给出的回答逐字相同"), ("别的话", "与给出的回答不同")):
        visitor.send(
            "/verify", holding=("code", given.answer.receipt_code), code=given.answer.receipt_code, text=text
        )
        assert words in visitor.text


def test_a_code_that_no_answer_has_is_told_to_be_wrong(given: Given, browser: Browse) -> None:
    visitor = browser().open("/verify?code=AAAA-AAAA-AAAA-AAAA")
    assert (visitor.status, "没有这个核验码" in visitor.text) == (404, True)
    visitor.open("/verify").send("/verify", holding=("text", ""), code="x", text="")
    assert visitor.status == 404


def test_an_action_without_words_is_shown_by_its_code(given: Given, browser: Browse) -> None:
    assert action_words("a.b") == "audit.action.a.b"
    with transaction() as session:
        service.record(session, actor_id="", action="later.added", subject_type="thing", subject_id="1")
    assert "later.added" in browser("auditor1").open("/staff/audit").text

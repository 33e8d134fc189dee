"""Bad ratings open tasks; questions of conversations become candidates; whoever asked is told, once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.conversations import service as conversations
from bot.conversations.service import MessageView, NewMessage, append, locked, open_conversation
from bot.handoff import service, telling
from core import clock, database
from core.database import reading, transaction
from core.identity import ANONYMOUS, Actor, Role
from core.identity.models import Account
from knowledge_base import service as knowledge_base
from knowledge_base.curation import service as curation
from knowledge_base.curation.models import CuratedVersion
from knowledge_base.curation.states import State
from knowledge_base.improvement import service as improvement
from knowledge_base.improvement.models import CandidateQuestion
from knowledge_base.index import service as index
from knowledge_base.models import AnswerTrace

from .conftest import People

EDITOR = Actor("acc_editor", Role.EDITOR)
SUPERVISOR = Actor("acc_sup", Role.SUPERVISOR)
QUESTION = "火星上的蜂蜜柚子茶怎么缴关税"


@pytest.fixture(autouse=True)
def encoder(store: database.Database) -> None:
    knowledge_base.register_encoder()


def trace(question: str = QUESTION, status: str = "unanswerable_no_source") -> str:
    """An answer's trace, as the knowledge base leaves it."""
    with transaction() as session:
        row = AnswerTrace(
            id=f"ans_{clock.now().timestamp()}_{len(question)}",
            answered_at=clock.now(),
            question=question,
            question_hmac="-",
            locale="zh-CN",
            language="zh",
            as_of=clock.today(),
            status=status,
            aspects=[],
            support=0.0,
            passages=[],
            citations=[],
            thresholds={},
            timings_ms={},
            latency_ms=1.0,
        )
        session.add(row)
        return row.id


def told_answer(conversation_id: str, question: str = QUESTION) -> str:
    """The assistant's message in a conversation that tells an answer; return the trace."""
    trace_id = trace(question)
    with transaction() as session:
        new = NewMessage("assistant", "answer", "?", [], {"answer": {"trace_id": trace_id}})
        append(session, locked(session, conversation_id), new)
    return trace_id


def visitor(locale: str = "zh-CN") -> str:
    return open_conversation(channel="web", locale=locale, actor=ANONYMOUS).conversation_id


def closed(conversation_id: str, people: People, *, reason: str = "asked_for", **words: str) -> str:
    ticket = service.request_handoff(conversation_id, reason, unanswered=words.get("question", QUESTION))
    service.claim_case(people.supervisor, ticket.case_id)
    if "reply" in words:
        service.reply(people.supervisor, ticket.case_id, client_message_id="r1", text=words["reply"])
    service.close_case(people.supervisor, ticket.case_id, resolution=words.get("resolution", "不征收。"))
    return ticket.case_id


def released(candidate_id: str) -> str:
    """The entry of a candidate, in force; the way there is tested with curation."""
    entry_id = improvement.open_draft(EDITOR, candidate_id)
    view = curation.get_entry(EDITOR, entry_id)
    content: dict[str, Any] = view.latest.content.to_json()
    content["answer"] = {"zh": "火星不征收关税。", "en": "There is no duty on Mars."}
    content["basis"] = ["没有收录的办法#3"]
    curation.edit(EDITOR, entry_id, content, lock=view.latest.lock)
    with transaction() as session:
        version = session.scalars(select(CuratedVersion).where(CuratedVersion.entry_id == entry_id)).one()
        version.state, version.effective_from = State.RELEASED, clock.today()
    return entry_id


def only() -> improvement.CandidateLine:
    [found] = improvement.list_candidates(EDITOR, state="all")
    return found


def notices(conversation_id: str) -> list[MessageView]:
    found = conversations.read_messages(conversation_id)
    return [one for one in found if one.role == "system" and QUESTION in one.text]


@pytest.mark.parametrize(("level", "opened"), [(1, 1), (2, 1), (3, 0), (5, 0)])
def test_a_bad_rating_opens_a_task(conversation: str, people: People, level: int, opened: int) -> None:
    case_id = closed(conversation, people, resolution="已致电13812345678")
    service.rate(conversation, level=level, comment="打13912345678没人接")
    tasks = improvement.list_tasks(SUPERVISOR)
    assert len(tasks) == opened
    for task in tasks:
        assert (task.kind, task.case_id) == ("rating", case_id)
        rating = service.ratings_told([task.subject_id])[task.subject_id]
        assert (rating.level, rating.comment) == (level, "打[mobile]没人接")
        assert rating.resolution == "已致电[mobile]"
        assert rating.case_no


def test_a_bad_rating_of_the_assistant_alone_opens_a_task_too(conversation: str) -> None:
    service.rate(conversation, level=1)
    [task] = improvement.list_tasks(SUPERVISOR)
    rating = service.ratings_told([task.subject_id])[task.subject_id]
    assert (rating.case_no, rating.question, rating.level) == ("", "", 1)


def test_a_task_of_a_province_is_not_for_another_ones_supervisor(conversation: str, people: People) -> None:
    closed(conversation, people)
    service.rate(conversation, level=1)
    assert improvement.list_tasks(Actor("acc_gd", Role.SUPERVISOR, province="粤")) == []
    assert len(improvement.list_tasks(Actor("acc_sh", Role.SUPERVISOR, province="沪"))) == 1


def test_only_answers_that_conversations_got_are_gathered_once(conversation: str) -> None:
    trace_id = told_answer(conversation)
    trace("土星上的蜂蜜柚子茶怎么缴关税")
    assert service.gather_candidates() == 1
    assert service.gather_candidates() == 0
    with reading() as session:
        [row] = session.scalars(select(CandidateQuestion))
    assert (row.source_id, row.conversation_id, row.text) == (trace_id, conversation, QUESTION)


def test_a_closed_case_joins_what_was_asked_in_vain_with_what_staff_wrote(
    conversation: str, people: People
) -> None:
    told_answer(conversation)
    closed(conversation, people, reply="您好，不征收的。", resolution="已告知不征收。")
    assert service.gather_candidates() == 2
    assert service.gather_candidates() == 0
    found = only()
    assert (found.count, found.answer, found.replies) == (1, "已告知不征收。", "您好，不征收的。")
    assert {one.kind for one in found.examples} <= {"trace", "case"}


def test_a_case_is_no_candidate_before_it_is_closed(conversation: str, people: People) -> None:
    service.request_handoff(conversation, "asked_for", unanswered=QUESTION)
    assert service.gather_candidates() == 0


def test_a_sensitive_case_is_nobodys_example(conversation: str, people: People) -> None:
    closed(conversation, people, reason="sensitive", question="我要投诉某某药店")
    assert service.gather_candidates() == 0
    assert improvement.list_candidates(EDITOR, state="all") == []


def test_names_and_numbers_of_a_case_are_not_kept(conversation: str, people: People) -> None:
    with transaction() as session:
        session.get_one(Account, people.applicant.account_id).display_name = "王小明"
    closed(
        conversation,
        people,
        question="我是Test Cosmetics的王小明，13812345678，柚子茶怎么缴税",
        reply="王小明您好",
        resolution="Supervisor已答复Test Cosmetics",
    )
    service.gather_candidates()
    with reading() as session:
        [row] = session.scalars(select(CandidateQuestion))
    assert row.text == "我是[enterprise]的[name]，[mobile]，柚子茶怎么缴税"
    assert (row.answer, row.replies) == ("[name]已答复[enterprise]", "[name]您好")


def test_every_conversation_that_asked_is_told_once_in_its_language(conversation: str) -> None:
    english, other = visitor("en"), visitor()
    for one in (conversation, english, conversation):
        told_answer(one)
    service.gather_candidates()
    assert service.tell_askers() == 0
    released(only().candidate_id)
    assert service.tell_askers() == 2
    assert service.tell_askers() == 0
    [chinese] = notices(conversation)
    [in_english] = notices(english)
    assert notices(other) == []
    assert "火星不征收关税。" in chinese.text
    assert "There is no duty on Mars." in in_english.text
    assert [block["type"] for block in chinese.blocks] == ["notice", "paragraph", "citation"]
    assert chinese.blocks[2]["title"] == "没有收录的办法"
    assert (only().state, only().told) == ("answered", 2)


def test_a_process_that_dies_between_leaves_nothing_half_told(
    conversation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = visitor()
    told_answer(conversation)
    told_answer(second)
    service.gather_candidates()
    released(only().candidate_id)
    broken: list[str] = []

    def dying(session: Any, **fields: Any) -> None:
        broken.append(fields["subject_id"])
        raise RuntimeError("the process died")

    with monkeypatch.context() as patch:
        patch.setattr(telling, "record", dying)
        assert service.tell_askers() == 0
    assert set(broken) == {conversation, second}
    assert notices(conversation) == notices(second) == []
    assert service.tell_askers() == 2
    assert (len(notices(conversation)), len(notices(second))) == (1, 1)


def test_two_processes_at_once_tell_a_conversation_once(conversation: str) -> None:
    told_answer(conversation)
    service.gather_candidates()
    released(only().candidate_id)
    improvement.settle()
    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(lambda _: service.tell_askers(), range(4)))
    assert sum(told) == 1
    assert len(notices(conversation)) == 1


def test_two_processes_at_once_take_a_question_in_once(conversation: str) -> None:
    told_answer(conversation)
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda _: service.gather_candidates(), range(4)))
    assert sum(taken) == 1
    assert only().count == 1


def test_a_conversation_that_staff_own_is_told_afterwards(conversation: str, people: People) -> None:
    told_answer(conversation)
    service.gather_candidates()
    ticket = service.request_handoff(conversation, "asked_for", unanswered="别的事")
    service.claim_case(people.officer, ticket.case_id)
    released(only().candidate_id)
    assert service.tell_askers() == 0
    assert notices(conversation) == []
    service.close_case(people.officer, ticket.case_id, resolution="好了")
    assert service.tell_askers() == 1
    assert len(notices(conversation)) == 1


def test_an_answer_no_longer_in_force_is_told_to_nobody(conversation: str) -> None:
    told_answer(conversation)
    service.gather_candidates()
    entry_id = released(only().candidate_id)
    improvement.settle()
    with transaction() as session:
        version = session.scalars(select(CuratedVersion).where(CuratedVersion.entry_id == entry_id)).one()
        version.state, version.retires_on = State.RETIRED, clock.today() - timedelta(days=0)
    assert service.tell_askers() == 0
    assert notices(conversation) == []


def test_the_periodic_tasks_do_the_same(conversation: str) -> None:
    from bot.handoff import tasks
    from knowledge_base.tasks import note_overdue_task

    told_answer(conversation)
    assert tasks.gather_candidates() == 1
    released(only().candidate_id)
    assert tasks.tell_askers() == 1
    assert note_overdue_task() == 0


def test_a_real_question_in_vain_is_gathered_and_answered_after_its_release(
    conversation: str, tmp_path: Path
) -> None:
    folder = tmp_path / "laws"
    folder.mkdir()
    head = "# 火星关税管理办法\n\n（2024年3月1日公布 自2024年5月1日起施行）\n\n"
    (folder / "火星关税管理办法.md").write_text(head + "第一条 火星上的饮料不征收关税。\n", "utf-8")
    knowledge_base.ingest([folder])
    knowledge_base.build_index()
    found = knowledge_base.answer(knowledge_base.Question("土星探测车轮胎多久换一次"))
    assert found.status.startswith("unanswerable")
    with transaction() as session:
        message = found.to_message()
        new = NewMessage("assistant", "answer", found.text, message["blocks"], {"answer": message["answer"]})
        append(session, locked(session, conversation), new)
    assert service.gather_candidates() == 1
    assert only().question == "土星探测车轮胎多久换一次"
    index._live.clear()

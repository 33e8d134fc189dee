"""Questions become candidates, candidates become entries; tasks are taken and closed; on both databases."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from core import clock
from core.audit.models import AuditEvent
from core.database import reading, transaction
from core.database.engine import Database
from core.errors import Conflict, InvalidInput, NotAvailable
from core.identity import ANONYMOUS, Actor, Role
from knowledge_base import service as knowledge_base
from knowledge_base.curation import service as curation
from knowledge_base.curation.models import RegressionQuestion
from knowledge_base.curation.regression import Asked
from knowledge_base.improvement import service as improvement
from knowledge_base.improvement.models import CandidateQuestion, ImprovementTask, KnowledgeCandidate
from knowledge_base.improvement.service import AskedQuestion, Subject
from knowledge_base.index import service as index
from knowledge_base.models import AnswerFeedback
from tests.stores import KINDS, opened

WRITER = Actor("acc_writer", Role.EDITOR, "文编")
SECOND = Actor("acc_second", Role.EDITOR, "审编")
ADMIN = Actor("acc_admin", Role.ADMINISTRATOR, "管理员")
SUPERVISOR = Actor("acc_sup", Role.SUPERVISOR, "主管")
ELSEWHERE = Actor("acc_gd", Role.SUPERVISOR, "主管", province="粤")
TODAY = clock.today()
ASKED = "药店夜里可以关门吗"
HELPLESS = "药品零售管理办法第三条怎么规定"
UNKNOWN = "药店的招牌要用什么颜色"
VAIN = "火星上的蜂蜜柚子茶怎么缴关税"
NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    with opened(request.param, monkeypatch) as made:
        knowledge_base.register_encoder()
        yield made


@pytest.fixture
def held(store: Database, laws: Path) -> Iterator[Path]:
    """A few laws, ingested and indexed."""
    knowledge_base.ingest([laws])
    knowledge_base.build_index()
    yield laws
    index._live.clear()


def asked(number: int, text: str = ASKED, **more: Any) -> AskedQuestion:
    fields: dict[str, Any] = {
        "source_kind": "trace",
        "language": "zh",
        "asked_at": NOW + timedelta(minutes=number),
        "conversation_id": f"conv_{number}",
    }
    return AskedQuestion(source_id=f"src_{number}", text=text, **{**fields, **more})


def resolved(number: int, **more: Any) -> AskedQuestion:
    fields: dict[str, Any] = {
        "source_kind": "case",
        "answer": "上海的药店应当设夜间售药窗口。",
        "replies": "您好，夜间要留窗口。",
        "basis": ("上海市药店服务规定#1",),
    }
    return asked(number, **{**fields, **more})


def only() -> improvement.CandidateLine:
    [found] = improvement.list_candidates(WRITER, state="all")
    return found


def draft(candidate_id: str) -> str:
    """Open the draft of a candidate and write what it lacks."""
    entry_id = improvement.open_draft(WRITER, candidate_id)
    view = curation.get_entry(WRITER, entry_id)
    content = view.latest.content.to_json()
    content["question"]["en"] = "May a pharmacy be closed at night?"
    content["answer"]["en"] = "In Shanghai, pharmacies keep a night window."
    curation.edit(WRITER, entry_id, content, lock=view.latest.lock)
    return entry_id


def lock(entry_id: str) -> int:
    return curation.get_entry(WRITER, entry_id).latest.lock


def release(entry_id: str, day: date = TODAY) -> bool:
    curation.submit(WRITER, entry_id, lock=lock(entry_id))
    curation.approve(SECOND, entry_id, lock=lock(entry_id))
    return curation.release_now(SECOND, entry_id, lock=lock(entry_id), effective_from=day)


def test_like_questions_are_one_candidate_and_others_are_not(store: Database) -> None:
    questions = [
        asked(1, "药品经营许可证遗失了怎么补办？"),
        asked(2, "补办药品经营许可证"),
        asked(3, "  药品经营许可证遗失了，怎么补办 "),
        asked(4, "医疗器械经营许可证遗失了怎么补办？"),
        asked(5, "化妆品展会派发小样要备案吗"),
        asked(6, "How do I replace a lost drug distribution licence?", language="en"),
    ]
    assert improvement.take_in(questions) == 6
    found = {one.question: one.count for one in improvement.list_candidates(WRITER)}
    assert sorted(found.values()) == [1, 1, 1, 3]
    [most, *_] = improvement.list_candidates(WRITER)
    assert most.count == 3
    assert most.question.startswith("药品经营许可证遗失了")  # two of three say it so
    assert len(most.examples) == 2


def test_taking_in_again_changes_nothing_and_a_conversation_counts_once(store: Database) -> None:
    first = [asked(1), asked(2), asked(3, conversation_id="conv_2")]
    assert improvement.take_in(first) == 3
    assert improvement.take_in(first) == 0
    assert (only().count, len(only().examples)) == (2, 1)
    assert improvement.take_in([*first, asked(4)]) == 1
    assert only().count == 3


def test_no_personal_data_and_no_secret_is_kept(store: Database) -> None:
    private = "我的电话13812345678，身份证110101199003078515，药店夜里可以关门吗"
    improvement.take_in(
        [
            resolved(1, text=private, answer="已致电13812345678答复", replies="请发到 a@example.com"),
            asked(2, "【机密】药店夜里可以关门吗"),
        ]
    )
    with reading() as session:
        [row] = session.scalars(select(CandidateQuestion))
        kept = [row.text, row.answer, row.replies, session.scalars(select(KnowledgeCandidate)).one().question]
    assert all("13812345678" not in one and "110101" not in one and "@" not in one for one in kept)
    assert "[mobile]" in row.text
    assert "[mobile]" in row.answer


def test_unanswered_questions_and_useless_answers_of_conversations_are_gathered_once(held: Path) -> None:
    vain = knowledge_base.answer(knowledge_base.Question(VAIN))
    useless = knowledge_base.answer(knowledge_base.Question(HELPLESS))
    nobodys = knowledge_base.answer(knowledge_base.Question("土星上的蜂蜜柚子茶怎么缴关税"))
    unknown = knowledge_base.answer(knowledge_base.Question(UNKNOWN))
    assert (vain.status, unknown.status) == ("unanswerable_out_of_scope", "unanswerable_no_source")
    assert useless.status.is_answered
    knowledge_base.record_feedback(
        useless.trace_id, useful=False, reason="wrong", account_id="acc_1", conversation_id="conv_2"
    )
    told = {vain.trace_id: "conv_1", useless.trace_id: "conv_2", unknown.trace_id: "conv_3"}
    waiting = improvement.waiting()
    assert {one.trace_id for one in waiting} == {*told, nobodys.trace_id}
    asked_in = {one: told[one.trace_id] for one in waiting if one.trace_id in told}
    assert improvement.gather(asked_in) == 3
    assert improvement.gather(asked_in) == 0
    assert {one.trace_id for one in improvement.waiting()} == {nobodys.trace_id}
    found = {one.question: one for one in improvement.list_candidates(WRITER)}
    assert set(found) == {VAIN, UNKNOWN, HELPLESS}
    assert "药品零售管理办法#3" in found[HELPLESS].basis
    assert found[VAIN].kinds == ("outside",)
    assert found[UNKNOWN].kinds == ("trace",)


def test_a_question_asked_often_opens_one_task(store: Database) -> None:
    improvement.take_in([asked(1), asked(2)])
    assert improvement.list_tasks(WRITER) == []
    improvement.take_in([asked(3)])
    improvement.take_in([asked(4)])
    [task] = improvement.list_tasks(WRITER)
    assert (task.kind, task.question) == ("candidate", ASKED)
    assert improvement.get_task(WRITER, task.task_id).candidate_id == only().candidate_id


def test_what_is_no_business_of_ours_calls_for_nobody(store: Database) -> None:
    improvement.take_in([asked(number, source_kind="outside") for number in range(5)])
    assert (only().count, only().kinds) == (5, ("outside",))
    assert improvement.list_tasks(WRITER) == []


def test_a_draft_begins_with_what_staff_answered_and_is_opened_once(held: Path) -> None:
    improvement.take_in([asked(1), asked(2, "药店夜里可不可以关门"), resolved(3)])
    candidate = next(one for one in improvement.list_candidates(WRITER) if one.answer)
    entry_id = improvement.open_draft(WRITER, candidate.candidate_id)
    assert improvement.open_draft(SECOND, candidate.candidate_id) == entry_id
    view = curation.get_entry(WRITER, entry_id)
    assert (view.origin, view.origin_ref) == ("candidate", candidate.candidate_id)
    assert view.latest.content.question["zh"] == candidate.question
    assert view.latest.content.answer["zh"] == "上海的药店应当设夜间售药窗口。"
    assert view.latest.content.basis == ("上海市药店服务规定#1",)
    assert view.question == Asked(candidate.question, "zh", view.key)
    assert curation.list_questions(WRITER) == []


def test_a_candidate_goes_through_review_to_release_and_its_askers_are_told_once(held: Path) -> None:
    improvement.take_in([asked(1), resolved(2)])
    candidate_id = only().candidate_id
    entry_id = draft(candidate_id)
    curation.submit(WRITER, entry_id, lock=lock(entry_id))
    with pytest.raises(Conflict):
        curation.approve(WRITER, entry_id, lock=lock(entry_id))
    curation.approve(SECOND, entry_id, lock=lock(entry_id))
    assert improvement.settle() == 0
    assert improvement.untold() == []
    assert curation.release_now(SECOND, entry_id, lock=lock(entry_id), effective_from=TODAY)
    assert improvement.settle() == 1
    assert improvement.settle() == 0
    assert only().state == "answered"
    assert {one.conversation_id for one in improvement.untold()} == {"conv_1", "conv_2"}
    with transaction() as session:
        blocks = improvement.answer_blocks(session, candidate_id, "zh-CN")
        first = improvement.untold()[0]
        assert improvement.mark_told(session, first) == ASKED
    with transaction() as session:
        assert improvement.mark_told(session, first) == ""
        english = improvement.answer_blocks(session, candidate_id, "en")
    assert [block["type"] for block in blocks] == ["paragraph", "citation"]
    assert "夜间售药窗口" in blocks[1]["quote"]
    assert english[0]["text"] == "In Shanghai, pharmacies keep a night window."
    assert [one.conversation_id for one in improvement.untold()] == ["conv_2"]
    assert [one.text for _, one in curation.list_questions(WRITER)] == [ASKED]


def test_whoever_asks_after_the_release_is_a_new_candidate(held: Path) -> None:
    improvement.take_in([resolved(1)])
    assert release(draft(only().candidate_id))
    improvement.settle()
    improvement.take_in([asked(2), asked(3, asked_at=clock.now() + timedelta(minutes=5))])
    found = {one.state: one.count for one in improvement.list_candidates(WRITER, state="all")}
    assert found == {"answered": 2, "open": 1}


def test_an_answer_in_force_later_is_told_on_its_day(held: Path) -> None:
    improvement.take_in([resolved(1)])
    assert release(draft(only().candidate_id), TODAY + timedelta(days=3))
    assert improvement.settle() == 0
    assert only().state == "drafted"


def test_a_release_takes_a_regression_question_that_leads_where_it_must(held: Path) -> None:
    improvement.take_in([resolved(1)])
    entry_id = draft(only().candidate_id)
    view = curation.get_entry(WRITER, entry_id)
    with pytest.raises(InvalidInput):
        curation.edit(
            WRITER,
            entry_id,
            view.latest.content.to_json(),
            lock=view.latest.lock,
            question=Asked(ASKED, "zh", "nothing-7"),
        )
    wrong = Asked("药品经营许可证有效期几年", "zh", view.key)
    curation.edit(WRITER, entry_id, view.latest.content.to_json(), lock=lock(entry_id), question=wrong)
    with transaction() as session:
        session.scalars(select(RegressionQuestion)).one().expected = "化妆品监督管理条例#1"
    assert not release(entry_id)
    run = curation.get_entry(WRITER, entry_id).run
    assert run is not None
    assert wrong.text in [one["text"] for one in run.broken]
    with transaction() as session:
        session.delete(session.scalars(select(RegressionQuestion)).one())
    with pytest.raises(InvalidInput) as refused:
        curation.ask_release(SECOND, entry_id, lock=lock(entry_id), effective_from=TODAY)
    assert refused.value.code == "knowledge_base.curation.regression_missing"


def test_a_dropped_draft_leaves_its_candidate_open(store: Database) -> None:
    improvement.take_in([asked(1)])
    entry_id = improvement.open_draft(WRITER, only().candidate_id)
    curation.discard(WRITER, entry_id, lock=lock(entry_id), reason="写不出来")
    assert improvement.settle() == 1
    assert (only().state, only().entry_id) == ("open", "")


def test_dismissing_takes_a_reason_and_the_question_does_not_come_back(store: Database) -> None:
    improvement.take_in([asked(1)])
    candidate_id = only().candidate_id
    with pytest.raises(InvalidInput):
        improvement.dismiss(WRITER, candidate_id, " \u200b ")
    improvement.dismiss(WRITER, candidate_id, "与本系统无关")
    improvement.take_in([asked(2)])
    assert (only().state, only().count, only().reason) == ("dismissed", 2, "与本系统无关")
    with pytest.raises(Conflict):
        improvement.open_draft(WRITER, candidate_id)
    improvement.reopen(WRITER, candidate_id)
    assert only().state == "open"


def test_what_is_not_one_question_is_set_apart(store: Database) -> None:
    improvement.take_in(
        [asked(1, "补办药品经营许可证"), asked(2, "药品经营许可证遗失了怎么补办？"), asked(3)]
    )
    one = next(one for one in improvement.list_candidates(WRITER) if one.count == 2)
    made = improvement.set_apart(WRITER, one.candidate_id, "src_1")
    assert improvement.get_candidate(WRITER, made).question == "补办药品经营许可证"
    assert improvement.get_candidate(WRITER, one.candidate_id).count == 1
    with pytest.raises(Conflict):
        improvement.set_apart(WRITER, made, "src_1")
    with pytest.raises(NotAvailable):
        improvement.set_apart(WRITER, made, "src_2")


@pytest.mark.parametrize("role", [Role.APPLICANT, Role.AUDITOR, Role.OFFICER, Role.SUPERVISOR, None])
def test_others_find_no_candidates(db: Database, role: Role | None) -> None:
    actor = Actor("acc_x", role) if role else ANONYMOUS
    for ask in (
        lambda: improvement.list_candidates(actor),
        lambda: improvement.get_candidate(actor, "cand_1"),
        lambda: improvement.open_draft(actor, "cand_1"),
        lambda: improvement.dismiss(actor, "cand_1", "x"),
        lambda: improvement.set_apart(actor, "cand_1", "x"),
    ):
        with pytest.raises(NotAvailable):
            ask()


def opened_task(number: int = 1, **more: str) -> str:
    with transaction() as session:
        improvement.open_task(session, Subject("rating", f"subject_{number}", **more))
    with reading() as session:
        wanted = select(ImprovementTask.id).where(ImprovementTask.subject_id == f"subject_{number}")
        return session.scalars(wanted).one()


@pytest.mark.parametrize(
    ("opened_on", "due_on"),
    [
        (date(2026, 11, 20), date(2026, 11, 23)),  # a Friday
        (date(2026, 9, 30), date(2026, 10, 8)),  # before the National Day holiday
        (date(2026, 11, 24), date(2026, 11, 25)),
    ],
)
def test_a_task_is_due_on_the_next_working_day(
    store: Database, monkeypatch: pytest.MonkeyPatch, opened_on: date, due_on: date
) -> None:
    moment = datetime(opened_on.year, opened_on.month, opened_on.day, 9, tzinfo=clock.CHINA)
    monkeypatch.setattr(clock, "now", lambda: moment.astimezone(UTC))
    opened_task()
    [task] = improvement.list_tasks(WRITER)
    assert (task.due_on, task.is_overdue) == (due_on, False)


def test_useless_answers_open_one_task_with_what_they_cited(held: Path) -> None:
    found = knowledge_base.answer(knowledge_base.Question(HELPLESS))
    for reason in ("wrong", "打13812345678问的不是这样"):
        knowledge_base.record_feedback(
            found.trace_id, useful=False, reason=reason, account_id="acc_1", conversation_id="conv_1"
        )
    knowledge_base.record_feedback(found.trace_id, useful=True, reason="", account_id="acc_2")
    [line] = improvement.list_tasks(WRITER)
    task = improvement.get_task(WRITER, line.task_id)
    with reading() as session:
        given = session.get_one(AnswerFeedback, line.subject_id)
    assert (line.kind, line.question, given.trace_id) == (
        "feedback",
        HELPLESS,
        found.trace_id,
    )
    assert task.reason == "打[mobile]问的不是这样"
    assert [one.key for one in task.cited] == [f"{c.title}#{c.article}" for c in found.citations]
    assert "五年" in task.cited[0].text
    assert task.is_useful_now is False


def test_a_task_closes_with_a_label_and_a_note_alone(store: Database) -> None:
    task_id = opened_task()
    for cause, note in (("", "查明"), ("bad luck", "查明"), ("other", " \n ")):
        with pytest.raises(InvalidInput):
            improvement.close_task(WRITER, task_id, root_cause=cause, note=note)
    improvement.close_task(WRITER, task_id, root_cause="too_slow", note="已联系13812345678")
    with pytest.raises(Conflict):
        improvement.close_task(WRITER, task_id, root_cause="other", note="再一次")
    task = improvement.get_task(SUPERVISOR, task_id)
    assert (task.line.state, task.line.root_cause, task.note) == ("done", "too_slow", "已联系[mobile]")
    assert improvement.list_tasks(WRITER) == []
    assert [one.task_id for one in improvement.list_tasks(WRITER, "done")] == [task_id]
    with reading() as session:
        wanted = select(AuditEvent.action).where(AuditEvent.subject_id == task_id)
        assert set(session.scalars(wanted)) == {"improvement.opened", "improvement.closed"}


def test_a_fix_brings_a_question_for_the_set(held: Path) -> None:
    task_id = opened_task()
    wrong, right = Asked("证几年", "zh", "没有的办法#1"), Asked("证几年", "zh", "药品零售管理办法#3")
    with pytest.raises(InvalidInput):
        improvement.close_task(WRITER, task_id, root_cause="no_source", note="补", question=wrong)
    assert improvement.get_task(WRITER, task_id).line.state == "open"
    with pytest.raises(NotAvailable):
        improvement.close_task(SUPERVISOR, task_id, root_cause="no_source", note="补", question=right)
    improvement.close_task(WRITER, task_id, root_cause="no_source", note="补", question=right)
    assert [one for _, one in curation.list_questions(WRITER)] == [right]


def test_the_first_takes_a_task_and_who_stands_above_may_take_over(store: Database) -> None:
    task_id = opened_task()
    improvement.take_task(WRITER, task_id)
    improvement.take_task(WRITER, task_id)
    with pytest.raises(Conflict):
        improvement.take_task(SECOND, task_id)
    assert [one.task_id for one in improvement.list_tasks(WRITER, "mine")] == [task_id]
    improvement.take_task(ADMIN, task_id)
    assert improvement.list_tasks(WRITER, "mine") == []


def test_late_tasks_come_first_and_are_noted_once(store: Database) -> None:
    late, fresh = opened_task(number=1), opened_task(number=2)
    with transaction() as session:
        session.get_one(ImprovementTask, late).due_on = TODAY - timedelta(days=1)
    assert [(one.task_id, one.is_overdue) for one in improvement.list_tasks(WRITER)] == [
        (late, True),
        (fresh, False),
    ]
    assert improvement.note_overdue() == 1
    assert improvement.note_overdue() == 0
    with reading() as session:
        noted = select(func.count()).where(AuditEvent.action == "improvement.overdue")
        assert session.scalar(noted) == 1


def test_a_supervisor_of_a_province_sees_its_tasks_alone(store: Database) -> None:
    theirs, everyones = opened_task(number=1, province="沪"), opened_task(number=2)
    assert [one.task_id for one in improvement.list_tasks(ELSEWHERE)] == [everyones]
    with pytest.raises(NotAvailable):
        improvement.get_task(ELSEWHERE, theirs)
    with pytest.raises(NotAvailable):
        improvement.close_task(ELSEWHERE, theirs, root_cause="other", note="x")
    assert {one.task_id for one in improvement.list_tasks(SUPERVISOR)} == {theirs, everyones}


@pytest.mark.parametrize("role", [Role.APPLICANT, Role.AUDITOR, Role.OFFICER, None])
def test_others_find_no_tasks(store: Database, role: Role | None) -> None:
    task_id = opened_task()
    actor = Actor("acc_x", role) if role else ANONYMOUS
    for ask in (
        lambda: improvement.list_tasks(actor),
        lambda: improvement.get_task(actor, task_id),
        lambda: improvement.take_task(actor, task_id),
        lambda: improvement.close_task(actor, task_id, root_cause="other", note="x"),
    ):
        with pytest.raises(NotAvailable):
            ask()

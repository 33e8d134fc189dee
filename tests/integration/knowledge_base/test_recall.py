"""Stored answers asked again after a release: what changed, what did not, what an editor makes of it."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from core.audit.models import AuditEvent
from core.database import reading, transaction
from core.errors import Conflict, DependencyFailed, InvalidInput, NotAvailable
from core.identity import ANONYMOUS, Actor, Role
from core.queue.models import OutboxJob
from knowledge_base import service as knowledge_base
from knowledge_base.answering.views import AskedIn, Question
from knowledge_base.models import AnswerTrace
from knowledge_base.recall import service as recall
from knowledge_base.recall.models import RecalledAnswer, RecallTelling

EDITOR = Actor("acct_editor", Role.EDITOR)
ASKED = "药品零售管理办法第三条怎么规定"
OTHER = "药品零售管理办法第二条怎么规定"


def ask(text: str, conversation: str = "", **more: Any) -> str:
    given = knowledge_base.answer(Question(text, asked_in=AskedIn(conversation), **more))
    assert given.status.is_answered, given.text
    return given.trace_id


def amend(folder: Path) -> None:
    """A newer version changes article 3 and leaves article 2."""
    text = (folder / "药品零售管理办法(2024-03-01).md").read_text("utf-8")
    newer = text.replace("2024年3月1日", "2026年3月1日").replace("2024年6月1日", "2026年6月1日")
    newer = newer.replace("届满前二个月", "届满前三个月").replace("第90号", "第101号")
    (folder / "药品零售管理办法(2026-03-01).md").write_text(newer, "utf-8")
    knowledge_base.ingest([folder])
    knowledge_base.build_index()


def run_through() -> str:
    with reading() as session:
        jobs = session.scalars(
            select(OutboxJob).where(OutboxJob.task == recall.TASK).order_by(OutboxJob.created_at)
        ).all()
    run_id = str(jobs[-1].payload["run_id"])
    while recall.work(run_id):
        pass
    return run_id


def states() -> dict[str, str]:
    with reading() as session:
        rows = session.execute(
            select(AnswerTrace.question, RecalledAnswer.state).join(
                RecalledAnswer, RecalledAnswer.trace_id == AnswerTrace.id
            )
        )
        return {question: state for question, state in rows}


def test_only_the_answer_whose_provision_changed_is_listed(indexed: Path) -> None:
    ask(ASKED)
    ask(OTHER)
    amend(indexed)
    run_through()
    (found,) = recall.list_changed(EDITOR)
    assert found.question == ASKED
    assert found.kinds == ["words"]
    assert "三个月" in found.after["text"]
    run = recall.latest_run(EDITOR)
    assert run is not None
    assert (run.state, run.total, run.changed, run.failed, run.left) == ("done", 2, 1, 0, 0)


def test_an_unchanged_index_changes_no_answer(indexed: Path) -> None:
    for text in (ASKED, OTHER, "药品零售管理办法第一条怎么规定"):
        ask(text)
    knowledge_base.build_index()
    run_through()
    assert recall.list_changed(EDITOR) == []


def test_the_same_question_is_asked_again_once_and_no_trace_is_left(indexed: Path) -> None:
    for conversation in ("conv_1", "conv_2", "conv_2"):
        ask(ASKED, conversation)
    ask(ASKED, "conv_3", locale="en")
    amend(indexed)
    run_through()
    assert len(recall.list_changed(EDITOR)) == 2
    with reading() as session:
        assert len(session.scalars(select(AnswerTrace)).all()) == 4


def test_whoever_got_the_old_answer_is_told_once_an_editor_confirms(indexed: Path) -> None:
    for conversation in ("conv_1", "conv_2", "conv_2", ""):
        ask(ASKED, conversation)
    amend(indexed)
    run_through()
    (found,) = recall.list_changed(EDITOR)
    assert recall.untold() == []
    assert recall.confirm(EDITOR, found.id) == 2
    assert {one.conversation_id for one in recall.untold()} == {"conv_1", "conv_2"}
    with pytest.raises(Conflict):
        recall.confirm(EDITOR, found.id)
    with transaction() as session:
        told = recall.mark_told(session, recall.untold()[0])
    assert told is not None
    assert told[0] == ASKED
    assert told[1]
    assert len(recall.untold()) == 1
    with transaction() as session:
        row = session.scalars(select(RecallTelling).where(RecallTelling.told_at.is_not(None))).one()
        again = recall.Untold(row.recalled_id, row.conversation_id)
        assert recall.mark_told(session, again) is None
    with reading() as session:
        actions = session.scalars(
            select(AuditEvent.action).where(AuditEvent.action.startswith("recall."))
        ).all()
    assert sorted(actions) == ["recall.confirmed", "recall.done"]


def test_a_change_that_was_decided_on_is_not_listed_again(indexed: Path) -> None:
    ask(ASKED)
    amend(indexed)
    run_through()
    (found,) = recall.list_changed(EDITOR)
    with pytest.raises(InvalidInput):
        recall.dismiss(EDITOR, found.id, "  ")
    recall.dismiss(EDITOR, found.id, "只是期限的表述")
    assert recall.untold() == []
    knowledge_base.build_index()
    run_through()
    assert recall.list_changed(EDITOR) == []


def test_a_later_release_takes_the_place_of_a_run_that_is_going_on(indexed: Path) -> None:
    ask(ASKED)
    first = recall.request("snapshot-1")
    assert recall.request("snapshot-1") == ""
    second = recall.request("snapshot-2")
    assert recall.work(first) == 0
    assert recall.work(second) == 1
    assert recall.work(second) == 0
    assert recall.work("rcl_absent") == 0


def test_an_answer_that_is_looked_at_while_a_later_run_begins_is_let_go(
    indexed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(ASKED)
    first = recall.request("snapshot-1")
    real = recall.again

    def release_meanwhile(trace: AnswerTrace) -> Any:
        recall.request("snapshot-2")
        return real(trace)

    monkeypatch.setattr(recall, "again", release_meanwhile)
    assert recall.work(first) == 1
    run = recall.latest_run(EDITOR)
    assert run is not None
    assert (run.state, run.left) == ("waiting", 1)


def test_without_answers_there_is_nothing_to_run(indexed: Path) -> None:
    assert recall.request("snapshot-1") == ""
    assert recall.latest_run(EDITOR) is None


def test_a_part_is_done_at_a_time_and_the_rest_is_left_to_the_next_job(
    indexed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(ASKED)
    ask(OTHER)
    monkeypatch.setattr(recall, "PART", 1)
    run_id = recall.request("snapshot-1")
    assert recall.work(run_id) == 1
    run = recall.latest_run(EDITOR)
    assert run is not None
    assert (run.state, run.left) == ("running", 1)
    with reading() as session:
        assert len(session.scalars(select(OutboxJob).where(OutboxJob.task == recall.TASK)).all()) == 2
    assert recall.work(run_id) == 1
    assert recall.work(run_id) == 0


@pytest.mark.parametrize("masked", ["我的手机[mobile]，许可证有效期", ""])
def test_what_cannot_be_asked_alone_is_held_against_today_s_words(indexed: Path, masked: str) -> None:
    trace_id = ask(ASKED)
    with transaction() as session:
        values = {"question": masked} if masked else {"leans_back": True}
        session.execute(update(AnswerTrace).where(AnswerTrace.id == trace_id).values(**values))
    amend(indexed)
    run_through()
    (found,) = recall.list_changed(EDITOR)
    assert found.kinds == ["words"]
    assert "text" not in found.after


def test_answers_kept_before_their_hash_was_are_compared_by_their_provisions(indexed: Path) -> None:
    ask(ASKED)
    ask(OTHER)
    with transaction() as session:
        session.execute(update(AnswerTrace).values(answer_sha256=""))
    amend(indexed)
    run_through()
    assert [one.question for one in recall.list_changed(EDITOR)] == [ASKED]


def test_an_answer_that_cannot_be_asked_again_is_counted_as_failed(
    indexed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(ASKED)

    def breaks(*_: Any, **__: Any) -> Any:
        raise DependencyFailed("core.internal_error", dependency="encoder")

    monkeypatch.setattr("knowledge_base.recall.service.again", breaks)
    run_id = recall.request("snapshot-1")
    recall.work(run_id)
    assert states() == {ASKED: "failed"}


@pytest.mark.parametrize("actor", [ANONYMOUS, Actor("a", Role.APPLICANT), Actor("b", Role.OFFICER)])
def test_others_find_nothing(indexed: Path, actor: Actor) -> None:
    for call in (
        lambda: recall.list_changed(actor),
        lambda: recall.latest_run(actor),
        lambda: recall.confirm(actor, "x"),
        lambda: recall.dismiss(actor, "x", "weil"),
    ):
        with pytest.raises(NotAvailable):
            call()

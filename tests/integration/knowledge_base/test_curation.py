"""Curation from a draft to a released answer and out again."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core import clock
from core.audit.models import AuditEvent
from core.database import reading, transaction
from core.errors import Conflict, InvalidInput, NotAvailable
from core.identity import ANONYMOUS, Actor, Role
from knowledge_base import service as knowledge_base
from knowledge_base.curation import release
from knowledge_base.curation import service as curation
from knowledge_base.curation.states import State, Step
from knowledge_base.search.query import SearchQuery

WRITER = Actor("acc_writer", Role.EDITOR, "文编")
SECOND = Actor("acc_second", Role.EDITOR, "审编")
OFFICER = Actor("acc_officer", Role.OFFICER, "办件员")
TODAY = clock.today()
CONTENT: dict[str, Any] = {
    "question": {"zh": "药店夜里要留窗口卖药吗", "en": "Must pharmacies keep a night window?"},
    "answer": {"zh": "上海的药店应当设夜间售药窗口。", "en": "In Shanghai, pharmacies keep a night window."},
    "similar": {"zh": ["晚上药店关门了怎么买药"], "en": ["buying medicine at night in Shanghai"]},
    "negative": {"zh": ["药品经营许可证有效期几年"], "en": []},
    "basis": ["上海市药店服务规定#1"],
    "topic": "retail",
}


def changed(**more: Any) -> dict[str, Any]:
    return {**CONTENT, **more}


def lock(entry_id: str) -> int:
    return curation.get_entry(WRITER, entry_id).latest.lock


def approved(content: dict[str, Any] = CONTENT, **more: Any) -> str:
    entry_id = curation.create(WRITER, content, **more)
    curation.submit(WRITER, entry_id, lock=lock(entry_id))
    curation.approve(SECOND, entry_id, lock=lock(entry_id))
    return entry_id


def released(content: dict[str, Any] = CONTENT, *, day: date = TODAY, **more: Any) -> str:
    entry_id = approved(content, **more)
    assert curation.release_now(SECOND, entry_id, lock=lock(entry_id), effective_from=day)
    knowledge_base.build_index()
    return entry_id


def first_entry(text: str, as_of: date = TODAY, locale: str = "zh-CN") -> str:
    found = knowledge_base.search(SearchQuery(text, as_of=as_of, locale=locale, kinds=("faq",)))
    return str(found.hits[0].passage.data["id"]) if found.hits else ""


@pytest.fixture
def shipped(indexed: Path, tmp_path: Path) -> Path:
    """Two shipped entries beside the laws."""
    folder = tmp_path / "faq"
    folder.mkdir()
    (folder / "retail.yml").write_text(
        """
- id: retail-001
  question: {zh: 药品经营许可证有效期多久, en: How long is a drug distribution licence valid?}
  similar: {zh: [药店的证几年到期], en: [validity of the pharmacy licence]}
  answer: {zh: 五年。, en: Five years.}
  basis: [药品零售管理办法#3]
- id: retail-002
  question: {zh: 开药店找谁申请, en: Whom do I apply to for opening a pharmacy?}
  similar: {zh: [药店在哪里办证], en: [where to apply for a pharmacy licence]}
  answer: {zh: 所在地药品监督管理部门。, en: The local medical products administration.}
  basis: [药品零售管理办法#2]
""",
        "utf-8",
    )
    knowledge_base.import_faq(folder)
    knowledge_base.build_index()
    return folder


def test_a_draft_becomes_an_answer_and_leaves_again(shipped: Path) -> None:
    assert first_entry("晚上药店关门了怎么买药") != "night"
    entry_id = released(key="night")
    assert first_entry("晚上药店关门了怎么买药") == "night"
    assert first_entry("buying medicine at night in Shanghai", locale="en") == "night"
    with pytest.raises(InvalidInput):
        curation.retire(SECOND, entry_id, lock=lock(entry_id), on=TODAY, reason=" ")
    curation.retire(SECOND, entry_id, lock=lock(entry_id), on=TODAY, reason="规定已变")
    knowledge_base.build_index()
    assert first_entry("晚上药店关门了怎么买药") != "night"
    view = curation.get_entry(WRITER, entry_id)
    assert [event.step for event in view.events] == ["retire", "release", "approve", "submit", "edit"]
    assert view.events[0].reason == "规定已变"
    with reading() as session:
        actions = session.scalars(select(AuditEvent.action).where(AuditEvent.subject_id == entry_id)).all()
    assert sorted(actions) == sorted(f"curation.{event.step}" for event in view.events)


def test_a_version_begins_and_ends_on_its_days(shipped: Path) -> None:
    later, last = TODAY + timedelta(days=10), TODAY + timedelta(days=20)
    entry_id = released(key="night", day=later)
    assert first_entry("晚上药店关门了怎么买药") != "night"
    assert first_entry("晚上药店关门了怎么买药", later) == "night"
    curation.retire(SECOND, entry_id, lock=lock(entry_id), on=last, reason="到期")
    knowledge_base.build_index()
    assert first_entry("晚上药店关门了怎么买药", last - timedelta(days=1)) == "night"
    assert first_entry("晚上药店关门了怎么买药", last) != "night"


def test_a_version_retired_before_it_begins_never_does(shipped: Path) -> None:
    later = TODAY + timedelta(days=10)
    entry_id = released(key="night", day=later)
    curation.retire(SECOND, entry_id, lock=lock(entry_id), on=TODAY, reason="撤回")
    knowledge_base.build_index()
    assert first_entry("晚上药店关门了怎么买药", later) != "night"


def test_nobody_approves_what_they_wrote_a_word_of(indexed: Path) -> None:
    entry_id = curation.create(WRITER, CONTENT)
    curation.edit(SECOND, entry_id, changed(topic="other"), lock=lock(entry_id))
    curation.submit(WRITER, entry_id, lock=lock(entry_id))
    for one in (WRITER, SECOND):
        assert Step.APPROVE not in curation.get_entry(one, entry_id).steps
        with pytest.raises(Conflict) as refused:
            curation.approve(one, entry_id, lock=lock(entry_id))
        assert refused.value.code == "knowledge_base.curation.second_person"
    third = Actor("acc_third", Role.ADMINISTRATOR)
    assert Step.APPROVE in curation.get_entry(third, entry_id).steps
    curation.approve(third, entry_id, lock=lock(entry_id))
    assert curation.get_entry(third, entry_id).latest.state is State.APPROVED


def test_what_was_changed_meanwhile_is_not_overwritten(indexed: Path) -> None:
    entry_id = curation.create(WRITER, CONTENT)
    read = lock(entry_id)
    curation.edit(SECOND, entry_id, changed(topic="second"), lock=read)
    with pytest.raises(Conflict) as refused:
        curation.edit(WRITER, entry_id, changed(topic="writer"), lock=read)
    assert refused.value.code == "knowledge_base.curation.changed_meanwhile"
    assert curation.get_entry(WRITER, entry_id).latest.content.topic == "second"


def test_an_officer_proposes_and_an_editor_decides(indexed: Path) -> None:
    entry_id = curation.create(OFFICER, CONTENT, origin="conversation", origin_ref="case_1")
    curation.submit(OFFICER, entry_id, lock=lock(entry_id))
    with pytest.raises(NotAvailable):
        curation.approve(OFFICER, entry_id, lock=lock(entry_id))
    curation.send_back(SECOND, entry_id, lock=lock(entry_id), reason="请补充依据")
    assert curation.get_entry(OFFICER, entry_id).events[0].reason == "请补充依据"
    with pytest.raises(NotAvailable):
        curation.edit(Actor("acc_other", Role.OFFICER), entry_id, CONTENT, lock=lock(entry_id))


@pytest.mark.parametrize("actor", [ANONYMOUS, Actor("a", Role.APPLICANT), Actor("b", Role.AUDITOR)])
def test_others_find_nothing(indexed: Path, actor: Actor) -> None:
    entry_id = curation.create(WRITER, CONTENT)
    for ask in (
        lambda: curation.list_entries(actor),
        lambda: curation.get_entry(actor, entry_id),
        lambda: curation.create(actor, CONTENT),
        lambda: curation.list_questions(actor),
    ):
        with pytest.raises(NotAvailable):
            ask()


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"question": {"zh": "药店夜里要留窗口吗"}}, "question_missing_en"),
        ({"answer": {"zh": "", "en": "Yes."}}, "answer_missing_zh"),
        ({"basis": []}, "basis_missing"),
        ({"basis": ["上海市药店服务规定"]}, "basis_form"),
        ({"basis": ["上海市药店服务规定#99"]}, "basis_absent"),
        ({"basis": ["药品零售暂行规定#1"]}, "basis_not_in_force"),
        ({"answer": {"zh": "请打 13812345678 问。", "en": "Call."}}, "personal_data"),
        ({"answer": {"zh": "规定说“药店夜间应当全部开门营业”。", "en": "Yes."}}, "quote_inexact"),
        ({"similar": {"zh": ["开药店找谁申请？"], "en": ["night window"]}}, "question_taken"),
    ],
)
def test_a_draft_with_errors_is_not_handed_in(shipped: Path, more: dict[str, Any], code: str) -> None:
    entry_id = curation.create(WRITER, changed(**more))
    with pytest.raises(InvalidInput) as refused:
        curation.submit(WRITER, entry_id, lock=lock(entry_id))
    assert refused.value.code == f"knowledge_base.curation.check.{code}"
    assert curation.get_entry(WRITER, entry_id).latest.state is State.DRAFT


def test_a_law_that_is_not_held_is_only_warned_of(indexed: Path) -> None:
    found = curation.check(changed(basis=["没有收录的办法#3"]))
    assert [(p.code.rpartition(".")[2], p.is_error) for p in found] == [("law_not_held", False)]


def test_a_release_that_breaks_a_question_is_refused_and_nothing_goes_live(shipped: Path) -> None:
    greedy = changed(
        question={
            "zh": "药品经营许可证有效期多久呢",
            "en": "How long is a drug distribution licence valid now?",
        },
        similar={
            "zh": ["药店的证几年到期呀", "药店的证件几年到期"],
            "en": ["validity of a pharmacy licence"],
        },
        negative={"zh": ["药店的证几年到期"], "en": []},
    )
    curation.add_question(WRITER, "药店的证能用几年", language="zh", expected="retail-001")
    entry_id = approved(greedy, key="greedy")
    assert not curation.release_now(SECOND, entry_id, lock=lock(entry_id), effective_from=TODAY)
    view = curation.get_entry(WRITER, entry_id)
    assert (view.latest.state, view.run and view.run.state) == (State.APPROVED, "refused")
    assert view.run is not None
    assert view.run.broken
    assert {"text", "expected", "before", "after"} <= set(view.run.broken[0])
    knowledge_base.build_index()
    assert first_entry("药店的证几年到期") == "retail-001"


def test_a_curated_entry_takes_the_place_of_a_shipped_one_on_its_day(shipped: Path) -> None:
    later = TODAY + timedelta(days=5)
    content = curation.shipped("retail-001")
    content["answer"]["zh"] = "五年，届满前两个月申请延续。"
    released(content, key="retail-001", origin="shipped", day=later)

    def answers(day: date) -> list[str]:
        found = knowledge_base.search(SearchQuery("药品经营许可证有效期多久", as_of=day, kinds=("faq",)))
        return [hit.passage.text for hit in found.hits if hit.passage.data["id"] == "retail-001"]

    assert answers(TODAY) == ["五年。"]
    assert answers(later) == ["五年，届满前两个月申请延续。"]
    knowledge_base.import_faq(shipped)
    knowledge_base.build_index()
    assert answers(later) == ["五年，届满前两个月申请延续。"]


def test_the_next_version_replaces_the_first_from_its_day(shipped: Path) -> None:
    entry_id = released(key="night")
    curation.revise(WRITER, entry_id)
    with pytest.raises(Conflict):
        curation.revise(WRITER, entry_id)
    better = changed(answer={"zh": "应当设，夜间提供服务。", "en": "They must, and serve at night."})
    curation.edit(WRITER, entry_id, better, lock=lock(entry_id))
    view = curation.get_entry(WRITER, entry_id)
    assert [name for name, _, _ in view.differences] == ["answer_zh", "answer_en"]
    curation.submit(WRITER, entry_id, lock=lock(entry_id))
    curation.approve(SECOND, entry_id, lock=lock(entry_id))
    later = TODAY + timedelta(days=3)
    assert curation.release_now(SECOND, entry_id, lock=lock(entry_id), effective_from=later)
    knowledge_base.build_index()
    for day, text in ((TODAY, "上海的药店应当设夜间售药窗口。"), (later, "应当设，夜间提供服务。")):
        found = knowledge_base.search(SearchQuery("晚上药店关门了怎么买药", as_of=day, kinds=("faq",)))
        assert found.hits[0].passage.text == text


def test_a_past_day_is_refused(indexed: Path) -> None:
    entry_id = approved()
    with pytest.raises(InvalidInput):
        curation.ask_release(SECOND, entry_id, lock=lock(entry_id), effective_from=TODAY - timedelta(days=1))


def test_the_worker_tries_and_releases_once(shipped: Path) -> None:
    entry_id = approved(key="night")
    run_id = curation.ask_release(SECOND, entry_id, lock=lock(entry_id), effective_from=TODAY)
    with pytest.raises(Conflict):
        curation.ask_release(SECOND, entry_id, lock=lock(entry_id), effective_from=TODAY)
    assert release.try_and_release(run_id)
    assert release.try_and_release(run_id)
    assert curation.get_entry(WRITER, entry_id).latest.state is State.RELEASED


def test_what_changed_while_it_was_tried_is_not_released(shipped: Path) -> None:
    entry_id = approved(key="night")
    run_id = curation.ask_release(SECOND, entry_id, lock=lock(entry_id), effective_from=TODAY)
    curation.send_back(SECOND, entry_id, lock=lock(entry_id), reason="再改改")
    assert not release.try_and_release(run_id)
    view = curation.get_entry(WRITER, entry_id)
    assert (view.latest.state, view.run and view.run.problem) == (
        State.DRAFT,
        "knowledge_base.curation.changed_meanwhile",
    )


def test_an_entry_whose_law_changed_is_marked(shipped: Path) -> None:
    entry_id = released(key="night")
    assert curation.list_entries(WRITER, flagged=True) == []
    path = next(Path(shipped.parent / "laws").rglob("上海市药店服务规定*"))
    text = path.read_text("utf-8").replace("夜间售药窗口", "二十四小时售药窗口")
    later = text.replace("2022年1月1日 上海市", "2022年1月1日 上海市", 1)
    path.with_name("上海市药店服务规定(2024-01-01).md").write_text(
        later.replace("通过\n", "通过\n\n2024年1月1日 上海市人民代表大会常务委员会修正\n", 1), "utf-8"
    )
    knowledge_base.ingest([shipped.parent / "laws"])
    knowledge_base.build_index()
    assert [line.entry_id for line in curation.list_entries(WRITER, flagged=True)] == [entry_id]
    assert curation.get_entry(WRITER, entry_id).latest.flags == ("上海市药店服务规定#1",)


def test_the_list_is_searched_and_filtered(indexed: Path) -> None:
    first = curation.create(WRITER, CONTENT)
    curation.create(WRITER, changed(question={"zh": "别的问题", "en": "Another"}))
    curation.submit(WRITER, first, lock=lock(first))
    assert len(curation.list_entries(WRITER)) == 2
    assert [line.entry_id for line in curation.list_entries(WRITER, state=State.IN_REVIEW)] == [first]
    assert [line.entry_id for line in curation.list_entries(WRITER, text="NIGHT WINDOW")] == [first]


def test_only_questions_to_something_known_join_the_set(shipped: Path) -> None:
    with pytest.raises(InvalidInput):
        curation.add_question(WRITER, "问", language="zh", expected="nothing-1")
    with pytest.raises(NotAvailable):
        curation.add_question(OFFICER, "问", language="zh", expected="retail-001")
    curation.add_question(WRITER, "药店晚上开门吗", language="zh", expected="上海市药店服务规定#1")
    [(question_id, asked)] = curation.list_questions(OFFICER)
    assert asked.text == "药店晚上开门吗"
    curation.remove_question(WRITER, question_id)
    assert curation.list_questions(WRITER) == []


def test_invisible_characters_do_not_enter(indexed: Path) -> None:
    entry_id = curation.create(WRITER, changed(topic="re\u200btail\u202e"))
    assert curation.get_entry(WRITER, entry_id).latest.content.topic == "retail"
    with pytest.raises(InvalidInput):
        curation.create(WRITER, {})


def test_a_failed_step_leaves_no_trace(indexed: Path) -> None:
    entry_id = curation.create(WRITER, CONTENT)
    before = len(curation.get_entry(WRITER, entry_id).events)
    with pytest.raises(Conflict):
        curation.approve(SECOND, entry_id, lock=lock(entry_id))
    assert len(curation.get_entry(WRITER, entry_id).events) == before
    with transaction() as session:
        assert session.scalars(select(AuditEvent).where(AuditEvent.action == "curation.approve")).all() == []

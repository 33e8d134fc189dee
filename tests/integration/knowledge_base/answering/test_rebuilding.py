"""Answers are rebuilt from their traces and the kept passages alone; what was tampered with is told."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from core.audit import service as audit
from core.audit.models import AuditEvent
from core.database import reading, transaction
from core.errors import NotAvailable
from core.privacy.service import find_personal_data
from knowledge_base import service as knowledge_base
from knowledge_base.answering.views import Answer, AskedIn, Question
from knowledge_base.models import AnswerFeedback, AnswerTrace, Passage
from knowledge_base.traces import receipts
from knowledge_base.traces.erasing import erase_old, erase_traces_of
from knowledge_base.traces.rebuilding import Outcome, Seal, rebuild, rebuild_all, seal_of
from knowledge_base.traces.receipts import Standing

QUESTIONS = (
    ("药品零售管理办法第二条是怎么规定的？", "zh-CN"),
    ("冷藏药品的温度记录要保存多久？", "zh-CN"),
    ("普通化妆品备案需要什么材料？", "zh-CN"),
    ("普通化妆品备案要多久？需要交费吗？", "zh-CN"),
    ("What documents are needed to file a general cosmetic?", "en"),
    ("你好", "zh-CN"),
    ("怎么办理许可证？", "zh-CN"),
    ("帮我写一首关于月亮的诗", "zh-CN"),
    ("我的这个产品是不是第二类医疗器械？", "zh-CN"),
)


@pytest.fixture
def given(informed: Path) -> Answer:
    return knowledge_base.answer(
        Question("冷藏药品的温度记录要保存多久？", asked_in=AskedIn("conv_1", "web"))
    )


@pytest.fixture
def passage_changed(given: Answer) -> Iterator[str]:
    """Somebody wrote another word into a passage that the answer rests on."""
    changed = given.citations[0].passage_id
    with transaction() as session:
        text = session.get_one(Passage, changed).text
        session.execute(
            update(Passage).where(Passage.id == changed).values(text=text.replace("五年", "一年"))
        )
    yield changed
    with transaction() as session:
        session.execute(update(Passage).where(Passage.id == changed).values(text=text))


@pytest.mark.parametrize(("text", "locale"), QUESTIONS)
def test_an_answer_is_rebuilt_word_for_word_from_its_trace(informed: Path, text: str, locale: str) -> None:
    answer = knowledge_base.answer(Question(text, locale))
    made = rebuild(answer.trace_id)
    assert made.outcome is Outcome.SAME
    assert (made.text, made.blocks) == (answer.text, answer.blocks)


def test_what_a_trace_keeps_of_a_quoting_answer_is_where_the_words_stand(given: Answer) -> None:
    with reading() as session:
        trace = session.get_one(AnswerTrace, given.trace_id)
    assert "保存五年" in given.text
    assert "保存五年" not in str(trace.recipe)
    made = rebuild(given.trace_id)
    assert made.taken > made.own


def test_a_trace_names_models_rules_and_figures(given: Answer) -> None:
    with reading() as session:
        trace = session.get_one(AnswerTrace, given.trace_id)
    assert set(trace.made_with["parts"]) == {"rules", "purpose", "texts", "encoder"}
    assert all(len(digest) == 64 for digest in trace.made_with["parts"].values())
    assert trace.made_with["figures"]["share"] > 0
    assert trace.citations[0]["version_id"]


def test_personal_data_in_a_question_is_in_neither_answer_nor_recipe(informed: Path) -> None:
    asked = "我的手机号是13812345678，普通化妆品备案需要什么材料？冷藏药品的温度记录要保存多久？"
    answer = knowledge_base.answer(Question(asked))
    assert "我的手机号是***" in answer.text
    with reading() as session:
        trace = session.get_one(AnswerTrace, answer.trace_id)
    assert "13812345678" not in f"{answer.text}{trace.recipe}{trace.question}"
    made = rebuild(answer.trace_id)
    assert (made.outcome, made.text) == (Outcome.SAME, answer.text)


def test_a_passage_that_somebody_changed_is_told(given: Answer, passage_changed: str) -> None:
    made = rebuild(given.trace_id)
    assert made.outcome is Outcome.DIFFERENT
    assert passage_changed in made.altered


def test_a_recipe_that_somebody_changed_is_told(given: Answer) -> None:
    with transaction() as session:
        trace = session.get_one(AnswerTrace, given.trace_id)
        more = {"type": "paragraph", "text": "?"}
        trace.recipe = {**trace.recipe, "blocks": [*trace.recipe["blocks"], more]}
    assert rebuild(given.trace_id).outcome is Outcome.DIFFERENT


def test_an_answer_is_recorded_in_the_trail_with_its_hashes(given: Answer) -> None:
    with reading() as session:
        trace = session.get_one(AnswerTrace, given.trace_id)
        assert seal_of(session, trace).seal is Seal.WAITING
    while audit.seal():
        pass
    with reading() as session:
        trace = session.get_one(AnswerTrace, given.trace_id)
        found = seal_of(session, trace)
    assert (found.seal, found.place.is_fitting if found.place else None) == (Seal.FITTING, True)


def test_a_trace_that_says_something_else_than_the_trail_is_told(given: Answer) -> None:
    with transaction() as session:
        session.execute(
            update(AnswerTrace)
            .where(AnswerTrace.id == given.trace_id)
            .values(status="unanswerable_no_source")
        )
    with reading() as session:
        assert seal_of(session, session.get_one(AnswerTrace, given.trace_id)).seal is Seal.BROKEN


def test_an_answer_asked_only_to_compare_has_no_code(informed: Path) -> None:
    from knowledge_base.answering.service import answer

    made = answer(Question("冷藏药品的温度记录要保存多久？"), is_traced=False)
    assert (made.trace_id, made.receipt_code) == ("", "")


def test_a_receipt_code_tells_when_and_on_what_an_answer_rests_and_never_the_question(given: Answer) -> None:
    found = receipts.verify(given.receipt_code.lower().replace("-", " "), given.text)
    assert found.is_word_for_word is True
    assert (found.outcome, found.recalled, found.still_holds) == (Outcome.SAME, "", True)
    assert [(one.title, one.article, one.standing) for one in found.citations] == [
        ("药品零售管理办法", "3", Standing.IN_FORCE)
    ]
    assert "温度记录要保存多久" not in repr(found)


def test_another_text_is_not_the_answer(given: Answer) -> None:
    assert receipts.verify(given.receipt_code, given.text.replace("五年", "一年")).is_word_for_word is False
    assert receipts.verify(given.receipt_code).is_word_for_word is None


@pytest.mark.parametrize("code", ["", "AAAA-AAAA-AAAA-AAAA", "1", "' OR 1=1", "A" * 400])
def test_a_code_that_no_answer_has_is_not_available(given: Answer, code: str) -> None:
    with pytest.raises(NotAvailable):
        receipts.verify(code)


def test_an_answer_of_an_earlier_wording_says_that_the_wording_has_changed(informed: Path) -> None:
    answer = knowledge_base.answer(Question("2021年5月时，冷藏药品的温度记录要保存多久？"))
    found = receipts.verify(answer.receipt_code)
    assert [one.standing for one in found.citations] == [Standing.CHANGED]
    assert not found.still_holds


def test_erasing_takes_a_persons_words_and_leaves_trail_and_receipt_valid(given: Answer) -> None:
    knowledge_base.record_feedback(given.trace_id, useful=False, reason="我说的话", account_id="conv_1")
    while audit.seal():
        pass
    audit.checkpoint()
    with transaction() as session:
        assert erase_traces_of(session, ["conv_1"], actor_id="acct_1") >= 1
    with reading() as session:
        trace = session.get_one(AnswerTrace, given.trace_id)
        reasons = session.scalars(
            select(AnswerFeedback.reason).where(AnswerFeedback.trace_id == given.trace_id)
        )
        assert (trace.question, trace.question_hmac, trace.conversation_id, list(reasons)) == (
            "",
            "",
            "",
            [""],
        )
        assert "温度" not in str(trace.recipe)
    assert rebuild(given.trace_id).outcome is Outcome.ERASED
    while audit.seal():
        pass
    assert audit.verify().is_whole
    found = receipts.verify(given.receipt_code)
    assert (found.seal, found.answered_at) == (Seal.FITTING, trace.answered_at)
    assert found.citations[0].standing is Standing.IN_FORCE


def test_old_traces_lose_the_persons_words_by_themselves(
    given: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert erase_old() == 0
    with transaction() as session:
        trace = session.get_one(AnswerTrace, given.trace_id)
        trace.answered_at = trace.answered_at.replace(year=trace.answered_at.year - 4)
    assert erase_old() == 1
    assert rebuild(given.trace_id).outcome is Outcome.ERASED
    assert erase_old() == 0


def test_no_event_of_an_answer_holds_words_of_a_person(informed: Path) -> None:
    knowledge_base.answer(Question("我叫李雷，身份证11010519491231002X，怎么备案化妆品？"))
    with reading() as session:
        events = session.scalars(select(AuditEvent)).all()
    assert events
    assert not [one for one in events if find_personal_data(str(one.data)) or "李雷" in str(one.data)]


def test_answers_without_a_trace_are_left_out_and_those_without_a_recipe_say_so(given: Answer) -> None:
    with transaction() as session:
        session.execute(update(AnswerTrace).where(AnswerTrace.id == given.trace_id).values(recipe={}))
    assert [one.outcome for one in rebuild_all(["ans_none", given.trace_id])] == [Outcome.NOT_KEPT]
    with pytest.raises(NotAvailable):
        rebuild("ans_none")

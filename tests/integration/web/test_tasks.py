"""Follow-up tasks and candidates on their pages, without scripts; who may see them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from core import clock
from core.database import reading, transaction
from knowledge_base import service as knowledge_base
from knowledge_base.curation.models import CuratedEntry, RegressionQuestion
from knowledge_base.improvement import service as improvement
from knowledge_base.improvement.models import ImprovementTask, KnowledgeCandidate
from knowledge_base.improvement.service import AskedQuestion, Subject
from knowledge_base.models import AnswerTrace
from tests.integration.web.conftest import Person, Talk
from tests.integration.web.plain_browser import PlainBrowser
from tests.integration.web.test_pages import hold_to_the_rules

Browser = Callable[..., PlainBrowser]
TASKS, CANDIDATES = "/staff/tasks", "/staff/knowledge/candidates"
QUESTION = "展会派发小样要不要备案"


def asked(number: int, text: str = QUESTION, **more: str) -> AskedQuestion:
    fields = {"source_kind": "trace", "conversation_id": f"conv_{number}", "language": "zh", **more}
    return AskedQuestion(source_id=f"src_{number}", text=text, asked_at=clock.now(), **fields)


@pytest.fixture
def candidate(app: object) -> str:
    """A candidate asked in three ways, resolved by staff once, and the task that it opened."""
    knowledge_base.register_encoder()
    improvement.take_in(
        [
            asked(1),
            asked(2, "展会派发小样，要不要备案？"),
            asked(3, source_kind="case", answer="要备案。", replies="您好，要备案。"),
            asked(4, "Do samples at a fair need filing?", language="en"),
        ]
    )
    with reading() as session:
        return session.scalars(select(KnowledgeCandidate.id).where(KnowledgeCandidate.language == "zh")).one()


@pytest.fixture
def task(candidate: str) -> str:
    with reading() as session:
        return session.scalars(select(ImprovementTask.id)).one()


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_pages_keep_the_rules_in_both_languages(
    browser: Browser, candidate: str, task: str, locale: str
) -> None:
    editor = browser("editor1")
    paths = (TASKS, f"{TASKS}/{task}", CANDIDATES, f"{CANDIDATES}/{candidate}", f"{CANDIDATES}?state=all")
    for path in paths:
        hold_to_the_rules(editor.open(f"{path}{'&' if '?' in path else '?'}lang={locale}"), locale)
        assert editor.status == 200
    editor.open(f"{CANDIDATES}/{candidate}").send(f"{CANDIDATES}/{candidate}/draft")
    hold_to_the_rules(editor.open(f"{editor.path}?lang={locale}"), locale)
    editor.open(f"{TASKS}/{task}").send(f"{TASKS}/{task}/close", root_cause="no_source", note="note")
    hold_to_the_rules(editor.open(f"{TASKS}/{task}?lang={locale}"), locale)


@pytest.mark.parametrize(
    ("login", "may_see_tasks", "may_see_candidates"),
    [
        ("", False, False),
        ("applicant1", False, False),
        ("auditor1", False, False),
        ("officer1", False, False),
        ("supervisor1", True, False),
        ("editor1", True, True),
        ("admin1", True, True),
    ],
)
def test_pages_are_for_those_who_decide(
    browser: Browser, candidate: str, task: str, login: str, may_see_tasks: bool, may_see_candidates: bool
) -> None:
    person = browser(login)
    pages = {
        TASKS: may_see_tasks,
        f"{TASKS}/{task}": may_see_tasks,
        CANDIDATES: may_see_candidates,
        f"{CANDIDATES}/{candidate}": may_see_candidates,
    }
    for path, may_see in pages.items():
        person.open(path)
        assert (QUESTION in person.text) == may_see, path
        assert may_see or person.status == 404 or "sign-in" in person.path


@pytest.mark.parametrize(
    "path", ["tasks/{task}/take", "tasks/{task}/close", "knowledge/candidates/{c}/draft"]
)
def test_nothing_is_done_without_the_form_of_the_page(
    browser: Browser, candidate: str, task: str, path: str
) -> None:
    editor = browser("editor1")
    address = f"/staff/{path.format(task=task, c=candidate)}"
    values = {"root_cause": "other", "note": "x"}
    assert editor.client.post(address, data=values).status_code == 403
    with reading() as session:
        assert session.get_one(ImprovementTask, task).state == "open"
        assert session.get_one(KnowledgeCandidate, candidate).state == "open"


def test_pages_are_reached_from_the_desk_of_knowledge(browser: Browser, candidate: str) -> None:
    links = "//a/@href"
    assert {TASKS, CANDIDATES} <= set(browser("editor1").open("/staff/knowledge").page.xpath(links))
    seen = set(browser("supervisor1").open("/staff/knowledge").page.xpath(links))
    assert TASKS in seen
    assert CANDIDATES not in seen
    assert TASKS not in browser("officer1").open("/staff/knowledge").page.xpath(links)


def test_a_candidate_becomes_a_draft_with_one_button(browser: Browser, candidate: str) -> None:
    editor = browser("editor1").open(CANDIDATES)
    editor.send(f"{CANDIDATES}/{candidate}/draft")
    assert editor.path.endswith("/edit")
    assert editor.page.xpath("//textarea[@name='answer_zh']")[0].text.strip() == "要备案。"
    [typical] = editor.page.xpath("//input[@name='regression_text']/@value")
    [expected] = editor.page.xpath("//input[@name='regression_expected']/@value")
    assert typical.startswith("展会派发小样")
    address = editor.path.removesuffix("/edit")
    editor.send(f"{address}/save", regression_text="小样呢", regression_expected="nothing-7")
    assert editor.status == 422
    assert editor.page.xpath("//input[@name='regression_text']/@value") == ["小样呢"]
    editor.send(f"{address}/save", regression_text="小样呢", regression_expected=expected)
    assert "小样呢" in editor.text
    with reading() as session:
        [entry] = session.scalars(select(CuratedEntry))
        [question] = session.scalars(select(RegressionQuestion))
    assert (entry.origin, entry.origin_ref, entry.key) == ("candidate", candidate, expected)
    assert (question.text, question.expected, question.is_waiting) == ("小样呢", expected, True)
    assert "小样呢" not in editor.open("/staff/knowledge/regression").text
    assert editor.open(f"{CANDIDATES}/{candidate}").page.xpath(f"//a[@href='{address}']")


def test_dismissing_takes_a_reason_and_can_be_taken_back(browser: Browser, candidate: str) -> None:
    editor = browser("editor1").open(f"{CANDIDATES}/{candidate}")
    editor.send(f"{CANDIDATES}/{candidate}/dismiss", reason="  ")
    assert (editor.status, bool(editor.texts("//*[@role='alert']"))) == (422, True)
    editor.send(f"{CANDIDATES}/{candidate}/dismiss", reason="无关")
    assert editor.path == CANDIDATES
    assert QUESTION not in editor.text
    assert "无关" in editor.open(f"{CANDIDATES}/{candidate}").text
    editor.send(f"{CANDIDATES}/{candidate}/reopen")
    assert editor.has_form(f"{CANDIDATES}/{candidate}/draft")


def test_a_wording_is_set_apart(browser: Browser, candidate: str) -> None:
    improvement.take_in([asked(7, "展会上派发小样需要备案吗")])
    editor = browser("editor1").open(f"{CANDIDATES}/{candidate}")
    apart = f"{CANDIDATES}/{candidate}/apart"
    assert editor.has_form(apart)
    editor.send(apart, holding=("source", "src_7"))
    assert editor.path != f"{CANDIDATES}/{candidate}"
    assert editor.texts("//h1") == ["展会上派发小样需要备案吗"]


def test_candidates_are_filtered(browser: Browser, candidate: str) -> None:
    editor = browser("editor1")
    rows = "//*[@class='cases']/li"
    assert len(editor.open(CANDIDATES).texts(rows)) == 2
    assert len(editor.open(f"{CANDIDATES}?language=en").texts(rows)) == 1
    assert len(editor.open(f"{CANDIDATES}?kind=case").texts(rows)) == 1
    assert len(editor.open(f"{CANDIDATES}?text=小样").texts(rows)) == 1
    assert editor.open(f"{CANDIDATES}?state=dismissed").texts("//*[@class='empty']")
    assert editor.open(f"{CANDIDATES}?state=nonsense&kind=x&language=fr").status == 200


def test_a_task_is_taken_and_closed_with_its_cause(browser: Browser, task: str) -> None:
    editor, other = browser("editor1"), browser("admin1")
    editor.open(TASKS).send(f"{TASKS}/{task}/take")
    assert not editor.open(TASKS).has_form(f"{TASKS}/{task}/take")
    assert len(editor.open(f"{TASKS}?show=mine").texts("//*[@class='cases']/li")) == 1
    assert other.open(f"{TASKS}?show=mine").texts("//*[@class='empty']")
    editor.open(f"{TASKS}/{task}").send(f"{TASKS}/{task}/close", root_cause="", note="查明了")
    assert (editor.status, bool(editor.texts("//*[@role='alert']"))) == (422, True)
    assert editor.page.xpath("//textarea[@name='note']")[0].text.strip() == "查明了"
    editor.send(f"{TASKS}/{task}/close", root_cause="no_source")
    assert editor.texts("//*[@class='empty']")
    assert "没有收录依据" in editor.open(f"{TASKS}/{task}").text
    assert not editor.has_form(f"{TASKS}/{task}/close")
    assert len(editor.open(f"{TASKS}?show=done").texts("//*[@class='cases']/li")) == 1


def test_late_tasks_are_first_and_marked(browser: Browser, task: str) -> None:
    with transaction() as session:
        improvement.open_task(session, Subject("candidate", "cand_other"))
        session.flush()
        late = session.scalars(
            select(ImprovementTask).where(ImprovementTask.subject_id == "cand_other")
        ).one()
        late.due_on = clock.today() - timedelta(days=2)
    rows = browser("supervisor1").open(TASKS).page.xpath("//*[contains(@class,'case-row ')]")
    assert [("case-row--late" in row.get("class")) for row in rows] == [True]
    first = browser("supervisor1").open(TASKS).page.xpath("//*[@class='cases']/li")[0]
    assert "已超期" in first.text_content()


def test_a_bad_answer_shows_question_reason_and_cited_words(
    browser: Browser, person: Callable[..., Person], talk: Callable[..., Talk]
) -> None:
    from bot.conversations.service import NewMessage, append, locked

    visitor = person()
    mine = talk(visitor)
    with transaction() as session:
        cited = {"title": "没有的办法", "article": "3", "passage_id": "", "status": "text_not_held"}
        session.add(
            AnswerTrace(
                id="ans_1",
                answered_at=clock.now(),
                question=QUESTION,
                question_hmac="-",
                locale="zh-CN",
                language="zh",
                as_of=clock.today(),
                status="answered",
                aspects=[],
                support=1.0,
                passages=[],
                citations=[cited],
                thresholds={},
                timings_ms={},
                latency_ms=1.0,
            )
        )
        session.flush()
        new = NewMessage("assistant", "answer", "?", [], {"answer": {"trace_id": "ans_1"}})
        seq = append(session, locked(session, mine.id), new).seq
    given = visitor.post(
        f"{mine.path}/messages/{seq}/feedback",
        json={"useful": False, "reason": "out_of_date"},
        headers=mine.headers,
    )
    assert given.status_code == 200
    with reading() as session:
        [row] = session.scalars(select(ImprovementTask))
    assert (row.kind, row.trace_id, row.conversation_id) == ("feedback", "ans_1", mine.id)
    editor = browser("editor1").open(f"{TASKS}/{row.id}")
    for words in (QUESTION, "已过时", "《没有的办法》第3条", "本系统尚未收录原文"):
        assert words in editor.text
    editor.send(f"{TASKS}/{row.id}/close", root_cause="outdated_source", note="改", expected="nothing-7")
    assert editor.status == 422
    assert "nothing-7" in editor.page.xpath("//input[@name='expected']/@value")


def test_a_bad_rating_leads_to_the_case_for_those_who_may_see_it(
    browser: Browser, person: Callable[..., Person], talk: Callable[..., Talk]
) -> None:
    visitor, supervisor = person(), person("supervisor1")
    mine = talk(visitor)
    assert visitor.post(f"{mine.path}/handoff", headers=mine.headers).status_code == 200
    [case] = supervisor.get("/staff/cases").json["cases"]
    address = f"/staff/cases/{case['case_id']}"
    desk = browser("supervisor1").open(address).send(f"{address}/claim")
    desk.send(f"{address}/close", resolution="已答复")
    rated = visitor.post(
        f"{mine.path}/rating", json={"level": 1, "comment": "太慢，打13812345678"}, headers=mine.headers
    )
    assert rated.status_code == 200
    for login, may_see in (("supervisor1", True), ("editor1", False)):
        found = browser(login).open(TASKS)
        [link] = found.page.xpath("//*[@class='case-row__title']/a/@href")
        assert "太慢，打[mobile]" in found.text
        found.open(link)
        assert bool(found.page.xpath(f"//a[@href='{address}']")) == may_see
        assert case["case_no"] in found.text

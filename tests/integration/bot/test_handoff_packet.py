"""The packet: everything on one screen, and what is missing is named."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.conversations import service as conversations
from bot.handoff import service, suggestions
from bot.handoff.models import HandoffCase
from bot.handoff.views import Suggestion
from core import clock, database
from core.blocks import paragraph
from core.errors import DependencyFailed
from core.identity import Actor, Role
from core.identity.models import Account
from core.identity.service import actor_of, sign_in
from forms import service as forms
from forms.models import Filing
from forms.sandbox.seed import seed_sandbox
from i18n.service import translate
from knowledge_base.service import Answer, AnswerStatus

from .conftest import People, RasaStub, saying

CITATION = {"title": "化妆品监督管理条例", "article": 18, "quote": "…", "status": "current"}
ROUTING = {
    "special": "no",
    "kind": "cosmetic",
    "matter": "first",
    "new_ingredient": "no",
    "production": "self",
    "origin": "domestic",
}
PASSWORD = "a long enough password"


@pytest.fixture
def suggested(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What was asked of the knowledge base; its own tests are elsewhere, here it answers one thing."""
    asked: list[tuple[str, str]] = []

    def suggest(question: str, locale: str) -> list[Suggestion]:
        asked.append((question, locale))
        return [Suggestion("备案", "answered", [CITATION])]

    monkeypatch.setattr("bot.handoff.packet.suggest", suggest)
    return asked


def _write(conversation: str, people: People, text: str, client_id: str) -> None:
    conversations.post_message(conversation, client_message_id=client_id, text=text, actor=people.applicant)


def test_the_packet_shows_the_question_the_facts_the_transcript_and_the_clauses(
    conversation: str, people: People, rasa: RasaStub, suggested: list[tuple[str, str]]
) -> None:
    answer = {
        "status": "answered",
        "citations": [CITATION, {**CITATION, "article": "18-1"}],
        "follow_ups": [],
    }
    rasa.reply = lambda _turn: saying("第十八条", kind="answer", answer=answer)
    _write(conversation, people, "谁备案", "m1")
    _write(conversation, people, "再说一遍", "m2")
    facts = [{"label": "事项", "value": "普通化妆品备案"}]
    ticket = service.request_handoff(
        conversation, "judgement_needed", unanswered="这算特殊化妆品吗", confirmed_facts=facts
    )
    view = service.get_case(people.officer, ticket.case_id)
    assert view.unanswered == "这算特殊化妆品吗"
    assert view.confirmed_facts == facts
    assert [m.text for m in view.transcript[:2]] == ["谁备案", "第十八条"]
    assert [clause["article"] for clause in view.clauses] == [18, "18-1"]
    assert (view.filing, view.gaps, view.problems) == (None, [], [])
    assert view.summary.enterprise_name == "Test Cosmetics"
    assert view.actions == ["note", "claim"]


def test_replies_are_suggested_in_the_applicants_language_and_asked_for_once(
    conversation: str, people: People, suggested: list[tuple[str, str]]
) -> None:
    conversations.set_locale(conversation, "en")
    ticket = service.request_handoff(conversation, "judgement_needed", unanswered="who files")
    for _ in range(2):
        view = service.get_case(people.officer, ticket.case_id, locale="zh-CN")
        assert [one.text for one in view.suggestions] == ["备案"]
        assert view.suggestions[0].citations == [CITATION]
    assert suggested == [("who files", "en")]


def test_a_knowledge_base_that_does_not_answer_is_named_and_asked_again_later(
    conversation: str, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(_question: str, _locale: str) -> list[Suggestion]:
        raise DependencyFailed("core.internal_error", request_id="")

    ticket = service.request_handoff(conversation, "judgement_needed", unanswered="谁备案")
    monkeypatch.setattr("bot.handoff.packet.suggest", down)
    view = service.get_case(people.officer, ticket.case_id)
    assert (view.suggestions, view.problems) == ([], ["handoff.problem.suggestions"])
    assert view.unanswered == "谁备案"
    for locale in ("zh-CN", "en"):
        assert translate(view.problems[0], locale)
    monkeypatch.setattr("bot.handoff.packet.suggest", lambda _q, _l: [Suggestion("x", "answered")])
    assert service.get_case(people.officer, ticket.case_id).problems == []


def test_a_question_without_words_gets_no_suggestion(
    conversation: str, people: People, suggested: list[tuple[str, str]]
) -> None:
    ticket = service.request_handoff(conversation, "asked_for")
    assert service.get_case(people.officer, ticket.case_id).suggestions == []
    assert suggested == []


def test_without_an_index_the_real_knowledge_base_is_a_failed_dependency(people: People) -> None:
    with pytest.raises(DependencyFailed):
        suggestions.suggest("普通化妆品备案需要提交哪些资料", "zh-CN")


def _demo(login: str) -> Actor:
    return sign_in(login, PASSWORD).actor


@pytest.fixture
def draft(people: People) -> tuple[Actor, str]:
    """A demo applicant with a fresh draft of the cosmetics filing."""
    accounts = seed_sandbox(20)
    login = next(one.login for one in accounts if one.role == "applicant")
    seed_sandbox(20, passwords={login: PASSWORD})
    actor = _demo(login)
    enterprise = forms.list_enterprises(actor)[0]
    filing = forms.start_filing(
        actor,
        enterprise_id=enterprise.id,
        item_code="cosmetic_filing",
        answers=ROUTING,
        idempotency_key="k1",
        origin=forms.Origin("web"),
    )
    return actor, filing.id


def _officer(province: str) -> Actor:
    with database.transaction() as session:
        session.add(
            Account(
                id=f"acct_of_{province}",
                login=f"of-{province}",
                password_hash="-",
                role=Role.OFFICER.value,
                display_name="Of",
                province=province,
                competences=["cosmetic"],
                created_at=clock.now(),
            )
        )
    return actor_of(f"acct_of_{province}")


def test_the_draft_is_shown_with_its_gaps_and_nothing_sensitive(
    draft: tuple[Actor, str], suggested: list[tuple[str, str]]
) -> None:
    applicant, filing_id = draft
    opened = conversations.open_conversation(channel="web", locale="zh-CN", actor=applicant)
    ticket = service.request_handoff(opened.conversation_id, "form_stuck", filing_id=filing_id)
    mine = forms.get_filing(applicant, filing_id, "zh-CN")
    enterprise = next(e for e in forms.list_enterprises(applicant) if e.id == mine.enterprise_id)
    officer = _officer(enterprise.province)
    view = service.get_case(officer, ticket.case_id)
    assert (view.summary.province, view.summary.domain) == (enterprise.province, "cosmetic")
    assert view.filing is not None
    assert view.filing.id == filing_id
    assert not any(field.value or field.display for field in view.filing.fields)
    required = {
        f.key for f in mine.fields if f.required and f.set_by == "applicant" and f.status != "confirmed"
    }
    assert required
    assert required <= {gap.key for gap in view.gaps}
    assert all(gap.status_label for gap in view.gaps)


def test_the_draft_touched_within_the_hour_comes_along_by_itself(
    draft: tuple[Actor, str], suggested: list[tuple[str, str]]
) -> None:
    applicant, filing_id = draft
    opened = conversations.open_conversation(channel="web", locale="zh-CN", actor=applicant)
    service.request_handoff(opened.conversation_id, "asked_for")
    with database.reading() as session:
        case = session.scalars(select(HandoffCase)).one()
    assert (case.filing_id, case.domain) == (filing_id, "cosmetic")


def test_a_draft_left_alone_does_not(draft: tuple[Actor, str], suggested: list[tuple[str, str]]) -> None:
    applicant, filing_id = draft
    with database.transaction() as session:
        session.get_one(Filing, filing_id).updated_at = clock.now() - timedelta(hours=2)
    opened = conversations.open_conversation(channel="web", locale="zh-CN", actor=applicant)
    service.request_handoff(opened.conversation_id, "asked_for")
    with database.reading() as session:
        assert session.scalars(select(HandoffCase)).one().filing_id is None


def test_another_persons_draft_does_not_get_into_the_packet(
    draft: tuple[Actor, str], conversation: str, people: People, suggested: list[tuple[str, str]]
) -> None:
    _, filing_id = draft
    ticket = service.request_handoff(conversation, "form_stuck", filing_id=filing_id)
    view = service.get_case(people.officer, ticket.case_id)
    assert (view.filing, view.problems) == (None, [])


@pytest.mark.parametrize(
    ("status", "expected"), [("answered", 1), ("answered_partly", 1), ("guarded_judgement", 0)]
)
def test_only_answers_that_can_be_cited_are_suggested(
    people: People, monkeypatch: pytest.MonkeyPatch, status: str, expected: int
) -> None:
    answer = Answer(AnswerStatus(status), "text", [paragraph("text")], rests_on_no_law=True)
    monkeypatch.setattr("knowledge_base.service.answer", lambda _question: answer)
    assert len(suggestions.suggest("谁备案", "zh-CN")) == expected


def test_a_knowledge_base_that_reports_its_own_failure_is_a_failed_dependency(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = Answer(AnswerStatus("error_knowledge"), "text", [paragraph("text")])
    monkeypatch.setattr("knowledge_base.service.answer", lambda _question: answer)
    with pytest.raises(DependencyFailed):
        suggestions.suggest("谁备案", "zh-CN")

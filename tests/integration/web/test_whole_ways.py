"""Ways that end in another package: feedback on an answer, the printed page, cases of other provinces."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from bot.conversations import service as conversations
from bot.conversations.service import NewMessage
from core.database import reading, transaction
from forms import service as forms
from forms.documents.service import render
from knowledge_base import service as knowledge
from knowledge_base.models import AnswerFeedback
from tests.integration.web.conftest import Person, Talk, error_of
from tests.integration.web.test_filings import fill, start

Open = Callable[..., Talk]


@pytest.fixture
def answered(person: Callable[..., Person], talk: Open) -> tuple[Person, Talk, str]:
    """A visitor whose question was answered from the shipped guides; with the answer's trace."""
    who = person()
    mine = talk(who)
    knowledge.register_encoder()
    knowledge.import_guides(forms.export_guides())
    knowledge.build_index()
    given = knowledge.answer(knowledge.Question("药品生产许可证有效期多久？")).to_message()
    with transaction() as session:
        row = conversations.locked(session, mine.id)
        details = {"answer": given["answer"]}
        said = NewMessage("assistant", "answer", given["text"], given["blocks"], details)
        conversations.append(session, row, said)
    return who, mine, given["answer"]["trace_id"]


def test_feedback_is_bound_to_the_answers_trace_and_may_be_changed(
    answered: tuple[Person, Talk, str],
) -> None:
    who, mine, trace_id = answered
    shown = who.get(f"{mine.path}/messages", headers=mine.headers).json["messages"][0]
    assert shown["answer"]["citations"]
    path = f"{mine.path}/messages/{shown['seq']}/feedback"
    for useful, reason in ((True, ""), (False, "引用的条款不对")):
        answer = who.post(path, json={"useful": useful, "reason": reason}, headers=mine.headers)
        assert answer.status_code == 200, answer.text
    with reading() as session:
        kept = session.scalars(select(AnswerFeedback)).all()
    assert [(one.trace_id, one.is_useful, one.reason) for one in kept] == [
        (trace_id, False, "引用的条款不对")
    ]


def test_a_reason_that_is_too_long_is_refused(answered: tuple[Person, Talk, str]) -> None:
    who, mine, _ = answered
    path = f"{mine.path}/messages/1/feedback"
    answer = who.post(path, json={"useful": False, "reason": "长" * 1001}, headers=mine.headers)
    assert answer.status_code == 422
    assert "reason" in error_of(answer)["fields"]


def test_the_printed_page_is_downloaded_once_it_was_made(person: Callable[..., Person]) -> None:
    who = person("applicant1")
    filing = fill(who, start(who))
    path = f"/filings/{filing['id']}"
    who.put(f"{path}/declaration", json={"accepted": True})
    order = {"idempotency_key": "submit-00000001"}
    assert who.post(f"{path}/submission", json=order).status_code == 201
    assert who.get(f"{path}/document").status_code == 202
    version = who.get(path).json["filing"]["version"]
    render(filing["id"], version)
    got = who.client.get(f"/api/v1{path}/document")
    assert got.status_code == 200
    assert got.data.startswith(b"%PDF-")
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert person("applicant2").get(f"{path}/document").status_code == 404


def test_a_case_of_another_province_looks_absent(person: Callable[..., Person], talk: Open) -> None:
    applicant, everywhere = person("applicant1"), person("officer3")
    enterprise = applicant.get("/me").json["enterprises"][0]
    mine = talk(applicant, enterprise_id=enterprise["id"])
    applicant.post(f"{mine.path}/handoff", headers=mine.headers)
    (case,) = everywhere.get("/staff/cases").json["cases"]
    assert case["province"] == enterprise["province"]
    local = {"officer1": "沪", "officer2": "粤"}
    elsewhere = [login for login, province in local.items() if province != case["province"]]
    assert elsewhere
    for login in elsewhere:
        officer = person(login)
        path = f"/staff/cases/{case['case_id']}"
        assert officer.get("/staff/cases").json["cases"] == []
        answers = [officer.get(path), officer.get(f"{path}/messages"), officer.post(f"{path}/claim")]
        assert {answer.status_code for answer in answers} == {404}

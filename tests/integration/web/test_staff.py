"""The console: a case is claimed by one officer, answered live, noted, handed on, closed, rated."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.conversations.service import NewMessage, append, locked
from core.database import transaction
from tests.integration.web.conftest import Person, Talk, error_of

Open = Callable[..., Talk]


def case_of(officer: Person) -> dict[str, Any]:
    cases = officer.get("/staff/cases").json["cases"]
    assert len(cases) == 1
    case: dict[str, Any] = cases[0]
    return case


def test_officer_and_applicant_write_to_each_other_and_the_assistant_is_silent(
    person: Callable[..., Person], visitor: Person, waiting: Talk
) -> None:
    officer = person("officer3")
    path = f"/staff/cases/{case_of(officer)['case_id']}"
    claimed = officer.post(f"{path}/claim").json["case"]
    assert claimed["summary"]["is_mine"]
    assert "reply" in claimed["actions"]
    officer.post(f"{path}/messages", json={"client_message_id": "o1", "text": "您好，请讲。"})
    visitor.post(
        f"{waiting.path}/messages",
        json={"client_message_id": "c1", "text": "我想问备案"},
        headers=waiting.headers,
    )
    seen = officer.get(f"{path}/messages").json["messages"]
    spoken = [(m["role"], m["text"]) for m in seen if m["role"] in ("officer", "applicant", "assistant")]
    assert spoken == [("officer", "您好，请讲。"), ("applicant", "我想问备案")]


def test_resending_a_reply_writes_it_once(person: Callable[..., Person], waiting: Talk) -> None:
    officer = person("officer3")
    path = f"/staff/cases/{case_of(officer)['case_id']}"
    officer.post(f"{path}/claim")
    replies = [
        officer.post(f"{path}/messages", json={"client_message_id": "o1", "text": "您好"}).json
        for _ in range(2)
    ]
    assert replies[0] == replies[1]


def test_the_second_officer_to_claim_gets_a_conflict(person: Callable[..., Person], waiting: Talk) -> None:
    first, second = person("officer3"), person("officer2")
    path = f"/staff/cases/{case_of(first)['case_id']}/claim"
    assert first.post(path).status_code == 200
    answer = second.post(path)
    assert answer.status_code == 409
    error_of(answer)


def test_a_note_is_seen_by_staff_and_never_by_the_applicant(
    person: Callable[..., Person], visitor: Person, waiting: Talk
) -> None:
    officer = person("officer3")
    path = f"/staff/cases/{case_of(officer)['case_id']}"
    officer.post(f"{path}/claim")
    case = officer.post(f"{path}/notes", json={"text": "已电话核实"}).json["case"]
    everything = visitor.get(f"{waiting.path}/messages", headers=waiting.headers).text
    assert [note["text"] for note in case["notes"]] == ["已电话核实"]
    assert "已电话核实" not in everything


def test_a_case_is_handed_to_a_colleague(person: Callable[..., Person], waiting: Talk) -> None:
    officer, colleague = person("officer3"), person("officer2")
    path = f"/staff/cases/{case_of(officer)['case_id']}"
    officer.post(f"{path}/claim")
    other = colleague.get("/me").json["actor"]["account_id"]
    assert other in {one["account_id"] for one in officer.get("/staff/officers").json["officers"]}
    answer = officer.post(f"{path}/transfer", json={"to_account_id": other, "note": "请接办"})
    assert answer.status_code == 200, answer.text
    assert colleague.get(path).json["case"]["summary"]["is_mine"]


def test_releasing_puts_the_case_back_into_the_queue(person: Callable[..., Person], waiting: Talk) -> None:
    officer = person("officer3")
    path = f"/staff/cases/{case_of(officer)['case_id']}"
    officer.post(f"{path}/claim")
    assert officer.post(f"{path}/release").json["case"]["summary"]["state"] == "queued"


def test_after_closing_the_assistant_owns_the_conversation_and_the_person_rates(
    person: Callable[..., Person], visitor: Person, waiting: Talk
) -> None:
    officer = person("officer3")
    path = f"/staff/cases/{case_of(officer)['case_id']}"
    officer.post(f"{path}/claim")
    assert (
        officer.post(f"{path}/closure", json={"resolution": "已答复"}).json["case"]["summary"]["state"]
        == "closed"
    )
    shown = visitor.get(waiting.path, headers=waiting.headers).json
    assert shown["conversation"]["owner"] == "bot"
    assert shown["handoff"] is None
    rated = visitor.post(
        f"{waiting.path}/rating", json={"level": 5, "comment": "很好"}, headers=waiting.headers
    )
    assert rated.status_code == 200
    assert officer.get(path).json["case"]["rating_level"] == 5


@pytest.mark.parametrize("level", [0, 6, "5", 4.5, None])
def test_a_rating_outside_the_five_levels_is_refused(visitor: Person, waiting: Talk, level: object) -> None:
    answer = visitor.post(f"{waiting.path}/rating", json={"level": level}, headers=waiting.headers)
    assert answer.status_code == 422
    assert "level" in error_of(answer)["fields"]


def test_a_case_that_is_not_there_looks_like_one_of_another_field(person: Callable[..., Person]) -> None:
    officer = person("officer1")
    paths = ["", "/messages"]
    posts = ["claim", "notes", "release", "closure", "messages", "transfer"]
    bodies = {
        "notes": {"text": "x"},
        "closure": {"resolution": "x"},
        "messages": {"client_message_id": "1", "text": "x"},
        "transfer": {"to_province": "沪", "note": "x"},
    }
    answers = [officer.get(f"/staff/cases/case_nothing{path}") for path in paths]
    answers += [officer.post(f"/staff/cases/case_nothing/{p}", json=bodies.get(p)) for p in posts]
    assert {answer.status_code for answer in answers} == {404}
    assert len({error_of(answer)["message"] for answer in answers}) == 1


def test_an_unknown_state_of_cases_is_refused(person: Callable[..., Person]) -> None:
    answer = person("officer3").get("/staff/cases?state=imaginary")
    assert answer.status_code == 422
    error_of(answer)


def test_an_officer_sees_the_end_of_a_long_conversation_and_reads_back(
    person: Callable[..., Person], waiting: Talk
) -> None:
    with transaction() as session:
        held = locked(session, waiting.id)
        while held.last_seq < 450:
            append(session, held, NewMessage("applicant", "text", f"message {held.last_seq + 1}"))
    officer = person("officer3")
    path = f"/staff/cases/{case_of(officer)['case_id']}"
    transcript = officer.get(path).json["case"]["transcript"]
    assert [message["seq"] for message in transcript] == list(range(251, 451))
    back = officer.get(f"{path}/messages?before=251&limit=100").json["messages"]
    assert [message["seq"] for message in back] == list(range(151, 251))
    assert person("applicant1").get(f"{path}/messages?before=251").status_code == 404

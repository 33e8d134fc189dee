"""A filing through the API: pre-filled, answered, confirmed, checked, handed in once, and never another's."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest

from tests.integration.web.conftest import Person, error_of

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
ANSWERS = {
    "special": "no",
    "kind": "cosmetic",
    "matter": "first",
    "new_ingredient": "no",
    "production": "self",
    "origin": "domestic",
}
TYPED = {
    "product_name_zh": "清润测试面霜",
    "efficacy": "保湿，滋养",
    "users": "普通人群",
    "body_part": "面部",
    "form_dosage": "膏霜乳",
    "use_method": "驻留",
    "formula": "水 | 90 | 溶剂\n甘油 | 10 | 保湿剂",
    "contact_name": "张测试",
    "contact_id": "11010519491231002X",
    "contact_mobile": "13800138000",
    "delivery": "电子证照",
}


@pytest.fixture
def applicant(person: Callable[..., Person]) -> Person:
    return person("applicant1")


def start(who: Person, key: str = "start-00000001") -> dict[str, Any]:
    enterprise_id = who.get("/me").json["enterprises"][0]["id"]
    answer = who.post(
        "/filings",
        json={
            "service_item_code": "cosmetic_filing",
            "enterprise_id": enterprise_id,
            "answers": ANSWERS,
            "idempotency_key": key,
        },
    )
    assert answer.status_code in (200, 201), answer.text
    filing: dict[str, Any] = answer.json["filing"]
    return filing


def fields(filing: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {field["key"]: field for group in filing["groups"] for field in group["fields"]}


def fill(who: Person, filing: dict[str, Any]) -> dict[str, Any]:
    path = f"/filings/{filing['id']}"
    for _ in range(len(fields(filing)) + 10):
        waiting = [f for f in fields(filing).values() if f["status"] in ("empty", "proposed")]
        todo = next((f for f in waiting if f["set_by"] == "applicant"), None)
        if todo is None:
            return filing
        filing = settle(who, path, todo)
    raise AssertionError("the form never ends")


def settle(who: Person, path: str, field: dict[str, Any]) -> dict[str, Any]:
    key = field["key"]
    if field["status"] == "proposed":
        answer = who.post(f"{path}/fields/{key}/confirmation")
    elif field["type"] == "file":
        answer = who.post(f"{path}/files?field={key}", data={"file": (BytesIO(PDF), "报告.pdf")})
    elif key in TYPED:
        answer = who.put(f"{path}/fields/{key}", json={"value": TYPED[key]})
        assert "accepted" in answer.json, answer.json.get("rejected")
    else:
        assert not field["required"], key
        answer = who.delete(f"{path}/fields/{key}")
    assert answer.status_code == 200, answer.text
    filing: dict[str, Any] = answer.json["filing"]
    return filing


def test_a_draft_opens_pre_filled_with_receipts(applicant: Person) -> None:
    filing = start(applicant)
    proposed = [field for field in fields(filing).values() if field["status"] == "proposed"]
    assert len(proposed) >= 5
    assert all(field["receipt"]["text"] for field in proposed)


def test_starting_again_resumes_the_same_draft(applicant: Person) -> None:
    first, second = start(applicant), start(applicant, "start-00000002")
    assert first["id"] == second["id"]
    assert second["is_resumed"]


def test_a_filing_is_filled_checked_declared_and_handed_in_once(applicant: Person) -> None:
    filing = fill(applicant, start(applicant))
    path = f"/filings/{filing['id']}"
    checked = applicant.post(f"{path}/check").json
    assert [one["rule"] for one in checked["deficiencies"]] == ["declaration"]
    assert applicant.put(f"{path}/declaration", json={"accepted": True}).json["filing"]["is_declared"]
    version = applicant.get(path).json["filing"]["version"]
    order = {"idempotency_key": "submit-00000001", "expected_version": version}
    first = applicant.post(f"{path}/submission", json=order)
    again = applicant.post(f"{path}/submission", json=order)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json["filing_no"] == again.json["filing_no"]
    assert again.json["is_repeat"]
    status = applicant.get(f"/filing-status/{first.json['filing_no']}").json["status"]
    assert status["state"] == "submitted"


def test_handing_in_too_early_names_what_is_missing_in_words(applicant: Person) -> None:
    filing = start(applicant)
    answer = applicant.post(
        f"/filings/{filing['id']}/submission", json={"idempotency_key": "submit-00000001"}
    )
    error = error_of(answer)
    assert answer.status_code == 422
    assert "product_name_zh" in error["fields"]
    assert not any(text.startswith("forms.") for text in error["fields"].values())


def test_a_value_that_cannot_be_taken_is_rejected_with_the_reason(applicant: Person) -> None:
    filing = start(applicant)
    answer = applicant.put(f"/filings/{filing['id']}/fields/contact_mobile", json={"value": "12"})
    assert answer.status_code == 200
    assert answer.json["rejected"]["message"]
    assert fields(answer.json["filing"])["contact_mobile"]["status"] != "confirmed"


def test_an_edit_decided_on_an_older_version_is_refused(applicant: Person) -> None:
    filing = start(applicant)
    path = f"/filings/{filing['id']}/fields/product_name_zh"
    order = {"value": "清润测试面霜", "expected_version": filing["version"]}
    assert applicant.put(path, json=order).status_code == 200
    assert applicant.put(path, json=order).status_code == 409


def test_all_undoubted_proposals_are_confirmed_at_once(applicant: Person) -> None:
    filing = start(applicant)
    answer = applicant.post(f"/filings/{filing['id']}/confirmations", json={"keys": None}).json
    left = [f for f in fields(answer["filing"]).values() if f["status"] == "proposed" and not f["problems"]]
    assert answer["confirmed"]
    assert left == []


def test_an_attachment_comes_back_as_a_download_that_can_do_nothing(applicant: Person) -> None:
    filing = start(applicant)
    key = next(field["key"] for field in fields(filing).values() if field["type"] == "file")
    path = f"/filings/{filing['id']}/files"
    sent = applicant.post(f"{path}?field={key}", data={"file": (BytesIO(PDF), "../../报告.pdf")}).json
    file_id = fields(sent["filing"])[key]["value"]["file_id"]
    got = applicant.client.get(f"/api/v1{path}/{file_id}")
    assert got.data == PDF
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert ".." not in got.headers["Content-Disposition"]
    assert "sandbox" in got.headers["Content-Security-Policy"]


def test_an_upload_without_a_file_says_what_is_missing(applicant: Person) -> None:
    filing = start(applicant)
    error = error_of(applicant.post(f"/filings/{filing['id']}/files", data={}))
    assert set(error["fields"]) == {"file", "field"}


def test_a_file_above_the_limit_of_the_server_is_refused(applicant: Person) -> None:
    filing = start(applicant)
    answer = applicant.post(
        f"/filings/{filing['id']}/files?field=x",
        data={"file": (BytesIO(b"%PDF-" + b"0" * (26 * 1024 * 1024)), "big.pdf")},
    )
    assert answer.status_code == 413
    assert error_of(answer)["code"] == "web.api.too_large"


def test_a_filing_of_someone_else_looks_absent(person: Callable[..., Person]) -> None:
    mine = start(person("applicant1"))
    other = person("applicant2")
    path = f"/filings/{mine['id']}"
    real = [
        other.get(path),
        other.put(f"{path}/fields/product_name_zh", json={"value": "别人的"}),
        other.delete(f"{path}/fields/product_name_zh"),
        other.post(f"{path}/fields/product_name_zh/confirmation"),
        other.post(f"{path}/confirmations", json={"keys": None}),
        other.post(f"{path}/files?field=x", data={"file": (BytesIO(PDF), "a.pdf")}),
        other.get(f"{path}/files/file_x"),
        other.post(f"{path}/check"),
        other.put(f"{path}/declaration", json={"accepted": True}),
        other.post(f"{path}/submission", json={"idempotency_key": "submit-00000001"}),
        other.get(f"{path}/document"),
        other.post(f"{path}/document"),
        other.get(f"{path}/changes"),
        other.delete(path),
    ]
    absent = other.get("/filings/fil_nothing")
    assert {answer.status_code for answer in real} == {404}
    assert {error_of(answer)["message"] for answer in real} == {error_of(absent)["message"]}
    assert person("applicant1").get(path).json["filing"]["version"] == mine["version"]


def test_a_filing_cannot_be_started_for_anothers_enterprise(person: Callable[..., Person]) -> None:
    foreign = person("applicant2").get("/me").json["enterprises"][0]["id"]
    answer = person("applicant1").post(
        "/filings",
        json={"service_item_code": "cosmetic_filing", "enterprise_id": foreign, "idempotency_key": "k" * 12},
    )
    assert answer.status_code == 404


def test_no_path_of_the_server_leaves_with_a_filing(applicant: Person) -> None:
    filing = start(applicant)
    assert "path" not in filing["document"]
    assert applicant.get(f"/filings/{filing['id']}/document").status_code == 202


def test_a_change_is_told_to_who_waits_for_it(applicant: Person) -> None:
    filing = start(applicant)
    path = f"/filings/{filing['id']}"
    assert applicant.get(f"{path}/changes?version=0").json["version"] == filing["version"]
    assert (
        applicant.get(f"{path}/changes?version={filing['version']}&wait=0.1").json["version"]
        == filing["version"]
    )


def test_withdrawing_ends_editing(applicant: Person) -> None:
    filing = start(applicant)
    assert applicant.delete(f"/filings/{filing['id']}").json["filing"]["state"] == "withdrawn"
    answer = applicant.put(f"/filings/{filing['id']}/fields/product_name_zh", json={"value": "x"})
    assert answer.status_code == 409


def test_an_officer_returns_a_filing_with_a_reason(person: Callable[..., Person]) -> None:
    who = person("applicant1")
    filing = fill(who, start(who))
    path = f"/filings/{filing['id']}"
    who.put(f"{path}/declaration", json={"accepted": True})
    assert who.post(f"{path}/submission", json={"idempotency_key": "submit-00000001"}).status_code == 201
    officer = person("officer3")
    bare = officer.post(f"/staff{path}/moves", json={"to_state": "returned_for_correction"})
    moved = officer.post(
        f"/staff{path}/moves", json={"to_state": "returned_for_correction", "reason": "标签与配方不符"}
    )
    assert bare.status_code == 422
    assert moved.json["filing"]["state"] == "returned_for_correction"


def test_no_applicant_moves_a_filing(person: Callable[..., Person]) -> None:
    who = person("applicant1")
    filing = start(who)
    answer = who.post(f"/staff/filings/{filing['id']}/moves", json={"to_state": "approved"})
    assert answer.status_code == 404

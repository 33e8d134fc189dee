"""All deficiencies at once; handed in exactly once; numbered; found later; printed."""

import subprocess
import threading
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import func, select

from core.audit.models import AuditEvent
from core.database import reading
from core.errors import Conflict, InvalidInput, NotAvailable
from core.identity import Actor
from core.queue.models import OutboxJob
from forms import service as forms
from forms.documents import service as documents
from forms.filing.numbers import tidy_filing_no
from forms.items.patterns import matches
from forms.models import Filing, HistoricalRecord
from forms.service import Move, Rejected, Submission
from tests.integration.forms.conftest import PDF, applicant_for, enterprise_of_kind, fill, start


def _ready(actor: Actor, key: str = "start-1") -> str:
    filing = start(actor, key=key)
    fill(actor, filing.id)
    forms.confirm_declaration(actor, filing.id, True)
    return filing.id


def _submit(actor: Actor, filing_id: str, key: str = "submit-1") -> Submission:
    version = forms.get_filing(actor, filing_id, "zh-CN").version
    return forms.submit_filing(actor, filing_id, expected_version=version, idempotency_key=key)


def test_an_untouched_draft_is_told_everything_that_is_missing_at_once(maker: Actor) -> None:
    filing = start(maker)
    found = forms.check_filing(maker, filing.id, "zh-CN")
    fields = {one.field for one in found}
    assert {"product_name_zh", "formula", "label", "test_report", "truth_commit", "ent_name"} <= fields
    assert found[-1].rule == "declaration"
    for one in found:
        assert one.label
        assert one.message
        assert one.fix


@pytest.mark.parametrize(
    ("key", "typed", "rule"),
    [
        ("product_name_zh", "强效美白医用面霜", "words_special"),
        ("ent_name", "别的公司有限公司", "differs_from_record"),
        ("formula", "水 | 90 | 溶剂\n甘油 | 5 | 保湿剂", "sum"),
        ("formula", "水 | 90 | 溶剂\n水 | 10 | 溶剂", "repeated"),
        ("class_code", "11-05-03-01-01", "class_code_part"),
        ("prod_licence_no", "粤妆20990001", "licence_unknown"),
    ],
)
def test_a_seeded_deficiency_is_found_with_rule_clause_and_fix(
    maker: Actor, key: str, typed: str, rule: str
) -> None:
    filing = start(maker)
    fill(maker, filing.id)
    forms.answer_field(maker, filing.id, key, typed, source="web", locale="zh-CN")
    found = [one for one in forms.check_filing(maker, filing.id, "en") if one.rule != "declaration"]
    assert rule in {one.rule for one in found}
    assert all(one.message and one.fix for one in found)


def test_an_incomplete_filing_cannot_be_handed_in(maker: Actor) -> None:
    filing = start(maker)
    with pytest.raises(InvalidInput) as caught:
        _submit(maker, filing.id)
    assert "product_name_zh" in caught.value.fields


def test_handing_in_gives_number_receipt_record_job_and_audit_event(maker: Actor) -> None:
    filing_id = _ready(maker)
    done = _submit(maker, filing_id)
    assert matches("cosmetic_filing_no", done.filing_no)
    assert len(done.receipt_code) == 14
    with reading() as session:
        jobs = session.scalars(select(OutboxJob).where(OutboxJob.task == "forms.render_document")).all()
        assert [job.payload["filing_id"] for job in jobs] == [filing_id]
        events = session.scalars(select(AuditEvent.action).where(AuditEvent.subject_id == filing_id)).all()
        assert events.count("filing.submitted") == 1
        records = session.scalars(select(HistoricalRecord).where(HistoricalRecord.kind == "filing")).all()
        kept = next(r for r in records if r.data.get("filing_no") == done.filing_no)
        assert "legal_rep_id" not in kept.data
        assert "contact_mobile" not in kept.data


def test_twenty_people_pressing_submit_hand_in_once(maker: Actor) -> None:
    filing_id = _ready(maker)
    version = forms.get_filing(maker, filing_id, "zh-CN").version
    results: list[Submission] = []

    def press(number: int) -> None:
        results.append(
            forms.submit_filing(maker, filing_id, expected_version=version, idempotency_key=f"k{number}")
        )

    threads = [threading.Thread(target=press, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({result.filing_no for result in results}) == 1
    assert len(results) == 20
    assert sum(not result.is_repeat for result in results) == 1
    with reading() as session:
        assert session.scalar(select(func.count()).where(Filing.filing_no.is_not(None))) == 1


def test_filings_of_one_province_are_numbered_without_gaps(maker: Actor) -> None:
    numbers = []
    for count in range(3):
        filing_id = _ready(maker, key=f"start-{count}")
        numbers.append(int(_submit(maker, filing_id, key=f"submit-{count}").filing_no[-6:]))
    assert numbers == [numbers[0], numbers[0] + 1, numbers[0] + 2]


def test_a_screen_that_is_behind_cannot_hand_in(maker: Actor) -> None:
    filing_id = _ready(maker)
    with pytest.raises(Conflict):
        forms.submit_filing(maker, filing_id, expected_version=1, idempotency_key="k")


def test_the_status_is_found_by_number_however_it_is_typed(maker: Actor) -> None:
    done = _submit(maker, _ready(maker))
    typed = f" {done.filing_no[:3].lower()} {done.filing_no[3:]} "
    assert tidy_filing_no(typed) == done.filing_no
    status = forms.filing_status(maker, typed, "en")
    assert status.state == "submitted"
    assert status.explanation
    assert [event.state for event in status.history] == ["draft", "checked", "submitted"]


def test_somebody_elses_number_answers_like_one_that_does_not_exist(maker: Actor) -> None:
    done = _submit(maker, _ready(maker))
    stranger = applicant_for(enterprise_of_kind("importer"))
    for number in (done.filing_no, "沪G妆网备字2099999999"):
        with pytest.raises(NotAvailable):
            forms.filing_status(stranger, number, "zh-CN")


def test_an_officer_returns_it_the_applicant_mends_it_and_the_number_stays(
    maker: Actor, officer: Callable[[str], Actor]
) -> None:
    filing_id = _ready(maker)
    first = _submit(maker, filing_id)
    competent = officer(first.filing_no[0])
    with pytest.raises(InvalidInput):
        forms.move_filing(competent, filing_id, Move("returned_for_correction", " "))
    other = officer("藏" if first.filing_no[0] != "藏" else "新")
    with pytest.raises(NotAvailable):
        forms.move_filing(other, filing_id, Move("accepted", ""))
    forms.move_filing(competent, filing_id, Move("returned_for_correction", "标签样稿缺少净含量"))
    forms.answer_field(maker, filing_id, "product_name_zh", "清润修正面霜", source="web", locale="zh-CN")
    forms.confirm_declaration(maker, filing_id, True)
    second = _submit(maker, filing_id, key="submit-2")
    assert second.filing_no == first.filing_no
    assert not second.is_repeat
    history = forms.filing_status(maker, first.filing_no, "zh-CN").history
    assert any(event.reason == "标签样稿缺少净含量" for event in history)


def test_a_contract_manufacturer_must_confirm_itself(sandbox: object) -> None:
    actor = applicant_for(enterprise_of_kind("brand"))
    filing = start(actor, "brand")
    fill(actor, filing.id)
    rules = {one.rule for one in forms.check_filing(actor, filing.id, "zh-CN")}
    assert "manufacturer_silent" in rules
    assert isinstance(
        forms.answer_field(actor, filing.id, "manu_confirm", "是", source="web", locale="zh-CN"), Rejected
    )
    makers = [applicant_for(enterprise_of_kind("maker", n)) for n in range(3)]
    named = next(m for m in makers if forms.pending_confirmations(m))
    assert forms.pending_confirmations(named)[0][0] == filing.id
    stranger = applicant_for(enterprise_of_kind("importer"))
    with pytest.raises(NotAvailable):
        forms.confirm_manufacture(stranger, filing.id)
    forms.confirm_manufacture(named, filing.id)
    assert forms.pending_confirmations(named) == []
    assert {one.rule for one in forms.check_filing(actor, filing.id, "zh-CN")} == {"declaration"}


def test_the_confirmation_is_a_chinese_pdf_with_number_receipt_and_masked_identities(
    maker: Actor, tmp_path: Path
) -> None:
    filing_id = _ready(maker)
    done = _submit(maker, filing_id)
    view = forms.get_filing(maker, filing_id, "zh-CN")
    documents.render(filing_id, view.version)
    documents.render(filing_id, view.version)
    state = forms.document(maker, filing_id)
    assert state.ready
    text = subprocess.run(
        ["pdftotext", "-layout", state.path, "-"], capture_output=True, text=True, check=True
    ).stdout
    for expected in ("普通化妆品备案信息表", done.filing_no, done.receipt_code, "清润测试面霜", "甘油"):
        assert expected in text
    assert "11010519491231002X" not in text
    fonts = subprocess.run(["pdffonts", state.path], capture_output=True, text=True, check=True).stdout
    lines = fonts.splitlines()[2:]
    assert lines
    assert all(" yes yes " in line or line.split()[-5] == "yes" for line in lines)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "a.pdf"),
        (b"MZ\x90\x00", "label.pdf"),
        (b"<html><script>alert(1)</script>", "label.png"),
        (b"%PDF-" + b"0" * (10 * 1024 * 1024 + 1), "big.pdf"),
        (b"PK\x03\x04broken", "a.docx"),
    ],
)
def test_an_attachment_is_judged_by_its_bytes(maker: Actor, content: bytes, name: str) -> None:
    filing = start(maker)
    assert isinstance(forms.attach_file(maker, filing.id, "label", name, BytesIO(content)), Rejected)


def test_a_hostile_file_name_becomes_a_plain_one(maker: Actor) -> None:
    filing = start(maker)
    result = forms.attach_file(maker, filing.id, "label", "../../etc/\u202epasswd\n.pdf", BytesIO(PDF))
    assert isinstance(result, forms.Accepted)
    assert "/" not in result.display
    name, media_type, content = forms.read_attachment(maker, filing.id, result.value["file_id"])
    assert (media_type, content) == ("application/pdf", PDF)
    assert name == result.display
    stranger = applicant_for(enterprise_of_kind("importer"))
    with pytest.raises(NotAvailable):
        forms.read_attachment(stranger, filing.id, result.value["file_id"])

"""Drafts that nobody touches expire with notice; attachments pass the scanner of the installation."""

import dataclasses
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import update

from core import clock, settings
from core.database import transaction
from core.identity import Actor
from forms import service as forms
from forms.filing.expiry import NOTICE_DAYS, expire_drafts
from forms.models import Filing
from forms.service import Accepted, Rejected
from tests.integration.forms.conftest import PDF, start


def _untouched_for(filing_id: str, days: int) -> None:
    with transaction() as session:
        moment = clock.now() - timedelta(days=days)
        session.execute(update(Filing).where(Filing.id == filing_id).values(updated_at=moment))


def test_a_draft_tells_its_last_day_in_good_time_and_is_withdrawn_after_it(maker: Actor) -> None:
    filing, limit = start(maker), settings.get_settings().draft_days
    (line,) = [one for one in forms.list_filings(maker, "zh-CN") if one.id == filing.id]
    assert line.expires_on is None
    _untouched_for(filing.id, limit - NOTICE_DAYS + 1)
    assert expire_drafts() == 0
    (line,) = [one for one in forms.list_filings(maker, "zh-CN") if one.id == filing.id]
    assert line.expires_on == clock.today() + timedelta(days=NOTICE_DAYS - 1)
    _untouched_for(filing.id, limit + 1)
    assert expire_drafts() == 1
    view = forms.get_filing(maker, filing.id, "zh-CN")
    assert (view.state, view.history[-1].action) == ("withdrawn", "expired")
    assert expire_drafts() == 0


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("exit 0", ""),
        ("exit 1", "forms.rejected.file_found"),
        ("exit 2", "forms.rejected.file_failed"),
    ],
)
def test_an_attachment_is_taken_only_if_the_scanner_says_that_it_is_clean(
    maker: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, code: str
) -> None:
    filing = start(maker)
    scanner = tmp_path / "scan.sh"
    scanner.write_text(f'#!/bin/sh\ntest -s "$1" || exit 3\n{script}\n')
    scanner.chmod(0o755)
    own = dataclasses.replace(settings.get_settings(), upload_scanner=str(scanner))
    monkeypatch.setattr("forms.filing.scanning.get_settings", lambda: own)
    found = forms.attach_file(maker, filing.id, "label", "a.pdf", BytesIO(PDF))
    if code:
        assert isinstance(found, Rejected)
        assert found.code == code
    else:
        assert isinstance(found, Accepted)


def test_a_scanner_that_is_not_there_lets_nothing_in(maker: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    filing = start(maker)
    own = dataclasses.replace(settings.get_settings(), upload_scanner="/no/such/scanner")
    monkeypatch.setattr("forms.filing.scanning.get_settings", lambda: own)
    found = forms.attach_file(maker, filing.id, "label", "a.pdf", BytesIO(PDF))
    assert isinstance(found, Rejected)
    assert found.code == "forms.rejected.file_failed"


def test_several_values_in_one_sentence_are_told_apart_by_the_names_of_their_fields(maker: Actor) -> None:
    filing = start(maker)
    named = forms.named_values(
        maker, filing.id, "经办人姓名是李四，经办人手机号：13800138000；结果领取方式为邮寄", "ent_name"
    )
    assert named == [("contact_name", "李四"), ("contact_mobile", "13800138000"), ("delivery", "邮寄")]
    assert forms.named_values(maker, filing.id, "清润面霜，是新产品", "product_name_zh") == []
    assert forms.named_values(maker, filing.id, "经办人姓名是李四", "ent_name") == []

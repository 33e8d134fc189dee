"""What each destination gets, what is no person's, and that every way out is guarded."""

import io
import json
import logging
import sys
from random import Random

import pytest
import structlog

from core.logs import configure_logs
from core.privacy.policy import EVERYTHING, MASKED
from core.privacy.service import (
    Destination,
    find_personal_data,
    has_mask,
    mask_answer,
    mask_data,
    mask_text,
)
from tests.benchmarks.privacy_people import MAKERS, disguises_of

CARRIERS = {
    "id_number": "身份证{x}",
    "mobile": "手机{x}",
    "landline": "电话{x}",
    "bank_card": "卡号{x}",
    "passport": "护照{x}",
    "travel_permit": "回乡证{x}",
    "email": "邮箱 {x} ",
    "address": "住址：{x}",
    "plate": "车牌{x}",
    "wechat": "微信号{x}",
    "qq": "QQ号{x}",
    "name": "我叫{x}，请问",
}


@pytest.mark.parametrize("kind", sorted(CARRIERS))
def test_each_kind_is_masked_plain_and_in_every_disguise(kind: str) -> None:
    rng = Random(7)
    for change in [lambda text, _rng: text, *disguises_of(kind).values()]:
        for _ in range(5):
            written = change(MAKERS[kind](rng), rng)
            masked = mask_text(CARRIERS[kind].replace("{x}", written), Destination.LOG)
            assert written not in masked
            assert has_mask(masked)


@pytest.mark.parametrize(
    "text",
    [
        "统一社会信用代码91310115MA1K4ABC12",
        "统一社会信用代码911101085923662400",
        "国药准字H20203456",
        "沪械注准20232070123",
        "粤G妆网备字2024001234",
        "UDI (01)06901234567892(17)261130(10)A1",
        "京AA0210012号药品经营许可证",
        "国械备20190123",
        "第一百三十八条第二款",
        "2024-01-15 10:30 提交",
        "法定代表人变更需要哪些材料",
        "联系人信息填写在哪里",
        "张江高科技园区的企业归哪里管",
    ],
)
def test_what_is_no_persons_is_left_alone(text: str) -> None:
    assert mask_text(text, Destination.LOG) == text


def test_an_illness_counts_where_a_person_is_named_and_else_only_for_logs() -> None:
    named, own = "患者张伟确诊乙肝", "我得了糖尿病能用什么药"
    assert mask_text(named, Destination.TRACE) == "患者[name][health]"
    assert mask_text(own, Destination.TRACE) == own
    assert mask_text(own, Destination.LOG) == "我[health]能用什么药"


def test_a_bare_name_counts_as_an_answer_alone() -> None:
    assert mask_answer("张伟") == "[name]"
    assert mask_text("张伟", Destination.MODEL) == "张伟"
    assert mask_answer("谢谢") == "谢谢"


def test_every_destination_has_a_policy_of_known_kinds() -> None:
    assert set(MASKED) == set(Destination)
    assert all(kinds <= EVERYTHING for kinds in MASKED.values())


def test_json_is_masked_throughout_and_keeps_its_form() -> None:
    data = {"a": ["打13800138000", 5, None], "b": {"c": "好"}}
    assert mask_data(data, Destination.AUDIT) == {"a": ["打[mobile]", 5, None], "b": {"c": "好"}}


def test_masking_twice_changes_nothing() -> None:
    once = mask_text("我叫王小明，手机13800138000，住在上海市浦东新区张江路1号", Destination.LOG)
    assert mask_text(once, Destination.LOG) == once
    assert find_personal_data(once) == []


def test_logs_hold_no_personal_data_in_values_tracebacks_or_lines_of_libraries(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    configure_logs("INFO")
    log = structlog.get_logger("a")
    log.info(
        "one.event", said="打13800138000", deep={"x": ["11010519491231002X"]}, thing=ValueError("a@b.com")
    )
    logging.getLogger("library").warning("refused %s", "13800138000")
    try:
        raise ValueError("卡号4111 1111 1111 1111")
    except ValueError:
        log.exception("two.event")
        logging.getLogger("library").exception("crashed")
    lines = written.getvalue()
    assert json.loads(lines.splitlines()[0])["said"] == "打[mobile]"
    assert not [one for one in ("13800138000", "110105", "4111", "a@b.com") if one in lines]

"""Papers that bear a mark of secrecy are told from texts that speak about secrets."""

import pytest

from core.errors import InvalidInput
from core.privacy.service import Destination, classification_mark, guard_text

MARKED = [
    "绝密★启用前",
    "机密★5年",
    "秘密★长期",
    "秘密☆10年",
    "机 密 ★ 20年",
    "密级：机密",
    "【秘密】关于审评的请示",
    "（内部资料）",
    "某某局文件\n机密\n二〇二六年",
    "内部资料 不得外传",
    "内部资料，严禁外传",
    "内部文件 注意保存",
    "仅限内部使用 内部资料",
    "商业秘密★3年",
    "核心商密▲",
    "商业秘密 严禁外传",
    "机\u200b密★5年",
    "ＴＯＰ ＳＥＣＲＥＴ",
    "CONFIDENTIAL - do not distribute",
    "for internal use only",
]
SPEAKS_OF_IT = [
    "这是商业秘密吗?",
    "配方属于机密信息怎么保护",
    "内部资料要交吗",
    "监督检查人员应当保守在检查中知悉的商业秘密、个人隐私。",
    "涉及国家秘密、商业秘密的信息不得公开。",
    "文件上应当标注“机密★5年”字样吗",
    "什么是绝密级国家秘密",
    "企业认为属于商业秘密的，应当说明理由",
    "申报资料中的秘密点如何标明",
]


@pytest.mark.parametrize("text", MARKED)
def test_a_mark_is_found(text: str) -> None:
    assert classification_mark(text)


@pytest.mark.parametrize("text", SPEAKS_OF_IT)
def test_a_text_about_secrets_is_no_secret(text: str) -> None:
    assert classification_mark(text) is None


@pytest.mark.parametrize("destination", sorted(set(Destination) - {Destination.STAFF}))
def test_no_destination_but_staff_takes_a_secret(destination: Destination) -> None:
    with pytest.raises(InvalidInput) as refused:
        guard_text("机密★5年 关于某事", destination)
    assert refused.value.code == "core.secret_refused"


def test_a_text_without_a_mark_is_masked_and_goes_on() -> None:
    assert guard_text("打13800138000", Destination.MODEL) == "打[mobile]"

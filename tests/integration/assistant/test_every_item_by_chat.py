"""All service items from the first words to the number by chat alone, in both languages; ways of mending."""

from dataclasses import dataclass

import pytest

from forms.filing.parsing import parse
from forms.items.catalogue import item, items
from forms.items.definition import OPERATIONS
from tests.integration.assistant.chat_filing import ChatFiling, Officer
from tests.integration.forms.every_item import LOCALES, form_of
from web.supervisor.stack import Stack

pytestmark = [pytest.mark.rasa, pytest.mark.timeout(900)]

# (item, operation) → the person's first words
ZH = {
    ("cosmetic_filing", "initial"): "我要办理普通化妆品备案",
    ("cosmetic_prod_licence", "renewal"): "我们的化妆品生产许可证快到期了，要办延续",
    ("device1_filing", "change"): "第一类医疗器械的备案信息变了，我要办变更备案",
    ("device2_reg_change", "change"): "我要办第二类医疗器械变更注册",
    ("device2_reg_initial", "initial"): "我想申请第二类医疗器械首次注册",
    ("device2_reg_renewal", "renewal"): "第二类医疗器械注册证快到期了，要办延续注册",
    ("device_dist_class2_filing", "initial"): "我要办第二类医疗器械经营备案",
    ("device_dist_class3_licence", "replacement"): "第三类医疗器械经营许可证丢了，要补办",
    ("device_prod_licence", "change"): "我要变更医疗器械生产许可证",
    ("drug_change", "change"): "我要办药品上市后变更",
    ("drug_dist_retail", "initial"): "我想开一家药店",
    ("drug_dist_wholesale", "renewal"): "药品批发企业的经营许可证快到期了，要换证",
    ("drug_online_report", "initial"): "我们打算在网上卖药，要报告",
    ("drug_prod_licence", "cancellation"): "我们不再生产药品了，要注销药品生产许可证",
}
EN = {
    ("cosmetic_filing", "change"): "I want to change a general cosmetics filing",
    ("cosmetic_prod_licence", "cancellation"): "I want to cancel our cosmetics production licence",
    ("device1_filing", "initial"): "I want to file a Class I medical device",
    ("device2_reg_change", "change"): "I need to change the registration of a Class II medical device",
    ("device2_reg_initial", "initial"): "I want to register a Class II medical device for the first time",
    ("device2_reg_renewal", "renewal"): "I want to apply for renewal of a Class II device registration",
    ("device_dist_class2_filing", "change"): "I want to change our Class II device distribution filing",
    ("device_dist_class3_licence", "renewal"): "I want to renew our Class III device distribution licence",
    ("device_prod_licence", "replacement"): "We lost our medical device production licence and need another",
    ("drug_change", "change"): "I want to report a post-market change of a drug",
    ("drug_dist_retail", "change"): "I want to change our drug retail licence",
    ("drug_dist_wholesale", "initial"): "I want to apply for a drug wholesale licence",
    ("drug_online_report", "cancellation"): "We want to end our report of online drug sales",
    ("drug_prod_licence", "renewal"): "I want to renew our drug production licence",
}
WORDS = {"zh-CN": ZH, "en": EN}
BY_CHAT = [
    pytest.param(code, operation, locale, words, id=f"{locale}-{code}-{operation}")
    for locale, table in WORDS.items()
    for (code, operation), words in table.items()
]
CHOICES = [
    pytest.param(
        code,
        field.key,
        locale,
        id=f"{locale}-{code}-{field.key}",
    )
    for code in sorted(items())
    for field in form_of(code).fields
    if field.type in ("enum", "multi_enum")
    for locale in LOCALES
]


def test_every_item_and_every_operation_is_filed_in_one_of_the_languages() -> None:
    with_form = {code for code, one in items().items() if one.form}
    assert len(with_form) == 14
    for table in WORDS.values():
        assert {code for code, _ in table} == with_form
    assert {operation for table in WORDS.values() for _, operation in table} == set(OPERATIONS)
    for code, operation in {**ZH, **EN}:
        assert operation in item(code).operations


@pytest.mark.parametrize(("code", "operation", "locale", "first_words"), BY_CHAT)
def test_an_item_is_filed_by_chat_alone(
    stack: Stack, code: str, operation: str, locale: str, first_words: str
) -> None:
    filing = ChatFiling(stack, code, operation, locale)
    filing.open(first_words)
    opened = filing.kept()
    assert (opened["item_code"], opened["operation"]) == (code, operation)
    assert (opened["enterprise_id"], opened["state"]) == (filing.made.id, "draft")
    filing.fill()
    assert filing.kept()["state"] == "checked"
    displays = filing.displays()
    assert {key: displays[key] for key in filing.said} == {key: filing.shown_of(key) for key in filing.said}
    number = filing.declare_and_submit()
    filed = filing.kept()
    assert number
    assert filed["filing_no"] == number
    assert filed["state"] not in ("draft", "checked")
    told = filing.person.replies[-1]
    cards = [block for block in told["blocks"] if block["type"] == "card"]
    assert cards[0]["title"] == item(code).name.get(locale)
    assert {"label": filing.t("filing.number"), "value": number} in cards[0]["lines"]
    assert filing.t("filing.submitted") in told["text"]


@dataclass(frozen=True)
class Ways:
    """How a person gives, mends and resumes in one language."""

    first_words: str
    two_at_once: str
    name: str
    wrong: str
    address: str
    resume: str
    reason: str


ADDRESS_ZH, ADDRESS_EN = "福建省厦门市思明区示例路 8 号 2 层", "2F, 8 Example Road, Siming, Xiamen"
WAYS = {
    "zh-CN": Ways(
        first_words=ZH["device_dist_class3_licence", "replacement"],
        two_at_once="经办人姓名是张三，经办人手机号：13800138000",
        name="张三",
        wrong=f"经营场所写错了，改成{ADDRESS_ZH}",
        address=ADDRESS_ZH,
        resume="继续填写",
        reason="许可证正本在搬迁时遗失，副本仍在。",
    ),
    "en": Ways(
        first_words="We lost our Class III device distribution licence and need another",
        two_at_once="name of the handler is Li Si; mobile number of the handler: 13800138000",
        name="Li Si",
        wrong=f"the premises is wrong, change it to {ADDRESS_EN}",
        address=ADDRESS_EN,
        resume="continue my draft",
        reason="The original was lost in a move; the duplicate is still there.",
    ),
}


def open_to_look_at(stack: Stack, locale: str) -> ChatFiling:
    """A draft whose pre-filled values are looked at one by one."""
    filing = ChatFiling(stack, "device_dist_class3_licence", "replacement", locale)
    filing.open(WAYS[locale].first_words)
    filing.press("one_by_one")
    return filing


@pytest.mark.parametrize("locale", LOCALES)
def test_one_sentence_that_names_two_fields_fills_both(stack: Stack, locale: str) -> None:
    filing = open_to_look_at(stack, locale)
    asked = filing.asked()
    before = filing.displays()
    filing.say(WAYS[locale].two_at_once)
    after = filing.displays()
    assert after["contact_name"] == WAYS[locale].name != before["contact_name"]
    assert (after["contact_mobile"][:3], after["contact_mobile"][-4:]) == ("138", "8000")
    others = set(before) & set(after) - {"contact_name", "contact_mobile"}
    assert {key: after[key] for key in others} == {key: before[key] for key in others}
    for key in ("contact_name", "contact_mobile"):
        label = form_of(filing.code).field(key).label.get(locale)
        assert filing.t("filing.noted", field=label, value=after[key]) in filing.person.heard
    assert filing.asked() == asked


@pytest.mark.parametrize("locale", LOCALES)
def test_an_earlier_answer_is_changed_by_naming_its_field(stack: Stack, locale: str) -> None:
    filing = open_to_look_at(stack, locale)
    while (asked := filing.asked()) is not None and asked.key != "contact_name":
        filing.press("confirm_value")
    before = filing.displays()["biz_addr"]
    filing.say(WAYS[locale].wrong)
    assert before != WAYS[locale].address
    assert filing.displays()["biz_addr"] == WAYS[locale].address
    assert WAYS[locale].address in filing.person.heard
    assert filing.asked() == asked


@pytest.mark.parametrize("locale", LOCALES)
def test_a_returned_filing_is_mended_entry_by_entry_and_handed_in_under_its_number(
    stack: Stack, locale: str
) -> None:
    filing = ChatFiling(stack, "device_prod_licence", "replacement", locale)
    filing.open(
        EN["device_prod_licence", "replacement"] if locale == "en" else "医疗器械生产许可证丢了，要补办"
    )
    filing.fill()
    number = filing.declare_and_submit()
    wanted = {"reason": "遗失的经过没有写清楚", "contact_auth": "授权委托书没有盖章"}
    Officer(stack).give_back(filing.id, wanted)
    assert filing.kept()["state"] == "returned_for_correction"

    filing.say(WAYS[locale].resume)
    for key, message in wanted.items():
        assert filing.asked() == form_of(filing.code).field(key)
        assert filing.t("filing.officer_says", text=message) in filing.person.heard
        if key == "reason":
            filing.say(WAYS[locale].reason)
        else:
            filing.attach(key)
            filing.press("attached")
        mended = {one["key"]: one["is_mended"] for one in filing.kept()["notice"]["entries"]}
        assert mended[key] is True
    assert filing.offers("declare"), filing.person.heard
    assert filing.declare_and_submit() == number
    kept = filing.kept()
    assert (kept["state"], kept["filing_no"], kept["notice"]) == ("submitted", number, None)
    assert filing.displays()["reason"] == WAYS[locale].reason


@pytest.mark.parametrize(("code", "key", "locale"), CHOICES)
def test_a_choice_is_made_by_typing_its_name(code: str, key: str, locale: str) -> None:
    field = form_of(code).field(key)
    is_several = field.type == "multi_enum"
    for option in field.options:
        found = parse(field, option.label.get(locale), locale)
        assert found == ([option.value] if is_several else option.value), option.label.get(locale)

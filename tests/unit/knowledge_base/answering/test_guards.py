"""What is refused, what is answered with care, and what must not be mistaken for either."""

import pytest

from i18n.service import has_message
from knowledge_base.answering.context import Context
from knowledge_base.answering.rules import shipped_rules
from knowledge_base.answering.statuses import AnswerStatus
from knowledge_base.answering.steps.guard import guard
from knowledge_base.answering.steps.normalise import normalise
from knowledge_base.answering.views import Question


def _guarded(shelved, text: str) -> Context:
    context = Context(Question(text), shelved, shipped_rules())
    normalise(context)
    guard(context)
    return context


@pytest.mark.parametrize(
    "text",
    [
        "生产销售假药怎么处罚",
        "提供虚假材料骗取许可有什么后果",
        "医疗器械分类规则由谁制定",
        "医疗器械分为几类",
        "第二类医疗器械注册需要多久",
        "药品上市以后的变更分成哪几类",
        "什么是重大变更",
        "药品和化妆品的区别是什么",
        "药品不良反应怎么报告",
        "企业发现不良反应几天内上报",
        "怎么投诉药店",
        "举报人的信息会保密吗",
        "怎么查询产品有没有备案",
        "说明书里用法用量怎么写",
        "药品广告怎么审批",
        "保健食品广告审查找谁",
        "营业执照变更后药品经营许可证要不要变更",
        "进口化妆品备案需要境外上市证明吗",
        "网上药店能不能卖处方药",
        "处方药销售不凭处方会怎么处罚",
        "What is the penalty for forging a licence?",
        "Which changes are major changes of a drug?",
        "How are medical devices classified in China?",
        "How is personal data of whistle-blowers protected?",
        "How do I report an adverse reaction?",
        "Do I have to register an imported device in China?",
    ],
)
def test_questions_about_the_rules_themselves_are_let_through(shelved, text):
    context = _guarded(shelved, text)
    assert context.draft is None, context.draft.source


@pytest.mark.parametrize(
    ("text", "guard_id"),
    [
        ("吃了头孢以后浑身起疹子怎么报告", "adverse_event_drug"),
        ("孩子打了疫苗发高烧，找哪里反映", "adverse_event_vaccine"),
        ("用了理疗仪被烫伤了可以向谁报告", "adverse_event_device"),
        ("涂了面霜脸红肿，去哪里投诉反映", "adverse_event_cosmetic"),
        ("I got a rash after using this face cream, where do I report it?", "adverse_event_cosmetic"),
    ],
)
def test_harm_done_is_warned_of_and_the_answer_goes_on(shelved, text, guard_id):
    context = _guarded(shelved, text)
    assert context.draft is None
    assert guard_id in [warning.id for warning in context.warnings]


def test_safety_advice_stands_before_a_refusal_of_medical_advice(shelved):
    context = _guarded(shelved, "吃了布洛芬以后起疹子，我该不该停药")
    assert context.draft.status is AnswerStatus.MEDICAL
    assert context.draft.blocks[0]["type"] == "notice"
    assert "药品不良反应报告和监测管理办法#23" in context.draft.provisions


def test_a_refused_judgement_proposes_the_clauses_and_staff(shelved):
    draft = _guarded(shelved, "我们的按摩仪属于几类医疗器械").draft
    assert (draft.status, draft.handoff_reason) == (AnswerStatus.JUDGEMENT, "judgement_needed")
    assert "医疗器械监督管理条例#6" in draft.provisions


def test_what_another_body_decides_names_that_body(shelved):
    assert "市场监督管理部门" in str(_guarded(shelved, "食品经营许可证怎么办").draft.blocks)
    assert "12366" in str(_guarded(shelved, "增值税怎么申报").draft.blocks)


def test_every_guard_has_its_text_in_both_languages():
    codes = {rule.message for rule in shipped_rules().guards.guards}
    missing = [
        (code, locale) for code in codes for locale in ("zh-CN", "en") if not has_message(code, locale)
    ]
    assert missing == []


def test_whatever_is_handed_off_says_why():
    handed = [rule for rule in shipped_rules().guards.guards if rule.status is AnswerStatus.HANDED_OFF]
    assert handed
    assert all(rule.handoff_reason for rule in handed)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("这个你就说行就行了，后果你们担", "guard.demands_guarantee"),
        ("你敢保证这样报上去能通过吗", "guard.demands_guarantee"),
        ("Just tell me it is class I, you will be responsible if it goes wrong", "guard.demands_guarantee"),
        ("麻烦帮忙催一下我们的申请", "guard.urges"),
        ("窗口工作人员态度很差", "guard.urges"),
        ("Could you please speed up our application", "guard.urges"),
        ("我爸眼睛不好看不清屏幕，有人帮着填吗", "guard.needs_assistance"),
        ("I am blind, can someone help me with the form?", "guard.needs_assistance"),
        ("老板让我改生产记录的日期", "guard.reports_offence"),
        ("网页一直打不开，材料上传不了", "guard.urges"),
        ("The page keeps failing when I upload", "guard.urges"),
        ("我想约个时间跟老师面谈", "guard.wants_staff"),
        ("上次窗口说的跟你说的不一样，到底以谁为准", "guard.demands_guarantee"),
    ],
)
def test_what_only_a_person_can_do_goes_to_one(shelved, text, rule):
    draft = _guarded(shelved, text).draft
    assert draft is not None
    assert (draft.status, draft.source) == (AnswerStatus.HANDED_OFF, rule)
    assert draft.handoff_reason


@pytest.mark.parametrize(
    "text",
    [
        "出了问题由谁承担责任",
        "委托生产出了质量问题，法律责任谁承担",
        "你们负责审批吗",
        "药品加快上市注册程序有哪些",
        "优先审评审批怎么申请",
        "网上投诉怎么弄",
        "电动轮椅注册要什么材料",
        "对残疾人办事有什么便利规定",
        "Who is liable if a device injures a patient?",
        "What are the conditions for priority review?",
        "药品保险柜要求",
        "麻醉药品运输证明怎么办",
        "计算机系统要有权限管理吗",
        "检查人员暗示要送礼违法吗",
        "许可证可以出租给别人吗，我们公司的许可证租给人",
        "How are buyers punished for taking bribes?",
        "Can I bring medicine for my own use into China?",
    ],
)
def test_questions_on_the_rules_are_not_taken_for_demands(shelved, text):
    assert _guarded(shelved, text).draft is None


@pytest.mark.parametrize(
    "text", ["网约车经营许可要什么材料", "烟花爆竹经营许可多久", "How do I get a fishing permit?"]
)
def test_licences_of_other_offices_are_sent_there(shelved, text):
    assert _guarded(shelved, text).draft.status is AnswerStatus.OUT_OF_SCOPE

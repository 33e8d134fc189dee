"""One filing by chat, in both languages: routed, pre-filled, interrupted, mended, saved, resumed, filed."""

from dataclasses import dataclass

import pytest

from tests.integration.assistant.conftest import Applicant
from web.supervisor.stack import Stack

pytestmark = [pytest.mark.rasa, pytest.mark.timeout(900)]
FORMULA = "水 | 80 | 溶剂\n甘油 | 20 | 保湿剂"


@dataclass(frozen=True)
class Words:
    """What a person says, and the words that answer."""

    locale: str
    login: str
    begin: str
    routing: tuple[str, ...]
    confirm_all: str
    question: str
    rename: str
    skip: str
    save: str
    resume: str
    attached: str
    confirm: str
    declare: str
    submit: str
    status: str
    staff: str
    answers: dict[str, str]


ZH = Words(
    locale="zh-CN",
    login="applicant1",
    begin="我要办理普通化妆品备案",
    routing=("没有", "彩妆", "第一个", "在中国境内", "我们自己生产的", "没有"),
    confirm_all="全部确认",
    question="普通化妆品备案需要什么材料？",
    rename="把产品中文名称改成水润面霜",
    skip="跳过",
    save="先保存退出",
    resume="继续填写",
    attached="已上传",
    confirm="确认",
    declare="本人承诺",
    submit="提交",
    status="我的备案办到哪一步了",
    staff="转人工",
    answers={
        "efficacy": "保湿、滋养",
        "users": "普通人群",
        "body_part": "面部",
        "form_dosage": "第一个",
        "use_method": "驻留",
        "formula": FORMULA,
        "delivery": "第一个",
    },
)
EN = Words(
    locale="en",
    login="applicant2",
    begin="I want to start a general cosmetics filing",
    routing=("no", "make-up", "first filing", "in mainland China", "we make it ourselves", "none"),
    confirm_all="confirm all",
    question="what documents are required for general cosmetics filing?",
    rename="change the product name (Chinese) to 水润面霜",
    skip="skip",
    save="save and exit",
    resume="continue my draft",
    attached="Uploaded",
    confirm="confirm",
    declare="I declare this",
    submit="submit",
    status="what is the status of my filing",
    staff="I want to talk to a human",
    answers={
        "efficacy": "moisturising and nourishing",
        "users": "general",
        "body_part": "face",
        "form_dosage": "the first",
        "use_method": "leave-on",
        "formula": FORMULA,
        "delivery": "1",
    },
)


def open_draft(stack: Stack, words: Words) -> Applicant:
    """Answer the routing questions in typed words, until the draft is open."""
    person = Applicant(stack, words.login, words.locale)
    person.say(words.begin)
    for answer in words.routing:
        person.say(answer)
    assert any(one["kind"] == "filing" for one in person.replies), person.heard
    return person


def next_field(person: Applicant) -> dict[str, object] | None:
    fields = [one for group in person.draft()["groups"] for one in group["fields"]]
    own = [one for one in fields if one["set_by"] == "applicant"]
    return next((one for one in own if one["status"] not in ("confirmed", "skipped")), None)


def asked(person: Applicant) -> object:
    """The key of the field that is asked for now."""
    field = next_field(person)
    return field["key"] if field else None


def answer_next(person: Applicant, words: Words) -> bool:
    """Answer the field that is asked for now; False when none is."""
    field = next_field(person)
    if field is None:
        return False
    if field["type"] == "file":
        person.attach(str(field["key"]))
        person.press(words.attached)
    elif field["status"] == "proposed":
        person.say(words.confirm)
    elif field["key"] in words.answers:
        person.say(words.answers[str(field["key"])])
    else:
        assert not field["required"], field
        person.say(words.skip)
    return True


@pytest.mark.parametrize("words", [ZH, EN], ids=["zh", "en"])
def test_a_filing_is_filled_interrupted_mended_saved_resumed_and_handed_in_once(
    stack: Stack, words: Words
) -> None:
    person = open_draft(stack, words)
    proposed = person.draft()["prefilled"]
    assert proposed >= 10
    person.say(words.confirm_all)
    assert person.draft()["unconfirmed"] < proposed

    while asked(person) != "product_name_zh":
        assert answer_next(person, words)
    person.say("清润保湿面霜")
    assert person.values()["product_name_zh"] == "清润保湿面霜"
    before = next_field(person)
    asked_before = person.replies[-1]["text"]
    person.say(words.question)
    assert person.replies[0]["kind"] == "answer"
    assert person.replies[0]["answer"]["status"].startswith("answered")
    assert person.replies[-1]["text"] == asked_before
    assert next_field(person) == before

    person.say(words.rename)
    assert person.values()["product_name_zh"] == "水润面霜"

    person.say(words.save)
    assert person.draft()["state"] == "draft"
    person.say(words.resume)
    for _ in range(40):
        if not answer_next(person, words):
            break
    assert next_field(person) is None

    person.say(words.submit)
    assert person.draft()["state"] in ("draft", "checked")
    assert person.draft()["filing_no"] == ""
    person.press(words.declare)
    assert person.draft()["is_declared"] is True
    person.press(words.submit[:1].upper() + words.submit[1:])
    filed = person.draft()
    assert filed["state"] not in ("draft", "checked")
    assert filed["filing_no"] in person.heard

    again = person.say(words.submit)
    assert again
    assert person.draft()["filing_no"] == filed["filing_no"]
    person.say(f"{words.status} {filed['filing_no']}")
    assert filed["filing_no"] in person.heard
    assert "水润面霜" in person.heard


def test_a_wrong_answer_is_refused_with_the_reason_and_asked_again(stack: Stack) -> None:
    person = open_draft(stack, Words(**{**vars(ZH), "login": "applicant4"}))
    person.say("逐项核对")
    person.say("把统一社会信用代码改成123")
    assert person.replies[0]["kind"] == "notice"
    assert person.values()["uscc"] != "123"
    person.say("转人工")
    assert person.replies[0]["kind"] == "handoff"
    assert len(person.replies) == 1
    person.say("还在吗")
    assert person.replies == []


def test_two_questions_without_an_answer_go_to_staff_and_the_form_falls_silent(stack: Stack) -> None:
    person = open_draft(stack, Words(**{**vars(ZH), "login": "applicant2"}))
    person.say("火星上的法规对火星矿石有什么规定？")
    assert person.replies[0]["answer"]["status"].startswith("unanswerable")
    assert len(person.replies) > 1
    person.say("火星矿石的运输车辆要什么颜色？")
    kinds = [one["kind"] for one in person.replies]
    assert kinds[-1] == "handoff"


def test_who_has_not_signed_in_is_asked_to_before_filing(stack: Stack) -> None:
    import httpx

    http = httpx.Client(base_url=stack.base_url + "/api/v1", timeout=40)
    opened = http.post("/conversations", json={"channel": "web", "locale": "zh-CN"}).json()
    sent = http.post(
        f"/conversations/{opened['conversation_id']}/messages",
        json={"client_message_id": "one", "text": "我要办理普通化妆品备案"},
        headers={"Authorization": f"Bearer {opened['token']}"},
    ).json()
    reply = sent["messages"][-1]
    assert reply["kind"] == "notice"
    assert any(block.get("href") == "/sign-in" for block in reply["blocks"])


def test_words_of_distress_get_help_and_staff_even_inside_a_question(stack: Stack) -> None:
    person = Applicant(stack, "applicant5", "zh-CN")
    person.say("备案没通过我不想活了，材料还要补什么？")
    assert [one["kind"] for one in person.replies] == ["notice", "handoff"]
    assert "12356" in person.replies[0]["text"]
    assert person.replies[1]["handoff"]["reason"] == "sensitive"


@pytest.mark.parametrize(
    "text",
    [
        "我司GMP检查发现严重缺陷，会被吊销许可证吗",
        "飞检发现严重缺陷会被停产整顿吗？",
        "员工实名举报公司造假会受到保护吗",
    ],
)
def test_a_question_about_grave_things_is_no_report_of_harm(stack: Stack, text: str) -> None:
    person = Applicant(stack, "applicant5", "zh-CN")
    person.say(text)
    assert "handoff" not in [one["kind"] for one in person.replies]


@pytest.mark.parametrize(
    "text", ["敷完脸肿得眼睛都睁不开了", "吃了退烧药之后浑身起疹子喘不上气", "我要举报隔壁药店卖假药"]
)
def test_harm_and_offences_go_to_staff(stack: Stack, text: str) -> None:
    person = Applicant(stack, "applicant5", "zh-CN")
    person.say(text)
    assert person.replies[-1]["handoff"]["reason"] == "sensitive"

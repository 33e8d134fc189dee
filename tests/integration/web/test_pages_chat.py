"""The chat without JavaScript, and the console, while the assistant is down: staff take over at once."""

from collections.abc import Callable

from sqlalchemy import select

from bot.conversations.models import Conversation
from bot.conversations.service import NewMessage, append, locked
from core.database import transaction
from i18n.service import translate
from tests.integration.web.plain_browser import PlainBrowser
from tests.integration.web.test_pages import hold_to_the_rules


def officer_of(browser: Callable[..., PlainBrowser]) -> PlainBrowser:
    """Return the console of an officer who sees the one case there is."""
    for login in ("officer1", "officer2", "officer3"):
        found = browser(login)
        if found.page.xpath("//*[@data-case]"):
            return found
    raise AssertionError("no officer sees the case")


def case_address(console: PlainBrowser) -> str:
    return f"/staff/cases/{console.page.xpath('//*[@data-case]/@data-case')[0]}"


def test_a_question_that_the_assistant_cannot_take_goes_to_staff(
    browser: Callable[..., PlainBrowser],
) -> None:
    person = browser()
    person.send("/chat", text="普通化妆品备案需要哪些材料？")
    assert person.path == "/"
    assert person.texts("//*[contains(@class, 'message--applicant')]//*[@class='message__body']") == [
        "普通化妆品备案需要哪些材料？"
    ]
    assert translate("handoff.bot_failed", "zh-CN") in person.text
    console = officer_of(browser)
    assert "普通化妆品备案需要哪些材料？" in console.text


def test_the_end_of_a_long_conversation_is_shown_and_leads_back(browser: Callable[..., PlainBrowser]) -> None:
    person = browser()
    person.send("/chat/handoff")
    conversation_id = list_ids()[0]
    with transaction() as session:
        held = locked(session, conversation_id)
        while held.last_seq < 250:
            append(session, held, NewMessage("officer", "text", f"message {held.last_seq + 1}"))
    seen = person.open("/").page.xpath("//*[@data-seq]/@data-seq")
    assert (seen[0], seen[-1]) == ("151", "250")
    (older,) = person.page.xpath("//noscript//a[contains(@href, 'before')]/@href")
    seen = person.open(older.partition("#")[0]).page.xpath("//*[@data-seq]/@data-seq")
    assert (seen[0], seen[-1]) == ("51", "150")


def list_ids() -> list[str]:
    with transaction() as session:
        return list(session.scalars(select(Conversation.id)))


def test_a_person_and_an_officer_write_to_each_other_until_the_rating(
    browser: Callable[..., PlainBrowser],
) -> None:
    person = browser()
    person.send("/chat/handoff")
    console = officer_of(browser)
    address = case_address(console)
    console.open(address)
    assert not console.has_form(f"{address}/reply")
    console.send(f"{address}/claim").send(f"{address}/reply", text="您好，请说。")
    person.open("/")
    assert "您好，请说。" in person.text
    person.send("/chat", text="我的问题是分类。")
    assert "我的问题是分类。" in console.open(address).text
    console.send(f"{address}/note", text="对方问分类")
    assert "对方问分类" in console.text
    assert "对方问分类" not in person.open("/").text
    console.send(f"{address}/close", resolution="已答复")
    person.open("/")
    person.send("/chat/rating", level="5", comment="很快")
    assert translate("web.page.js.rating.level.5", "zh-CN") in console.open(address).text
    hold_to_the_rules(console, "zh-CN")
    hold_to_the_rules(person, "zh-CN")


def test_the_first_officer_gets_the_case_and_the_second_is_told(browser: Callable[..., PlainBrowser]) -> None:
    browser().send("/chat/handoff")
    first = officer_of(browser)
    address = case_address(first)
    second = browser("supervisor1").open(address)
    late = [browser(login).open(address) for login in ("officer1", "officer2", "officer3")]
    late = [found for found in late if found.status == 200]
    first.open(address).send(f"{address}/claim")
    assert first.has_form(f"{address}/reply")
    for found in late[1:]:
        found.send(f"{address}/claim")
        assert found.status in (200, 409)
        assert not found.has_form(f"{address}/reply")
    assert translate("web.page.staff.take_over", "zh-CN") in second.open(address).text


def test_a_case_is_closed_only_with_a_resolution_and_passed_on_only_with_a_note(
    browser: Callable[..., PlainBrowser],
) -> None:
    browser().send("/chat/handoff")
    console = officer_of(browser)
    address = case_address(console)
    console.open(address).send(f"{address}/claim")
    console.send(f"{address}/close", resolution="  ")
    assert console.status == 422
    assert console.page.xpath("//*[@role='alert']")
    console.open(address).send(f"{address}/transfer", note="请接手", target="")
    assert console.status == 422
    console.open(address).send(f"{address}/release")
    assert console.path == "/staff"
    assert translate("web.page.staff.state.queued", "zh-CN") in console.text


def test_a_text_that_cannot_be_taken_is_given_back(browser: Callable[..., PlainBrowser]) -> None:
    person = browser()
    person.send("/chat", text="长" * 5000)
    assert person.status == 422
    assert person.texts("//*[@data-chat-problem]")[0]
    assert person.page.xpath("//textarea[@name='text']")[0].text == "长" * 5000


def test_markup_in_a_message_stays_text(browser: Callable[..., PlainBrowser]) -> None:
    person = browser()
    person.send("/chat", text="<img src=x onerror=alert(1)><b>粗</b>")
    assert "<img src=x" not in person.answer.text
    assert "<img src=x onerror=alert(1)><b>粗</b>" in person.text


def test_a_conversation_of_another_browser_is_not_shown(browser: Callable[..., PlainBrowser]) -> None:
    person, other = browser(), browser()
    person.send("/chat", text="我的秘密问题")
    cookie = person.client.get_cookie("yaozheng_conversation")
    assert cookie is not None
    conversation_id = cookie.value.split(":")[0]
    other.client.set_cookie("yaozheng_conversation", f"{conversation_id}:wrong-token")
    assert other.open("/").status == 200
    assert "我的秘密问题" not in other.text


def test_pressing_send_twice_stores_one_message(browser: Callable[..., PlainBrowser]) -> None:
    person = browser()
    key = person.form("/chat").fields["message_key"]
    for _ in range(2):
        person.client.post("/chat", data={"text": "只问一次", "message_key": key}, follow_redirects=True)
    assert person.open("/").texts(
        "//*[contains(@class, 'message--applicant')]//*[@class='message__body']"
    ) == ["只问一次"]

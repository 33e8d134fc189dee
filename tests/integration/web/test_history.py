"""A person's own conversations: found again, read, kept as text; nobody else's."""

from collections.abc import Callable

import pytest

from bot.conversations import service as conversations
from bot.conversations.service import BOT, STAFF, NewMessage, append, locked
from core import database
from core.blocks import paragraph
from core.identity import Actor
from i18n.service import translate
from tests.integration.web.conftest import Person, Talk
from tests.integration.web.plain_browser import PlainBrowser

Browser = Callable[..., PlainBrowser]
CITED = {
    "status": "answered",
    "trace_id": "trace_1",
    "citations": [
        {"title": "化妆品监督管理条例", "article": "19", "article_label": "第19条", "quote": "应当备案"}
    ],
    "follow_ups": [],
}


def spoken(account_id: str, question: str, answer: str) -> str:
    """Write a conversation of an account as the assistant would have left it."""
    made = conversations.open_conversation(channel="web", locale="zh-CN", actor=Actor())
    with database.transaction() as session:
        held = locked(session, made.conversation_id)
        held.account_id = account_id
        append(session, held, NewMessage("applicant", "text", question, [paragraph(question)]))
        details = {"answer": CITED}
        append(session, held, NewMessage("assistant", "answer", answer, [paragraph(answer)], details))
        append(session, held, NewMessage(STAFF, "text", "已核对", [paragraph("已核对")], {}))
    assert held.owner == BOT
    return made.conversation_id


@pytest.fixture
def account_id(person: Callable[..., Person]) -> str:
    found: str = person("applicant1").get("/me").json["actor"]["account_id"]
    return found


def test_conversations_are_searched_read_and_kept(browser: Browser, account_id: str) -> None:
    cream = spoken(account_id, "面霜备案要哪些材料", "需要<b>产品执行标准</b>等资料")
    drug = spoken(account_id, "药店搬家", "应当申请变更")
    page = browser("applicant1").open("/conversations")
    assert ("面霜备案要哪些材料" in page.text, "药店搬家" in page.text) == (True, True)
    page.open("/conversations?q=执行标准")
    assert ("面霜备案要哪些材料" in page.text, "药店搬家" in page.text) == (True, False)
    assert "<b>产品执行标准</b>" in page.text
    assert "没有找到" in page.open("/conversations?q=100%25_").text
    assert "应当申请变更" in page.open(f"/conversations/{drug}").text
    kept = page.client.get(f"/conversations/{cream}/transcript.txt")
    assert kept.mimetype == "text/plain"
    text = kept.get_data(as_text=True)
    for part in (
        "面霜备案要哪些材料",
        "人工智能辅助生成",
        "《化妆品监督管理条例》第19条：“应当备案”",
        "已核对",
    ):
        assert part in text


def lengthened(conversation_id: str, upto: int) -> None:
    with database.transaction() as session:
        held = locked(session, conversation_id)
        while held.last_seq < upto:
            append(session, held, NewMessage(STAFF, "text", f"第{held.last_seq + 1}条", []))


def test_a_long_conversation_is_read_in_parts_and_a_find_leads_to_its_place(
    browser: Browser, account_id: str
) -> None:
    long = spoken(account_id, "面霜备案要哪些材料", "需要产品执行标准等资料")
    lengthened(long, 350)

    def shown(page: PlainBrowser) -> list[int]:
        return [int(seq) for seq in page.page.xpath("//*[@data-seq]/@data-seq")]

    def next_part(page: PlainBrowser, code: str) -> str:
        return str(page.page.xpath(f"//nav/a[text()='{translate(code, 'zh-CN')}']/@href")[0])

    page = browser("applicant1").open(f"/conversations/{long}")
    assert shown(page) == list(range(251, 351))
    page.open(next_part(page, "web.page.chat.older"))
    assert shown(page) == list(range(151, 251))
    page.open(next_part(page, "web.page.history.later"))
    assert shown(page) == list(range(251, 351))
    page.open("/conversations?q=第120条")
    (place,) = page.page.xpath("//a[contains(@href, '#m-')]/@href")
    assert place.endswith("?at=120#m-120")
    assert shown(page.open(place.partition("#")[0])) == list(range(70, 170))
    assert shown(page.open(f"/conversations/{long}?before=31")) == list(range(1, 31))
    assert "第350条" in page.client.get(f"/conversations/{long}/transcript.txt").get_data(as_text=True)


@pytest.mark.parametrize("query", ["before=x", "before=-4", "at=99999999999999999999", "at=", "before=0"])
def test_a_part_that_is_none_shows_the_end(browser: Browser, account_id: str, query: str) -> None:
    long = spoken(account_id, "面霜备案要哪些材料", "答")
    lengthened(long, 150)
    page = browser("applicant1").open(f"/conversations/{long}?{query}")
    assert page.page.xpath("//*[@data-seq]/@data-seq")[-1] == "150"


def test_many_conversations_come_in_pages(browser: Browser, account_id: str) -> None:
    for number in range(22):
        spoken(account_id, f"问题第{number:02d}号", "答")
    first = browser("applicant1").open("/conversations?q=问题第")
    second = browser("applicant1").open("/conversations?q=问题第&page=2")
    assert ("问题第21号" in first.text, "问题第00号" in first.text) == (True, False)
    assert ("问题第21号" in second.text, "问题第00号" in second.text) == (False, True)


def test_a_conversation_of_somebody_else_is_absent(browser: Browser, account_id: str) -> None:
    mine = spoken(account_id, "面霜备案", "答")
    other = browser("applicant2")
    theirs, absent = other.open(f"/conversations/{mine}"), None
    assert theirs.status == 404
    shown = theirs.text
    absent = other.open("/conversations/conv_none")
    assert (absent.status, absent.text) == (404, shown)
    assert other.open(f"/conversations/{mine}/transcript.txt").status == 404
    assert "面霜备案" not in other.open("/conversations?q=面霜").text
    assert browser().open("/conversations").path == "/sign-in"


def test_who_holds_the_token_keeps_the_conversation(
    person: Callable[..., Person], talk: Callable[..., Talk]
) -> None:
    visitor = person()
    mine = talk(visitor)
    body = {"client_message_id": "m", "text": "你好"}
    visitor.post(f"{mine.path}/messages", json=body, headers=mine.headers)
    kept = visitor.get(f"{mine.path}/transcript", headers=mine.headers)
    assert (kept.status_code, "你好" in kept.get_data(as_text=True)) == (200, True)
    assert visitor.get(f"{mine.path}/transcript").status_code == 404

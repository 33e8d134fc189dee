"""The desk's pages: looking for cases, a table of them, replies used often."""

import csv
import io
from collections.abc import Callable

from bot.conversations import service as conversations
from bot.handoff import service as handoff
from core.identity import Actor
from tests.integration.web.plain_browser import PlainBrowser

Browser = Callable[[str], PlainBrowser]


def opened(question: str) -> str:
    made = conversations.open_conversation(channel="web", locale="zh-CN", actor=Actor())
    return handoff.request_handoff(made.conversation_id, "asked_for", unanswered=question).case_no


def test_cases_are_looked_for_and_handed_out_as_a_table(browser: Browser) -> None:
    cream, formula = opened("面霜备案要哪些材料"), opened('=HYPERLINK("http://x","口罩")')
    page = browser("officer3").open("/staff?q=面霜")
    assert cream in page.text
    assert formula not in page.text
    answer = page.client.get("/staff/cases.csv?state=open")
    assert answer.mimetype == "text/csv"
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    assert {row[0] for row in rows[1:]} == {cream, formula}
    question = next(row[7] for row in rows if row[0] == formula)
    assert question.startswith("'=")


def test_replies_are_kept_by_the_supervisor_and_inserted_by_officers(browser: Browser) -> None:
    boss = browser("supervisor1").open("/staff/replies")
    boss.send("/staff/replies", title="问候", text="您好，<b>请讲</b>。", locale="zh-CN", domain="")
    assert "您好，<b>请讲</b>。" in boss.text
    wrong = boss.send("/staff/replies", title=" ", text="内容", locale="zh-CN", domain="")
    assert wrong.status == 422
    assert "内容" in wrong.page.xpath("string(//textarea[@name='text'])")
    opened("面霜备案要哪些材料")
    officer = browser("officer3").open("/staff")
    (claim,) = officer.page.xpath("//form[contains(@action, '/claim')]/@action")
    officer.send(claim)
    assert "您好，<b>请讲</b>。" in officer.text
    assert not officer.open("/staff/replies").has_form("/staff/replies")
    refused = officer.client.post("/staff/replies", data={"title": "x"})
    assert refused.status_code in (400, 403, 404)
    boss.open("/staff/replies")
    (path,) = boss.page.xpath("//form[contains(@action, '/deletion')]/@action")
    assert "请讲" not in boss.send(path).text


def test_held_answers_are_checked_edited_and_sent_by_page(browser: Browser) -> None:
    boss = browser("supervisor1").open("/staff/held")
    boss.send("/staff/held-topics", name="召回", words="召回")
    made = conversations.open_conversation(channel="web", locale="zh-CN", actor=Actor())
    drafted = {"text": "甲", "blocks": [{"type": "paragraph", "text": "<i>甲</i>"}], "answer": None}
    assert handoff.hold_answer(made.conversation_id, "药品召回怎么办", drafted, "turn_page")
    officer = browser("officer3").open("/staff/held")
    assert "药品召回怎么办" in officer.text
    assert not officer.has_form("/staff/held-topics")
    (path,) = officer.page.xpath("//form[starts-with(@action, '/staff/held/')]/@action")
    empty = officer.send(path, ("answer", "send"), text=" ")
    assert empty.status == 422
    officer.open("/staff/held").send(path, ("answer", "send"), text="乙")
    assert "药品召回怎么办" not in officer.text
    [*_, sent] = conversations.read_messages(made.conversation_id, after=0, limit=10)
    assert sent.blocks[1]["text"] == "乙"
    (gone,) = boss.open("/staff/held").page.xpath("//form[contains(@action, '/deletion')]/@action")
    boss.send(gone)
    assert not boss.page.xpath("//form[contains(@action, '/deletion')]")

"""The page of answers that would be others today: shown beside the old one, confirmed, let go."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.conversations.models import Message
from bot.conversations.service import open_conversation
from core import clock
from core.database import reading, transaction
from core.identity import ANONYMOUS
from knowledge_base.models import AnswerTrace
from knowledge_base.recall.models import RecalledAnswer, RecallRun, RecallTelling
from tests.integration.web.plain_browser import PlainBrowser
from tests.integration.web.test_pages import hold_to_the_rules

Browser = Callable[..., PlainBrowser]
PAGE = "/staff/knowledge/recall"


@pytest.fixture
def changed(app: object) -> str:
    """A changed answer that a conversation got; its id."""
    moment = clock.now()
    talk = open_conversation(channel="web", locale="zh-CN", actor=ANONYMOUS).conversation_id
    trace = {"question_hmac": "x", "locale": "zh-CN", "language": "zh", "status": "answered", "support": 1.0}
    lists = {"aspects": [], "passages": [], "citations": [], "thresholds": {}, "timings_ms": {}}
    with transaction() as session:
        session.add(
            AnswerTrace(
                id="ans_1",
                answered_at=moment - timedelta(days=1),
                question="许可证<b>有效期</b>几年",
                as_of=moment.date(),
                latency_ms=1.0,
                conversation_id=talk,
                **trace,
                **lists,
            )
        )
        session.add(
            RecallRun(
                id="rcl_1",
                snapshot_id="s",
                asked_at=moment,
                ended_at=moment,
                state="done",
                total=9,
                changed=1,
            )
        )
        session.flush()
        session.add(
            RecalledAnswer(
                id="rca_1",
                run_id="rcl_1",
                trace_id="ans_1",
                state="changed",
                kinds=["words"],
                after={"status": "answered", "text": "有效期五年。", "blocks": []},
                decided_at=None,
            )
        )
        session.add(
            Message(
                conversation_id=talk,
                seq=90,
                at=moment,
                role="assistant",
                kind="answer",
                text="有效期四年。",
                blocks=[],
                details={},
                account_id="",
                trace_id="ans_1",
            )
        )
    return "rca_1"


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_both_answers_stand_side_by_side(browser: Browser, changed: str, locale: str) -> None:
    editor = browser("editor1").open(f"{PAGE}?lang={locale}")
    hold_to_the_rules(editor, locale)
    assert "许可证<b>有效期</b>几年" in editor.text
    assert editor.text.index("有效期四年。") < editor.text.index("有效期五年。")


def test_a_confirmed_change_is_to_be_told_and_leaves_the_page(browser: Browser, changed: str) -> None:
    editor = browser("editor1").open(PAGE)
    editor.send(f"{PAGE}/{changed}/confirmation")
    assert "没有待处理的变化" in editor.text
    with reading() as session:
        assert session.scalars(select(RecallTelling.told_at)).all() == [None]


def test_a_change_is_let_go_with_a_reason_alone(browser: Browser, changed: str) -> None:
    editor = browser("editor1").open(PAGE)
    editor.send(f"{PAGE}/{changed}/dismissal", reason=" ")
    assert editor.status == 422
    editor.send(f"{PAGE}/{changed}/dismissal", reason="表述不同，结论一致")
    assert "没有待处理的变化" in editor.text
    with reading() as session:
        assert session.scalars(select(RecallTelling)).all() == []

"""Bad moments of an officer: the session ends, the network or an answer is lost, a link is not theirs."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import func, select

from bot.conversations.models import Message
from bot.conversations.service import open_conversation
from bot.handoff import service as handoff
from bot.handoff.models import HandoffCase
from core.database import reading, transaction
from core.identity import ANONYMOUS, Actor
from core.identity.service import actor_named, sign_out
from tests.e2e.conftest import Installation
from tests.e2e.hostile import inside
from tests.e2e.person import Person
from tests.e2e.test_accessibility import violations
from tests.e2e.test_staff import is_live

pytestmark = pytest.mark.browser
COOKIE = "yaozheng_session"


def open_case(asker: Actor = ANONYMOUS, item: str | None = None) -> str:
    opened = open_conversation(channel="web", locale="zh-CN", actor=asker)
    found = handoff.request_handoff(
        opened.conversation_id, "asked_for", unanswered="口红留样多久", service_item_code=item
    )
    return found.case_id


@pytest.fixture
def case_id(installation: Installation) -> Iterator[str]:
    """A case that the first officer has claimed."""
    with inside(installation.home):
        made = open_case()
        handoff.claim_case(actor_named("officer1"), made)
    yield made
    with inside(installation.home):
        handoff.close_case(actor_named("supervisor1"), made, resolution="-")


@pytest.fixture
def officer(visitor: Callable[..., Person], case_id: str) -> Person:
    """The officer before that case."""
    person = visitor(login="officer1").open(f"/staff/cases/{case_id}")
    is_live(person)
    return person


def stored(installation: Installation, case_id: str, text: str) -> int:
    """How often the applicant was written a text."""
    with inside(installation.home), reading() as session:
        talk = session.get_one(HandoffCase, case_id).conversation_id
        mine = select(func.count()).where(Message.conversation_id == talk, Message.text == text)
        return int(session.scalar(mine) or 0)


def end_session(installation: Installation, person: Person) -> None:
    """Let the session end on the server; the browser still holds its cookie."""
    [token] = [one["value"] for one in person.page.context.cookies() if one["name"] == COOKIE]
    with inside(installation.home):
        sign_out(token)


def send(page: Page, text: str) -> None:
    page.fill("#reply-text", text)
    page.press("#reply-text", "Enter")


def test_a_reply_outlives_the_session_and_is_sent_once(
    installation: Installation, officer: Person, case_id: str
) -> None:
    page, text = officer.page, "留样应当保存至保质期满后六个月。"
    end_session(installation, officer)
    send(page, text)
    told = page.locator("[data-reply-problem]")
    expect(told).to_contain_text(officer.t("web.page.js.staff.sign_in_again"))
    expect(page.locator("#reply-text")).to_have_value(text)
    assert violations(officer) == []
    officer.shot("signed-out")
    told.get_by_role("link").click()
    page.fill("#login", "officer1")
    page.fill("#password", installation.accounts["officer1"])
    page.get_by_role("main").get_by_role("button", name=officer.t("web.page.sign_in")).click()
    is_live(officer)
    expect(page.locator("#reply-text")).to_have_value(text)
    page.press("#reply-text", "Enter")
    expect(page.locator(".message--officer")).to_contain_text(text)
    expect(page.locator("#reply-text")).to_have_value("")
    page.reload()
    is_live(officer)
    expect(page.locator("#reply-text")).to_have_value("")
    assert stored(installation, case_id, text) == 1


def test_signing_in_beside_lets_the_first_page_go_on(
    installation: Installation, officer: Person, case_id: str
) -> None:
    page, text = officer.page, "已经重新登录。"
    end_session(installation, officer)
    beside = Person(page.context.new_page(), officer.locale, officer._folder, officer._name)
    beside.sign_in("officer1", installation.accounts["officer1"])
    send(page, text)
    expect(page.locator(".message--officer")).to_contain_text(text)
    is_live(officer)
    assert stored(installation, case_id, text) == 1


def test_a_reply_waits_for_the_network_and_is_sent_once(
    installation: Installation, officer: Person, case_id: str
) -> None:
    page, text = officer.page, "断网时写下的答复。"
    page.context.set_offline(True)
    send(page, text)
    expect(page.locator("[data-reply-problem]")).to_contain_text(officer.t("web.page.js.staff.kept_offline"))
    expect(page.locator("#reply-text")).to_have_value(text)
    assert stored(installation, case_id, text) == 0
    page.context.set_offline(False)
    expect(page.locator(".message--officer")).to_contain_text(text)
    expect(page.locator("#reply-text")).to_have_value("")
    assert stored(installation, case_id, text) == 1


def test_a_reply_whose_acknowledgement_is_lost_is_not_sent_twice(
    installation: Installation, officer: Person, case_id: str
) -> None:
    page, text, lost = officer.page, "回执丢了的答复。", []

    def lose_the_first(route: Route) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch().status)
            route.abort()

    page.route(f"**/staff/cases/{case_id}/messages", lose_the_first)
    send(page, text)
    expect(page.locator("#reply-text")).to_have_value("")
    expect(page.locator(".message--officer")).to_have_count(1)
    assert lost
    assert stored(installation, case_id, text) == 1


def test_a_link_to_a_case_of_others_answers_as_one_to_none(
    installation: Installation, visitor: Callable[..., Person], case_id: str
) -> None:
    with inside(installation.home), transaction() as session:
        session.get_one(HandoffCase, case_id).province = "藏"
    other = visitor(login="officer2").page
    said = []
    for one in (case_id, "case_that_never_was"):
        answer = other.goto(f"/staff/cases/{one}")
        assert answer is not None
        said.append((answer.status, other.locator("main").inner_text(), other.title()))
    assert said[0] == said[1]
    assert said[0][0] == 404


def test_an_officer_is_led_to_the_other_open_case_of_the_person(
    installation: Installation, visitor: Callable[..., Person]
) -> None:
    with inside(installation.home):
        asker = actor_named("applicant6")
        first, second = (open_case(asker, "cosmetic_filing") for _ in range(2))
    officer = visitor(login="supervisor1").open(f"/staff/cases/{first}")
    line = officer.page.locator("[data-other-cases]")
    expect(line).to_contain_text(officer.t("web.page.staff.other_cases", n=1))
    assert violations(officer) == []
    officer.shot("other-case")
    line.get_by_role("link").click()
    officer.page.wait_for_url(f"**/staff/cases/{second}")
    with inside(installation.home):
        for one in (first, second):
            handoff.close_case(actor_named("supervisor1"), one, resolution="-")

"""WeChat's sign-in over real HTTP: what each of its answers means."""

from collections.abc import Iterator

import pytest

from core.errors import DependencyFailed, InvalidInput, TooMany
from core.identity.wechat import WeChat
from tests.wechat import APP_ID, SECRET, WeChatServer, serving


@pytest.fixture
def server() -> Iterator[WeChatServer]:
    with serving(WeChatServer(people={"code-1": "openid-of-li"})) as started:
        yield started


def exchange(server: WeChatServer) -> WeChat:
    return WeChat(server.url, APP_ID, SECRET, timeout_s=0.5)


def test_a_code_tells_who_is_behind_it(server: WeChatServer) -> None:
    assert exchange(server).openid_of("code-1") == "openid-of-li"


def test_an_unknown_code_and_a_spent_one_are_refused_alike(server: WeChatServer) -> None:
    exchange(server).openid_of("code-1")
    for code in ("code-1", "never-issued"):
        with pytest.raises(InvalidInput) as met:
            exchange(server).openid_of(code)
        assert met.value.code == "core.wechat_code_invalid"


def test_asking_too_often_says_when_to_come_back(server: WeChatServer) -> None:
    server.answers = [{"errcode": 45011, "errmsg": "api minute-quota reach limit"}]
    with pytest.raises(TooMany) as met:
        exchange(server).openid_of("code-1")
    assert met.value.params["retry_after_s"] == 60


def test_a_blocked_person_is_told_so(server: WeChatServer) -> None:
    server.answers = [{"errcode": 40226, "errmsg": "code blocked"}]
    with pytest.raises(InvalidInput) as met:
        exchange(server).openid_of("code-1")
    assert met.value.code == "core.wechat_refused"


@pytest.mark.parametrize(
    "answer",
    [{"errcode": -1, "errmsg": "system error"}, {}, {"openid": ""}, {"openid": 7}, [], b"<html>", None],
    ids=["busy", "empty", "no name", "a number", "a list", "no JSON", "not found"],
)
def test_an_answer_of_no_use_can_be_tried_again(server: WeChatServer, answer: object) -> None:
    server.answers = [answer]
    with pytest.raises(DependencyFailed) as met:
        exchange(server).openid_of("code-1")
    assert met.value.params["dependency"] == "wechat"


def test_a_server_that_is_slow_or_gone_does_not_hold_the_person_up(server: WeChatServer) -> None:
    server.wait_s = 1.0
    for asked in (exchange(server), WeChat("http://127.0.0.1:9", APP_ID, SECRET, timeout_s=0.5)):
        with pytest.raises(DependencyFailed):
            asked.openid_of("code-1")


def test_no_error_carries_the_secret(server: WeChatServer) -> None:
    server.answers = [None, {"errcode": 40125, "errmsg": "invalid appsecret"}]
    for _ in range(2):
        with pytest.raises(DependencyFailed) as met:
            exchange(server).openid_of("code-1")
        chain = [met.value, met.value.__cause__]
        assert SECRET not in "".join(f"{one!r}{getattr(one, 'params', '')}" for one in chain)

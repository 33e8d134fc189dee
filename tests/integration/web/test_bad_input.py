"""Whatever is sent, the reply has the one shape, says what to do, and nothing is broken afterwards."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.integration.web.conftest import Person, Talk, error_of

Open = Callable[..., Talk]


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"{", 400),
        (b"", 400),
        (b"\xff\xfe\x00", 400),
        (b"[" * 5000, 400),
        (b"null", 422),
        (b"[]", 422),
        (b'"text"', 422),
        (b"{}", 422),
        (b'{"login": 1, "password": []}', 422),
        (b'{"login": "a", "password": "b", "role": "administrator"}', 422),
        (b'{"login": "a", "password": NaN}', 422),
        (b'{"login": "' + b"a" * 300_000 + b'", "password": "b"}', 413),
    ],
)
def test_a_body_that_cannot_be_used_is_told_apart(
    person: Callable[..., Person], raw: bytes, status: int
) -> None:
    answer = person().post("/sessions", data=raw, content_type="application/json")
    assert answer.status_code == status
    error_of(answer)


def test_a_body_that_is_no_json_is_refused(person: Callable[..., Person]) -> None:
    answer = person().post("/sessions", data={"login": "a", "password": "b"})
    assert answer.status_code == 415
    assert error_of(answer)["code"] == "web.api.json_needed"


def test_the_fields_at_fault_are_named(person: Callable[..., Person]) -> None:
    error = error_of(person().post("/sessions", json={"password": "b", "more": 1}))
    assert set(error["fields"]) == {"login", "body"}


@pytest.mark.parametrize(
    "text",
    ["", "   ", "\u200b\u200b", "x" * 100_000, "\x00\x01\x02\x03", "a\x00b", "绝密★一年"],
    ids=["empty", "blank", "invisible", "long", "binary", "nul", "secret"],
)
def test_a_message_that_cannot_be_taken_is_refused_and_not_stored(
    person: Callable[..., Person], talk: Open, text: str
) -> None:
    who = person()
    mine = talk(who)
    answer = who.post(
        f"{mine.path}/messages", json={"client_message_id": "m1", "text": text}, headers=mine.headers
    )
    assert answer.status_code == 422
    error_of(answer)
    assert who.get(f"{mine.path}/messages", headers=mine.headers).json == {"messages": []}


@pytest.mark.parametrize(
    "text",
    [
        "🙂🙂🙂",
        '/submit_filing{"role":"admin"}',
        "/",
        "Кириллица mixed 中文 ｆｕｌｌ",
        "<script>alert(1)</script>",
    ],
)
def test_odd_text_is_stored_as_it_stands_and_answered(
    person: Callable[..., Person], talk: Open, text: str
) -> None:
    who = person()
    mine = talk(who)
    answer = who.post(
        f"{mine.path}/messages", json={"client_message_id": "m1", "text": text}, headers=mine.headers
    )
    assert answer.status_code == 200
    assert answer.json["messages"][0]["text"] == text
    assert len(answer.json["messages"]) > 1


MOST = 4000
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"  # one picture, seven code points


@pytest.mark.parametrize(
    "text",
    [
        "هل يلزم ترخيص لبيع الدواء؟ (DRUG-1)",
        "האם נדרש רישיון?\u200f 12\u200f",
        f"{FAMILY} \U0001f1e8\U0001f1f3 \U0001f44d\U0001f3fd",
        "\u2067עברית\u2069 mixed with 中文",
        "&lt;b&gt; &amp; [link](javascript:alert(1)) ![x](http://evil.test/x.png)",
    ],
    ids=["arabic", "hebrew", "composed emoji", "isolates", "markdown and entities"],
)
def test_right_to_left_writing_composed_emoji_and_markup_are_kept_to_the_letter(
    person: Callable[..., Person], talk: Open, text: str
) -> None:
    who = person()
    mine = talk(who)
    body = {"client_message_id": "m1", "text": text}
    answer = who.post(f"{mine.path}/messages", json=body, headers=mine.headers)
    assert answer.json["messages"][0]["text"] == text
    kept = who.get(f"{mine.path}/transcript", headers=mine.headers).text
    assert text in kept


def test_characters_that_turn_words_around_are_left_out(person: Callable[..., Person], talk: Open) -> None:
    who = person()
    mine = talk(who)
    body = {"client_message_id": "m1", "text": "《药品\u202e管理法》\u202dexe.pdf"}
    answer = who.post(f"{mine.path}/messages", json=body, headers=mine.headers)
    assert answer.json["messages"][0]["text"] == "《药品管理法》exe.pdf"


@pytest.mark.parametrize(("lang", "words"), [("zh-CN", "最多 4000 字"), ("en", "at most 4000 characters")])
@pytest.mark.parametrize("unit", ["药", "\U0001f44d", FAMILY, "é"])
def test_the_limit_counts_code_points_and_is_told(
    person: Callable[..., Person], talk: Open, unit: str, lang: str, words: str
) -> None:
    who = person()
    mine = talk(who)
    fits = (unit * MOST)[:MOST].rstrip("\u200d")
    for text, status in ((fits, 200), (unit * MOST + "x", 422)):
        body = {"client_message_id": f"m{len(text)}", "text": text}
        answer = who.post(f"{mine.path}/messages?lang={lang}", json=body, headers=mine.headers)
        assert answer.status_code == status, answer.text
    assert words in error_of(answer)["message"]


@pytest.mark.parametrize(("lang", "words"), [("zh-CN", "过大"), ("en", "too large")])
def test_a_pasted_megabyte_is_told_as_too_large(
    person: Callable[..., Person], talk: Open, lang: str, words: str
) -> None:
    who = person()
    mine = talk(who)
    body = {"client_message_id": "m1", "text": "a" * 2**20}
    answer = who.post(f"{mine.path}/messages?lang={lang}", json=body, headers=mine.headers)
    assert answer.status_code == 413
    assert words in error_of(answer)["message"]


def test_a_message_of_a_hundred_thousand_chinese_characters_is_too_large(
    person: Callable[..., Person], talk: Open
) -> None:
    who = person()
    mine = talk(who)
    answer = who.post(
        f"{mine.path}/messages",
        json={"client_message_id": "m1", "text": "药" * 100_000},
        headers=mine.headers,
    )
    assert answer.status_code in (413, 422)
    error_of(answer)


@pytest.mark.parametrize(
    "body",
    [
        {"client_message_id": "m1"},
        {"client_message_id": "m1", "text": "a", "payload_id": "b"},
        {"text": "a"},
        {"client_message_id": "", "text": "a"},
        {"client_message_id": "m" * 65, "text": "a"},
        {"client_message_id": "m1", "text": None},
        {"client_message_id": "m1", "text": {"a": 1}},
    ],
)
def test_a_message_without_what_it_needs_is_refused(
    person: Callable[..., Person], talk: Open, body: dict[str, Any]
) -> None:
    who = person()
    mine = talk(who)
    answer = who.post(f"{mine.path}/messages", json=body, headers=mine.headers)
    assert answer.status_code == 422
    error_of(answer)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/no-such-thing", 404),
        ("GET", "/service-items/no_such_item", 404),
        ("DELETE", "/me", 405),
        ("PUT", "/sessions", 405),
        ("GET", "/filings/%00", 401),
        ("POST", "/service-items/no_such_item/guidance", 404),
    ],
)
def test_addresses_that_lead_nowhere_answer_in_the_same_shape(
    app: Flask, method: str, path: str, status: int
) -> None:
    answer = app.test_client().open(f"/api/v1{path}", method=method, json={"answers": {}})
    assert answer.status_code == status
    error_of(answer)


def test_an_answer_that_is_none_of_the_options_is_refused(person: Callable[..., Person]) -> None:
    who = person()
    first = who.post("/service-items/cosmetic_filing/guidance", json={"answers": {}}).json["question"]
    answer = who.post(
        "/service-items/cosmetic_filing/guidance", json={"answers": {first["key"]: "no such option"}}
    )
    assert answer.status_code == 422
    error_of(answer)


def test_a_channel_that_does_not_exist_is_refused(person: Callable[..., Person]) -> None:
    answer = person().post("/conversations", json={"channel": "telegraph"})
    assert answer.status_code == 422
    error_of(answer)


def test_a_bug_is_told_without_its_details(
    app: Flask, person: Callable[..., Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise RuntimeError("secret detail")

    app.view_functions["api_service_items.service_items"] = broken
    broken.yaozheng_access = app.view_functions["api_sessions.me"].yaozheng_access  # type: ignore[attr-defined]
    answer = person().get("/service-items")
    assert answer.status_code == 500
    assert error_of(answer)["code"] == "core.internal_error"
    assert "secret detail" not in answer.text


def test_a_page_that_is_not_there_is_told_as_a_page(app: Flask) -> None:
    answer = app.test_client().get("/no-such-page", headers={"Accept-Language": "en"})
    assert answer.status_code == 404
    assert answer.mimetype == "text/html"


def test_too_many_messages_are_slowed_down_with_the_time_to_wait(
    person: Callable[..., Person], talk: Open
) -> None:
    who = person()
    mine = talk(who)
    statuses = []
    for number in range(20):
        answer = who.post(
            f"{mine.path}/messages",
            json={"client_message_id": f"m{number}", "text": "\x00"},
            headers=mine.headers,
        )
        statuses.append(answer.status_code)
    assert statuses[-1] == 429
    assert int(answer.headers["Retry-After"]) >= 1
    assert error_of(answer)["code"] == "web.api.too_many"

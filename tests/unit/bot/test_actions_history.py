"""What an action remembers of what was said before."""

from typing import Any

from rasa_sdk import Tracker

from bot.actions.boundary import REMEMBERED, read_turn


def said(text: str, **more: Any) -> dict[str, Any]:
    return {"event": "user", "text": text, "metadata": {"is_payload": False}, **more}


def pressed(value: str) -> dict[str, Any]:
    entities = [{"entity": "service_item", "value": "x"}, {"entity": "value", "value": value}]
    return said("/ask_policy", metadata={"is_payload": True}, parse_data={"entities": entities})


def history(*events: dict[str, Any]) -> tuple[str, ...]:
    latest = {"text": events[-1]["text"], "metadata": {}}
    tracker = Tracker("s", {}, latest, [{"event": "action", "name": "a"}, *events], False, None, {}, None)
    return read_turn(tracker).history


def test_earlier_questions_are_kept_without_the_one_asked_now() -> None:
    assert history(said("多久能批"), {"event": "bot", "text": "20 日"}, said("那要多少钱")) == ("多久能批",)


def test_of_a_button_the_question_it_stands_for_is_kept() -> None:
    assert history(pressed("关于医疗器械注册：有效期"), said("那多久")) == ("关于医疗器械注册：有效期",)


def test_no_more_is_kept_than_a_follow_up_may_refer_to() -> None:
    assert history(*(said(str(n)) for n in range(9))) == tuple(str(n) for n in range(8))[-REMEMBERED:]

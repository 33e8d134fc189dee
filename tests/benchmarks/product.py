"""One conversation of the product over its own HTTP API, as a browser would hold it."""

import uuid

import httpx
import psutil

from tests.benchmarks.load import OpenConversation, Turn

# What people say in turn: questions on policy in both languages, status, small talk, what it can do.
MESSAGES = (
    "化妆品备案要交哪些资料？",
    "How long does the review of a Class II device registration take?",
    "药品经营许可证有效期几年",
    "你好",
    "我的备案办到哪一步了",
    "谢谢",
    "你能做什么",
    "网上卖药要办什么手续",
)


def conversations(base_url: str, channel: str = "web") -> OpenConversation:
    """Return a function that opens one more conversation; its turns raise on anything but an answer."""

    def open_one(number: int) -> Turn:
        client = httpx.Client(base_url=f"{base_url}/api/v1", timeout=30)
        opened = client.post(
            "/conversations", json={"channel": channel, "locale": "zh-CN"}
        ).raise_for_status()
        path = f"/conversations/{opened.json()['conversation_id']}/messages"
        headers = {"Authorization": f"Bearer {opened.json()['token']}"}

        def turn(text: str) -> None:
            body = {"client_message_id": uuid.uuid4().hex, "text": text}
            replies = client.post(path, json=body, headers=headers).raise_for_status().json()["messages"]
            if not any(reply["role"] == "assistant" for reply in replies):
                raise RuntimeError(f"no reply of the assistant: {[reply['kind'] for reply in replies]}")

        return turn

    return open_one


def resident_mib(pid: int) -> float:
    """Return the memory of a process and its children in MiB, shared pages counted once each process."""
    parent = psutil.Process(pid)
    return sum(p.memory_info().rss for p in [parent, *parent.children(recursive=True)]) / 2**20

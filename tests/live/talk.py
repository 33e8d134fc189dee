"""One conversation with a random fate: tabs, officers, lost answers; then it is held to what was sent."""

import asyncio
import random
import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from tests.live.standin import StandIn
from tests.live.tab import Message, Page, Record, Source
from tests.live.wire import API, Answer, Lost, Wire

CHANNELS = ("web", "widget", "miniprogram")
GIVE_UP_S = 90.0
SETTLE_S = 40.0
OFFICERS_AT_ONCE = 2


class Unanswered(AssertionError):
    """A request was tried again and again and never answered."""


async def persist(attempt: Callable[[], Awaitable[Answer]]) -> Answer:
    """Try until there is an answer that will not change, as the client does."""
    deadline, failures, found = time.monotonic() + GIVE_UP_S, 0, None
    while time.monotonic() < deadline:
        try:
            found = await attempt()
        except Lost:
            found = None
        if found is not None and not found.is_passing:
            return found
        failures += 1
        await asyncio.sleep(min(0.1 * 2**failures, 2.0))
    raise Unanswered(f"no answer, last: {found}")


class Writer:
    """Who writes to a conversation, with every trouble a network makes: one person or one officer."""

    def __init__(self, port: int, headers: dict[str, str], path: str, rng: random.Random) -> None:
        self.port, self.headers, self.path, self.rng = port, headers, path, rng
        self.stored: list[tuple[str, str, int]] = []
        self.refused: set[str] = set()

    async def send(self, text: str, page: Page | None = None) -> None:
        """Send a message until it is stored or refused, in one of four ways."""
        body = {"client_message_id": uuid.uuid4().hex, "text": text}
        how = self.rng.random()
        if how < 0.15:
            await self._lose(body)
        answers = await asyncio.gather(*[self._post(body) for _ in range(2 if 0.15 <= how < 0.3 else 1)])
        if how > 0.9:
            answers.append(await self._post(body))
        for one in answers:
            self._keep(body, one, page)

    async def _lose(self, body: dict[str, str]) -> None:
        """Hang up in the midst of the request, or before its answer."""
        share = self.rng.choice([0.5, 0.95, 1.0, 1.0])
        wire = Wire(self.port, self.headers)
        try:
            await wire.drop("POST", self.path, body, after_s=self.rng.uniform(0, 0.08), share=share)
        except Lost:
            return

    async def _post(self, body: dict[str, str]) -> Answer:
        async def once() -> Answer:
            return await Wire(self.port, self.headers).call("POST", self.path, body, is_kept=False)

        return await persist(once)

    def _keep(self, body: dict[str, str], answer: Answer, page: Page | None) -> None:
        key = body["client_message_id"]
        if answer.status >= 300:
            self.refused.add(key)
            return
        messages = answer.json["messages"]
        own = messages[0]
        assert own["client_message_id"] == key, "the reply does not begin with what was sent"
        self.stored.append((key, body["text"], own["seq"]))
        for message in messages:
            if page is not None:
                page.show(message)


class Talk:
    """One run."""

    def __init__(self, port: int, number: int, seed: int, officers: list[dict[str, str]]) -> None:
        self.rng = random.Random(seed * 1_000_003 + number)
        self.port, self.number = port, number
        self.channel = CHANNELS[number % len(CHANNELS)]
        self.record = Record()
        self.officers = self.rng.sample(officers, OFFICERS_AT_ONCE)
        self.writers: list[Writer] = []
        self.pages: list[Page] = []
        self.case_id = ""
        self.called = asyncio.Event()
        self.over = False
        self.count = 0
        self.final: list[Message] = []
        self.id, self.headers = "", {}

    async def run(self, standin: StandIn) -> Record:
        """Live the conversation and hold it to what was sent."""
        await self._open()
        tabs = [self._tab(2 + self.rng.randrange(4), True)]
        if self.rng.random() < 0.6:
            tabs.append(self._tab(1 + self.rng.randrange(3), False))
        desk = asyncio.create_task(self._desk())
        try:
            await asyncio.gather(*tabs)
            self.over = True
            self.called.set()
            await desk
            await self._settle()
        finally:
            desk.cancel()
            for page in self.pages:
                await page.close()
        self._judge(standin)
        return self.record

    async def _open(self) -> None:
        body = {"channel": self.channel, "locale": self.rng.choice(["zh-CN", "en"])}
        opened = await self._call("POST", "/conversations", body)
        assert opened.status == 201, opened.body
        self.id = opened.json["conversation_id"]
        self.headers = {"Authorization": f"Bearer {opened.json['token']}"}

    async def _call(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        async def once() -> Answer:
            wire = Wire(self.port, headers or self.headers)
            return await wire.call(method, API + path, body, is_kept=False)

        return await persist(once)

    def _words(self, slow: bool = False) -> str:
        self.count += 1
        tail = f" slow={self.rng.uniform(0.2, 1.2):.2f}" if slow else ""
        return f"run {self.number} message {self.count}{tail}"

    # The applicant's side

    def _page(self) -> Page:
        path = f"/conversations/{self.id}"
        source = Source(self.port, self.headers, f"{path}/tickets", f"{path}/stream?", f"{path}/messages?")
        page = Page(self.record, source, polls=self.rng.random() < 0.25).open()
        self.pages.append(page)
        return page

    async def _tab(self, acts: int, calls_staff: bool) -> None:
        if not calls_staff:
            await asyncio.sleep(self.rng.uniform(0, 1.5))
        page = self._page()
        writer = Writer(self.port, self.headers, f"{API}/conversations/{self.id}/messages", self.rng)
        self.writers.append(writer)
        call_at = self.rng.randrange(acts) if calls_staff and self.rng.random() < 0.9 else -1
        for at in range(acts):
            if at == call_at:
                await self._call_staff(writer, page)
            await self._act(writer, page)

    async def _act(self, writer: Writer, page: Page) -> None:
        chance = self.rng.random()
        if chance < 0.7:
            await writer.send(self._words(slow=chance < 0.2), page)
        elif chance < 0.8:
            await page.reload()
        elif chance < 0.9:
            page.disconnect()
        else:
            page.awake.clear()
            await asyncio.sleep(self.rng.uniform(0.3, 2.0))
            page.awake.set()
        await asyncio.sleep(self.rng.uniform(0, 0.2))

    async def _call_staff(self, writer: Writer, page: Page) -> None:
        """Ask for staff, every other time while the assistant is still thinking."""
        asked = [writer.send(self._words(slow=True), page)] if self.rng.random() < 0.6 else []
        thinking = asyncio.gather(*asked)
        await asyncio.sleep(self.rng.uniform(0, 0.3))
        given = await self._call("POST", f"/conversations/{self.id}/handoff", {})
        assert given.status == 200, given.body
        self.case_id = given.json["handoff"]["case_id"]
        self.called.set()
        await thinking

    # The officers' side

    async def _desk(self) -> None:
        await self.called.wait()
        if not self.case_id:
            return
        for stage in range(2):
            officer = await self._claim()
            if officer is None:
                return
            page = self._desk_page(officer) if stage == 0 or self.rng.random() < 0.5 else None
            path = f"{API}/staff/cases/{self.case_id}/messages"
            writer = Writer(self.port, officer, path, self.rng)
            self.writers.append(writer)
            for _ in range(self.rng.randrange(1, 3)):
                await writer.send(self._words(), page)
                await asyncio.sleep(self.rng.uniform(0, 0.4))
            if self.rng.random() < 0.7:
                await self._as(officer, "closure", {"resolution": "settled"})
                return
            await self._as(officer, "release", {})

    async def _claim(self) -> dict[str, str] | None:
        """Let one officer or two reach for the case; return who got it."""
        await asyncio.sleep(self.rng.uniform(0, 0.3))
        reaching = self.officers[: self.rng.randint(1, OFFICERS_AT_ONCE)]
        tried = await asyncio.gather(*[self._as(one, "claim", {}) for one in reaching])
        won = [one for one, got in zip(reaching, tried, strict=True) if got.status == 200]
        if len(won) > 1:
            self.record.fault("two_winners", self.case_id)
        return won[0] if won else None

    async def _as(self, officer: dict[str, str], act: str, body: dict[str, Any]) -> Answer:
        return await self._call("POST", f"/staff/cases/{self.case_id}/{act}", body, **officer)

    def _desk_page(self, officer: dict[str, str]) -> Page:
        source = Source(
            self.port,
            officer,
            "/staff/tickets",
            f"/staff/stream?case={self.case_id}&",
            f"/staff/cases/{self.case_id}/messages?",
            lambda frame: frame["message"] if frame["type"] == "message" else None,
        )
        page = Page(self.record, source, polls=self.rng.random() < 0.2).open()
        self.pages.append(page)
        return page

    # The end

    async def _settle(self) -> None:
        """Wait until every page shows everything."""
        self.final = await self._read_all()
        deadline = time.monotonic() + SETTLE_S
        last = self.final[-1]["seq"] if self.final else 0
        while time.monotonic() < deadline and any(page.after < last for page in self.pages):
            await asyncio.sleep(0.05)
        again = await self._read_all()
        if again != self.final:
            self.record.fault("disordered", "messages came after every turn had ended")

    async def _read_all(self) -> list[Message]:
        found: list[Message] = []
        while True:
            after = found[-1]["seq"] if found else 0
            page = await self._call("GET", f"/conversations/{self.id}/messages?after={after}")
            if not page.json["messages"]:
                return found
            found += page.json["messages"]

    def _judge(self, standin: StandIn) -> None:
        record, numbers = self.record, [message["seq"] for message in self.final]
        if numbers != list(range(1, len(numbers) + 1)):
            record.fault("lost", f"numbers {numbers}")
        for message in self.final:
            record.agree(message)
        for page in self.pages:
            if sorted(page.shown) != numbers:
                record.fault("lost", f"a page shows {sorted(page.shown)} of {numbers[-1:]}")
        self._judge_sent()
        self._judge_silence(standin)

    def _judge_sent(self) -> None:
        stored = [one.get("client_message_id") for one in self.final if one.get("client_message_id")]
        by_key = {one.get("client_message_id"): one for one in self.final}
        if len(stored) != len(set(stored)):
            self.record.fault("doubled", f"{stored}")
        sent: set[str | None] = set()
        for writer in self.writers:
            sent |= {key for key, _, _ in writer.stored}
            for key, text, seq in writer.stored:
                if key not in by_key or by_key[key]["text"] != text or by_key[key]["seq"] != seq:
                    self.record.fault("lost", f"{text} at {seq}")
        if set(stored) - sent:
            self.record.fault("doubled", f"nobody sent {set(stored) - sent}")

    def _judge_silence(self, standin: StandIn) -> None:
        """While staff own the conversation the assistant neither speaks nor is asked."""
        owner = "bot"
        for message in self.final:
            state = (message.get("handoff") or {}).get("state")
            if message["role"] == "system" and state:
                owner = {"queued": "queue", "claimed": "officer", "closed": "bot"}[state]
            elif owner != "bot" and message["role"] == "assistant":
                self.record.fault("assistant_spoke", f"{message['seq']} to {owner}")
            elif owner != "bot" and message["role"] == "applicant" and message["text"] in standin.texts:
                self.record.fault("assistant_asked", f"{message['text']} while {owner}")

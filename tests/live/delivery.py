"""Many conversations at once on two web processes that are killed all the while."""

import asyncio
import random
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field

import pytest

from core.identity.models import Account
from tests.live.standin import StandIn
from tests.live.talk import CHANNELS, Talk
from tests.live.webs import PASSWORD, Webs, enrol, serving
from tests.live.wire import API, Wire

KILL_ALL_EVERY, APART_S, LOOK_EVERY_S = 6, 3.0, 0.2
SHOWN = 20
OFFICERS, BUDGET_S = 10, 4


@dataclass
class Delivered:
    """What came of all runs."""

    runs: int = 0
    messages: int = 0
    kills: int = 0
    deaths: int = 0
    seconds: float = 0.0
    pages: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    roles: Counter[str] = field(default_factory=Counter)
    owned: Counter[str] = field(default_factory=Counter)
    reads: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    def told(self) -> str:
        """The figures in a few lines."""
        ways = ", ".join(f"{count} by {way}" for way, count in sorted(self.reads.items()))
        roles = ", ".join(f"{count} {role}" for role, count in sorted(self.roles.items()))
        owned = ", ".join(f"{self.owned[channel]} {channel}" for channel in CHANNELS)
        bad = ", ".join(f"{self.faults[kind]} {kind}" for kind in ("lost", "doubled", "disordered"))
        return (
            f"{self.runs} random runs in {self.seconds:.0f} s: {self.messages} messages ({roles}) on"
            f" {self.pages} pages, read {ways}; {self.kills} web processes killed, all of them"
            f" {self.deaths} times: {bad}\n"
            f"conversations that an officer owned: {owned}; messages of the assistant meanwhile:"
            f" {self.faults['assistant_spoke']}, it was asked: {self.faults['assistant_asked']};"
            f" claimed by two: {self.faults['two_winners']}"
        )

    def add(self, talk: Talk) -> None:
        """Add one run."""
        self.runs += 1
        self.messages += len(talk.final)
        self.pages += len(talk.pages)
        self.faults += talk.record.faults
        self.roles += Counter(message["role"] for message in talk.final)
        self.owned[talk.channel] += any(message["role"] == "officer" for message in talk.final)
        for page in talk.pages:
            self.reads += page.reads
        self.notes += [f"run {talk.number} ({talk.id}): {note}" for note in talk.record.notes[:SHOWN]]


def delivered(
    monkeypatch: pytest.MonkeyPatch,
    *,
    runs: int,
    at_once: int,
    seed: int,
    kill_every: tuple[int, int],
    **settings: object,
) -> Delivered:
    """Let so many conversations happen over the open database, on two web processes under kills.

    Args:
        monkeypatch: sets the settings.
        runs: how many conversations, ``at_once`` at a time.
        at_once: how many are under way.
        seed: of all that is random.
        kill_every: least and most runs that end between two kills.
        settings: of the installation.
    """

    async def all_runs() -> Delivered:
        standin, staff = StandIn(), enrol(OFFICERS)
        await standin.start()
        chosen = {"RASA_URL": f"http://127.0.0.1:{standin.port}", "TURN_BUDGET_S": BUDGET_S, **settings}
        with serving(monkeypatch, count=2, **chosen) as webs:
            plan = Plan(runs, at_once, seed, kill_every)
            return await deliver(webs, standin, staff, plan)

    return asyncio.run(all_runs())


@dataclass(frozen=True)
class Plan:
    """What ``delivered`` is asked for."""

    runs: int
    at_once: int
    seed: int
    kill_every: tuple[int, int]


async def deliver(webs: Webs, standin: StandIn, accounts: list[Account], plan: Plan) -> Delivered:
    """Let so many conversations happen, some at a time, under kills."""
    officers = [await _sign_in(webs.port, account.login) for account in accounts]
    total, begun = Delivered(), time.monotonic()
    numbers = iter(range(plan.runs))

    async def lane() -> None:
        for number in numbers:
            talk = Talk(webs.port, number, plan.seed, officers)
            await talk.run(standin)
            total.add(talk)

    killer = asyncio.create_task(_kill(webs, total, plan))
    try:
        await asyncio.gather(*[lane() for _ in range(plan.at_once)])
    finally:
        killer.cancel()
        with suppress(asyncio.CancelledError):
            await killer
    total.kills, total.deaths = webs.kills, webs.deaths
    total.seconds = time.monotonic() - begun
    return total


async def _sign_in(port: int, login: str) -> dict[str, str]:
    body = {"login": login, "password": PASSWORD}
    answer = await Wire(port).call("POST", f"{API}/sessions", body, is_kept=False)
    assert answer.status == 201, answer.body
    cookie = answer.headers["set-cookie"].partition(";")[0]
    return {"Cookie": cookie, "X-CSRF-Token": answer.json["csrf_token"]}


async def _kill(webs: Webs, total: Delivered, plan: Plan) -> None:
    """Kill one web process after the other as runs end, and now and then the whole program."""
    rng, due, last = random.Random(plan.seed), 0, time.monotonic()
    while True:
        due += rng.randint(*plan.kill_every)
        while total.runs < due or time.monotonic() - last < APART_S:
            await asyncio.sleep(LOOK_EVERY_S)
        if webs.kills % KILL_ALL_EVERY == KILL_ALL_EVERY - 1 and webs.deaths < webs.kills / KILL_ALL_EVERY:
            webs.kill_all()
        else:
            webs.kill_one(rng)
        last = time.monotonic()

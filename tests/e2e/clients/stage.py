"""Where scenarios play: the product behind a proxy that meddles, an officer, and what the server knows."""

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from sqlalchemy import update

from bot.conversations import service as conversations
from bot.conversations.service import Conversation, MessageView
from bot.handoff import service as handoff
from core.database import transaction
from core.identity import Actor
from core.ids import new_id, new_token, token_digest
from tests.e2e.clients.client import Client, Shown
from tests.live.meddler import Meddler
from tests.live.server import Server
from tests.live.standin import StandIn

SOON_S = 45.0  # longer than a client waits for an answer that never comes
STEP_S = 0.05


def until(claim: Callable[[], bool], what: str, limit_s: float = SOON_S) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + limit_s
    while not claim():
        assert time.monotonic() < deadline, f"not within {limit_s} s: {what}"
        time.sleep(STEP_S)


@dataclass
class Stage:
    """One play; ``sent`` holds what each client wrote, in order."""

    server: Server
    net: Meddler
    standin: StandIn
    officer: Actor
    client: Client
    sent: list[str] = field(default_factory=list)
    screens: list[Client] = field(default_factory=list)
    said: int = 0

    def __post_init__(self) -> None:
        self.screens.append(self.client)

    # What people do

    def write(self, what: str = "", *, by: Client | None = None, twice: bool = False) -> str:
        """Let somebody write words that occur once in this play."""
        self.said += 1
        text = f"{self.client.name} {self.said} {what}".strip()
        self.sent.append(text)
        writer = by or self.client
        (writer.write_twice if twice else writer.write)(text)
        return text

    def talk(self, what: str = "") -> str:
        """Write and wait for the answer."""
        text = self.write(what)
        self.until_shown(f"re: {text}")
        return text

    def twin(self) -> Client:
        """Open the conversation on a second screen."""
        made = self.client.twin()
        self.screens.append(made)
        until(lambda: made.shown() == self.client.shown(), "the second screen shows the same")
        return made

    def take_over(self) -> str:
        """Let the person call staff and an officer take the case; return its id."""
        self.client.call_staff()
        until(lambda: handoff.case_of_conversation(self.id) is not None, "there is a case")
        case = handoff.case_of_conversation(self.id)
        assert case is not None
        handoff.claim_case(self.officer, case.case_id)
        return case.case_id

    def reply(self, case_id: str, text: str) -> None:
        """Let the officer write."""
        handoff.reply(self.officer, case_id, client_message_id=new_id("reply"), text=text)

    def close_case(self, case_id: str) -> None:
        """Let the officer end the case."""
        handoff.close_case(self.officer, case_id, resolution="settled")

    def kill(self) -> None:
        """Kill the server as the system does when memory runs out."""
        self.server.end(signal.SIGKILL)

    def expire(self) -> None:
        """Let the conversation's token count no longer."""
        with transaction() as session:
            row = update(Conversation).where(Conversation.id == self.id)
            session.execute(row.values(token_digest=token_digest(new_token())))

    # What is so

    @property
    def id(self) -> str:
        """The conversation."""
        return self.client.conversation()

    def stored(self) -> list[MessageView]:
        """What the server holds."""
        return conversations.read_messages(self.id, limit=500) if self.id else []

    def until_stored(self, text: str) -> None:
        """Wait until the server has some words."""
        try:
            until(lambda: any(one.text == text for one in self.stored()), f"stored: {text}")
        except AssertionError as error:
            error.add_note(self._seen())
            raise

    def until_level(self) -> None:
        """Wait until the screen shows as many messages as there are."""
        until(lambda: len(self.client.shown()) == len(self.stored()), "all is shown")

    def until_shown(self, text: str, *, on: Client | None = None, limit_s: float = SOON_S) -> None:
        """Wait until some words stand on a screen."""
        screen = on or self.client
        until(lambda: any(one.text == text for one in screen.shown()), f"shown: {text}", limit_s)

    def check(self) -> None:
        """Each message stands once, in order, on the server and on every screen; none is told twice."""
        for text in self.sent:
            self.until_stored(text)
        try:
            until(self._is_settled, "every screen shows all")
        except AssertionError as error:
            error.add_note(self._seen())
            raise
        stored = [_wordless(Shown(one.seq, one.role, one.text.strip())) for one in self.stored()]
        assert [one.seq for one in stored] == list(range(1, len(stored) + 1))
        assert [one.text for one in stored if one.role == "applicant"] == self.sent
        for screen in self.screens:
            assert [_wordless(one) for one in screen.shown()] == stored, screen.name
            heard = screen.announced()
            assert sorted(set(heard)) == sorted(heard), f"told twice: {heard}"
            assert screen.told() == ""
            assert screen.draft() == ""

    def _seen(self) -> str:
        """What each screen showed and what was asked last, for whoever looks for the cause."""
        screens = [f"{one.name}: unsent {one.unsent()}, told {one.told()!r}" for one in self.screens]
        return "\n".join([*screens, *self.net.seen[-12:]])

    def _is_settled(self) -> bool:
        stored = self.stored()
        answered = [one.text for one in stored]
        waits = [text for text in self.standin.texts if text in self.sent and f"re: {text}" not in answered]
        return not waits and all(
            len(screen.shown()) == len(stored) and not screen.unsent() and not screen.told()
            for screen in self.screens
        )


def _wordless(shown: Shown) -> Shown:
    """Leave out the words of what the service itself says: clients show its blocks, not its plain text."""
    return replace(shown, text="") if shown.role == "system" else shown

"""What a client of the conversation protocol can do and show, whatever it is made of.

Every client passes every scenario of ``scenarios.py``; who writes another one writes a driver with these
methods and adds it to ``conftest.py``.
"""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Shown:
    """A message as it stands on the screen: its number, who said it, its words without blanks around them."""

    seq: int
    role: str
    text: str


class Client(Protocol):
    """One client with one conversation, on one screen."""

    name: str

    def open(self) -> None:
        """Start, as a person does who comes for the first time or again."""

    def write(self, text: str) -> None:
        """Type something and press the button; do not wait for what becomes of it."""

    def write_twice(self, text: str) -> None:
        """The same with two presses of the button, one right after the other."""

    def press_send(self) -> None:
        """Press the button with what is in the box."""

    def call_staff(self) -> None:
        """Press the button for staff."""

    def twin(self) -> "Client":
        """The same conversation on a second screen of the same person."""

    def reload(self) -> None:
        """Start anew; only what the client keeps is left."""

    def go_offline(self) -> None:
        """Lose the network, open lines included."""

    def come_back(self) -> None:
        """Have the network again."""

    def sleep(self) -> None:
        """Stop running, as a phone in a pocket or a tab in the background does."""

    def wake(self, seconds: int) -> None:
        """Run on after that many seconds."""

    def wait(self, seconds: int) -> None:
        """Let time pass on an open screen."""

    def set_locale(self, locale: str) -> None:
        """Choose another language."""

    def conversation(self) -> str:
        """The conversation's id, "" while there is none."""

    def shown(self) -> list[Shown]:
        """What stands on the screen, from top to bottom."""

    def unsent(self) -> list[str]:
        """What is shown as on its way or as not sent."""

    def draft(self) -> str:
        """What stands in the box."""

    def told(self) -> str:
        """What the person is told beside the messages: a problem, a lost connection; "" where all is well."""

    def announced(self) -> list[int]:
        """The numbers of the messages that were put into the live region since it was opened, in order."""

    def close(self) -> None:
        """End it."""

"""A process is killed while a person waits: the person is told within the budget, staff get the case."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from web.health import FRESH_S
from web.supervisor.readiness import fetch
from web.supervisor.stack import Stack

from .person import TURN_LIMIT_S, Officer, Person, case_of, wait_until

pytestmark = [pytest.mark.rasa, pytest.mark.timeout(600)]
QUESTION = "化妆品备案后发现信息填错了怎么办？"
MARGIN_S = 1.5


@pytest.fixture
def person(stack: Stack) -> Person:
    time.sleep(FRESH_S + 0.5)  # an answer given before the last test's damage must not count
    assert wait_until(lambda: fetch(stack.base_url + "/readyz", 20)[0] == 200, 180)
    return Person(stack)


@pytest.fixture
def officer(stack: Stack) -> Officer:
    return Officer(stack)


@contextmanager
def held(pid: int) -> Iterator[None]:
    """Hold a process and its children still, as if the machine had stalled."""
    os.killpg(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        try:
            os.killpg(pid, signal.SIGCONT)
        except ProcessLookupError:
            return


class Writing(threading.Thread):
    """A message on its way; ``result`` is what came back and the seconds it took."""

    def __init__(self, person: Person, text: str) -> None:
        super().__init__()
        self.result: tuple[list[dict[str, Any]], float] | None = None
        self._person, self._text = person, text
        self.start()

    def run(self) -> None:
        self.result = self._person.write(self._text)

    def wait(self) -> tuple[list[dict[str, Any]], float]:
        self.join(40)
        assert self.result is not None, "the message was never answered"
        return self.result


def assert_told_and_handed_over(
    messages: list[dict[str, Any]], seconds: float, officer: Officer, person: Person
) -> None:
    assert seconds < TURN_LIMIT_S + MARGIN_S
    assert [message["text"] for message in messages if message["role"] in {"system", "assistant"}]
    assert person.read()[0]["text"] == QUESTION
    case = case_of(officer, person.id)
    assert case is not None
    assert case["reason"] == "bot_failure"


def test_a_whole_installation_answers_a_question(person: Person) -> None:
    messages, seconds = person.write(QUESTION)
    answer = next(message for message in messages if message["kind"] == "answer")
    assert answer["answer"]["citations"]
    assert seconds < TURN_LIMIT_S


def test_while_rasa_is_gone_the_person_is_told_and_staff_get_the_case(
    stack: Stack, person: Person, officer: Officer
) -> None:
    killed = stack.kill("rasa")
    messages, seconds = person.write(QUESTION)
    assert_told_and_handed_over(messages, seconds, officer, person)
    assert stack.wait_for_restart("rasa", killed)


def test_rasa_killed_in_the_middle_of_a_turn(stack: Stack, person: Person, officer: Officer) -> None:
    with held(stack.program_pid("actions")):
        writing = Writing(person, QUESTION)
        time.sleep(2)
        killed = stack.kill("rasa")
        messages, seconds = writing.wait()
    assert_told_and_handed_over(messages, seconds, officer, person)
    assert stack.wait_for_restart("rasa", killed)


def test_the_actions_killed_in_the_middle_of_a_turn(stack: Stack, person: Person, officer: Officer) -> None:
    with held(stack.program_pid("actions")):
        writing = Writing(person, QUESTION)
        time.sleep(2)
        killed = stack.kill("actions")
        messages, seconds = writing.wait()
    assert_told_and_handed_over(messages, seconds, officer, person)
    assert stack.wait_for_restart("actions", killed)


def test_rasa_that_hangs_is_not_waited_for(stack: Stack, person: Person, officer: Officer) -> None:
    with held(stack.program_pid("rasa")):
        messages, seconds = person.write(QUESTION)
    assert_told_and_handed_over(messages, seconds, officer, person)


def test_a_failing_turn_reaches_staff_even_without_a_worker(
    stack: Stack, person: Person, officer: Officer
) -> None:
    with held(stack.program_pid("worker")):
        killed = stack.kill("rasa")
        messages, seconds = person.write(QUESTION)
        assert_told_and_handed_over(messages, seconds, officer, person)
    assert stack.wait_for_restart("rasa", killed)


def test_the_web_process_killed_in_the_middle_of_a_turn_loses_no_message(
    stack: Stack, person: Person, officer: Officer
) -> None:
    with held(stack.program_pid("actions")):
        lost: list[httpx.TransportError] = []
        writing = threading.Thread(target=_write_into_the_void, args=(person, lost))
        writing.start()
        assert wait_until(person.read, 10)
        assert writing.is_alive()
        killed = stack.kill("web")
        started = time.monotonic()
        writing.join(40)
        assert len(lost) == 1
        assert stack.wait_for_restart("web", killed)
        assert wait_until(lambda: fetch(stack.base_url + "/healthz")[0] == 200, 60)
        assert wait_until(lambda: len(person.read()) > 1, 30)
        told_after = time.monotonic() - started
    messages = person.read()
    assert messages[0]["text"] == QUESTION
    assert case_of(officer, person.id) is not None
    assert told_after < 45


def _write_into_the_void(person: Person, lost: list[httpx.TransportError]) -> None:
    """Write a message whose reply is lost with the process."""
    try:
        person.write(QUESTION)
    except httpx.TransportError as error:
        lost.append(error)


def test_the_supervisor_tells_each_death_in_one_line(stack: Stack) -> None:
    killed = stack.kill("actions")
    stack.wait_for_restart("actions", killed)
    lines = [line for line in stack.said().splitlines() if "actions.log" in line]
    assert lines
    assert all("actions" in line for line in lines)

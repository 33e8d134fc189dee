"""What happens on the wire, and what must be so at the end: the same for every client.

Each scenario is played by one client on a ``Stage``; then ``Stage.check`` holds every screen to the server.
"""

import time
from collections.abc import Callable, Sequence

from tests.e2e.clients.stage import Stage, until

HOUR_S = 3600
STEPS_IN_A_TUNNEL, STEP_IN_A_TUNNEL_S = 12, 10
QUIET_S = 60
SOON_S, CUT_EVERY_S = 12.0, 1.0
Scenario = Callable[[Stage], None]


def plain(stage: Stage) -> None:
    """Two questions, two answers."""
    stage.talk()
    stage.talk()


def two_at_once(stage: Stage) -> None:
    """A second message while the first one is still being answered."""
    stage.write("slow=0.6")
    stage.write()


def replay(stage: Stage) -> None:
    """From the middle after a cut line, from zero after a new start."""
    stage.talk()
    case = stage.take_over()
    for number in range(3):
        stage.net.cut_sockets()
        stage.reply(case, f"after cut {number}")
    stage.until_shown("after cut 2")
    before = stage.client.shown()
    stage.client.reload()
    until(lambda: stage.client.shown() == before, "the same after a new start")


def answer_lost(stage: Stage) -> None:
    """The server has the message, the connection breaks before its answer: the client sends it again."""
    stage.talk()
    stage.net.lose("POST /api/v1/conversations/[^/]+/messages", times=2)
    stage.talk()
    stage.net.mend()


def first_answer_lost(stage: Stage) -> None:
    """The same with the very first message, and with the opening before it."""
    stage.net.lose("POST /api/v1/conversations", times=2)
    stage.talk()


def double_press(stage: Stage) -> None:
    """A button pressed twice sends once."""
    stage.talk()
    stage.write(twice=True)
    stage.until_shown(f"re: {stage.sent[-1]}")


def two_screens(stage: Stage) -> None:
    """Two tabs or windows of one conversation, both writing."""
    stage.talk()
    twin = stage.twin()
    for _ in range(2):
        text = stage.write()
        stage.until_shown(text, on=twin)
        text = stage.write(by=twin)
        stage.until_shown(text)


def offline_and_back(stage: Stage) -> None:
    """The network goes, the person writes twice, the network comes back: both arrive, in order."""
    stage.talk()
    stage.client.go_offline()
    stage.write("offline one")
    stage.write("offline two")
    until(lambda: len(stage.client.unsent()) == 2, "both are shown as unsent")
    until(lambda: stage.client.told() != "", "the person is told")
    stage.client.come_back()


def offline_for_minutes(stage: Stage) -> None:
    """A lift, a tunnel: what was written on the way arrives by itself, without another touch."""
    stage.talk()
    stage.client.go_offline()
    stage.write("in a tunnel")
    until(lambda: len(stage.client.unsent()) == 1, "it is shown as unsent")
    until(lambda: stage.client.told() != "", "the person is told")
    for _ in range(STEPS_IN_A_TUNNEL):
        stage.client.wait(STEP_IN_A_TUNNEL_S)
    stage.client.come_back()


def reload_while_unsent(stage: Stage) -> None:
    """What was on its way when the client was started anew is sent then."""
    stage.talk()
    stage.net.refuse("POST /api/v1/conversations/[^/]+/messages", 503, times=1, retry_after_s=5)
    text = stage.write("unsent")
    until(lambda: text in stage.client.unsent(), "it is on its way")
    stage.client.reload()


def sleep_for_an_hour(stage: Stage) -> None:
    """The device sleeps; its line dies without a word, the officer writes; an hour later it wakes up."""
    stage.talk()
    case = stage.take_over()
    stage.until_level()
    stage.client.sleep()
    stage.net.hush()
    for number in range(3):
        stage.reply(case, f"during the sleep {number}")
    stage.client.wake(HOUR_S)
    stage.until_shown("during the sleep 2", limit_s=SOON_S)


def no_sockets(stage: Stage) -> None:
    """A proxy refuses WebSockets: messages come by long poll."""
    stage.net.refuses_sockets = True
    stage.talk()
    case = stage.take_over()
    stage.reply(case, "without a socket")
    stage.until_shown("without a socket")


def dead_line(stage: Stage) -> None:
    """The line stays open and nothing comes any more: it is noticed by itself."""
    stage.talk()
    case = stage.take_over()
    stage.until_level()
    stage.net.hush()
    stage.reply(case, "into the dead line")
    stage.client.wait(QUIET_S)
    stage.until_shown("into the dead line", limit_s=SOON_S)


def too_busy(stage: Stage) -> None:
    """The server asks to wait, for a message and for a line; it is waited and nothing is lost."""
    stage.talk()
    stage.net.refuse("POST /api/v1/conversations/[^/]+/messages", 429, times=1, retry_after_s=1)
    stage.net.refuse("POST /api/v1/conversations/[^/]+/messages", 503, times=1, retry_after_s=1)
    stage.net.refuse("/tickets", 503, times=1, retry_after_s=1)
    stage.net.cut_sockets()
    stage.talk()


def slow_line(stage: Stage) -> None:
    """A line of some 10 kB a second that answers late."""
    stage.talk()
    stage.net.lag_s, stage.net.piece = 0.1, 1024
    stage.net.cut_sockets()
    stage.write()
    stage.write()
    stage.until_shown(f"re: {stage.sent[-1]}")


def disordered(stage: Stage) -> None:
    """What comes is swapped and doubled on the way."""
    stage.net.is_disordered = True
    stage.talk()
    case = stage.take_over()
    for number in range(4):
        stage.reply(case, f"swapped {number}")
    stage.until_shown("swapped 3")


def officer_takes_over(stage: Stage) -> None:
    """While an officer has it the assistant is neither asked nor heard; afterwards it answers again."""
    stage.talk()
    case = stage.take_over()
    text = stage.write("to the officer")
    stage.until_stored(text)
    stage.reply(case, "from the officer")
    stage.until_shown("from the officer")
    assert text not in stage.standin.texts
    stage.close_case(case)
    stage.talk("to the assistant again")


def other_language(stage: Stage) -> None:
    """The language is changed in the midst; the conversation goes on."""
    stage.talk()
    stage.client.set_locale("en")
    stage.talk()


ALL: list[Scenario] = [
    plain,
    two_at_once,
    replay,
    answer_lost,
    first_answer_lost,
    double_press,
    two_screens,
    offline_and_back,
    offline_for_minutes,
    reload_while_unsent,
    sleep_for_an_hour,
    no_sockets,
    dead_line,
    too_busy,
    slow_line,
    disordered,
    officer_takes_over,
    other_language,
]


def reconnect_after_a_kill(stages: Sequence[Stage]) -> None:
    """The server of several clients dies; officers and persons write meanwhile; it comes back."""
    cases = []
    for stage in stages:
        stage.talk()
        cases.append(stage.take_over())
    stages[0].kill()
    for stage, case in zip(stages, cases, strict=True):
        stage.reply(case, "while it was dead")
        stage.write("to a dead server")
    stages[0].server.start()
    for stage in stages:
        stage.until_shown("while it was dead")


def token_expired(stage: Stage) -> None:
    """The token counts no longer: the person is told, what was typed is there, and sending it begins anew."""
    stage.talk()
    earlier = stage.id
    stage.expire()
    _begin_anew(stage, earlier)


def token_expired_on_the_line(stage: Stage) -> None:
    """The same, found out by the line before anything is written."""
    stage.talk()
    earlier = stage.id
    stage.expire()
    until(lambda: _is_told_after_a_cut(stage), "the person is told before writing")
    _begin_anew(stage, earlier)


def _is_told_after_a_cut(stage: Stage) -> bool:
    """A line that was about to open when the lines were cut stands: it is cut then."""
    stage.net.cut_sockets()
    time.sleep(CUT_EVERY_S)
    return stage.client.told() != ""


def _begin_anew(stage: Stage, earlier: str) -> None:
    stage.sent.clear()  # of the conversation that begins now
    text = stage.write("kept")
    until(lambda: stage.client.told() != "" or stage.id != earlier, "the person is told what to do")
    until(lambda: stage.client.draft() == text or _stands(stage, text), "what was typed is there")
    until(lambda: _has_gone_on(stage, earlier, text), "another conversation is open")
    stage.until_shown(f"re: {text}")


def _has_gone_on(stage: Stage, earlier: str, text: str) -> bool:
    """What is on its way at first may still be given back: it is sent as soon as it is in the box."""
    if stage.client.draft() == text:
        stage.client.press_send()
    return stage.id not in ("", earlier)


def _stands(stage: Stage, text: str) -> bool:
    return text in stage.client.unsent() or any(one.text == text for one in stage.client.shown())


LOST: list[Scenario] = [token_expired, token_expired_on_the_line]

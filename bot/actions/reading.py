"""Is it an answer, a command, or something else? Only asked while a form has put a question.

An answer may look like anything: a product called "Operator Cream", a licence number, a date, "12". So NLU
alone never takes one away. A turn is a command if it is nothing but the command (``cues.yml``); it leaves the
form for a moment only if it reads as a question, a greeting or a report *and* NLU says so too; everything
else is an answer.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.actions.turn import Turn
from core.content import read_yaml

CUES = Path(__file__).parent / "cues.yml"
KINDS = ("changes", "question_marks", "questions", "sensitive", "distress", "wishes")
FORM_COMMANDS = frozenset(
    {
        "confirm",
        "deny",
        "skip_field",
        "change_answer",
        "review_filing",
        "submit_filing",
        "cancel_filing",
        "resume_filing",
        "start_filing",
        "choose_option",
        "answer_field",
    }
)
QUESTION_INTENTS = frozenset(
    {"ask_policy", "guide_filing", "ask_status", "ask_capabilities", "out_of_scope", "nlu_fallback"}
)
UNPLACED_INTENTS = frozenset({"out_of_scope", "nlu_fallback"})
TALK_INTENTS = frozenset({"greet", "thanks", "goodbye"})
LEAVING_INTENTS = frozenset({"request_handoff", "save_and_leave", "report_sensitive"})
SURE_OF_TALK = 0.75
SURE_OF_QUESTION = 0.55
LONGEST_TALK = 12


@dataclass(frozen=True)
class Change:
    """A wish to change an earlier answer; either part may be "" where the person did not say it."""

    field: str = ""
    value: str = ""


@lru_cache(maxsize=1)
def load_cues() -> dict[str, Any]:
    """Return the cues by kind as compiled patterns, read once a process."""
    raw = read_yaml(CUES)
    return {
        "commands": {intent: _compiled(found) for intent, found in raw["commands"].items()},
        **{name: _compiled(raw[name]) for name in KINDS},
    }


def _compiled(patterns: list[str]) -> list[re.Pattern[str]]:
    return [re.compile(pattern, re.IGNORECASE) for pattern in patterns]


def _folded(text: str) -> str:
    return re.sub(r"[\s。.!！~～]+$", "", unicodedata.normalize("NFC", text).strip())


def command_of(text: str) -> str:
    """Return the intent of a text that is nothing but a command, else ""."""
    wanted = _folded(text)
    for intent, patterns in load_cues()["commands"].items():
        if any(pattern.fullmatch(wanted) for pattern in patterns):
            return str(intent)
    return ""


def change_of(text: str) -> Change | None:
    """Return what a text wants changed, or None if it wants nothing changed."""
    wanted = _folded(text)
    for pattern in load_cues()["changes"]:
        match = pattern.fullmatch(wanted)
        if match:
            parts = match.groupdict()
            return Change(parts["field"].strip(), (parts.get("value") or "").strip())
    return None


def reads_as_question(turn: Turn) -> bool:
    """Whether the words read as a question; what NLU could not place must end like one."""
    if turn.is_payload:
        return False
    sure = load_cues()["question_marks"]
    patterns = sure if turn.intent in UNPLACED_INTENTS else [*sure, *load_cues()["questions"]]
    return any(pattern.search(turn.text.strip()) for pattern in patterns)


def is_in_distress(text: str) -> bool:
    """Whether the words speak of ending a life; then it does not matter what NLU took them for."""
    return any(pattern.search(text) for pattern in load_cues()["distress"])


def speaks_of_harm(text: str) -> bool:
    """Whether the words tell of harm or report something."""
    return any(pattern.search(text) for pattern in load_cues()["sensitive"])


def speaks_of_wanting(text: str) -> bool:
    """Whether the words want something done."""
    return any(pattern.search(text) for pattern in load_cues()["wishes"])


def is_digression(turn: Turn) -> bool:
    """Whether the form should step aside for this turn; a rule exists for each intent named here."""
    if turn.is_payload:
        return turn.intent in QUESTION_INTENTS | TALK_INTENTS | LEAVING_INTENTS
    if turn.intent == "report_sensitive":
        return speaks_of_harm(turn.text)
    if turn.intent in LEAVING_INTENTS:
        return command_of(turn.text) == turn.intent
    if turn.intent == "ask_status" and turn.entities.get("filing_no"):
        return True
    if turn.intent in TALK_INTENTS:
        return turn.confidence >= SURE_OF_TALK and len(turn.text.strip()) <= LONGEST_TALK
    return turn.intent in QUESTION_INTENTS and reads_as_question(turn)


def is_probable_question(turn: Turn) -> bool:
    """Whether a turn that could not be taken as an answer is better served as a question."""
    return (
        not turn.is_payload
        and turn.intent in QUESTION_INTENTS - UNPLACED_INTENTS
        and turn.confidence >= SURE_OF_QUESTION
    )

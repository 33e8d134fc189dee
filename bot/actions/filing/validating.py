"""Reads a turn while the filing form is open: a command, an answer, or something that a rule serves first."""

from bot.actions.filing.asking import CHANGING
from bot.actions.filing.commands import COMMANDS, change, field_meant, store, store_several
from bot.actions.messages import say, warn
from bot.actions.reading import change_of, command_of, is_digression, is_probable_question
from bot.actions.turn import Reply, Turn
from forms import service as forms


def validate(turn: Turn) -> Reply:
    """Serve one turn of the form."""
    if not turn.answers_form or turn.is_canary or not turn.slot("filing_id"):
        return Reply()
    if turn.is_payload:
        return _button(turn)
    if is_digression(turn):
        return Reply(rejects_form=True)
    command = command_of(turn.text)
    if command and not _answers_yes_or_no(turn, command):
        return COMMANDS[command](turn)
    if _wants_change(turn):
        return change(turn)
    named = _named(turn, turn.value) or _named(turn, turn.text)
    if named:
        return store_several(turn, named)
    return _answer(turn, turn.slot("asked_key"), turn.value)


def _named(turn: Turn, text: str) -> list[tuple[str, str]]:
    return forms.named_values(turn.actor, turn.slot("filing_id"), text, turn.slot("asked_key"))


def _button(turn: Turn) -> Reply:
    if is_digression(turn):
        return Reply(rejects_form=True)
    value = turn.entities.get("value") or turn.entities.get("choice")
    if turn.intent in ("answer_field", "choose_option"):
        return _answer(turn, turn.entities.get("field_key", "") or turn.slot("asked_key"), value or "")
    return COMMANDS[turn.intent](turn)


def _answers_yes_or_no(turn: Turn, command: str) -> bool:
    """Whether a yes or no answers a yes-or-no field instead of confirming something shown."""
    if command not in ("confirm", "deny") or not turn.slot("asked_key"):
        return False
    question = forms.question_for(turn.actor, turn.slot("filing_id"), turn.slot("asked_key"), turn.locale)
    return question is not None and question.type == "boolean" and question.prefill is None


def _wants_change(turn: Turn) -> bool:
    """Whether the turn names a field of the form and wants it changed."""
    wanted = change_of(turn.text)
    if wanted is None:
        return False
    filing = forms.get_filing(turn.actor, turn.slot("filing_id"), turn.locale)
    return field_meant(filing, wanted.field) is not None


def _answer(turn: Turn, key: str, raw: str) -> Reply:
    if not key:
        return _nothing_asked(turn)
    question = forms.question_for(turn.actor, turn.slot("filing_id"), key, turn.locale)
    if question is None:
        return Reply([say("assistant.filing.no_longer_asked", turn.locale)], {"stage": None})
    reply = store(turn, key, question.label, raw)
    if reply.slots.get("rejections") and is_probable_question(turn):
        return Reply(rejects_form=True)
    return reply


def _nothing_asked(turn: Turn) -> Reply:
    """Words where a button or a word of consent was expected."""
    if is_probable_question(turn):
        return Reply(rejects_form=True)
    if turn.slot("stage") == CHANGING:
        filing = forms.get_filing(turn.actor, turn.slot("filing_id"), turn.locale)
        field = field_meant(filing, turn.text)
        if field is not None:
            return Reply(slots={"asked_key": field.key})
    return Reply([warn("assistant.filing.choose_first", turn.locale, level="info")])

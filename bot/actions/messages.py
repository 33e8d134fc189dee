"""Messages in the form that the gateway stores (docs/architecture.md, "A turn")."""

from collections.abc import Iterable
from typing import Any

from bot.actions.turn import Message
from core.blocks import Block, notice, paragraph, plain_text
from i18n.service import translate

Choice = dict[str, Any]


def choice(label: str, intent: str, **entities: str) -> Choice:
    """A button: the gateway keeps the payload and issues an id for it."""
    return {"label": label, "payload": {"intent": intent, "entities": entities}}


def button(code: str, locale: str, intent: str, **entities: str) -> Choice:
    """A button with a label from the catalogue."""
    return choice(translate(code, locale), intent, **entities)


def message(kind: str, blocks: Iterable[Block], choices: Iterable[Choice] = (), **extra: Any) -> Message:
    """A message of a kind: text, answer, choices, filing, handoff or notice."""
    shown = list(blocks)
    found: Message = {"kind": kind, "text": plain_text(shown), "blocks": shown, **extra}
    offered = list(choices)
    return {**found, "choices": offered} if offered else found


def say(code: str, locale: str, choices: Iterable[Choice] = (), **params: object) -> Message:
    """A plain sentence from the catalogue, with buttons where given."""
    offered = list(choices)
    text = paragraph(translate(code, locale, **params))
    return message("choices" if offered else "text", [text], offered)


def warn(
    code: str, locale: str, choices: Iterable[Choice] = (), *, level: str = "warning", **params: object
) -> Message:
    """A notice from the catalogue."""
    return message("notice", [notice(level, translate(code, locale, **params))], choices)


def field_block(key: str, label: str, value: str, status: str, receipt: str = "") -> Block:
    """A field of a filing with its value; ``receipt`` says where a pre-filled value came from."""
    block: Block = {"type": "field", "key": key, "label": label, "value": value, "status": status}
    return {**block, "receipt": receipt} if receipt else block

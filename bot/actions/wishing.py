"""智能引导: which service item and operation a person's own words mean, with the reason and the way on."""

from dataclasses import dataclass

from bot.actions.messages import Choice, button, choice, message
from bot.actions.reading import is_in_distress, reads_as_question, speaks_of_harm, speaks_of_wanting
from bot.actions.services import services
from bot.actions.turn import Message, Reply, Turn
from core.blocks import Block, bullet_list, paragraph
from forms import service as forms
from i18n.service import translate

SURE = 0.6
SURELY_ASKED, SURELY_ASKED_OF_HARM = 0.8, 0.95
ALWAYS_TOLD = "overview"


@dataclass(frozen=True)
class Meant:
    """What a turn means: item ("" where it is not sure) and operation, or a few such pairs to choose from."""

    code: str = ""
    operation: str = ""
    offered: tuple[tuple[str, str], ...] = ()


def meant(turn: Turn) -> Meant:
    """Return the item and operation that a turn names or describes; a button names them itself."""
    if turn.is_payload:
        return Meant(turn.entities.get("service_item", ""), turn.entities.get("value", ""))
    wish = forms.read_wish(turn.text)
    named = _named(turn)
    if wish is None:
        return Meant(named[0] if named else "")
    settled = forms.settle_wish(wish)
    if named:
        code = settled.item_code if settled.item_code in named else named[0]
        return Meant(code, wish.operation_for(code))
    offered = tuple((code, wish.operation_for(code)) for code in settled.offered)
    return Meant(settled.item_code, settled.operation, offered)


def _named(turn: Turn) -> list[str]:
    """Return the items that the turn names for sure, best first; names can be shared by two."""
    matches = forms.find_service_items(turn.text, turn.locale)
    return [match.code for match in matches if match.score >= SURE]


def named_item(turn: Turn) -> str:
    """Return the item that the turn names by a name of its own, "" where it names none for sure."""
    return next(iter(_named(turn)), "")


def item_told(turn: Turn, found: Meant) -> Message:
    """Say which item and operation was understood, why it is needed, and offer to begin."""
    item, locale = forms.get_service_item(found.code), turn.locale
    name = item.name.get(locale)
    operation = found.operation
    said = translate("assistant.wish.item", locale, item=name)
    if operation:
        what = translate(f"assistant.operation.{operation}", locale)
        said = translate("assistant.wish.item_operation", locale, item=name, operation=what)
    blocks: list[Block] = [paragraph(said)]
    for aspect in dict.fromkeys((operation, ALWAYS_TOLD)):
        blocks += [
            paragraph(translate("assistant.wish.reason", locale, text=text, basis=basis))
            for text, basis in forms.guide_entries(found.code, aspect, locale)[:2]
        ]
    choices = [
        button("assistant.button.start", locale, "start_filing", service_item=item.code, value=operation)
    ]
    choices += _ask_about(turn, found.code)
    choices.append(button("assistant.button.other_item", locale, "guide_filing"))
    return message("choices", blocks, choices)


def _ask_about(turn: Turn, code: str) -> list[Choice]:
    name = forms.get_service_item(code).name.get(turn.locale)
    return [
        button(
            f"assistant.button.ask_{aspect}",
            turn.locale,
            "ask_policy",
            service_item=code,
            value=translate(f"assistant.wish.ask_{aspect}", turn.locale, item=name),
        )
        for aspect in ("materials", "time_limit")
    ]


def which_of(turn: Turn, offered: tuple[tuple[str, str], ...], intent: str) -> Message:
    """Ask which of a few items is meant, each with what it is for."""
    locale = turn.locale
    items = {code: forms.get_service_item(code) for code, _ in offered}
    told = [
        translate(
            "assistant.wish.one_of", locale, item=item.name.get(locale), text=_purpose(item.code, locale)
        )
        for item in items.values()
    ]
    choices: list[Choice] = [
        choice(items[code].name.get(locale), intent, service_item=code, value=operation)
        for code, operation in offered
    ]
    choices.append(button("assistant.button.other_item", locale, "guide_filing"))
    return message(
        "choices", [paragraph(translate("assistant.wish.which", locale)), bullet_list(told)], choices
    )


def _purpose(code: str, locale: str) -> str:
    entries = forms.guide_entries(code, ALWAYS_TOLD, locale)
    return entries[0][0] if entries else ""


def is_wish(turn: Turn) -> bool:
    """Whether the words want something done and tell of no harm; NLU may take goods for a complaint."""
    if turn.is_payload or not speaks_of_wanting(turn.text):
        return False
    if speaks_of_harm(turn.text) or is_in_distress(turn.text):
        return False
    found = meant(turn)
    return bool(found.code or found.offered)


def only_asks(turn: Turn) -> bool:
    """Whether the words surely ask and report nothing: NLU may take a grave defect for somebody's harm."""
    if turn.is_payload or is_in_distress(turn.text):
        return False
    is_harsh = speaks_of_harm(turn.text)
    if is_harsh and not reads_as_question(turn):
        return False
    return services().purposes(turn.text)["ask"] >= (SURELY_ASKED_OF_HARM if is_harsh else SURELY_ASKED)


def wish_told(turn: Turn) -> Reply:
    """Lead a wish to its item, or ask which of a few is meant."""
    found = meant(turn)
    if found.offered:
        return Reply([which_of(turn, found.offered, "guide_filing")])
    return Reply([item_told(turn, found)])

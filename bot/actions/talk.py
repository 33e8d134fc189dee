"""Small talk, and what to say when there is nothing that a word could refer to."""

from bot.actions.drafts import open_drafts
from bot.actions.messages import Choice, button, choice, message, say
from bot.actions.questions import answer_question
from bot.actions.reading import command_of, reads_as_question
from bot.actions.services import services
from bot.actions.staff import report_sensitive
from bot.actions.turn import Reply, Turn
from core.blocks import bullet_list, paragraph
from forms import service as forms
from i18n.service import messages, translate

SURE_OF_EMERGENCY = 0.5
LONGEST_REPLY = 8  # letters of a yes, a no or a choice


def greet(turn: Turn) -> Reply:
    """Greet, say who answers, offer the ways in."""
    text = translate("assistant.greeting", turn.locale)
    return Reply([message("choices", [paragraph(text)], ways_in(turn))])


def goodbye(turn: Turn) -> Reply:
    """Say goodbye."""
    return Reply([say("assistant.goodbye", turn.locale)])


def thanks(turn: Turn) -> Reply:
    """Take thanks."""
    return Reply([say("assistant.thanks", turn.locale)])


def capabilities(turn: Turn) -> Reply:
    """Say what can be done here and what cannot."""
    abilities = messages("assistant.ability.", turn.locale)
    blocks = [
        paragraph(translate("assistant.abilities", turn.locale)),
        bullet_list(abilities[code] for code in sorted(abilities)),
        paragraph(translate("assistant.no_decision", turn.locale)),
    ]
    return Reply([message("choices", blocks, ways_in(turn))])


def nothing_pending(turn: Turn) -> Reply:
    """A yes, a no or a choice, but nothing was asked; NLU may take a question or a cry for help for one."""
    if _is_sentence(turn):
        if services().purposes(turn.text)["emergency"] >= SURE_OF_EMERGENCY:
            return report_sensitive(turn)
        if reads_as_question(turn):
            return answer_question(turn)
    code = "assistant.saved_already" if turn.intent == "save_and_leave" else "assistant.nothing_pending"
    return Reply([say(code, turn.locale, ways_in(turn))])


def _is_sentence(turn: Turn) -> bool:
    return not turn.is_payload and len(turn.text.strip()) > LONGEST_REPLY and not command_of(turn.text)


def ways_in(turn: Turn) -> list[Choice]:
    """Buttons: go on with an open draft, file what can be filed here, look up filings, staff."""
    found = []
    for draft in open_drafts(turn)[:1]:
        label = translate("assistant.button.resume_titled", turn.locale, title=draft.title)
        found.append(choice(label, "resume_filing", filing_id=draft.id))
    for item in forms.list_service_items():
        if item.form is not None:
            label = translate("assistant.button.start_item", turn.locale, item=item.name.get(turn.locale))
            found.append(choice(label, "start_filing", service_item=item.code))
    found.append(button("assistant.button.status", turn.locale, "ask_status"))
    return [*found, button("assistant.button.staff", turn.locale, "request_handoff")]

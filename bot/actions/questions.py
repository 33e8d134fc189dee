"""Policy questions: retrieval answers; two questions in a row without an answer go to staff."""

from bot.actions.messages import Choice, button, choice, say
from bot.actions.reading import is_in_distress, reads_as_question
from bot.actions.services import services
from bot.actions.staff import hand_over, report_sensitive
from bot.actions.turn import Message, Reply, Turn
from bot.actions.wishing import is_wish, wish_told
from core.errors import DependencyFailed
from forms import service as forms
from i18n.service import translate

FAILURES_BEFORE_STAFF = 2


def answer_question(turn: Turn) -> Reply:
    """Answer from the knowledge base. Also serves what NLU did not understand: retrieval tries first."""
    text = turn.text or turn.entities.get("value", "")
    if not text.strip():
        return Reply([_unclear(turn)])
    if is_in_distress(text):
        return report_sensitive(turn)
    if not turn.active_loop and is_wish(turn) and not reads_as_question(turn):
        return wish_told(turn)
    chosen = turn.entities.get("service_item", "") if turn.is_payload else ""
    return answer_about(turn, text, chosen or _item_in_hand(turn))


def answer_about(turn: Turn, text: str, item_code: str) -> Reply:
    """Answer ``text``, read as being about a service item where one is given.

    Raises:
        DependencyFailed: the knowledge base could not work.
    """
    found = services().answer(turn, text, item_code)
    status = str((found.get("answer") or {}).get("status") or "")
    if status.startswith("error"):
        raise DependencyFailed("assistant.knowledge_failed")
    reason = str((found.get("answer") or {}).get("handoff_reason") or "")
    if status == "handed_off":
        return hand_over(turn, reason).after(found)
    if reason == "judgement_needed":
        offered = [
            button("assistant.button.ask_staff_to_judge", turn.locale, "request_handoff", reason=reason)
        ]
        return Reply([_offering(found, offered)], {"failed_questions": 0})
    if status.startswith("answered") and _is_held(turn, text, found):
        return Reply([say("assistant.held", turn.locale)], {"failed_questions": 0})
    if not status.startswith("unanswerable"):
        return Reply([_with_ways_on(turn, found, item_code)], {"failed_questions": 0})
    failures = int(turn.slots.get("failed_questions") or 0) + 1
    if failures < FAILURES_BEFORE_STAFF:
        offered = [button("assistant.button.staff", turn.locale, "request_handoff", reason="low_confidence")]
        return Reply([_offering(found, offered)], {"failed_questions": failures})
    return hand_over(turn, "two_failed_turns").after(found)


def _is_held(turn: Turn, text: str, found: Message) -> bool:
    """Whether staff look at the answer before it is sent."""
    is_real = bool(turn.conversation_id and turn.turn_id) and not turn.is_canary
    return is_real and services().hold_answer(turn.conversation_id, text, found, turn.turn_id)


def is_unanswerable(turn: Turn, text: str, item_code: str) -> bool:
    """Whether no source carries an answer, without telling anybody so."""
    found = services().answer(turn, text, item_code)
    return str((found.get("answer") or {}).get("status") or "").startswith("unanswerable")


def _item_in_hand(turn: Turn) -> str:
    return turn.slot("service_item_code") if turn.active_loop else ""


def _with_ways_on(turn: Turn, found: Message, item_code: str) -> Message:
    """Offer to file what the answer was about, unless a form is already open."""
    if turn.active_loop:
        return found
    code = item_code or _best_item(turn)
    item = forms.get_service_item(code) if code else None
    if item is None or item.form is None:
        return found
    label = translate("assistant.button.start_item", turn.locale, item=item.name.get(turn.locale))
    return _offering(found, [choice(label, "start_filing", service_item=item.code)])


def _best_item(turn: Turn) -> str:
    matches = forms.find_service_items(turn.text, turn.locale)
    return matches[0].code if matches and matches[0].score >= 0.8 else ""


def _offering(found: Message, offered: list[Choice]) -> Message:
    return {**found, "choices": [*found.get("choices", []), *offered]}


def _unclear(turn: Turn) -> Message:
    return say("assistant.say_it_again", turn.locale)

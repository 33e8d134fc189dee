"""Handing over to staff, with what they need to go on at once."""

from typing import Any

from bot.actions.messages import message
from bot.actions.services import services
from bot.actions.turn import Message, Reply, Turn
from bot.handoff.service import CaseTicket, waiting_text
from core.blocks import notice, paragraph
from forms import service as forms
from i18n.service import translate

REASONS = frozenset(
    {
        "asked_for",
        "two_failed_turns",
        "low_confidence",
        "sensitive",
        "judgement_needed",
        "form_stuck",
        "bot_failure",
    }
)
ENDS_FORM = {"next_step": "none", "failed_questions": 0}


def request_handoff(turn: Turn) -> Reply:
    """Open a case because the person asks for staff, or pressed a button that says why."""
    reason = turn.entities.get("reason", "") if turn.is_payload else ""
    return hand_over(turn, reason if reason in REASONS else "asked_for")


def report_sensitive(turn: Turn) -> Reply:
    """Adverse event, complaint, whistle-blowing, distress: first what helps now, then staff."""
    text = notice("warning", translate("assistant.sensitive", turn.locale))
    safety = message("notice", [text, paragraph(translate("assistant.sensitive_secret", turn.locale))])
    return hand_over(turn, "sensitive").after(safety)


def hand_over(turn: Turn, reason: str) -> Reply:
    """Open the case and tell the person what happens next; an open form falls silent and stays as it is."""
    case = services().request_handoff(
        turn.conversation_id,
        reason,
        unanswered=_open_question(turn),
        confirmed_facts=confirmed_facts(turn),
        filing_id=turn.slot("filing_id") or None,
        service_item_code=turn.slot("service_item_code") or None,
        turn_id=turn.turn_id or None,
    )
    return Reply([_queued(turn, case, reason)], dict(ENDS_FORM))


def _open_question(turn: Turn) -> str | None:
    """Return what staff shall answer; None where the turn only calls for staff, so that it is looked up."""
    return None if turn.intent == "request_handoff" or not turn.text else turn.text


def confirmed_facts(turn: Turn) -> list[dict[str, str]]:
    """Return what the person settled so far, as label and value in the person's language."""
    routing: dict[str, Any] = turn.slots.get("routing") or {}
    code = turn.slot("service_item_code")
    if not code:
        return []
    item = forms.get_service_item(code)
    label = translate("assistant.fact.item", turn.locale)
    facts = [{"label": label, "value": item.name.get(turn.locale)}]
    answers = routing.get("answers") or {}
    for point in item.decision_points:
        for option in point.options:
            if answers.get(point.key) == option.value:
                facts.append({"label": point.ask.get(turn.locale), "value": option.label.get(turn.locale)})
    return facts


def _queued(turn: Turn, case: CaseTicket, reason: str) -> Message:
    blocks = [
        paragraph(translate(f"assistant.handed_over.{reason}", turn.locale)),
        notice("info", waiting_text(case, turn.locale)),
    ]
    return message("handoff", blocks, handoff={**case.to_json(), "reason": reason})

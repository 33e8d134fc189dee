"""Handing over to staff, with what they need to go on at once."""

from typing import Any

from bot.actions.messages import message
from bot.actions.services import services
from bot.actions.turn import Message, Reply, Turn
from core.blocks import card, notice, paragraph
from forms import service as forms
from i18n.service import format_moment, translate

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
    """Open the case and tell the person what happens next."""
    filing_id = turn.slot("filing_id")
    case = services().request_handoff(
        turn.conversation_id,
        reason,
        unanswered=turn.text or None,
        confirmed_facts=confirmed_facts(turn),
        filing_id=filing_id or None,
        service_item_code=turn.slot("service_item_code") or None,
        turn_id=turn.turn_id or None,
    )
    return Reply([_queued(turn, case, reason)], dict(ENDS_FORM))


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


def _queued(turn: Turn, case: Any, reason: str) -> Message:
    lines = [
        (translate("assistant.case.number", turn.locale), str(case.case_no)),
        (translate("assistant.case.position", turn.locale), str(case.position)),
        _when(case, turn.locale),
    ]
    blocks = [
        paragraph(translate(f"assistant.handed_over.{reason}", turn.locale)),
        card(translate("assistant.case.title", turn.locale), lines),
    ]
    details = {
        "case_no": case.case_no,
        "state": "queued",
        "position": case.position,
        "expected_wait_s": case.expected_wait_s,
        "is_open_hours": case.is_open_hours,
        "reason": reason,
    }
    return message("handoff", blocks, handoff=details)


def _when(case: Any, locale: str) -> tuple[str, str]:
    """Say how long it may take, or when the office opens."""
    if not case.is_open_hours:
        return translate("handoff.opens", locale), format_moment(case.opens_at, locale)
    minutes = max(1, -(-int(case.expected_wait_s or 0) // 60))
    return translate("assistant.case.wait", locale), translate("assistant.minutes", locale, n=minutes)

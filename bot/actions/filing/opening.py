"""Coming back to a draft, cancelling one from outside the form, and where filings stand."""

from bot.actions.drafts import filing_href, open_drafts
from bot.actions.filing.commands import CLOSED
from bot.actions.guiding import sign_in_first
from bot.actions.messages import button, choice, message, say, warn
from bot.actions.turn import Message, Reply, Turn
from core.blocks import card, paragraph, steps
from core.errors import NotAvailable
from forms import service as forms
from forms.service import FilingStatus, FilingSummary
from i18n.service import format_moment, translate

MOST_LISTED = 5


def resume(turn: Turn) -> Reply:
    """Open the form on a draft: the one named by the button, or the only one there is."""
    if not turn.actor.account_id:
        return Reply([sign_in_first(turn)], {"next_step": "none"})
    drafts = {draft.id: draft for draft in open_drafts(turn)}
    chosen = turn.entities.get("filing_id", "") if turn.is_payload else ""
    if not chosen and len(drafts) == 1:
        chosen = next(iter(drafts))
    if chosen in drafts:
        draft = drafts[chosen]
        text = say("assistant.filing.resumed", turn.locale, title=draft.title)
        slots = {"filing_id": draft.id, "service_item_code": draft.item_code, "stage": "start"}
        return Reply([text], {**slots, "next_step": "filing", "asked_key": None, "rejections": 0})
    if not drafts:
        offered = [button("assistant.button.start", turn.locale, "start_filing")]
        return Reply([say("assistant.filing.no_draft", turn.locale, offered)], {"next_step": "none"})
    choices = [choice(_label(one), "resume_filing", filing_id=one.id) for one in drafts.values()]
    return Reply([say("assistant.filing.which_draft", turn.locale, choices)], {"next_step": "none"})


def cancel_outside(turn: Turn) -> Reply:
    """Cancel a draft while no form is open: choose it, confirm, done."""
    if not turn.actor.account_id:
        return Reply([sign_in_first(turn)])
    drafts = {draft.id: draft for draft in open_drafts(turn)}
    chosen = drafts.get(turn.entities.get("filing_id", "")) if turn.is_payload else None
    if chosen is None:
        if not drafts:
            return Reply([say("assistant.filing.no_draft", turn.locale)])
        choices = [choice(_label(one), "cancel_filing", filing_id=one.id) for one in drafts.values()]
        return Reply([say("assistant.filing.cancel_which", turn.locale, choices)])
    if turn.entities.get("value") != "yes":
        choices = [
            button(
                "assistant.button.cancel_for_good",
                turn.locale,
                "cancel_filing",
                filing_id=chosen.id,
                value="yes",
            ),
            button("assistant.button.resume", turn.locale, "resume_filing", filing_id=chosen.id),
        ]
        return Reply([say("assistant.filing.cancel_sure", turn.locale, choices, title=chosen.title)])
    forms.cancel_filing(turn.actor, chosen.id)
    return Reply([say("assistant.filing.cancelled", turn.locale)], dict(CLOSED))


def status(turn: Turn) -> Reply:
    """Say where a filing stands: by its number, else list the person's own."""
    if not turn.actor.account_id:
        return Reply([sign_in_first(turn)])
    number = turn.entities.get("filing_no", "")
    if number:
        try:
            return Reply([_status(turn, forms.filing_status(turn.actor, number, turn.locale))])
        except NotAvailable:
            offered = [button("assistant.button.my_filings", turn.locale, "ask_status")]
            return Reply([warn("assistant.status.unknown", turn.locale, offered, number=number)])
    found = forms.list_filings(turn.actor, turn.locale)
    if not found:
        offered = [button("assistant.button.start", turn.locale, "start_filing")]
        return Reply([say("assistant.status.none", turn.locale, offered)])
    return Reply([_list(turn, found)])


def _status(turn: Turn, found: FilingStatus) -> Message:
    locale = turn.locale
    lines = [
        (translate("assistant.filing.number", locale), found.filing_no),
        (translate("assistant.filing.item", locale), found.item_name),
        (translate("assistant.filing.product", locale), found.title),
        (translate("assistant.filing.enterprise", locale), found.enterprise_name),
        (translate("assistant.status.state", locale), found.state_label),
    ]
    blocks = [
        card(translate("assistant.status.title", locale), lines, filing_href(found.filing_id)),
        paragraph(found.explanation),
        steps((event.label, format_moment(event.at, locale)) for event in found.history),
    ]
    details = {"filing_id": found.filing_id, "filing_no": found.filing_no, "state": found.state}
    return message("filing", blocks, filing=details)


def _list(turn: Turn, found: list[FilingSummary]) -> Message:
    blocks = [paragraph(translate("assistant.status.list", turn.locale, n=len(found)))]
    choices = []
    for one in found[:MOST_LISTED]:
        number = one.filing_no or translate("assistant.status.no_number", turn.locale)
        lines = [
            (translate("assistant.filing.number", turn.locale), number),
            (translate("assistant.status.state", turn.locale), one.state_label),
            (translate("assistant.status.updated", turn.locale), format_moment(one.updated_at, turn.locale)),
        ]
        blocks.append(card(one.title, lines, filing_href(one.id)))
        if one.filing_no:
            choices.append(choice(one.filing_no, "ask_status", filing_no=one.filing_no))
    return message("filing", blocks, choices)


def _label(one: FilingSummary) -> str:
    return f"{one.title} · {one.state_label}"

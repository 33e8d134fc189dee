"""From "I want to file" to an open draft: which item, who files, the routing questions.

1. ``guide_filing`` answers "how do I …" from the guide and leads a wish in the person's own words to its
   item.
2. ``start_filing`` settles the item, the person and the enterprise, then asks the first routing question.
3. ``validate_routing`` reads each answer; the last one opens the draft, or says where to go instead.
"""

from typing import Any

from bot.actions.drafts import filing_href, open_drafts
from bot.actions.messages import Choice, button, choice, message, say, warn
from bot.actions.questions import answer_about, answer_question, is_unanswerable
from bot.actions.reading import is_digression, reads_as_question, speaks_of_wanting
from bot.actions.staff import report_sensitive
from bot.actions.turn import Message, Reply, Turn
from bot.actions.wishing import Meant, is_wish, meant, named_item, only_asks, which_of, wish_told
from core.blocks import card, notice, paragraph
from forms import service as forms
from forms.service import GuidanceOutcome, GuidanceQuestion
from i18n.service import translate

NO_FORM: dict[str, Any] = {"next_step": "none"}


def guide_filing(turn: Turn) -> Reply:
    """Answer a question from the guide of the item that it names; lead a wish to its item and operation."""
    found = meant(turn)
    if not found.code and not found.offered:
        return answer_about(turn, turn.text, "") if turn.text else Reply([_which_item(turn)])
    if turn.active_loop:
        return answer_about(turn, turn.text, found.code)
    is_open = bool(found.offered) and not speaks_of_wanting(turn.text)
    named = named_item(turn)
    if (is_open or reads_as_question(turn)) and not is_unanswerable(turn, turn.text, named):
        return answer_about(turn, turn.text, named)
    return wish_told(turn)


def start_filing(turn: Turn) -> Reply:
    """Settle item, person and enterprise; ask the first routing question."""
    found = meant(turn)
    if found.offered:
        return Reply([which_of(turn, found.offered, "start_filing")], dict(NO_FORM))
    if not found.code:
        return Reply([_which_item(turn)], dict(NO_FORM))
    if forms.get_service_item(found.code).form is None:
        reply = guide_filing(turn)
        return Reply(reply.messages, {**reply.slots, **NO_FORM})
    if not turn.actor.account_id:
        return Reply([sign_in_first(turn)], dict(NO_FORM))
    enterprises = {one.id: one for one in forms.list_enterprises(turn.actor)}
    chosen = turn.entities.get("enterprise_id", "") or turn.enterprise_id
    if chosen not in enterprises:
        if len(enterprises) != 1:
            return Reply([_which_enterprise(turn, found, list(enterprises.values()))], dict(NO_FORM))
        chosen = next(iter(enterprises))
    return _begin(turn, found, chosen)


def _begin(turn: Turn, found: Meant, enterprise_id: str) -> Reply:
    code = found.code
    for draft in open_drafts(turn):
        if draft.item_code == code and draft.enterprise_id == enterprise_id:
            return Reply([_there_is_a_draft(turn, draft.id, draft.title)], dict(NO_FORM))
    answers = forms.answers_for(code, found.operation)
    routing = {"enterprise_id": enterprise_id, "answers": answers}
    slots = {"service_item_code": code, "routing": routing, "filing_id": None, "rejections": 0}
    intro = say("assistant.guide.begin", turn.locale, item=forms.get_service_item(code).name.get(turn.locale))
    routed = _routed(turn, code, routing)
    return routed.noting(**{**slots, **routed.slots}).after(intro)


def ask_routing(turn: Turn) -> Reply:
    """Put the routing question that is next; nothing more once staff were called in the middle of it."""
    if turn.slot("next_step") == "none":
        return Reply(closes_form=True)
    step = forms.guidance_step(turn.slot("service_item_code"), _answers(turn), turn.locale)
    if isinstance(step, GuidanceOutcome):
        return Reply(closes_form=True)
    return Reply([_routing_question(turn, step)], {"asked_key": step.key})


def validate_routing(turn: Turn) -> Reply:
    """Read the answer to the routing question that was put."""
    if not turn.answers_form:
        return Reply()
    code, key = turn.slot("service_item_code"), turn.entities.get("field_key", "") or turn.slot("asked_key")
    chosen = _option_meant(turn, code, key)
    if chosen is None:
        return _not_an_option(turn)
    routing = {**(turn.slots.get("routing") or {}), "answers": {**_answers(turn), key: chosen}}
    step = forms.guidance_step(code, routing["answers"], turn.locale)
    if isinstance(step, GuidanceQuestion):
        return Reply(slots={"routing": routing})
    return _routed(turn, code, routing).noting(routing=routing)


def _option_meant(turn: Turn, code: str, key: str) -> str | None:
    if turn.is_payload:
        return turn.entities.get("choice")
    return None if reads_as_question(turn) else forms.read_choice(code, key, turn.text)


def _not_an_option(turn: Turn) -> Reply:
    if turn.intent == "cancel_filing":
        return Reply([say("assistant.guide.left", turn.locale)], dict(NO_FORM), closes_form=True)
    if is_digression(turn):
        return Reply(rejects_form=True)
    return Reply([warn("assistant.guide.choose", turn.locale)])


def _answers(turn: Turn) -> dict[str, str]:
    return dict((turn.slots.get("routing") or {}).get("answers") or {})


def _routed(turn: Turn, code: str, routing: dict[str, Any]) -> Reply:
    step = forms.guidance_step(code, routing["answers"], turn.locale)
    if isinstance(step, GuidanceQuestion):
        return Reply(slots={"next_step": "guidance"})
    if step.kind == "proceed":
        return _open(turn, code, routing, step)
    choices = [
        button(
            "assistant.button.ask_staff_to_judge", turn.locale, "request_handoff", reason="judgement_needed"
        )
    ]
    if step.kind == "other_item" and step.item_code:
        name = forms.get_service_item(step.item_code).name.get(turn.locale)
        label = translate("assistant.button.guide_item", turn.locale, item=name)
        choices.insert(0, choice(label, "guide_filing", service_item=step.item_code))
    shown = [paragraph(step.text)]
    if step.basis:
        shown.append(paragraph(translate("assistant.basis", turn.locale, basis=step.basis)))
    return Reply([message("choices", shown, choices)], dict(NO_FORM), closes_form=True)


def _open(turn: Turn, code: str, routing: dict[str, Any], step: GuidanceOutcome) -> Reply:
    filing = forms.start_filing(
        turn.actor,
        enterprise_id=routing["enterprise_id"],
        item_code=code,
        answers=routing["answers"],
        idempotency_key=f"{turn.conversation_id}:{turn.turn_id}",
        origin=forms.Origin(turn.channel),
        locale=turn.locale,
    )
    lines = [
        (translate("assistant.filing.enterprise", turn.locale), filing.enterprise_name),
        (translate("assistant.filing.item", turn.locale), filing.item_name),
        (
            translate("assistant.filing.prefilled", turn.locale),
            translate("assistant.filing.share", turn.locale, done=filing.prefilled, total=filing.total),
        ),
    ]
    blocks = [
        paragraph(step.text),
        card(translate("assistant.filing.opened", turn.locale), lines, filing_href(filing.id)),
        notice("info", translate("assistant.filing.both_ways", turn.locale)),
    ]
    opened = message("filing", blocks, filing={"filing_id": filing.id, "state": filing.state})
    slots = {"filing_id": filing.id, "next_step": "filing", "stage": "start", "asked_key": None}
    return Reply([opened], slots, closes_form=True)


def _routing_question(turn: Turn, step: GuidanceQuestion) -> Message:
    blocks = [paragraph(step.text), paragraph(step.why)]
    if step.basis:
        blocks.append(paragraph(translate("assistant.basis", turn.locale, basis=step.basis)))
    choices = [
        choice(label, "choose_option", field_key=step.key, choice=value) for value, label in step.options
    ]
    return message("choices", blocks, choices)


def _which_item(turn: Turn) -> Message:
    choices: list[Choice] = [
        choice(item.name.get(turn.locale), "start_filing", service_item=item.code)
        for item in forms.list_service_items()
        if item.form is not None
    ]
    return say("assistant.guide.which_item", turn.locale, choices)


def _which_enterprise(turn: Turn, found: Meant, enterprises: list[forms.EnterpriseView]) -> Message:
    if not enterprises:
        offered = [button("assistant.button.staff", turn.locale, "request_handoff", reason="asked_for")]
        return warn("assistant.filing.no_enterprise", turn.locale, offered)
    choices = [
        choice(
            one.name,
            "start_filing",
            service_item=found.code,
            enterprise_id=one.id,
            value=found.operation,
        )
        for one in enterprises
    ]
    return say("assistant.filing.which_enterprise", turn.locale, choices)


def _there_is_a_draft(turn: Turn, filing_id: str, title: str) -> Message:
    choices = [
        button("assistant.button.resume", turn.locale, "resume_filing", filing_id=filing_id),
        button("assistant.button.cancel_draft", turn.locale, "cancel_filing", filing_id=filing_id),
    ]
    return say("assistant.filing.draft_exists", turn.locale, choices, title=title)


def sign_in_first(turn: Turn) -> Message:
    """Say that this needs a signed-in person."""
    text = translate("assistant.sign_in_first", turn.locale)
    link = card(translate("assistant.sign_in", turn.locale), [], "/sign-in")
    return message("notice", [notice("info", text), link])


def report_or_wish(turn: Turn) -> Reply:
    """Take a report to staff; a wish is led to its item, what only asks about harsh things is answered."""
    if is_wish(turn):
        return guide_filing(turn)
    return answer_question(turn) if only_asks(turn) else report_sensitive(turn)

"""What a person may want of the filing form besides answering: each command is one ``(Turn) -> Reply``."""

from collections.abc import Callable
from difflib import SequenceMatcher

from bot.actions.drafts import filing_href
from bot.actions.filing.asking import CANCELLING, CHANGING, DECLARING, READY, START
from bot.actions.filing.summary import summary_blocks
from bot.actions.messages import button, message, say, warn
from bot.actions.reading import change_of
from bot.actions.staff import request_handoff
from bot.actions.turn import Message, Reply, Turn
from core.blocks import card, notice
from core.errors import InvalidInput
from forms import service as forms
from forms.service import Accepted, FieldView, FilingView, Rejected
from i18n.service import format_moment, translate

CLOSED = {"filing_id": None, "stage": None, "asked_key": None, "next_step": "none", "rejections": 0}
CLOSE_ENOUGH = 0.5


def confirm(turn: Turn) -> Reply:
    """A yes: to the values shown together, to the value shown, to cancelling, or as the declaration."""
    stage, filing_id = turn.slot("stage"), turn.slot("filing_id")
    key = turn.entities.get("field_key", "")
    if not key and stage == CANCELLING:
        return _cancel(turn)
    if not key and stage == DECLARING:
        forms.confirm_declaration(turn.actor, filing_id, True)
        return Reply([say("assistant.filing.declared", turn.locale)], {"stage": READY})
    if not key and stage == READY:
        return submit(turn)
    if not key and stage == START:
        confirmed = forms.confirm_prefilled(turn.actor, filing_id, None)
        return Reply([say("assistant.filing.confirmed", turn.locale, n=len(confirmed))], {"stage": None})
    confirmed = forms.confirm_prefilled(turn.actor, filing_id, [key or turn.slot("asked_key")])
    if confirmed:
        return Reply(slots={"stage": None, "rejections": 0})
    return Reply([say("assistant.filing.nothing_to_confirm", turn.locale)])


def deny(turn: Turn) -> Reply:
    """A no: look at values one by one, keep the draft, or give another value."""
    stage = turn.slot("stage")
    if stage == START:
        return Reply([say("assistant.filing.one_by_one", turn.locale)], {"stage": None})
    if stage == CANCELLING:
        return Reply([say("assistant.filing.kept", turn.locale)], {"stage": None})
    if stage in (DECLARING, READY):
        text = say("assistant.filing.not_declared", turn.locale)
        return Reply([text], {"stage": CHANGING, "asked_key": None})
    return Reply([say("assistant.filing.type_it", turn.locale)])


def skip(turn: Turn) -> Reply:
    """Leave the field for now; a required one stays a gap that the check names."""
    key = turn.entities.get("field_key", "") or turn.slot("asked_key")
    if not key:
        return Reply([say("assistant.filing.nothing_to_skip", turn.locale)])
    question = forms.question_for(turn.actor, turn.slot("filing_id"), key, turn.locale)
    result = forms.skip_field(turn.actor, turn.slot("filing_id"), key, turn.locale)
    if isinstance(result, Rejected) or question is None:
        return Reply()
    code = "assistant.filing.put_off" if question.required else "assistant.filing.skipped"
    return Reply([say(code, turn.locale, field=question.label)], {"stage": None, "rejections": 0})


def change(turn: Turn) -> Reply:
    """Change an earlier answer: by button, by naming the field, or by naming field and new value at once."""
    key = turn.entities.get("field_key", "")
    if key:
        return Reply(slots={"stage": CHANGING, "asked_key": key})
    wanted = change_of(turn.text)
    filing = forms.get_filing(turn.actor, turn.slot("filing_id"), turn.locale)
    field = field_meant(filing, wanted.field) if wanted and wanted.field else None
    if field is None:
        return Reply(slots={"stage": CHANGING, "asked_key": None})
    if wanted is None or not wanted.value:
        return Reply(slots={"stage": CHANGING, "asked_key": field.key})
    return store(turn, field.key, field.label, wanted.value)


def field_meant(filing: FilingView, name: str) -> FieldView | None:
    """Return the field that a person names, or None where no label comes close."""
    wanted = name.casefold().strip()

    def closeness(field: FieldView) -> float:
        label = field.label.casefold()
        if wanted in label or label in wanted:
            return 1 + min(len(wanted), len(label)) / max(len(wanted), len(label))
        return SequenceMatcher(None, wanted, label).ratio()

    candidates = [field for field in filing.fields if field.set_by == "applicant"]
    best = max(candidates, key=closeness, default=None)
    return best if best is not None and closeness(best) >= CLOSE_ENOUGH else None


def store(turn: Turn, key: str, label: str, raw: str) -> Reply:
    """Hand a value to the filing and say what became of it."""
    result = forms.answer_field(
        turn.actor, turn.slot("filing_id"), key, raw, source="chat", locale=turn.locale
    )
    if isinstance(result, Accepted):
        noted = say("assistant.filing.noted", turn.locale, field=label, value=result.display)
        return Reply([noted], {"stage": None, "rejections": 0})
    why = translate(result.code, turn.locale, **result.params)
    count = int(turn.slots.get("rejections") or 0) + 1
    slots = {"stage": CHANGING, "asked_key": key} if key != turn.slot("asked_key") else {}
    return Reply([warn("assistant.filing.not_taken", turn.locale, why=why)], {**slots, "rejections": count})


def store_several(turn: Turn, named: list[tuple[str, str]]) -> Reply:
    """Store every value that one sentence names; say of each what became of it."""
    filing = forms.get_filing(turn.actor, turn.slot("filing_id"), turn.locale)
    labels = {field.key: field.label for field in filing.fields}
    replies = [store(turn, key, labels.get(key, key), raw) for key, raw in named]
    messages = [shown for reply in replies for shown in reply.messages]
    return Reply(messages, {"stage": None, "rejections": 0})


def review(turn: Turn) -> Reply:
    """Show everything filled in so far; before the declaration the next question shows it anyway."""
    if turn.slot("stage") == DECLARING:
        return Reply(slots={"stage": None})
    filing = forms.get_filing(turn.actor, turn.slot("filing_id"), turn.locale)
    done = translate("assistant.filing.share", turn.locale, done=filing.answered, total=filing.total)
    blocks = [notice("info", done), *summary_blocks(turn, filing)]
    return Reply([message("filing", blocks, filing={"filing_id": filing.id, "state": filing.state})])


def submit(turn: Turn) -> Reply:
    """Hand in, once; what is missing is told by the question that follows."""
    filing_id = turn.slot("filing_id")
    found = forms.check_filing(turn.actor, filing_id, turn.locale)
    if found:
        only_declaration = all(one.rule == "declaration" for one in found)
        code = "assistant.filing.declare_first" if only_declaration else "assistant.filing.not_complete"
        return Reply([say(code, turn.locale)], {"stage": DECLARING if only_declaration else None})
    filing = forms.get_filing(turn.actor, filing_id, turn.locale)
    try:
        done = forms.submit_filing(
            turn.actor,
            filing_id,
            expected_version=filing.version,
            idempotency_key=f"chat:{filing_id}:{filing.version}",
        )
    except InvalidInput:
        return Reply([say("assistant.filing.not_complete", turn.locale)], {"stage": None})
    return Reply([_submitted(turn, filing, done)], dict(CLOSED), closes_form=True)


def _submitted(turn: Turn, filing: FilingView, done: forms.Submission) -> Message:
    locale = turn.locale
    lines = [
        (translate("assistant.filing.number", locale), done.filing_no),
        (translate("assistant.filing.receipt_code", locale), done.receipt_code),
        (translate("assistant.filing.product", locale), filing.title),
        (translate("assistant.filing.enterprise", locale), filing.enterprise_name),
        (translate("assistant.filing.submitted_at", locale), format_moment(done.submitted_at, locale)),
    ]
    blocks = [
        notice("success", translate("assistant.filing.submitted", locale)),
        card(filing.item_name, lines, filing_href(filing.id)),
        notice("info", translate("assistant.filing.what_now", locale)),
    ]
    choices = [button("assistant.button.this_status", locale, "ask_status", filing_no=done.filing_no)]
    details = {"filing_id": filing.id, "filing_no": done.filing_no, "state": "submitted"}
    return message("filing", blocks, choices, filing=details)


def cancel(turn: Turn) -> Reply:
    """Ask whether the draft is really to be withdrawn."""
    return Reply(slots={"stage": CANCELLING})


def _cancel(turn: Turn) -> Reply:
    forms.cancel_filing(turn.actor, turn.slot("filing_id"))
    return Reply([say("assistant.filing.cancelled", turn.locale)], dict(CLOSED), closes_form=True)


def save(turn: Turn) -> Reply:
    """Leave; the draft is already safe, say how to come back."""
    filing_id = turn.slot("filing_id")
    if not filing_id:
        return Reply([say("assistant.guide.left", turn.locale)], {"next_step": "none"}, closes_form=True)
    back = [button("assistant.button.resume", turn.locale, "resume_filing", filing_id=filing_id)]
    return Reply([say("assistant.filing.saved", turn.locale, back)], dict(CLOSED), closes_form=True)


def staff(turn: Turn) -> Reply:
    """Hand over and close the form; the draft stays."""
    reply = request_handoff(turn)
    return Reply(reply.messages, {**reply.slots, "stage": None}, closes_form=True)


def go_on(turn: Turn) -> Reply:
    """Put the next question; say first what was entered beside the words, where something was."""
    key = turn.entities.get("field_key", "") if turn.is_payload else ""
    filing = forms.get_filing(turn.actor, turn.slot("filing_id"), turn.locale) if key else None
    entered = next((field for field in filing.fields if field.key == key), None) if filing else None
    if entered is None or entered.status != "confirmed":
        return Reply(slots={"stage": None})
    noted = say("assistant.filing.noted", turn.locale, field=entered.label, value=entered.display)
    return Reply([noted], {"stage": None, "rejections": 0})


COMMANDS: dict[str, Callable[[Turn], Reply]] = {
    "confirm": confirm,
    "deny": deny,
    "skip_field": skip,
    "change_answer": change,
    "review_filing": review,
    "submit_filing": submit,
    "cancel_filing": cancel,
    "save_and_leave": save,
    "request_handoff": staff,
    "resume_filing": go_on,
    "start_filing": go_on,
}

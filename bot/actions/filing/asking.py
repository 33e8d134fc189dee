"""What the filing form says next.

1. Fresh drafts: everything pre-filled at once, each value with its receipt, to be confirmed together or
   looked at one by one.
2. Then one field at a time, in form order.
3. With nothing left to ask: all deficiencies at once; without any, the summary and the person's own
   declaration; with the declaration given, the button to submit.
"""

from bot.actions.drafts import filing_href
from bot.actions.filing.entering import ENTERED, FILES, entry_block
from bot.actions.filing.summary import deficiency_message, summary_blocks
from bot.actions.messages import Choice, button, choice, field_block, message, say
from bot.actions.turn import Message, Reply, Turn
from core.blocks import Block, bullet_list, notice, paragraph
from forms import service as forms
from forms.service import FieldQuestion, FieldView, FilingView
from i18n.service import translate

START, CANCELLING, DECLARING, READY, CHANGING = "start", "cancelling", "declaring", "ready", "changing"
FEWEST_IN_GROUP = 2
MOST_BUTTONS = 12
STUCK_AFTER = 3
ASKED_DIFFERENTLY = frozenset({"enum", "multi_enum", "file", "files", "table", "object", "boolean"})


def ask_next(turn: Turn) -> Reply:
    """Put the next question of the draft; nothing more once staff were called in the middle of it."""
    if turn.is_canary or not turn.slot("filing_id"):
        return Reply([say("assistant.nothing_pending", turn.locale)], closes_form=True)
    if turn.slot("next_step") == "none":
        return Reply(closes_form=True)
    filing = forms.get_filing(turn.actor, turn.slot("filing_id"), turn.locale)
    if not filing.is_editable:
        text = say("assistant.filing.not_editable", turn.locale, state=filing.state_label)
        return Reply([text], {"filing_id": None, "stage": None}, closes_form=True)
    stage = turn.slot("stage")
    if stage == CANCELLING:
        return Reply([_cancel_question(turn, filing)])
    if stage == CHANGING:
        return _ask_change(turn, filing)
    together = together_confirmable(filing)
    if stage == START and len(together) >= FEWEST_IN_GROUP:
        return Reply([_prefilled(turn, filing, together)], {"asked_key": None})
    question = forms.next_question(turn.actor, filing.id, turn.locale)
    if question is not None:
        return Reply([question_message(turn, filing, question)], {"asked_key": question.key})
    return _finish(turn, filing)


def together_confirmable(filing: FilingView) -> list[FieldView]:
    """Return the pre-filled values about which nothing is doubtful and which no person has confirmed."""
    return [field for field in filing.fields if field.status == "proposed" and not field.problems]


def _prefilled(turn: Turn, filing: FilingView, fields: list[FieldView]) -> Message:
    intro = translate("assistant.filing.prefilled_together", turn.locale, n=len(fields))
    blocks: list[Block] = [paragraph(intro)]
    for group in filing.groups:
        shown = [field for field in group.fields if field in fields]
        if shown:
            blocks.append(paragraph(group.label))
            blocks += [
                field_block(f.key, f.label, f.display, f.status, f.receipt.text if f.receipt else "")
                for f in shown
            ]
    choices = [
        button("assistant.button.confirm_all", turn.locale, "confirm"),
        button("assistant.button.one_by_one", turn.locale, "deny"),
    ]
    return message("filing", blocks, choices, filing=_progress(filing))


def _with_receipt(field: FieldView) -> Block:
    receipt = field.receipt.text if field.receipt else ""
    return field_block(field.key, field.label, field.display, field.status, receipt)


def question_message(turn: Turn, filing: FilingView, question: FieldQuestion) -> Message:
    """Put one field as a question, with what is known about it and the ways to answer."""
    locale = turn.locale
    place = translate(
        "assistant.filing.place",
        locale,
        position=question.position,
        total=question.total,
        group=question.group,
    )
    blocks: list[Block] = [paragraph(place), paragraph(_ask_text(question, locale)), paragraph(question.help)]
    if question.correction:
        wanted = translate("assistant.filing.officer_says", locale, text=question.correction)
        blocks.insert(0, notice("warning", wanted))
    if question.example:
        blocks.append(paragraph(translate("assistant.filing.example", locale, example=question.example)))
    choices: list[Choice] = []
    if question.prefill is not None:
        blocks += _proposal(question, locale)
        choices.append(button("assistant.button.confirm_value", locale, "confirm", field_key=question.key))
    if question.type in ENTERED:
        blocks.append(entry_block(filing, question, choice=len(choices)))
    choices += _ways_to_answer(turn, question)
    return message("choices" if choices else "text", blocks, choices, filing=_progress(filing))


def _ask_text(question: FieldQuestion, locale: str) -> str:
    if question.prefill is not None:
        return translate("assistant.filing.is_this_right", locale, field=question.label)
    kind = question.type if question.type in ASKED_DIFFERENTLY else "text"
    kind = "file" if kind == "files" else kind
    parts = translate("assistant.list_separator", locale).join(part.label for part in question.parts)
    return translate(f"assistant.filing.ask.{kind}", locale, field=question.label, parts=parts)


def _proposal(question: FieldQuestion, locale: str) -> list[Block]:
    found = question.prefill or {}
    receipt = found["receipt"].text if found.get("receipt") else ""
    blocks = [field_block(question.key, question.label, found["display"], "proposed", receipt)]
    blocks += [notice("warning", text) for text in found.get("problems", [])]
    others = [
        translate("assistant.filing.other_source", locale, source=one.source_label, value=one.display)
        for one in found.get("alternatives", [])
    ]
    return [*blocks, bullet_list(others)] if others else blocks


def _ways_to_answer(turn: Turn, question: FieldQuestion) -> list[Choice]:
    locale, key = turn.locale, question.key
    found: list[Choice] = []
    if question.type == "enum" and len(question.options) <= MOST_BUTTONS:
        found = [
            choice(label, "answer_field", field_key=key, value=value) for value, label in question.options
        ]
    elif question.type == "boolean":
        found = [
            button("assistant.button.yes", locale, "answer_field", field_key=key, value="yes"),
            button("assistant.button.no", locale, "answer_field", field_key=key, value="no"),
        ]
    elif question.type in ENTERED:
        code = "attached" if question.type in FILES else "entered"
        found = [button(f"assistant.button.{code}", locale, "resume_filing", field_key=key)]
    for one in (question.prefill or {}).get("alternatives", []):
        if isinstance(one.value, str):
            label = translate("assistant.button.use_value", locale, value=one.display)
            found.append(choice(label, "answer_field", field_key=key, value=one.value))
    if not question.required:
        found.append(button("assistant.button.skip", locale, "skip_field", field_key=key))
    elif question.type in FILES:
        found.append(button("assistant.button.put_off", locale, "skip_field", field_key=key))
    if int(turn.slots.get("rejections") or 0) >= STUCK_AFTER:
        found.append(button("assistant.button.staff", locale, "request_handoff", reason="form_stuck"))
    return found


def _ask_change(turn: Turn, filing: FilingView) -> Reply:
    key = turn.slot("asked_key")
    question = forms.question_for(turn.actor, filing.id, key, turn.locale) if key else None
    if question is not None:
        return Reply([question_message(turn, filing, question)])
    filled = [field for field in filing.fields if field.display and field.set_by == "applicant"]
    choices = [choice(field.label, "change_answer", field_key=field.key) for field in filled]
    choices.append(button("assistant.button.go_on", turn.locale, "resume_filing"))
    return Reply([say("assistant.filing.change_which", turn.locale, choices)])


def _cancel_question(turn: Turn, filing: FilingView) -> Message:
    choices = [
        button("assistant.button.cancel_for_good", turn.locale, "confirm"),
        button("assistant.button.go_on", turn.locale, "deny"),
    ]
    return say("assistant.filing.cancel_sure", turn.locale, choices, title=filing.title)


def _finish(turn: Turn, filing: FilingView) -> Reply:
    found = forms.check_filing(turn.actor, filing.id, turn.locale)
    gaps = [one for one in found if one.rule != "declaration"]
    if gaps:
        return Reply([deficiency_message(turn, filing, gaps)], {"asked_key": None, "stage": None})
    if found:
        return Reply([_declaration(turn, filing)], {"asked_key": None, "stage": DECLARING})
    choices = [
        button("assistant.button.submit", turn.locale, "submit_filing"),
        button("assistant.button.save", turn.locale, "save_and_leave"),
    ]
    return Reply([say("assistant.filing.ready", turn.locale, choices)], {"asked_key": None, "stage": READY})


def _declaration(turn: Turn, filing: FilingView) -> Message:
    blocks = [
        notice("success", translate("assistant.filing.sound", turn.locale)),
        *summary_blocks(turn, filing),
        paragraph(translate("assistant.filing.declare", turn.locale)),
        paragraph(filing.declaration),
    ]
    choices = [
        button("assistant.button.declare", turn.locale, "confirm"),
        button("assistant.button.change", turn.locale, "change_answer"),
        button("assistant.button.save", turn.locale, "save_and_leave"),
    ]
    return message("filing", blocks, choices, filing=_progress(filing))


def _progress(filing: FilingView) -> dict[str, object]:
    return {
        "filing_id": filing.id,
        "state": filing.state,
        "answered": filing.answered,
        "total": filing.total,
        "href": filing_href(filing.id),
    }

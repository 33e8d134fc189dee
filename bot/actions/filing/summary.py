"""The whole draft at a glance, and everything that still stands in its way."""

from bot.actions.drafts import filing_href
from bot.actions.messages import Choice, button, choice, message
from bot.actions.turn import Message, Turn
from core.blocks import Block, card, notice, table
from forms.service import Deficiency, FilingView
from i18n.service import translate

MOST_BUTTONS = 8
COLUMNS = ("field", "problem", "fix", "clause")


def summary_blocks(turn: Turn, filing: FilingView) -> list[Block]:
    """Return one card a page of the form, sensitive values masked."""
    blank = translate("assistant.filing.blank", turn.locale)
    return [
        card(group.label, [(f.label, f.display or blank) for f in group.fields if f.set_by != "declaration"])
        for group in filing.groups
        if any(field.set_by != "declaration" for field in group.fields)
    ]


def deficiency_message(turn: Turn, filing: FilingView, gaps: list[Deficiency]) -> Message:
    """Tell everything that is missing or wrong at once: field, what is wrong, how to mend it, the clause."""
    locale = turn.locale
    columns = [
        translate(f"assistant.deficiency.{name}", locale) for name in ("field", "problem", "fix", "clause")
    ]
    caption = translate("assistant.deficiency.caption", locale)
    rows = [[gap.label, gap.message, gap.fix, gap.clause] for gap in gaps]
    blocks = [
        notice("warning", translate("assistant.deficiency.all", locale, n=len(gaps))),
        table(caption, columns, rows),
        card(translate("assistant.filing.web_form", locale), [], filing_href(filing.id)),
    ]
    fields = {gap.field: gap.label for gap in gaps}
    choices: list[Choice] = [
        choice(translate("assistant.button.mend", locale, field=label), "change_answer", field_key=key)
        for key, label in list(fields.items())[:MOST_BUTTONS]
    ]
    choices.append(button("assistant.button.check_again", locale, "review_filing"))
    choices.append(button("assistant.button.save", locale, "save_and_leave"))
    return message("filing", blocks, choices, filing={"filing_id": filing.id, "state": filing.state})

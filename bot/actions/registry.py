"""Every action by the name that the domain knows it by."""

from bot.actions import guiding, questions, staff, talk
from bot.actions.filing import asking, commands, opening, validating
from bot.actions.turn import Handler

HANDLERS: dict[str, Handler] = {
    "action_greet": talk.greet,
    "action_goodbye": talk.goodbye,
    "action_thanks": talk.thanks,
    "action_capabilities": talk.capabilities,
    "action_nothing_pending": talk.nothing_pending,
    "action_answer_question": questions.answer_question,
    "action_guide_filing": guiding.guide_filing,
    "action_start_filing": guiding.start_filing,
    "validate_guidance_form": guiding.validate_routing,
    "action_ask_guidance_form_routing_answer": guiding.ask_routing,
    "action_resume_filing": opening.resume,
    "action_cancel_filing": opening.cancel_outside,
    "action_ask_status": opening.status,
    "validate_filing_form": validating.validate,
    "action_ask_filing_form_field_answer": asking.ask_next,
    "action_save_and_leave": commands.save,
    "action_request_handoff": staff.request_handoff,
    "action_report_sensitive": guiding.report_or_wish,
}

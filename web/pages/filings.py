"""Filings: the list, the web form, and what a person does in it.

1. ``GET /filings/<id>`` shows the form; ``GET …/form`` the form alone, for the script that keeps it in step.
2. Each group is one form. A posted group stores the values that changed, and confirms or skips the field
   whose button was pressed. What cannot be taken is shown beside its field with what was typed.
3. ``check`` shows all deficiencies at once, each with a link to its field; ``declare`` takes the person's own
   statement; ``submit`` hands in exactly once.

A request with ``X-Fragment`` gets the form alone as its reply instead of a redirect.
"""

import secrets

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as BaseResponse

from bot.handoff import service as handoff
from core.errors import AssistantError, Conflict, InvalidInput
from forms import service as forms
from forms.service import Deficiency, FilingView
from web.pages.filing_input import Problem, take_group
from web.pages.viewer import page, texts, to, viewer
from web.security.access import Access, access


def register(blueprint: Blueprint) -> None:
    """Add the pages."""
    blueprint.get("/filings")(filing_list)
    blueprint.get("/filings/<filing_id>")(filing_page)
    blueprint.get("/filings/<filing_id>/form")(form_alone)
    blueprint.post("/filings/<filing_id>/groups/<group>")(save_group)
    blueprint.post("/filings/<filing_id>/confirmations")(confirm_all)
    blueprint.post("/filings/<filing_id>/check")(check)
    blueprint.post("/filings/<filing_id>/declaration")(declare)
    blueprint.post("/filings/<filing_id>/submit")(submit)
    blueprint.post("/filings/<filing_id>/withdrawal")(withdraw)
    blueprint.post("/filings/<filing_id>/manufacture")(confirm_manufacture)
    blueprint.post("/filings/<filing_id>/printing")(print_again)
    blueprint.post("/filings/<filing_id>/copies")(copy)
    blueprint.post("/filings/<filing_id>/assistance")(assistance)
    blueprint.post("/filings/<filing_id>/proposals/<proposal_id>")(answer_proposal)


@access(Access.SIGNED_IN)
def filing_list() -> Response:
    """List the person's filings and what waits for their confirmation."""
    who = viewer()
    return page(
        "filings/list.html",
        filings=forms.list_filings(who.actor, who.locale),
        pending=forms.pending_confirmations(who.actor, who.locale),
    )


@access(Access.SIGNED_IN)
def filing_page(filing_id: str) -> Response:
    """Show one filing."""
    return _render("filings/filing.html", filing_id)


@access(Access.SIGNED_IN)
def form_alone(filing_id: str) -> Response:
    """Show the form alone."""
    return _render("filings/form.html", filing_id)


def _render(
    template: str,
    filing_id: str,
    *,
    status: int = 200,
    problems: dict[str, Problem] | None = None,
    gaps: list[Deficiency] | None = None,
    trouble: str = "",
) -> Response:
    who = viewer()
    filing = forms.get_filing(who.actor, filing_id, who.locale)
    return page(
        template,
        status,
        filing=filing,
        problems=problems or {},
        gaps=gaps,
        trouble=trouble,
        is_applicant=who.actor.may_act_for(filing.enterprise_id),
        submit_key=secrets.token_urlsafe(16),
        sure=_sure(filing),
        starters=texts("web.page.starter_filing."),
    )


def _sure(filing: FilingView) -> int:
    """Return how many pre-filled values nothing is doubtful about."""
    return sum(field.status == "proposed" and not field.problems for field in filing.fields)


def _after(
    filing_id: str,
    anchor: str = "",
    *,
    problems: dict[str, Problem] | None = None,
    trouble: str = "",
    is_checked: bool = False,
) -> BaseResponse:
    """Reply to a posted form: the form alone for the script, the page where there is something to say."""
    who = viewer()
    is_checked = is_checked or request.form.get("checked") == "1"
    gaps = _gaps(filing_id) if is_checked else None
    status = 422 if problems or trouble else 200
    if request.headers.get("X-Fragment"):
        return _render("filings/form.html", filing_id, problems=problems, gaps=gaps, trouble=trouble)
    if problems or trouble or gaps is not None:
        return _render(
            "filings/filing.html", filing_id, status=status, problems=problems, gaps=gaps, trouble=trouble
        )
    forms.get_filing(who.actor, filing_id, who.locale)
    return to(f"/filings/{filing_id}{anchor}")


def _gaps(filing_id: str) -> list[Deficiency] | None:
    who = viewer()
    if not forms.get_filing(who.actor, filing_id, who.locale).is_editable:
        return None
    return forms.check_filing(who.actor, filing_id, who.locale)


@access(Access.SIGNED_IN)
def save_group(filing_id: str, group: str) -> BaseResponse:
    """Store the values of one group that changed."""
    who = viewer()
    try:
        problems = take_group(who.actor, filing_id, group, who.locale, request.form, request.files)
    except Conflict as error:
        return _after(filing_id, trouble=who.t(error.code, **error.params))
    return _after(filing_id, f"#group-{group}", problems=problems)


@access(Access.SIGNED_IN)
def confirm_all(filing_id: str) -> BaseResponse:
    """Confirm every pre-filled value about which nothing is doubtful."""
    forms.confirm_prefilled(viewer().actor, filing_id, None)
    return _after(filing_id)


@access(Access.SIGNED_IN)
def check(filing_id: str) -> BaseResponse:
    """Show all deficiencies at once."""
    return _after(filing_id, is_checked=True)


@access(Access.SIGNED_IN)
def declare(filing_id: str) -> BaseResponse:
    """Take the person's own statement, or take it back."""
    who = viewer()
    is_accepted = request.form.get("accepted") == "yes"
    if not is_accepted and request.form.get("withdraw") != "yes":
        return _after(filing_id, trouble=who.t("web.page.filing.declare_first"), is_checked=True)
    forms.confirm_declaration(who.actor, filing_id, is_accepted)
    return _after(filing_id, "#hand-in", is_checked=True)


@access(Access.SIGNED_IN)
def submit(filing_id: str) -> BaseResponse:
    """Hand in, exactly once."""
    who = viewer()
    version = request.form.get("version", "")
    try:
        forms.submit_filing(
            who.actor,
            filing_id,
            expected_version=int(version) if version.isdecimal() else None,
            idempotency_key=request.form.get("submit_key", ""),
        )
    except (InvalidInput, Conflict) as error:
        return _after(filing_id, trouble=_said(error), is_checked=True)
    return _after(filing_id, "#result")


def _said(error: AssistantError) -> str:
    return viewer().t(error.code, **error.params)


@access(Access.SIGNED_IN)
def withdraw(filing_id: str) -> BaseResponse:
    """Withdraw the filing after the person ticked that they mean it."""
    who = viewer()
    if request.form.get("sure") != "yes":
        return _after(filing_id, trouble=who.t("web.page.filing.withdraw_tick"))
    try:
        forms.cancel_filing(who.actor, filing_id, request.form.get("reason", ""))
    except InvalidInput as error:
        return _after(filing_id, trouble=_said(error))
    return to("/filings")


@access(Access.SIGNED_IN)
def confirm_manufacture(filing_id: str) -> BaseResponse:
    """Confirm, for the manufacturer, that it makes the product."""
    forms.confirm_manufacture(viewer().actor, filing_id)
    return to("/filings")


@access(Access.SIGNED_IN)
def print_again(filing_id: str) -> BaseResponse:
    """Ask for the confirmation document anew."""
    forms.request_document(viewer().actor, filing_id)
    return _after(filing_id, "#result")


@access(Access.SIGNED_IN)
def copy(filing_id: str) -> BaseResponse:
    """Begin a new filing from one that was handed in."""
    who = viewer()
    try:
        made = forms.copy_filing(
            who.actor,
            filing_id,
            idempotency_key=request.form.get("copy_key") or secrets.token_urlsafe(16),
            channel="web",
            locale=who.locale,
        )
    except InvalidInput as error:
        return _after(filing_id, trouble=_said(error))
    return to(f"/filings/{made.id}")


@access(Access.SIGNED_IN)
def assistance(filing_id: str) -> BaseResponse:
    """Consent to an officer's help, decline it, or end it."""
    actor, answer = viewer().actor, request.form.get("answer", "")
    try:
        if answer == "stop":
            handoff.withdraw_consent(actor, filing_id)
        else:
            handoff.answer_assistance(actor, filing_id, answer == "yes")
    except Conflict as error:
        return _after(filing_id, trouble=_said(error))
    return _after(filing_id)


@access(Access.SIGNED_IN)
def answer_proposal(filing_id: str, proposal_id: str) -> BaseResponse:
    """Take a value that an officer proposed, or decline it."""
    who, is_taken = viewer(), request.form.get("answer") == "yes"
    try:
        handoff.answer_proposal(who.actor, filing_id, proposal_id, is_taken, who.locale)
    except Conflict as error:
        return _after(filing_id, trouble=_said(error))
    return _after(filing_id)

"""Filings: start, read, check, declare, hand in, withdraw. Fields and files stand in ``filing_fields``."""

from io import BytesIO
from typing import Any

from flask import Blueprint, jsonify, request, send_file
from flask.typing import ResponseReturnValue

from core.errors import InvalidInput
from core.identity.keys import Scope
from forms import service as forms
from web.api import serialise
from web.api.body import read_body
from web.api.channel import current_channel
from web.errors import error_body
from web.locale import current_locale
from web.realtime.feed import number_argument, read_or_wait
from web.security.access import Access, access
from web.security.keys import by_key
from web.security.sessions import current_actor

blueprint = Blueprint("api_filings", __name__, url_prefix="/api/v1")
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def filing_json(filing_id: str) -> dict[str, Any]:
    """Return a filing as the person may see it now."""
    locale = current_locale()
    return serialise.filing(forms.get_filing(current_actor(), filing_id, locale), locale)


@blueprint.get("/filings")
@access(Access.SIGNED_IN)
@by_key(Scope.FILINGS)
def list_filings() -> ResponseReturnValue:
    """The filings of the person's enterprises, newest change first."""
    found = forms.list_filings(current_actor(), current_locale())
    return {"filings": [serialise.to_json(one) for one in found]}


@blueprint.post("/filings")
@access(Access.SIGNED_IN)
def start_filing() -> ResponseReturnValue:
    """Open a draft, pre-filled, or the one that is open already."""
    body, locale = read_body("StartFiling"), current_locale()
    view = forms.start_filing(
        current_actor(),
        enterprise_id=body["enterprise_id"],
        item_code=body["service_item_code"],
        answers=body.get("answers", {}),
        idempotency_key=body["idempotency_key"],
        origin=forms.Origin(current_channel()),
        locale=locale,
    )
    return {"filing": serialise.filing(view, locale)}, 200 if view.is_resumed else 201


@blueprint.get("/filings/<filing_id>")
@access(Access.SIGNED_IN)
def get_filing(filing_id: str) -> ResponseReturnValue:
    """One filing with its form."""
    return {"filing": filing_json(filing_id)}


@blueprint.delete("/filings/<filing_id>")
@access(Access.SIGNED_IN)
def withdraw(filing_id: str) -> ResponseReturnValue:
    """Withdraw a filing."""
    forms.cancel_filing(current_actor(), filing_id)
    return {"filing": filing_json(filing_id)}


@blueprint.post("/filings/<filing_id>/check")
@access(Access.SIGNED_IN)
def check(filing_id: str) -> ResponseReturnValue:
    """All deficiencies at once."""
    found = forms.check_filing(current_actor(), filing_id, current_locale())
    return {"deficiencies": serialise.deficiencies(found), "filing": filing_json(filing_id)}


@blueprint.put("/filings/<filing_id>/declaration")
@access(Access.SIGNED_IN)
def declare(filing_id: str) -> ResponseReturnValue:
    """Take the person's own declaration, or take it back."""
    accepted = bool(read_body("Declaration")["accepted"])
    forms.confirm_declaration(current_actor(), filing_id, accepted)
    return {"filing": filing_json(filing_id)}


@blueprint.post("/filings/<filing_id>/submission")
@access(Access.SIGNED_IN)
def submit(filing_id: str) -> ResponseReturnValue:
    """Hand in, exactly once."""
    body, actor, locale = read_body("Submit"), current_actor(), current_locale()
    try:
        result = forms.submit_filing(
            actor,
            filing_id,
            expected_version=body.get("expected_version"),
            idempotency_key=body["idempotency_key"],
        )
    except InvalidInput as error:
        if error.code != "forms.not_ready":
            raise
        told = error_body(error, locale)
        found = forms.check_filing(actor, filing_id, locale)
        told["error"]["fields"] = {one.field: one.message for one in found}
        return told, error.http_status
    return serialise.submission(result), 200 if result.is_repeat else 201


@blueprint.get("/filings/<filing_id>/document")
@access(Access.SIGNED_IN)
def document(filing_id: str) -> ResponseReturnValue:
    """The printed confirmation as PDF, 202 with its state while it is being made; or as Word document."""
    if request.args.get("format") == "docx":
        name, content = forms.word_document(current_actor(), filing_id, current_locale())
        return send_file(BytesIO(content), mimetype=DOCX, as_attachment=True, download_name=name, max_age=0)
    state = forms.document(current_actor(), filing_id)
    if not state.ready:
        shown = serialise.document_state(state, filing_id, current_locale())
        return jsonify({"document": shown}), 202
    return send_file(
        state.path, mimetype="application/pdf", as_attachment=True, download_name=state.name, max_age=0
    )


@blueprint.post("/filings/<filing_id>/document")
@access(Access.SIGNED_IN)
def request_document(filing_id: str) -> ResponseReturnValue:
    """Ask for the printed confirmation again."""
    actor = current_actor()
    forms.request_document(actor, filing_id)
    state = forms.document(actor, filing_id)
    return {"document": serialise.document_state(state, filing_id, current_locale())}, 202


@blueprint.get("/filings/<filing_id>/changes")
@access(Access.SIGNED_IN)
def changes(filing_id: str) -> ResponseReturnValue:
    """The filing's version, as soon as it differs from ``version``, at the latest after ``wait`` seconds."""
    known, actor, locale = int(number_argument("version", 2**53)), current_actor(), current_locale()
    newest = forms.get_filing(actor, filing_id, locale).version

    def newer() -> list[int]:
        nonlocal newest
        newest = forms.get_filing(actor, filing_id, locale).version
        return [newest] if newest != known else []

    read_or_wait(f"draft:{filing_id}", newer)
    return {"version": newest}


@blueprint.get("/filing-status/<filing_no>")
@access(Access.SIGNED_IN)
@by_key(Scope.FILINGS)
def status(filing_no: str) -> ResponseReturnValue:
    """Where a filing stands, by its number."""
    locale = current_locale()
    view = forms.filing_status(current_actor(), filing_no, locale)
    return {"status": serialise.filing_status(view, locale)}


@blueprint.get("/manufacture-confirmations")
@access(Access.SIGNED_IN)
def manufacture_confirmations() -> ResponseReturnValue:
    """Drafts of others that name the person's enterprise as their manufacturer."""
    found = forms.pending_confirmations(current_actor(), current_locale())
    return {
        "confirmations": [
            {"filing_id": filing_id, "enterprise_name": filer, "title": product}
            for filing_id, filer, product in found
        ]
    }


@blueprint.post("/manufacture-confirmations/<filing_id>")
@access(Access.SIGNED_IN)
def confirm_manufacture(filing_id: str) -> ResponseReturnValue:
    """Confirm, as the manufacturer, that one makes the product."""
    forms.confirm_manufacture(current_actor(), filing_id)
    return {}

"""What follows on handing in: documents, notices, copies, certificates, the processing system."""

from io import BytesIO

from flask import Blueprint, request, send_file
from flask.typing import ResponseReturnValue

from core.errors import InvalidInput
from core.identity.keys import Scope
from forms import service as forms
from web.api import serialise
from web.api.body import read_body
from web.api.channel import current_channel
from web.api.filings import DOCX
from web.locale import current_locale
from web.security.access import Access, access
from web.security.keys import by_key
from web.security.sessions import current_actor

blueprint = Blueprint("api_after_filing", __name__, url_prefix="/api/v1")
FORMATS = {"pdf": "application/pdf", "docx": DOCX}


def download(name: str, content: bytes, form: str) -> ResponseReturnValue:
    """Send a made document as a download that no cache keeps."""
    return send_file(
        BytesIO(content), mimetype=FORMATS[form], as_attachment=True, download_name=name, max_age=0
    )


@blueprint.get("/filings/<filing_id>/notice")
@access(Access.SIGNED_IN)
def notice(filing_id: str) -> ResponseReturnValue:
    """The newest deficiency notice as PDF or Word document."""
    form = request.args.get("format", "pdf")
    if form not in FORMATS:
        raise InvalidInput("web.api.invalid_input", fields={"format": "web.api.field.invalid"})
    name, content = forms.notice_document(current_actor(), filing_id, form, current_locale())
    return download(name, content, form)


@blueprint.post("/filings/<filing_id>/copies")
@access(Access.SIGNED_IN)
def copy(filing_id: str) -> ResponseReturnValue:
    """Open a draft that starts from a filing that was handed in."""
    body, locale = read_body("CopyFiling"), current_locale()
    view = forms.copy_filing(
        current_actor(),
        filing_id,
        idempotency_key=body["idempotency_key"],
        channel=current_channel(),
        locale=locale,
    )
    return {"filing": serialise.filing(view, locale)}, 200 if view.is_resumed else 201


@blueprint.get("/certificates")
@access(Access.SIGNED_IN)
@by_key(Scope.FILINGS)
def certificates() -> ResponseReturnValue:
    """The certificates of the person's enterprises, the soonest to end first."""
    found = forms.list_certificates(current_actor(), current_locale())
    return {"certificates": [serialise.to_json(one) for one in found]}


@blueprint.get("/staff/filings")
@access(Access.CASE_HANDLER)
def filings_to_process() -> ResponseReturnValue:
    """The filings of the officer's province and fields, the soonest due first."""
    found = forms.filings_to_process(current_actor(), request.args.get("state", "waiting"), current_locale())
    return {"filings": [serialise.to_json(one) for one in found]}


@blueprint.post("/backoffice/decisions")
@access(Access.SIGNATURE)
def backoffice_decision() -> ResponseReturnValue:
    """A decision of the processing system, signed; each event id counts once."""
    return {"is_new": forms.receive_decision(read_body("BackOfficeDecision"))}

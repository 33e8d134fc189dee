"""The fields of a draft: answer, confirm, skip, attach."""

from typing import Any

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from core.errors import InvalidInput
from forms import service as forms
from forms.service import Accepted, Rejected
from i18n.service import normalise_locale, translate
from web.api.body import read_body
from web.api.filings import filing_json
from web.locale import current_locale
from web.security.access import Access, access
from web.security.rate_limits import UPLOADS, limited
from web.security.sessions import current_actor

blueprint = Blueprint("api_filing_fields", __name__, url_prefix="/api/v1")
SOURCE = "web"


def field_outcome(filing_id: str, result: Accepted | Rejected) -> dict[str, Any]:
    """Return a filing and what became of a value."""
    body: dict[str, Any] = {"filing": filing_json(filing_id)}
    if isinstance(result, Accepted):
        return {**body, "accepted": {"display": result.display}}
    message = translate(result.code, current_locale(), **result.params)
    return {**body, "rejected": {"code": result.code, "message": message}}


@blueprint.put("/filings/<filing_id>/fields/<key>")
@access(Access.SIGNED_IN)
def answer(filing_id: str, key: str) -> ResponseReturnValue:
    """Store what the person gave, or say why it cannot be taken."""
    body = read_body("FieldAnswer")
    locale = normalise_locale(body["locale"]) if body.get("locale") else current_locale()
    result = forms.answer_field(
        current_actor(),
        filing_id,
        key,
        body["value"],
        source=SOURCE,
        locale=locale,
        expected_version=body.get("expected_version"),
    )
    return field_outcome(filing_id, result)


@blueprint.delete("/filings/<filing_id>/fields/<key>")
@access(Access.SIGNED_IN)
def skip(filing_id: str, key: str) -> ResponseReturnValue:
    """Leave a field empty for now."""
    return field_outcome(filing_id, forms.skip_field(current_actor(), filing_id, key, current_locale()))


@blueprint.post("/filings/<filing_id>/fields/<key>/confirmation")
@access(Access.SIGNED_IN)
def confirm(filing_id: str, key: str) -> ResponseReturnValue:
    """Confirm one pre-filled value."""
    confirmed = forms.confirm_prefilled(current_actor(), filing_id, [key])
    return {"filing": filing_json(filing_id), "confirmed": confirmed}


@blueprint.post("/filings/<filing_id>/confirmations")
@access(Access.SIGNED_IN)
def confirm_many(filing_id: str) -> ResponseReturnValue:
    """Confirm pre-filled values by name; null confirms all that nothing is doubtful about."""
    keys = read_body("Confirmations")["keys"]
    confirmed = forms.confirm_prefilled(current_actor(), filing_id, keys)
    return {"filing": filing_json(filing_id), "confirmed": confirmed}


@blueprint.post("/filings/<filing_id>/files")
@access(Access.SIGNED_IN)
@limited(UPLOADS)
def attach(filing_id: str) -> ResponseReturnValue:
    """Attach a file (multipart part ``file``) to the field named by the query's ``field``."""
    sent = request.files.get("file")
    key = request.args.get("field", "")
    missing = {"file": sent is None, "field": not key}
    if sent is None or not key:
        fields = {name: "web.api.field.required" for name, is_missing in missing.items() if is_missing}
        raise InvalidInput("web.api.invalid_input", fields=fields)
    result = forms.attach_file(
        current_actor(), filing_id, key, sent.filename or "", sent.stream, locale=current_locale()
    )
    return field_outcome(filing_id, result)


@blueprint.get("/filings/<filing_id>/files/<file_id>")
@access(Access.SIGNED_IN)
def attachment(filing_id: str, file_id: str) -> ResponseReturnValue:
    """An attachment, always as a download, under a policy that lets it do nothing."""
    name, media_type, content = forms.read_attachment(current_actor(), filing_id, file_id)
    response = Response(content, mimetype=media_type)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response

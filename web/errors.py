"""Errors at the edge: one JSON shape under /api, a localised page elsewhere, the request's id in both."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, Response, g, jsonify, make_response, request
from werkzeug.exceptions import HTTPException

from core.errors import AssistantError, InvariantBroken, NotAvailable
from i18n.service import has_message, lookup, placeholders, translate
from web.locale import current_locale
from web.pages.boundary import render_error
from web.security.refusals import Busy

log = structlog.get_logger(__name__)
INTERNAL = "core.internal_error"
KEY_INVALID = "core.key_invalid"
GENERIC_FIELD = "web.api.field.look"
_BY_STATUS = {
    HTTPStatus.NOT_FOUND: "core.not_available",
    HTTPStatus.METHOD_NOT_ALLOWED: "web.api.method_not_allowed",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "web.api.too_large",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "web.api.json_needed",
    HTTPStatus.BAD_REQUEST: "web.api.malformed",
}


def error_body(error: AssistantError, locale: str) -> dict[str, Any]:
    """Return the one shape of errors: ``{"error": {code, message, request_id, fields?}}``."""
    params = {"request_id": g.get("request_id", ""), **error.params}
    body: dict[str, Any] = {
        "code": error.code,
        "message": translate(error.code, locale, **params),
        "request_id": g.get("request_id", ""),
    }
    if error.fields:
        body["fields"] = field_texts(error.fields, locale)
    return {"error": body}


def field_texts(fields: Mapping[str, str], locale: str) -> dict[str, str]:
    """Return what is wrong with each field; a general text where its own needs more than the code."""
    return {name: _field_text(code, locale) for name, code in fields.items()}


def _field_text(code: str, locale: str) -> str:
    if not has_message(code, locale) or placeholders(lookup(code, locale) or ""):
        return translate(GENERIC_FIELD, locale)
    return translate(code, locale)


def _known(error: AssistantError) -> AssistantError:
    """Return the error, or an internal one where its own text is missing."""
    if error.http_status == HTTPStatus.INTERNAL_SERVER_ERROR or not has_message(error.code):
        return InvariantBroken(INTERNAL, request_id=g.get("request_id", ""))
    return error


def _respond(error: AssistantError) -> Response:
    shown = _known(error)
    if request.path.startswith("/api/"):
        response = jsonify(error_body(shown, current_locale()))
    else:
        response = make_response(render_error(shown))
    response.status_code = shown.http_status
    if shown.code == KEY_INVALID:
        response.headers["WWW-Authenticate"] = "Bearer"
    wait_s = shown.params.get("retry_after_s")
    if wait_s:
        response.headers["Retry-After"] = str(wait_s)
    return response


def _on_assistant_error(error: AssistantError) -> Response:
    if error.http_status >= HTTPStatus.INTERNAL_SERVER_ERROR and not isinstance(error, Busy):
        log.error("web.request_failed", code=error.code, exc_info=error)
    return _respond(error)


def _on_http_exception(error: HTTPException) -> Response:
    code = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    if 300 <= code < 400:
        return make_response(error.get_response())
    if code == HTTPStatus.NOT_FOUND:
        return _respond(NotAvailable())
    translated = AssistantError(_BY_STATUS.get(HTTPStatus(code), "web.api.malformed"))
    translated.http_status = code
    response = _respond(translated)
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


def _on_bug(error: Exception) -> Response:
    log.error("web.bug", kind=type(error).__name__, exc_info=error)
    return _respond(InvariantBroken(INTERNAL, request_id=g.get("request_id", "")))


def register(app: Flask) -> None:
    """Install the handlers; this is the request handler's boundary, where any exception ends."""
    app.register_error_handler(AssistantError, _on_assistant_error)
    app.register_error_handler(HTTPException, _on_http_exception)
    app.register_error_handler(Exception, _on_bug)

"""The errors that an operation can answer with, with the words that a caller reads in both languages."""

from typing import Any

from i18n.service import CONTENT_LOCALES, translate

REQUEST_ID = "req_0a8f4c2e6b1d4937a5c8e2f06d7b9134"
ERROR = {"$ref": "#/components/schemas/Error"}
NAMES = {
    "400": "BadRequest",
    "401": "NotSignedIn",
    "403": "Forbidden",
    "404": "NotAvailable",
    "409": "Conflict",
    "415": "WrongMediaType",
    "422": "Invalid",
    "429": "TooMany",
}
CODES: dict[str, tuple[str, dict[str, Any]]] = {
    "400": ("web.api.malformed", {}),
    "401": ("core.key_invalid", {}),
    "403": ("web.api.key_scope_missing", {"scope": "filings:read"}),
    "404": ("core.not_available", {}),
    "409": ("forms.changed_meanwhile", {}),
    "415": ("web.api.json_needed", {}),
    "422": ("web.api.invalid_input", {}),
    "429": ("web.api.too_many", {"retry_after_s": 12}),
}
FIELD, FIELD_CODE = "url", "web.api.field.required"


def error_responses() -> dict[str, Any]:
    """Return the shared error answers by name."""
    return {name: _response(status) for status, name in NAMES.items()}


def _response(status: str) -> dict[str, Any]:
    examples = {locale: {"value": _body(status, locale)} for locale in CONTENT_LOCALES.values()}
    found: dict[str, Any] = {
        "description": translate(f"web.reference.status.{status}", "en"),
        "content": {"application/json": {"schema": ERROR, "examples": examples}},
    }
    if status == "429":
        told = {"description": "Seconds until the next call is taken.", "schema": {"type": "integer"}}
        found["headers"] = {"Retry-After": told}
    return found


def _body(status: str, locale: str) -> dict[str, Any]:
    code, params = CODES[status]
    error: dict[str, Any] = {
        "code": code,
        "message": translate(code, locale, **params),
        "request_id": REQUEST_ID,
    }
    if status == "422":
        error["fields"] = {FIELD: translate(FIELD_CODE, locale)}
    return {"error": error}


def statuses_of(path: str, operation: dict[str, Any]) -> dict[str, str]:
    """Return the error statuses of an operation with the names of their answers.

    They follow from who may call it, whether it names one thing, and whether it takes a body.
    """
    security: list[dict[str, Any]] = operation["security"]
    schemes = {name for one in security for name in one}
    found = {"429"}
    if schemes and {} not in security and schemes != {"conversation"}:
        found.add("401")
    if schemes:
        found.add("403")
    if "apiKey" in schemes:
        found |= {"400", "401"}
    if "{" in path:
        found.add("404")
    if "application/json" in operation.get("requestBody", {}).get("content", {}):
        found |= {"400", "415", "422"}
    return {status: NAMES[status] for status in sorted(found)}

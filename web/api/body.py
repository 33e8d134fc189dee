"""JSON bodies, held to the published schema: the document and the server cannot disagree."""

from functools import lru_cache
from typing import Any

from flask import request
from jsonschema import Draft202012Validator, ValidationError
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from core.errors import InvalidInput
from web.api.document import document
from web.security.refusals import Malformed, WrongMediaType

_CODES = {
    "required": "web.api.field.required",
    "type": "web.api.field.type",
    "maxLength": "web.api.field.too_long",
    "minLength": "web.api.field.required",
    "enum": "web.api.field.choice",
    "additionalProperties": "web.api.field.unknown",
    "minimum": "web.api.field.number",
    "maximum": "web.api.field.number",
}
OTHER = "web.api.field.look"
WHOLE = "body"


def read_body(schema: str) -> dict[str, Any]:
    """Return the request's JSON object.

    Args:
        schema: name of a schema of the OpenAPI document.

    Raises:
        Malformed: no JSON, or no object.
        WrongMediaType: the body is not announced as JSON.
        InvalidInput: it does not keep to the schema; ``fields`` names the places.
    """
    body = _json()
    problems = [_named(problem) for problem in _validator(schema).iter_errors(body)]
    if problems:
        raise InvalidInput("web.api.invalid_input", fields=dict(problems))
    if not isinstance(body, dict):
        raise Malformed("web.api.malformed")
    return body


def _json() -> Any:
    if request.content_length in (None, 0) and not request.mimetype:
        return {}
    try:
        return request.get_json()
    except UnsupportedMediaType as error:
        raise WrongMediaType("web.api.json_needed") from error
    except (BadRequest, RecursionError) as error:
        raise Malformed("web.api.malformed") from error


@lru_cache(maxsize=64)
def _validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator({**document(), "$ref": f"#/components/schemas/{schema}"})


def _named(problem: ValidationError) -> tuple[str, str]:
    place = ".".join(str(part) for part in problem.absolute_path)
    wanted: Any = problem.validator_value
    held: Any = problem.instance
    if problem.validator == "required":
        missing = [name for name in wanted if name not in held]
        place = ".".join(filter(None, [place, *missing[:1]]))
    return place or WHOLE, _CODES.get(str(problem.validator), OTHER)

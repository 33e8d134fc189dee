"""Operations as the reference page shows them, in one of the two languages."""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from i18n.service import CONTENT_LOCALES, content_language
from web.api.document import JSON_TYPE, document, operations, words
from web.reference.curl import curl

ANY = "any"
NOT_SHOWN = "default"


@dataclass(frozen=True)
class Parameter:
    """A parameter of the path or the query."""

    name: str
    place: str
    is_required: bool
    kind: str


@dataclass(frozen=True)
class Answer:
    """What may come back; ``example`` is JSON, "" where there is none to show."""

    status: str
    is_error: bool
    example: str


@dataclass(frozen=True)
class Operation:
    """One operation; ``callers`` names the security schemes, ``scope`` that of keys or ""."""

    id: str
    tag: str
    method: str
    path: str
    summary: str
    description: str
    callers: tuple[str, ...]
    is_open: bool
    scope: str
    parameters: tuple[Parameter, ...]
    request: str
    answers: tuple[Answer, ...]
    curl: str


def tags(locale: str) -> dict[str, str]:
    """Return the tags with their names, in the order of the page."""
    return {tag: said[content_language(locale)] for tag, said in words()["tags"].items()}


@lru_cache(maxsize=8)
def all_operations(base: str, locale: str) -> dict[str, Operation]:
    """Return the operations by id, in the order of the words' file."""
    found = {
        operation["operationId"]: _operation(base, path, method, operation, locale)
        for path, method, operation in operations(document())
    }
    return {one: found[one] for one in words()["operations"]}


def _operation(base: str, path: str, method: str, operation: dict[str, Any], locale: str) -> Operation:
    said = words()["operations"][operation["operationId"]]
    is_english = content_language(locale) == "en"
    security: list[dict[str, list[str]]] = operation["security"]
    content = operation.get("requestBody", {}).get("content", {})
    request = content.get(JSON_TYPE, {}).get("example")
    return Operation(
        id=operation["operationId"],
        tag=said["tag"],
        method=method.upper(),
        path=path,
        summary=operation["summary"] if is_english else said["summary_zh"],
        description=said["description"] if is_english else said["description_zh"],
        callers=tuple(name for one in security for name in one),
        is_open=not security or {} in security,
        scope=next((one["apiKey"][0] for one in security if "apiKey" in one), ""),
        parameters=tuple(_parameters(path, operation)),
        request=_written(request) if request is not None else "",
        answers=tuple(_answer(status, one, locale) for status, one in _answers(operation)),
        curl=curl(base, path, method, operation, locale),
    )


def _answers(operation: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    shared = document()["components"]["responses"]
    return [
        (status, shared[one["$ref"].rsplit("/", 1)[-1]] if "$ref" in one else one)
        for status, one in operation["responses"].items()
        if status != NOT_SHOWN
    ]


def _answer(status: str, answer: dict[str, Any], locale: str) -> Answer:
    examples = answer.get("content", {}).get(JSON_TYPE, {}).get("examples", {})
    chosen = examples.get(CONTENT_LOCALES[content_language(locale)]) or examples.get(ANY)
    return Answer(status, status >= "400", _written(chosen["value"]) if chosen else "")


def _parameters(path: str, operation: dict[str, Any]) -> list[Parameter]:
    whole = document()
    told = [*whole["paths"][path].get("parameters", []), *operation.get("parameters", [])]
    resolved = [
        whole["components"]["parameters"][one["$ref"].rsplit("/", 1)[-1]] if "$ref" in one else one
        for one in told
    ]
    return [
        Parameter(one["name"], one["in"], bool(one.get("required")), _kind(one["schema"])) for one in resolved
    ]


def _kind(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        schema = document()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    return " | ".join(map(str, schema["enum"])) if "enum" in schema else str(schema.get("type", ""))


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)

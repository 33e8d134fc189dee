"""The OpenAPI document, joined from its parts in ``openapi/``.

1. ``root.yml``, then each file of ``paths/`` and ``schemas/``.
2. ``words.yml`` gives each operation its tag and description.
3. ``examples/`` holds requests and answers as the running product gave them, by operation; the errors that an
   operation can answer with follow from who may call it and what it takes (``web.api.errors_told``).
"""

import json
from collections.abc import Iterator
from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from core.errors import InvariantBroken
from i18n.service import locales
from web.api.errors_told import error_responses, statuses_of
from web.security.access import Access, access

FOLDER = Path(__file__).parent / "openapi"
METHODS = ("get", "post", "put", "patch", "delete")
JSON_TYPE = "application/json"
blueprint = Blueprint("api_document", __name__, url_prefix="/api/v1")


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """Return the whole document.

    Its locales are those that there are catalogues for.

    Raises:
        InvariantBroken: two parts define the same thing, or an operation lacks its words.
    """
    whole: dict[str, Any] = _read(FOLDER / "root.yml")
    whole["paths"] = _join("paths")
    schemas = _join("schemas")
    schemas["Locale"] = {**schemas["Locale"], "enum": list(locales())}
    whole["components"]["schemas"] = schemas
    whole["components"]["responses"] |= error_responses()
    whole["tags"] = [{"name": tag, "description": said["en"]} for tag, said in words()["tags"].items()]
    for path, _, operation in operations(whole):
        _describe(operation)
        _answer(whole, path, operation)
        _illustrate(operation)
    _forget_unused(whole)
    return whole


def operations(whole: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield path, method and operation in the order of the document."""
    for path, item in whole["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


@lru_cache(maxsize=1)
def words() -> dict[str, Any]:
    """Return tags and what is said of operations, in both languages."""
    return _read(FOLDER / "words.yml")


def _describe(operation: dict[str, Any]) -> None:
    said = words()["operations"].get(operation["operationId"])
    if said is None:
        raise InvariantBroken("core.internal_error", request_id=operation["operationId"])
    operation["tags"] = [said["tag"]]
    operation["description"] = said["description"]


def _answer(whole: dict[str, Any], path: str, operation: dict[str, Any]) -> None:
    """Write out shared answers, so that each operation can have examples of its own, and add the errors."""
    shared, answers = whole["components"]["responses"], operation["responses"]
    for status, answer in answers.items():
        name = str(answer.get("$ref", "")).rsplit("/", 1)[-1]
        if status != "default" and status < "400" and name:
            answers[status] = deepcopy(shared[name])
    for status, name in statuses_of(path, operation).items():
        answers.setdefault(status, {"$ref": f"#/components/responses/{name}"})
    operation["responses"] = {status: answers[status] for status in sorted(answers)}


def _illustrate(operation: dict[str, Any]) -> None:
    held = _examples(operation["operationId"])
    if "request" in held:
        operation["requestBody"]["content"][JSON_TYPE]["example"] = held["request"]
    for status, by_language in held["responses"].items():
        content = operation["responses"][status]["content"][JSON_TYPE]
        if isinstance(by_language, str):
            other, _, its_status = by_language.partition(" ")
            by_language = _examples(other)["responses"][its_status]
        content["examples"] = {language: {"value": value} for language, value in by_language.items()}


@lru_cache(maxsize=128)
def _examples(operation_id: str) -> dict[str, Any]:
    """Return an operation's examples: ``getFiling 200`` stands for those of another one's answer."""
    path = FOLDER / "examples" / f"{operation_id}.yml"
    return _read(path) if path.exists() else {"responses": {}}


def _forget_unused(whole: dict[str, Any]) -> None:
    told = json.dumps(whole["paths"])
    responses = whole["components"]["responses"]
    for name in [one for one in responses if f'"#/components/responses/{one}"' not in told]:
        del responses[name]


def _join(folder: str) -> dict[str, Any]:
    joined: dict[str, Any] = {}
    for path in sorted((FOLDER / folder).glob("*.yml")):
        part = _read(path)
        twice = joined.keys() & part.keys()
        if twice:
            raise InvariantBroken("core.internal_error", request_id=", ".join(sorted(twice)))
        joined.update(part)
    return joined


def _read(path: Path) -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = path.read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.load(text, Loader=loader)  # noqa: S506 - a safe loader, in C
    return loaded


@blueprint.get("/openapi.json")
@access(Access.PUBLIC)
def openapi() -> ResponseReturnValue:
    """The description of this API."""
    return jsonify(document())

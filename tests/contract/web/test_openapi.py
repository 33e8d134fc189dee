"""The published document and the server describe the same API, in both directions."""

import re
from typing import Any

import pytest
from flask import Flask
from openapi_core import OpenAPI

from core.database.engine import Database
from web.api.document import document
from web.app import create_app
from web.security.access import Access, mark_of
from web.security.keys import scope_of

PREFIX = "/api/v1"
METHODS = {"get", "post", "put", "patch", "delete"}
SECURITY = {
    Access.PUBLIC: [],
    Access.TICKET: [],
    Access.SIGNATURE: [{"signature": []}],
    Access.SIGNED_IN: [{"session": []}],
    Access.CASE_HANDLER: [{"session": []}],
    Access.KEY: [],
    Access.CONVERSATION: [{"conversation": []}, {"session": []}],
}


@pytest.fixture
def app(db: Database) -> Flask:
    return create_app()


def operations() -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (method.upper(), path): operation
        for path, item in document()["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    }


def routes(app: Flask) -> dict[tuple[str, str], Any]:
    found = {}
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(PREFIX):
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule.removeprefix(PREFIX))
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                found[method, path] = app.view_functions[rule.endpoint]
    return found


def security_of(view: Any) -> list[dict[str, list[str]]]:
    own = SECURITY[mark_of(view)[0]]  # type: ignore[index]
    scope = scope_of(view)
    if scope is None:
        return own
    is_open = mark_of(view)[0] is Access.PUBLIC  # type: ignore[index]
    return [*([{}] if is_open else own), {"apiKey": [scope.value]}]


def test_the_document_is_valid_openapi() -> None:
    OpenAPI.from_dict(document()).check_spec()


def test_every_route_is_described_and_every_description_is_served(app: Flask) -> None:
    assert set(routes(app)) == set(operations())


def test_the_document_asks_for_what_the_server_asks_for(app: Flask) -> None:
    served = {key: security_of(view) for key, view in routes(app).items()}
    told = {key: operation["security"] for key, operation in operations().items()}
    assert told == served


def test_every_operation_has_a_name_of_its_own_a_summary_and_the_one_error() -> None:
    names = [operation["operationId"] for operation in operations().values()]
    assert len(names) == len(set(names))
    for key, operation in operations().items():
        assert operation["summary"], key
        assert operation["responses"]["default"] == {"$ref": "#/components/responses/Error"}, key


def references(node: Any) -> set[str]:
    if isinstance(node, dict):
        own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
        return own.union(*(references(value) for value in node.values()))
    return set().union(*(references(item) for item in node)) if isinstance(node, list) else set()


def test_every_schema_is_used_and_every_reference_leads_somewhere() -> None:
    whole = document()
    used = references(whole)
    defined = {
        f"#/components/{kind}/{name}"
        for kind in ("schemas", "responses", "parameters")
        for name in whole["components"][kind]
    }
    told_in_words = {"#/components/schemas/StaffFrame"}
    assert used <= defined
    assert defined - used <= told_in_words


def test_bodies_refuse_what_they_do_not_know() -> None:
    schemas = document()["components"]["schemas"]
    for key, operation in operations().items():
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if content:
            name = content["schema"]["$ref"].rsplit("/", 1)[-1]
            assert schemas[name]["additionalProperties"] is False, key


def test_the_document_is_served_as_it_is(app: Flask) -> None:
    assert app.test_client().get(f"{PREFIX}/openapi.json").json == document()

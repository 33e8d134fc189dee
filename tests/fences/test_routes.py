"""Every route is authenticated, or named here as open to everyone."""

import pytest
from flask import Flask

from core.database.engine import Database
from core.identity.keys import Scope
from web.app import create_app
from web.security.access import Access, mark_of
from web.security.keys import scope_of

OPEN_API = {
    "/api/v1/sessions",
    "/api/v1/me",
    "/api/v1/openapi.json",
    "/api/v1/conversations",
    "/api/v1/miniprogram",
    "/api/v1/miniprogram/links",
    "/api/v1/miniprogram/sessions",
    "/api/v1/open-data",
    "/api/v1/resumptions",
    "/api/v1/service-items",
    "/api/v1/service-items/<code>",
    "/api/v1/service-items/<code>/guidance",
}
BY_TICKET = {"/api/v1/conversations/<conversation_id>/stream", "/api/v1/staff/stream"}
BY_SIGNATURE = {"/api/v1/backoffice/decisions"}
OPEN_PAGES = {
    "/",
    "/about",
    "/about/models",
    "/about/models/evidence.zip",
    "/api-reference",
    "/api-reference/<operation_id>",
    "/assets/<wanted>/<path:filename>",
    "/chat",
    "/chat/callback",
    "/chat/handoff",
    "/chat/leave",
    "/chat/rating",
    "/chat/reasons/<int:seq>",
    "/continue",
    "/embed",
    "/healthz",
    "/open-data",
    "/open-data.csv",
    "/open-data.json",
    "/open-data.svg",
    "/preferences",
    "/privacy",
    "/readyz",
    "/service-items",
    "/service-item-catalogue",
    "/service-items/<code>",
    "/sign-in",
    "/sign-in/code",
    "/sign-in/platform",
    "/sign-in/platform/return",
    "/sign-out",
    "/verify",
    "/widget.js",
}
BY_KEY = {
    ("POST", "/api/v1/conversations"): Scope.ASK,
    ("GET", "/api/v1/conversations/<conversation_id>"): Scope.ASK,
    ("GET", "/api/v1/conversations/<conversation_id>/messages"): Scope.ASK,
    ("POST", "/api/v1/conversations/<conversation_id>/messages"): Scope.ASK,
    ("POST", "/api/v1/conversations/<conversation_id>/messages/<int:seq>/feedback"): Scope.ASK,
    ("GET", "/api/v1/conversations/<conversation_id>/messages/<int:seq>/reasons"): Scope.ASK,
    ("GET", "/api/v1/conversations/<conversation_id>/transcript"): Scope.ASK,
    ("POST", "/api/v1/conversations/<conversation_id>/handoff"): Scope.ASK,
    ("DELETE", "/api/v1/conversations/<conversation_id>/handoff"): Scope.ASK,
    ("GET", "/api/v1/service-items"): Scope.SERVICE_ITEMS,
    ("GET", "/api/v1/service-items/<code>"): Scope.SERVICE_ITEMS,
    ("POST", "/api/v1/service-items/<code>/guidance"): Scope.SERVICE_ITEMS,
    ("GET", "/api/v1/filings"): Scope.FILINGS,
    ("GET", "/api/v1/filing-status/<filing_no>"): Scope.FILINGS,
    ("GET", "/api/v1/certificates"): Scope.FILINGS,
    ("GET", "/api/v1/open-data"): Scope.OPEN_DATA,
    ("GET", "/api/v1/webhooks"): Scope.WEBHOOKS,
    ("POST", "/api/v1/webhooks"): Scope.WEBHOOKS,
    ("GET", "/api/v1/webhooks/<webhook_id>"): Scope.WEBHOOKS,
    ("DELETE", "/api/v1/webhooks/<webhook_id>"): Scope.WEBHOOKS,
    ("POST", "/api/v1/webhooks/<webhook_id>/secret"): Scope.WEBHOOKS,
    ("POST", "/api/v1/webhooks/<webhook_id>/activation"): Scope.WEBHOOKS,
    ("POST", "/api/v1/webhooks/<webhook_id>/test"): Scope.WEBHOOKS,
    ("GET", "/api/v1/webhooks/<webhook_id>/deliveries"): Scope.WEBHOOKS,
    ("POST", "/api/v1/webhooks/<webhook_id>/deliveries/<delivery_id>/repetition"): Scope.WEBHOOKS,
}


@pytest.fixture
def app(db: Database) -> Flask:
    return create_app()


def kinds(app: Flask, *, api: bool) -> list[tuple[str, Access | None]]:
    found = []
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/") == api:
            mark = mark_of(app.view_functions[rule.endpoint])
            found.append((rule.rule, mark[0] if mark else None))
    return found


def test_every_route_of_the_api_says_who_may_call_it(app: Flask) -> None:
    assert [rule for rule, kind in kinds(app, api=True) if kind is None] == []


def test_only_the_listed_routes_of_the_api_are_open(app: Flask) -> None:
    by_kind = kinds(app, api=True)
    assert {rule for rule, kind in by_kind if kind is Access.PUBLIC} == OPEN_API
    assert {rule for rule, kind in by_kind if kind is Access.TICKET} == BY_TICKET
    assert {rule for rule, kind in by_kind if kind is Access.SIGNATURE} == BY_SIGNATURE


def test_everything_of_staff_is_for_those_who_handle_cases(app: Flask) -> None:
    staff = {kind for rule, kind in kinds(app, api=True) if rule.startswith("/api/v1/staff/")}
    assert staff == {Access.CASE_HANDLER, Access.TICKET}


def test_only_the_listed_pages_are_open(app: Flask) -> None:
    unguarded = {rule for rule, kind in kinds(app, api=False) if kind in (None, Access.PUBLIC)}
    assert unguarded - OPEN_PAGES == set()


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_no_unsafe_method_is_open_but_signing_in_opening_a_talk_and_guidance(app: Flask, method: str) -> None:
    open_views = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if method in (rule.methods or set()) and rule.rule.startswith("/api/")
        for mark in [mark_of(app.view_functions[rule.endpoint])]
        if mark is not None and mark[0] is Access.PUBLIC
    }
    allowed = {
        "/api/v1/sessions",
        "/api/v1/miniprogram/sessions",
        "/api/v1/miniprogram/links",
        "/api/v1/conversations",
        "/api/v1/resumptions",
        "/api/v1/service-items/<code>/guidance",
    }
    assert open_views <= (allowed if method == "POST" else set())


def test_keys_reach_the_listed_routes_alone(app: Flask) -> None:
    reached = {
        (method, rule.rule): scope
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if (scope := scope_of(app.view_functions[rule.endpoint])) is not None
    }
    assert reached == BY_KEY


def test_nothing_of_staff_is_reached_by_key(app: Flask) -> None:
    views = [app.view_functions[rule.endpoint] for rule in app.url_map.iter_rules()]
    kinds_by_key = {mark_of(view)[0] for view in views if scope_of(view) is not None}  # type: ignore[index]
    assert kinds_by_key == {Access.PUBLIC, Access.SIGNED_IN, Access.CONVERSATION, Access.KEY}

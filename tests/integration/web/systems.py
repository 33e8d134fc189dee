"""Another system at the API: a client that sends its key and keeps no cookies."""

from datetime import timedelta
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from core import clock
from core.identity import Actor, Role, keys
from core.identity.keys import NewKey, Scope
from core.identity.service import actor_named
from tests.integration.web.conftest import hold_to_document

ADMIN = Actor("acct_admin", Role.ADMINISTRATOR)
EVERYTHING = [scope.value for scope in Scope]


class System:
    """Each call is held to the published document."""

    def __init__(self, app: Flask, *scopes: str, per_minute: int = 600) -> None:
        last = clock.today() + timedelta(days=30)
        made = keys.create_key(ADMIN, NewKey("平台", scopes or EVERYTHING, last, per_minute))
        self.app, self.key_id, self.secret = app, made.key.id, made.secret

    def call(self, method: str, path: str, **options: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.secret}", **options.pop("headers", {})}
        client = self.app.test_client(use_cookies=False)
        answer = client.open(f"/api/v1{path}", method=method, headers=headers, **options)
        hold_to_document(answer)
        return answer

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.call("GET", path, **options)

    def post(self, path: str, **options: Any) -> TestResponse:
        return self.call("POST", path, **options)

    def delete(self, path: str, **options: Any) -> TestResponse:
        return self.call("DELETE", path, **options)

    def authorised_by(self, enterprise_id: str) -> "System":
        last = clock.today() + timedelta(days=30)
        keys.grant_to_key(ADMIN, self.key_id, enterprise_id=enterprise_id, basis="授权书", valid_to=last)
        return self


def enterprise_of(login: str) -> str:
    """Return an enterprise for which somebody acts."""
    return min(actor_named(login).enterprise_ids)

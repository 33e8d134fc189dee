"""The action server: rasa-sdk's executor behind our own door.

The stock server listens on all addresses, asks nobody for a secret and sends the tracker back with an
error. This one binds where it is told, wants the shared secret for every call, and answers an error with a
code alone.
"""

import asyncio
import hmac
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import structlog
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionNotFoundException
from sanic import Request, Sanic
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from bot.actions import reading
from bot.actions.boundary import runner
from bot.actions.registry import HANDLERS
from core.secrets import get_secrets
from forms import service as forms

log = structlog.get_logger(__name__)
SECRET_HEADER = "X-Yaozheng-Secret"  # noqa: S105 - the name of a header
MAX_BODY_BYTES = 8_000_000
THREADS = 32
NO_DOMAIN: dict[str, Any] = {"domain": {}}  # Rasa leaves it out, and no handler wants it
App = Sanic[Any, Any]


def build_executor() -> ActionExecutor:
    """Return an executor with every handler registered."""
    executor = ActionExecutor()
    for name, handler in HANDLERS.items():
        executor.register_function(name, runner(name, handler))
    return executor


def read_content() -> None:
    """Read the service items and the cues: a broken file ends the start, not a person's turn."""
    forms.list_service_items()
    reading.load_cues()


def build_app(name: str = "yaozheng_actions") -> App:
    """Return the server: ``POST /webhook`` for Rasa, ``GET /health`` for the supervisor."""
    app = Sanic(name, configure_logging=False)
    app.config.REQUEST_MAX_SIZE = MAX_BODY_BYTES
    executor = build_executor()
    secret = get_secrets().channel_secret.encode()

    @app.before_server_start
    async def prepare(_app: App) -> None:
        threads = ThreadPoolExecutor(THREADS, thread_name_prefix="action")
        asyncio.get_running_loop().set_default_executor(threads)
        read_content()

    @app.get("/health")
    async def health(_request: Request) -> HTTPResponse:
        return json_response({"status": "ok", "actions": len(HANDLERS)})

    @app.post("/webhook")
    async def webhook(request: Request) -> HTTPResponse:
        if not hmac.compare_digest(request.headers.get(SECRET_HEADER, "").encode(), secret):
            return json_response({"error": "forbidden"}, status=403)
        if not isinstance(request.json, dict):
            return json_response({"error": "not_an_action_call"}, status=422)
        try:
            result = await executor.run({**NO_DOMAIN, **request.json})
        except ActionNotFoundException:
            log.error("action.unknown")
            return json_response({"error": "unknown_action"}, status=404)
        return json_response(result.model_dump() if result else None)

    @app.exception(Exception)
    async def failed(_request: Request, error: Exception) -> HTTPResponse:
        status = getattr(error, "status_code", 500)
        if status >= 500:
            log.error("action.crashed", code=type(error).__name__)
        return json_response({"error": type(error).__name__}, status=status)

    return app

"""The only process that a network can reach.

1. ``create_app`` builds the Flask application: API blueprints, pages, WebSockets, health.
2. Each request gets an id, is counted against the rate limits, held to its route's access mark and to a body
   limit; then a thin handler calls one service with the actor of the session.
3. Errors leave in one shape, responses with a strict content security policy; one log line a request, with
   the route's rule and ids, never what a person typed.
"""

import time

import structlog
from flask import Flask, Response, g, request
from werkzeug.middleware.proxy_fix import ProxyFix

from core.ids import new_id
from core.settings import Settings, get_settings
from web import assets, errors, health
from web.api.registry import BLUEPRINTS, sock
from web.locale import remember_choice
from web.pages.routes import blueprint as pages
from web.realtime.connections import Connections, release_after_request
from web.security import access, headers, rate_limits

log = structlog.get_logger(__name__)
MAX_UPLOAD_BYTES = 25 * 1024 * 1024
MAX_BODY_BYTES = 256 * 1024
PING_INTERVAL_S = 25
MAX_UPLINK_FRAME_BYTES = 4096


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application.

    Args:
        settings: this process's settings by default.
    """
    settings = settings or get_settings()
    app = Flask("web", static_folder=None)
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_UPLOAD_BYTES,
        SOCK_SERVER_OPTIONS={"ping_interval": PING_INTERVAL_S, "max_message_size": MAX_UPLINK_FRAME_BYTES},
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.extensions["yaozheng_buckets"] = rate_limits.TokenBuckets()
    app.extensions["yaozheng_connections"] = Connections.for_threads(settings.web_threads)
    _register_hooks(app)
    for blueprint in (*BLUEPRINTS, health.blueprint, pages):
        app.register_blueprint(blueprint)
    assets.register(app)
    sock.init_app(app)
    errors.register(app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def _register_hooks(app: Flask) -> None:
    app.before_request(_begin)
    app.before_request(_limit_body)
    app.before_request(rate_limits.enforce)
    app.before_request(access.enforce)
    app.after_request(headers.add_headers)
    app.after_request(remember_choice)
    app.after_request(_log_request)
    app.teardown_request(release_after_request)


def _begin() -> None:
    g.request_id = new_id("req")
    g.began = time.monotonic()
    headers.csp_nonce()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _limit_body() -> None:
    if request.mimetype != "multipart/form-data":
        request.max_content_length = MAX_BODY_BYTES


def _log_request(response: Response) -> Response:
    rule = request.url_rule.rule if request.url_rule else ""
    log.info(
        "web.request",
        method=request.method,
        route=rule,
        status=response.status_code,
        ms=round((time.monotonic() - g.began) * 1000, 1),
    )
    return response

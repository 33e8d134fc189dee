"""Headers on every response: a strict content security policy and what browsers should not do."""

from flask import Response, g, request

from core.ids import new_token
from core.settings import get_settings

EMBED_PATHS = ("/embed",)
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def csp_nonce() -> str:
    """Return this request's nonce for inline scripts and styles."""
    if "csp_nonce" not in g:
        g.csp_nonce = new_token()[:22]
    return str(g.csp_nonce)


def embedders() -> list[str]:
    """Return the origins whose pages may frame the chat."""
    return get_settings().embed_origins.replace(",", " ").split()


def content_security_policy() -> str:
    """Return the policy: all from here, scripts by file or nonce, frames only where we are embedded."""
    ancestors = " ".join(["'self'", *embedders()]) if request.path in EMBED_PATHS else "'none'"
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src 'self' 'nonce-{csp_nonce()}'",
            f"style-src 'self' 'nonce-{csp_nonce()}'",
            "img-src 'self' data:",
            "font-src 'self'",
            f"connect-src 'self' ws://{request.host} wss://{request.host}",
            "manifest-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            f"frame-ancestors {ancestors}",
        ]
    )


def add_headers(response: Response) -> Response:
    """Put the headers on a response."""
    for name, value in FIXED.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", content_security_policy())
    response.headers["X-Request-Id"] = g.get("request_id", "")
    if get_settings().cookie_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    response.headers.setdefault("Cache-Control", "no-store")
    return response

"""Errors as pages in the person's language; ``web.errors`` decides what a person may be told."""

from urllib.parse import urlencode

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as BaseResponse

from core.errors import AssistantError, NotSignedIn
from web.pages.viewer import page, to, viewer
from web.security.refusals import SecondStepMissing

TITLED = frozenset({400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503})


def register(blueprint: Blueprint) -> None:
    """Handle what only pages handle in their own way."""
    blueprint.errorhandler(NotSignedIn)(sign_in_first)
    blueprint.errorhandler(SecondStepMissing)(set_up_first)


def sign_in_first(error: NotSignedIn) -> BaseResponse:
    """Lead to the sign-in page and back."""
    target = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return to(f"/sign-in?{urlencode({'next': target})}")


def set_up_first(error: SecondStepMissing) -> BaseResponse:
    """Lead staff to the page on which they set up the second step."""
    return to("/account/second-step")


def render_error(error: AssistantError) -> Response:
    """Show one of our errors as a page."""
    who = viewer()
    status = error.http_status if error.http_status in TITLED else 500
    return page(
        "error.html",
        error.http_status,
        title=who.t(f"web.page.error.{status}"),
        text=who.t(error.code, **error.params),
    )

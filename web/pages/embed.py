"""The chat inside other sites: a loader script for their pages, and the page that it frames.

``/widget.js`` defines ``<yaozheng-chat>``; it frames ``/embed?origin=…`` and talks to it by messages between
exactly these two origins. Only origins of the setting ``YAOZHENG_EMBED_ORIGINS`` may frame the page. No
cookie is needed: who talks is known by the conversation's token, which stays in the frame.
"""

import json
import re
from urllib.parse import urlencode

import rcssmin
from flask import Blueprint, Response, request

from core.errors import NotAvailable
from core.settings import get_settings
from i18n import service as i18n
from web.assets import FOLDER, pack
from web.pages.contrast import is_readable
from web.pages.viewer import other_languages, page, texts, viewer
from web.security.access import Access, access
from web.security.headers import embedders

COLOUR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
LOADER_LIFE_S = 300
WORDS = ("label", "title", "close", "unread", "failed", "site")


def register(blueprint: Blueprint) -> None:
    """Add the page and the loader."""
    blueprint.get("/embed")(embed)
    blueprint.get("/widget.js")(loader)


@access(Access.PUBLIC)
def embed() -> Response:
    """Show the chat alone, for the frame of a page whose origin is allowed.

    The query gives ``origin``, and may give ``accent`` (a colour that white text can be read on), ``text``
    (``large``) and ``mode`` (``floating`` shows a button that closes the frame).

    Raises:
        NotAvailable: the origin is not allowed.
    """
    origin = request.args.get("origin", "")
    if origin not in (*embedders(), get_settings().public_url):
        raise NotAvailable("web.page.embed.origin")
    accent = request.args.get("accent", "")
    return page(
        "embed.html",
        parent_origin=origin,
        accent=accent if COLOUR.fullmatch(accent) and is_readable(accent) else "",
        embed_here=_address,
        other_languages=other_languages(viewer().locale, _address),
        is_floating=request.args.get("mode") == "floating",
        is_large=request.args.get("text") == "large",
        starters=texts("web.page.starter."),
    )


@access(Access.PUBLIC)
def loader() -> Response:
    """Hand out the script for other sites; it is not pinned to a version, so it is asked for often."""
    response = Response(_loader(), mimetype="text/javascript")
    pack(response, ".js")
    response.headers["Cache-Control"] = f"public, max-age={LOADER_LIFE_S}"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _loader() -> str:
    words = {
        locale: {name: i18n.lookup(f"web.page.embed.{name}", locale) for name in WORDS}
        for locale in i18n.locales()
    }
    script = (FOLDER / "js" / "embed" / "widget.js").read_text(encoding="utf-8")
    style = rcssmin.cssmin((FOLDER / "css" / "widget.css").read_text(encoding="utf-8"))
    script = script.replace("__STYLE__", json.dumps(style))
    return script.replace("__WORDS__", json.dumps(words, ensure_ascii=False))


def _address(**more: str) -> str:
    """Return the address of this frame with other wishes."""
    return "/embed?" + urlencode({**request.args, **more})

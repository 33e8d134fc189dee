"""Scripts, styles and pictures under an address that names their content, so that browsers keep them.

``/assets/<version>/<file>``: the version is drawn from the content of all files, so scripts that import one
another by relative paths are of one version. Texts are sent minified and compressed. What a page takes goes
out as one, for each request costs a phone half a second: its sheets, ``css/tokens+base.css``, and its script
with all that it imports, ``js/chat/page.whole.js``.
"""

import gzip
import hashlib
import time
from collections.abc import Callable
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path

import brotli
import rcssmin
import rjsmin
from flask import Blueprint, Flask, Response, request, send_from_directory, url_for
from werkzeug.exceptions import NotFound
from werkzeug.security import safe_join

from web.scripts import joined
from web.security.access import Access, access

FOLDER = Path(__file__).with_name("static")
YEAR_S = 365 * 24 * 3600
LOOK_EVERY_S = 1.0
SMALLER: dict[str, Callable[[str], str]] = {".js": rjsmin.jsmin, ".css": rcssmin.cssmin, ".svg": str}
PACKERS: dict[str, Callable[[bytes], bytes]] = {"br": brotli.compress, "gzip": gzip.compress}
JOINT, WHOLE = "+", ".whole.js"
blueprint = Blueprint("assets", __name__)


def register(app: Flask) -> None:
    """Serve the files and let templates write ``asset('css/base.css')``."""
    app.register_blueprint(blueprint)
    app.jinja_env.globals.update(asset=asset, whole=whole, sheets=sheets)


def asset(filename: str) -> str:
    """Return the address of a file."""
    return url_for("assets.serve", wanted=version(), filename=filename)


def sheets(*names: str) -> str:
    """Return the address of some style sheets in one."""
    return asset(f"css/{JOINT.join(names)}.css")


def whole(filename: str) -> str:
    """Return the address of a script with all that it imports in one."""
    return asset(filename.removesuffix(".js") + WHOLE)


def version() -> str:
    """Return the version of the files as they are now; looked at once a second at most."""
    return _version_at(int(time.monotonic() / LOOK_EVERY_S))


@lru_cache(maxsize=1)
def _version_at(_second: int) -> str:
    files = sorted(path for path in FOLDER.rglob("*") if path.is_file())
    return _digest(tuple((str(path), path.stat().st_mtime_ns) for path in files))


@lru_cache(maxsize=4)
def _digest(files: tuple[tuple[str, int], ...]) -> str:
    found = hashlib.sha256()
    for name, _ in files:
        found.update(f"{Path(name).relative_to(FOLDER)}\0".encode())
        found.update(Path(name).read_bytes())
    return found.hexdigest()[:12]


@blueprint.get("/assets/<wanted>/<path:filename>")
@access(Access.PUBLIC)
def serve(wanted: str, filename: str) -> Response:
    """Serve a file; one asked for under another version is the present one and is not kept."""
    response = _made(filename) or send_from_directory(FOLDER, filename)
    is_current = wanted == version()
    response.headers["Cache-Control"] = f"public, max-age={YEAR_S}, immutable" if is_current else "no-cache"
    if Path(filename).suffix in SMALLER and response.status_code == HTTPStatus.OK:
        pack(response, Path(filename).suffix)
    return response


def _made(filename: str) -> Response | None:
    """Return what is made of several files; None where a file is asked for as it is.

    Raises:
        NotFound: one of the files is not there.
    """
    if JOINT in filename:
        folder, _, names = filename.removesuffix(".css").rpartition("/")
        paths = [_file(f"{folder}/{name}.css") for name in names.split(JOINT)]
        text, kind = "\n".join(path.read_text("utf-8") for path in paths), "text/css"
    elif filename.endswith(WHOLE):
        text, kind = joined(_file(filename.removesuffix(WHOLE) + ".js")), "text/javascript"
    else:
        return None
    response = Response(text, mimetype=kind)
    response.add_etag()
    response.make_conditional(request)
    return response


def _file(filename: str) -> Path:
    found = safe_join(str(FOLDER), filename)
    if not found or not Path(found).is_file():
        raise NotFound
    return Path(found)


def pack(response: Response, suffix: str) -> None:
    """Leave comments and blanks out of a text's response and compress it as the browser takes it."""
    encoding = request.accept_encodings.best_match(tuple(PACKERS), default="")
    response.direct_passthrough = False
    packed = _packed(response.get_data(), suffix, encoding)
    response.set_data(packed)
    response.headers["Content-Length"] = str(len(packed))
    response.vary.add("Accept-Encoding")
    if encoding:
        response.headers["Content-Encoding"] = encoding


@lru_cache(maxsize=512)
def _packed(content: bytes, suffix: str, encoding: str) -> bytes:
    small = SMALLER[suffix](content.decode()).encode()
    return PACKERS[encoding](small) if encoding else small

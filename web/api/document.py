"""The OpenAPI document, joined from its parts in ``openapi/``."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from core.errors import InvariantBroken
from i18n.service import locales
from web.security.access import Access, access

FOLDER = Path(__file__).parent / "openapi"
blueprint = Blueprint("api_document", __name__, url_prefix="/api/v1")


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """Return the whole document: ``root.yml``, then each file of ``paths/`` and ``schemas/``.

    Its locales are those that there are catalogues for.

    Raises:
        InvariantBroken: two parts define the same thing.
    """
    whole: dict[str, Any] = _read(FOLDER / "root.yml")
    whole["paths"] = _join("paths")
    schemas = _join("schemas")
    schemas["Locale"] = {**schemas["Locale"], "enum": list(locales())}
    whole["components"]["schemas"] = schemas
    return whole


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

"""Service items as they lie beside this file, read and schema-checked once a process.

``<code>.yml`` holds an item; a form may stand in ``<code>.form.yml`` of its own. What several forms share
(the enterprise, the handler, a person, checks against the registry) stands in ``data/form_parts.yml`` and is
taken in with ``use``: keys written beside it replace what is shared.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from core.content import read_yaml
from core.errors import InvariantBroken, NotAvailable
from forms.items.definition import ServiceItem

FOLDER = Path(__file__).parent
DATA = FOLDER / "data"
BASIS = ("source", "verified")


def load_item(path: Path) -> ServiceItem:
    """Read one item with its form.

    Raises:
        InvariantBroken: a file does not keep to the schema; ``where`` and ``why`` name the first place.
    """
    form = path.with_suffix(".form.yml")
    try:
        raw = read_yaml(path)
        if form.exists():
            raw["form"] = with_shared_parts(read_yaml(form))
        return ServiceItem.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InvariantBroken("forms.item_broken", item=path.stem, where=where, why=first["msg"]) from error
    except (yaml.YAMLError, KeyError) as error:
        raise InvariantBroken("forms.item_broken", item=path.stem, where="", why=str(error)) from error


@lru_cache(maxsize=1)
def _shared() -> dict[str, dict[str, Any]]:
    loaded: dict[str, dict[str, Any]] = read_yaml(DATA / "form_parts.yml")
    return loaded


def with_shared_parts(form: dict[str, Any]) -> dict[str, Any]:
    """Return a form with every ``use`` replaced by what it names.

    Raises:
        KeyError: there is no such shared part.
    """
    groups = [_group(group) for group in form.get("groups", [])]
    checks = [check for one in form.get("checks", []) for check in _checks(one)]
    shared = {key: _shared()["forms"]["default"][key] for key in ("declaration", "declaration_source")}
    return {**shared, **form, "groups": groups, "checks": checks}


def _group(group: dict[str, Any]) -> dict[str, Any]:
    basis: dict[str, Any] = {key: group[key] for key in BASIS if key in group}
    own = {key: value for key, value in group.items() if key not in {"use", "source", "verified", "fields"}}
    shared = _shared()["groups"][group["use"]] if "use" in group else {}
    fields = [_with_basis(field, basis) for field in shared.get("fields", [])] + group.get("fields", [])
    return {**shared, **own, "fields": [_field(field) for field in fields]}


def _field(field: dict[str, Any]) -> dict[str, Any]:
    if "use" not in field:
        return field
    own = {key: value for key, value in field.items() if key != "use"}
    return {"key": field["use"], **_shared()["fields"][field["use"]], **own}


def _with_basis(part: dict[str, Any], basis: dict[str, Any]) -> dict[str, Any]:
    if not basis or "source" in part or "verified" in part:
        return part
    return {**part, **basis}


def _checks(check: dict[str, Any]) -> list[dict[str, Any]]:
    if "use" not in check:
        return [check]
    basis: dict[str, Any] = {key: check[key] for key in BASIS if key in check}
    return [_with_basis(one, basis) for one in _shared()["checks"][check["use"]]]


@lru_cache(maxsize=1)
def items() -> dict[str, ServiceItem]:
    """Return all items by code."""
    found = [load_item(path) for path in sorted(FOLDER.glob("*.yml")) if not path.name.endswith(".form.yml")]
    return {item.code: item for item in found}


def item(code: str) -> ServiceItem:
    """Return one item.

    Raises:
        NotAvailable: there is no such item.
    """
    found = items().get(code)
    if found is None:
        raise NotAvailable
    return found

"""Service items as they lie beside this file, read and schema-checked once a process.

``<code>.yml`` holds an item; a form may stand in ``<code>.form.yml`` of its own.
"""

from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from core.content import read_yaml
from core.errors import InvariantBroken, NotAvailable
from forms.items.definition import ServiceItem

FOLDER = Path(__file__).parent
DATA = FOLDER / "data"


def load_item(path: Path) -> ServiceItem:
    """Read one item with its form.

    Raises:
        InvariantBroken: the file does not keep to the schema; the log names the place.
    """
    raw = read_yaml(path)
    form = path.with_suffix(".form.yml")
    if form.exists():
        raw["form"] = read_yaml(form)
    try:
        return ServiceItem.model_validate(raw)
    except ValidationError as error:
        raise InvariantBroken("forms.item_broken", item=path.stem) from error


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

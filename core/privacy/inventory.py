"""The data inventory: what each table holds, why, on what basis, how long, who sees it.

``data/inventory/`` holds it by area; a fence holds it against the database's columns, the public page
``/privacy`` and docs are made from it.

Source: 个人信息保护法 articles 13 (bases), 17 (what people are told), 19 (how long), 51, 54 to 56.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from core.content import read_yaml
from core.errors import InvariantBroken

INVENTORY = Path(__file__).parent / "data" / "inventory"
# Why something is kept, and the article of the law that allows it without or with consent.
BASES = {
    "account": "13-1-3",
    "service": "13-1-3",
    "filing": "13-1-3",
    "notice": "13-1-1",
    "security": "13-1-3",
    "supervision": "13-1-3",
    "trace": "13-1-3",
    "audit": "13-1-3",
    "knowledge": "13-1-3",
    "operation": "13-1-3",
}
KEEPS = frozenset(
    {
        "account", "always", "audit", "callback", "conversation", "delivery", "filing", "notice", "outbox",
        "session", "trace", "webhook",
    }
)  # fmt: skip
SEEN_BY = frozenset({"self", "handler", "staff", "editor", "admin", "auditor", "all", "none"})


@dataclass(frozen=True)
class Stored:
    """One table of the database, as the inventory tells of it."""

    table: str
    name_zh: str
    name_en: str
    purpose: str
    basis: str
    keep: str
    seen_by: tuple[str, ...]
    personal: tuple[str, ...]
    other: tuple[str, ...]

    def name(self, language: str) -> str:
        """Return what it is called in a language of the content."""
        return {"zh": self.name_zh, "en": self.name_en}[language]

    @property
    def columns(self) -> frozenset[str]:
        """All columns that the inventory tells of."""
        return frozenset(self.personal + self.other)


@lru_cache(maxsize=1)
def load_inventory() -> tuple[Stored, ...]:
    """Return the inventory.

    Raises:
        InvariantBroken: a purpose, a period or a reader is none of those that have a text.
    """
    return tuple(
        _stored(table, entry)
        for path in sorted(INVENTORY.glob("*.yml"))
        for table, entry in read_yaml(path).items()
    )


def _stored(table: str, entry: dict[str, object]) -> Stored:
    name, seen_by = entry["name"], entry["seen_by"]
    purpose, keep = str(entry["purpose"]), str(entry["keep"])
    if not isinstance(name, dict) or not isinstance(seen_by, list):
        raise InvariantBroken("core.internal_error", request_id=table)
    if purpose not in BASES or keep not in KEEPS or not SEEN_BY.issuperset(seen_by):
        raise InvariantBroken("core.internal_error", request_id=table)
    return Stored(
        table,
        str(name["zh"]),
        str(name["en"]),
        purpose,
        BASES[purpose],
        keep,
        tuple(seen_by),
        _columns(entry["personal"]),
        _columns(entry["other"]),
    )


def _columns(told: object) -> tuple[str, ...]:
    return tuple(str(column) for column in told) if isinstance(told, list) else ()

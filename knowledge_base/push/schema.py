"""What a condition may speak of: the declared profile of an enterprise, with its closed sets of values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.content import read_yaml
from core.errors import InvariantBroken
from knowledge_base.push.tags import DATA

Words = Mapping[str, str]
Values = Mapping[str, Words]
PYTHON = {"string": str, "int": int, "bool": bool}


@dataclass(frozen=True)
class FieldSchema:
    """One field: ``values`` is its closed set with words by value, None where any value may stand.

    ``least`` is the smallest number that it can be, where there is one.
    """

    key: str
    type: str
    name: Words
    values: Values | None = None
    say: Mapping[str, Words] = field(default_factory=dict)
    least: int | None = None


@dataclass(frozen=True)
class ListSchema:
    """A list of things that an enterprise has, each with the same fields."""

    key: str
    name: Words
    fields: Mapping[str, FieldSchema]


@dataclass(frozen=True, eq=False)
class Schema:
    """The profile: plain fields and lists."""

    fields: Mapping[str, FieldSchema]
    lists: Mapping[str, ListSchema]

    def misfit(self, profile: Mapping[str, Any]) -> str:
        """Return where a profile is not as declared, "" where it is."""
        if set(profile) != {*self.fields, *self.lists}:
            return "keys"
        for key, declared in self.fields.items():
            if not _fits(declared, profile[key]):
                return key
        for key, listed in self.lists.items():
            for row in profile[key]:
                if set(row) != set(listed.fields):
                    return key
                for name, declared in listed.fields.items():
                    if not _fits(declared, row[name]):
                        return f"{key}.{name}"
        return ""


def _fits(declared: FieldSchema, value: Any) -> bool:
    has_type = type(value) is PYTHON[declared.type]
    return has_type and (declared.values is None or value in declared.values)


def load_schema(**sets: Values) -> Schema:
    """Read the declaration.

    Args:
        sets: closed sets of values by the name under which the declaration asks for them.

    Raises:
        InvariantBroken: a set that is asked for is not given.
    """
    loaded = read_yaml(DATA / "profile.yml")
    return Schema(
        {key: _field(key, told, sets) for key, told in loaded["fields"].items()},
        {
            key: ListSchema(
                key, told["name"], {name: _field(name, one, sets) for name, one in told["fields"].items()}
            )
            for key, told in loaded["lists"].items()
        },
    )


def _field(key: str, told: Mapping[str, Any], sets: Mapping[str, Values]) -> FieldSchema:
    values = told.get("values")
    if isinstance(values, str):
        if values not in sets:
            raise InvariantBroken("push.value_set_missing", name=values)
        values = sets[values]
    return FieldSchema(key, told["type"], told["name"], values, told.get("say", {}), told.get("least"))

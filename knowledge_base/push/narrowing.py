"""What of a profile a condition can be decided by, so that no more is read.

Each part on a list is about things of some kind alone where it says so (``l.item == "x" && …``): things of
another kind can neither make it hold nor fail. Where any part of a condition says nothing of the kind, all
things of the list are needed.
"""

from knowledge_base.push.reading import outer
from knowledge_base.push.tree import Both, Compare, Count, Either, Has, Node, OneOf, Scalar


def values_needed(tree: Node, list_name: str, field: str) -> frozenset[Scalar] | None:
    """Return the values of a field that the things of a list must have to matter, None where all may."""
    found: set[Scalar] = set()
    for leaf in outer(tree):
        if isinstance(leaf, Has | Count) and leaf.list == list_name:
            values = None if leaf.body is None else _values(leaf.body, field)
            if values is None:
                return None
            found |= values
    return frozenset(found)


def _values(body: Node, field: str) -> frozenset[Scalar] | None:
    """Return the values without which a body cannot hold, None where it names none."""
    match body:
        case Compare(name, "==", value) if name == field:
            return frozenset({value})
        case OneOf(name, values, is_not) if name == field and not is_not:
            return frozenset(values)
        case Both(parts):
            named = [found for part in parts if (found := _values(part, field)) is not None]
            return frozenset.intersection(*named) if named else None
        case Either(parts):
            each = [_values(part, field) for part in parts]
            known = [found for found in each if found is not None]
            return frozenset[Scalar]().union(*known) if len(known) == len(each) else None
    return None

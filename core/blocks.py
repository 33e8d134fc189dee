"""The closed set of blocks that every client renders: web, mini-program, the page without JavaScript.

A block is a plain JSON object with a ``type``; no client parses markdown or HTML.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

Block = dict[str, Any]

NOTICE_LEVELS = frozenset({"info", "success", "warning", "error"})


def paragraph(text: str) -> Block:
    """Running text."""
    return {"type": "paragraph", "text": text}


def bullet_list(items: Iterable[str]) -> Block:
    """An unordered list of texts."""
    return {"type": "list", "items": list(items)}


def steps(items: Iterable[tuple[str, str]]) -> Block:
    """An ordered list of (title, text)."""
    return {"type": "steps", "items": [{"title": title, "text": text} for title, text in items]}


def table(caption: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Block:
    """A table with a caption; every row has as many cells as there are columns."""
    return {"type": "table", "caption": caption, "columns": list(columns), "rows": [list(r) for r in rows]}


def choices(prompt: str, options: Iterable[Mapping[str, Any]]) -> Block:
    """Buttons. An action gives ``{label, payload}``; the gateway swaps ``payload`` for ``payload_id``."""
    return {"type": "choices", "prompt": prompt, "options": [dict(option) for option in options]}


def card(title: str, lines: Iterable[tuple[str, str]], href: str = "") -> Block:
    """A titled set of label–value lines, with a link where ``href`` is given."""
    block: Block = {
        "type": "card",
        "title": title,
        "lines": [{"label": label, "value": value} for label, value in lines],
    }
    return {**block, "href": href} if href else block


def notice(level: str, text: str) -> Block:
    """A notice; ``level`` is info, success, warning or error."""
    if level not in NOTICE_LEVELS:
        raise ValueError(level)
    return {"type": "notice", "level": level, "text": text}


def file(name: str, media_type: str, size_bytes: int, href: str) -> Block:
    """A file to download."""
    return {"type": "file", "name": name, "media_type": media_type, "size_bytes": size_bytes, "href": href}


def entry(label: str, kind: str, href: str, **details: Any) -> Block:
    """Inputs for one field of a filing.

    Args:
        label: the field's name.
        kind: file, files, object, table, multi_enum.
        href: the page where the field can be entered as well.
        details: ``filing_id``; ``key``; ``parts``, each with key, label, type and required (of an object,
            of a table's row); ``options``, each with value and label (multi_enum); ``held``, what is put
            forward: an object, rows, values, or None; ``choice``, the place of the message's choice that
            goes on once the field is saved.
    """
    return {"type": "entry", "label": label, "kind": kind, "href": href, **details}


_READINGS: dict[str, Callable[[Block], list[str]]] = {
    "paragraph": lambda block: [block["text"]],
    "notice": lambda block: [block["text"]],
    "list": lambda block: [f"· {item}" for item in block["items"]],
    "steps": lambda block: [
        f"{n}. {i['title']} {i['text']}".rstrip() for n, i in enumerate(block["items"], 1)
    ],
    "table": lambda block: [block["caption"], *(" | ".join(r) for r in [block["columns"], *block["rows"]])],
    "citation": lambda block: [
        f"[{block['n']}] {block['title']} {block['article_label']}"
        + (f": {block['quote']}" if block.get("quote") else "")
    ],
    "choices": lambda block: [block["prompt"], *_options(block)],
    "card": lambda block: [block["title"], *(f"{line['label']}: {line['value']}" for line in block["lines"])],
    "field": lambda block: [f"{block['label']}: {block['value']}"],
    "file": lambda block: [block["name"]],
    "entry": lambda block: [*_options(block), f"{block['label']}: {block['href']}"],
}
BLOCK_TYPES = frozenset(_READINGS)


def _options(block: Block) -> list[str]:
    return [f"○ {option['label']}" for option in block["options"]]


def plain_text(blocks: Iterable[Block]) -> str:
    """Read blocks out as plain text, one line a paragraph, item or row.

    Raises:
        ValueError: a block is not of the closed set.
    """
    return "\n".join(line for block in blocks for line in _lines(block) if line)


def _lines(block: Block) -> list[str]:
    reading = _READINGS.get(block["type"])
    if reading is None:
        raise ValueError(block["type"])
    return reading(block)

"""The closed set of blocks that every client renders: web, mini-program, the page without JavaScript.

A block is a plain JSON object with a ``type``; no client parses markdown or HTML.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Block = dict[str, Any]

BLOCK_TYPES = frozenset(
    {"paragraph", "list", "steps", "table", "citation", "choices", "card", "field", "file", "notice"}
)
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


def plain_text(blocks: Iterable[Block]) -> str:
    """Read blocks out as plain text, one line a paragraph, item or row."""
    return "\n".join(line for block in blocks for line in _lines(block) if line)


def _lines(block: Block) -> list[str]:
    match block["type"]:
        case "paragraph" | "notice":
            return [block["text"]]
        case "list":
            return [f"· {item}" for item in block["items"]]
        case "steps":
            return [f"{n}. {i['title']} {i['text']}".rstrip() for n, i in enumerate(block["items"], 1)]
        case "table":
            return [block["caption"], *(" | ".join(row) for row in [block["columns"], *block["rows"]])]
        case "citation":
            quote = f": {block['quote']}" if block.get("quote") else ""
            return [f"[{block['n']}] {block['title']} {block['article_label']}{quote}"]
        case "choices":
            return [block["prompt"], *(f"○ {option['label']}" for option in block["options"])]
        case "card":
            return [block["title"], *(f"{line['label']}: {line['value']}" for line in block["lines"])]
        case "field":
            return [f"{block['label']}: {block['value']}"]
        case "file":
            return [block["name"]]
    raise ValueError(block["type"])

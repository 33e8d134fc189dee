"""A page's script and all that it imports as one, so that a slow connection asks once.

1. The modules are put in order, what is imported before what imports it.
2. Each becomes a block of its own within one module: its imports are read from the objects that hold the
   exports of others, its own exports are put into one at its end.

Three forms of import and export are known, each on a line of its own; anything else is refused, so that no
script can mean one thing alone and another within the whole:

    import { a, b as c } from "./x.js";     import "./x.js";     export [async] function|class|const …
"""

import re
from pathlib import Path

IMPORT = re.compile(
    r'^import (?:\{ (?P<names>[^{}\n]+) \} from )?"(?P<path>\.{1,2}/[^"\n]+)";$', re.MULTILINE
)
EXPORT = re.compile(
    r"^export (?P<kept>(?:async )?(?:function|class|const) (?:\{ (?P<many>[^{}\n]+) \}|(?P<one>\w+)))",
    re.MULTILINE,
)
LEFT_OVER = re.compile(r"^\s*(?:import|export)\b(?!\()", re.MULTILINE)


def modules(entry: Path) -> list[Path]:
    """Return a script and all that it imports, what is imported before what imports it.

    Raises:
        ValueError: scripts import each other in a circle.
    """
    done: dict[Path, None] = {}
    _visit(entry.resolve(), done, ())
    return list(done)


def _visit(path: Path, done: dict[Path, None], above: tuple[Path, ...]) -> None:
    if path in above:
        raise ValueError(f"imported in a circle: {path.name}")
    if path in done:
        return
    for found in IMPORT.finditer(path.read_text("utf-8")):
        _visit((path.parent / found["path"]).resolve(), done, (*above, path))
    done[path] = None


def joined(entry: Path) -> str:
    """Return a script and all that it imports as one module.

    Raises:
        ValueError: a form of import or export that is not known, or a circle.
    """
    paths = modules(entry)
    numbers = {path: number for number, path in enumerate(paths)}
    return "\n".join(_block(path, numbers) for path in paths)


def _block(path: Path, numbers: dict[Path, int]) -> str:
    def imported(found: re.Match[str]) -> str:
        number = numbers[(path.parent / found["path"]).resolve()]
        return f"const {{ {found['names'].replace(' as ', ': ')} }} = $m{number};" if found["names"] else ""

    def exported(found: re.Match[str]) -> str:
        names.extend([found["one"]] if found["one"] else _held(found["many"]))
        return found["kept"]

    names: list[str] = []
    text = EXPORT.sub(exported, IMPORT.sub(imported, path.read_text("utf-8")))
    if left := LEFT_OVER.search(text):
        raise ValueError(f"{path.name}: {text[left.start() :].strip().splitlines()[0]}")
    own = f"$m{numbers[path]}"
    return f"const {own} = {{}};\n{{\n{text}\nObject.assign({own}, {{ {', '.join(names)} }});\n}}"


def _held(names: str) -> list[str]:
    return [name.rpartition(":")[2].strip() for name in names.split(",")]

"""Scripts that import one another go out as one and mean the same."""

import subprocess
from pathlib import Path

import pytest

from web.assets import FOLDER
from web.scripts import joined, modules

ENTRIES = (
    "chat/page.js",
    "chat/continue.js",
    "embed/main.js",
    "filing/main.js",
    "staff/case.js",
    "staff/queue.js",
)


def written(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.js").write_text(text, "utf-8")
    return folder / "main.js"


def said(text: str) -> str:
    """Return what a script says when node runs it as a module."""
    done = subprocess.run(
        ["node", "--input-type=module", "-"], input=text, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_joined_scripts_do_what_the_single_ones_do(tmp_path: Path) -> None:
    entry = written(
        tmp_path,
        main='import { up, Count as Counter } from "./a.js";\nimport { up as b } from "./b.js";\n'
        'import "./c.js";\n'
        "const own = new Counter();\nawait up(own);\nawait up(own);\nconsole.log(own.n, b, globalThis.c);\n",
        a='import { step, half } from "./b.js";\nexport class Count {\n  n = 0;\n}\n'
        "export async function up(count) {\n  count.n += step() * half;\n}\n",
        b="const own = 4;\nexport const { half, many: up } = { half: 0.5, many: 7 };\n"
        "export function step() {\n  return own;\n}\n",
        c="globalThis.c = 'ran';\n",
    )
    (tmp_path / "package.json").write_text('{"type": "module"}')
    single = subprocess.run(["node", str(entry)], capture_output=True, text=True, check=True)
    assert said(joined(entry)) == single.stdout.strip() == "4 7 ran"


def test_what_is_imported_stands_before_what_imports_it_and_once(tmp_path: Path) -> None:
    entry = written(
        tmp_path,
        main='import { a } from "./a.js";\nimport { b } from "./b.js";\n',
        a='import { b } from "./b.js";\nexport const a = b;\n',
        b="export const b = 1;\n",
    )
    assert [path.name for path in modules(entry)] == ["b.js", "a.js", "main.js"]


@pytest.mark.parametrize(
    "line",
    [
        'import all from "./a.js";',
        'import * as all from "./a.js";',
        'import {\n  a,\n} from "./a.js";',
        "export default 1;",
        "export let changing = 1;",
        "const a = 1;\nexport { a };",
    ],
)
def test_a_form_that_is_not_known_is_refused(tmp_path: Path, line: str) -> None:
    with pytest.raises(ValueError, match=r"main\.js: (import|export)"):
        joined(written(tmp_path, main=line + "\n", a="export const a = 1;\n"))


def test_scripts_that_import_each_other_are_refused(tmp_path: Path) -> None:
    entry = written(tmp_path, main='import { a } from "./a.js";\n', a='import { b } from "./main.js";\n')
    with pytest.raises(ValueError, match=r"circle: main\.js"):
        joined(entry)


@pytest.mark.parametrize("name", ENTRIES)
def test_every_pages_script_is_sound_as_one(name: str) -> None:
    text = joined(FOLDER / "js" / name)
    checked = subprocess.run(
        ["node", "--input-type=module", "--check", "-"], input=text, capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stderr
    assert text.count("const $m") == len(modules(FOLDER / "js" / name))

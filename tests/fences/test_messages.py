"""Every word for people is in both catalogues, and what code asks for is there."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from core.errors import AssistantError
from core.queue.app import TASK_MODULES, app
from i18n.service import FOLDER, placeholders

from .sources import product_code, read, tree, under

DOMAINS = sorted(path.stem for path in (FOLDER / "zh_CN" / "LC_MESSAGES").glob("*.po"))
CODE = re.compile(r"(?:" + "|".join(DOMAINS) + r")(?:\.[a-z0-9_-]+){1,6}")
ERRORS = {cls.__name__ for cls in AssistantError.__subclasses__()}
LOOKUPS = ("translate", "lookup", "say", "text", "words", "message")
TEMPLATE = re.compile(r"""\bt\(\s*["']([a-z_]+(?:\.[a-z0-9_-]+)+)["']\s*[,)]""")


def book(domain: str, language: str) -> Catalog:
    with (FOLDER / language / "LC_MESSAGES" / f"{domain}.po").open("rb") as stream:
        return read_po(stream, abort_invalid=True)


def texts(domain: str, language: str) -> dict[str, list[str]]:
    """Return code → its text, or its plural forms."""
    found = {}
    for message in book(domain, language):
        if message.id:
            code = message.id if isinstance(message.id, str) else message.id[0]
            found[code] = [message.string] if isinstance(message.string, str) else list(message.string)
    return found


def calls() -> Iterator[tuple[Path, ast.Call, str]]:
    """Yield the calls that name a message: an error raised, a text looked up."""
    for path in product_code():
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            code = node.args[0].value
            if name in {*ERRORS, *LOOKUPS} and isinstance(code, str) and CODE.fullmatch(code):
                yield path, node, code


@pytest.mark.parametrize("domain", DOMAINS)
def test_both_languages_hold_the_same_codes(domain: str) -> None:
    zh, en = texts(domain, "zh_CN"), texts(domain, "en")
    assert zh
    assert set(zh) ^ set(en) == set()


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_no_text_is_empty_and_each_code_belongs_to_its_domain(domain: str, language: str) -> None:
    found = texts(domain, language)
    assert [code for code, forms in found.items() if not all(form.strip() for form in forms)] == []
    assert [code for code in found if not code.startswith(f"{domain}.")] == []


@pytest.mark.parametrize("domain", DOMAINS)
def test_both_languages_have_the_same_placeholders(domain: str) -> None:
    zh, en = texts(domain, "zh_CN"), texts(domain, "en")
    pairs = {code: (names(zh[code]), names(en[code])) for code in set(zh) & set(en)}
    different = {code: pair for code, pair in pairs.items() if pair[0] != pair[1]}
    assert different == {}


def names(forms: list[str]) -> set[str]:
    return {name for form in forms for name in placeholders(form)} - {"n"}


def test_every_message_that_code_names_is_in_the_catalogues() -> None:
    found = list(calls())
    known = {code for domain in DOMAINS for code in texts(domain, "zh_CN")}
    missing = [f"{path}:{node.lineno} {code}" for path, node, code in found if code not in known]
    assert len(found) > 100
    assert missing == [], "\n".join(missing)


def test_every_placeholder_gets_a_value_where_code_names_the_message() -> None:
    known = {code: names(forms) for domain in DOMAINS for code, forms in texts(domain, "zh_CN").items()}
    short = []
    for path, node, code in calls():
        given = {keyword.arg for keyword in node.keywords}
        if None not in given and not known.get(code, set()) <= given | {"request_id"}:
            short.append(f"{path}:{node.lineno} {code} lacks {known[code] - given}")
    assert short == [], "\n".join(short)


def test_every_message_that_a_template_names_is_in_the_catalogues() -> None:
    known = {code for domain in DOMAINS for code in texts(domain, "zh_CN")}
    used = [(path, code) for path in under("web", suffix=".html") for code in TEMPLATE.findall(read(path))]
    assert used
    assert [f"{path} {code}" for path, code in used if code not in known] == []


def test_no_literal_looks_like_a_message_that_no_catalogue_holds() -> None:
    known = {code for domain in DOMAINS for code in texts(domain, "zh_CN")}
    for module in TASK_MODULES:
        importlib.import_module(module)
    tasks = set(app.tasks) | set(TASK_MODULES)
    unknown = []
    for path in product_code():
        modules = set(re.findall(r"[a-z_]+(?:\.[a-z_]+)+", " ".join(_imports(path))))
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
                code = node.value
                is_known = code in tasks or code in modules or any(one.startswith(code) for one in known)
                if not is_known and not _is_module(code) and not _is_event(path, node):
                    unknown.append(f"{path}:{node.lineno} {code}")
    assert unknown == [], "\n".join(unknown)


def _imports(path: Path) -> list[str]:
    return [line for line in read(path).splitlines() if line.lstrip().startswith(("import ", "from "))]


def _is_module(name: str) -> bool:
    as_path = Path(*name.split("."))
    return any(path.with_suffix("") == as_path or path.parent == as_path for path in product_code())


def _is_event(path: Path, node: ast.Constant) -> bool:
    """Whether a literal names something other than words: a log event, an audit action, a domain event."""
    for call in ast.walk(tree(path)):
        if isinstance(call, ast.Call):
            func = ast.unparse(call.func)
            is_log = func.startswith(("log.", "logger."))
            named = [k.value for k in call.keywords if k.arg in {"action", "event", "name"}]
            if (is_log and node in call.args) or node in named:
                return True
    return False

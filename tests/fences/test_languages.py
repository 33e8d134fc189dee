"""Every language is complete, and each holds no words of another; dates are written by Babel alone."""

import ast
import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.pofile import read_po

from core.settings import REPOSITORY
from i18n.service import FOLDER, languages, placeholders
from tests.crawling import has_chinese, has_english

from .sources import product_code, read, tree, under

NAMES = sorted(one.folder.name for one in languages())
DOMAINS = sorted(path.stem for path in (FOLDER / "zh_CN" / "LC_MESSAGES").glob("*.po"))
# English texts that hold Chinese: a line for those who read no English, and how a provision is written.
BOTH = {
    "knowledge_base.not_text.language",
    "web.page.knowledge.hint.basis",
    "knowledge_base.curation.check.basis_form",
    "notices.wechat.state",  # WeChat takes a phrase of at most five Chinese characters
}
# What administrators type and what machines read; their Chinese texts name commands and files.
FOR_ADMINISTRATORS = re.compile(
    r"(setup|core|push)\.|web\.(cli|api|reference)\.|web\.page\.(keys\.how|webhooks\.url_hint)|forms\.(lint|words|document\.fonts|backoffice|no_such_enterprise)"
    r"|knowledge_base\.(kind_unknown|held_back|refused|encoder_missing|no_such_index|yaml_invalid|batch_row)"
)
MACHINE_TIMES = {  # file names and numbers, not shown as dates
    "web/command_line/backup.py",
    "web/command_line/archive.py",
    "web/command_line/diff.py",
    "web/command_line/knowledge.py",
    "web/command_line/ask.py",
    "bot/handoff/numbers.py",
    "forms/filing/numbers.py",
    "knowledge_base/index/service.py",
    "forms/alerts/wechat.py",  # the format that WeChat's templates ask for
}


def texts(name: str, domain: str) -> dict[str, list[str]]:
    with (FOLDER / name / "LC_MESSAGES" / f"{domain}.po").open("rb") as stream:
        book = read_po(stream, abort_invalid=True)
    return {
        message.id if isinstance(message.id, str) else message.id[0]: [message.string]
        if isinstance(message.string, str)
        else list(message.string)
        for message in book
        if message.id
    }


@pytest.fixture(scope="module")
def script() -> ModuleType:
    path = REPOSITORY / "scripts" / "traditional_catalogues.py"
    spec = importlib.util.spec_from_file_location("traditional_catalogues", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("domain", DOMAINS)
def test_traditional_catalogues_are_those_of_the_script(script: ModuleType, domain: str) -> None:
    told = "run .venv/bin/python scripts/traditional_catalogues.py"
    assert script.path_of(domain).read_text("utf-8") == script.rendered(domain), told


def test_names_of_laws_and_placeholders_stay_as_they_are(script: ModuleType) -> None:
    assert script.traditional("依据《药品管理法》第{n}条申请注册") == "依據《药品管理法》第{n}條申請註冊"


def test_a_legal_term_reads_the_same_wherever_it_stands(script: ModuleType) -> None:
    assert script.traditional("药品批准文号") == "藥品批准文號"
    assert script.traditional("这批准文号") == "這批准文號"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("domain", DOMAINS)
def test_every_language_is_complete_with_the_same_placeholders(name: str, domain: str) -> None:
    ours, theirs = texts("zh_CN", domain), texts(name, domain)
    assert set(ours) == set(theirs)
    for code, forms in theirs.items():
        assert all(form.strip() for form in forms), code
        held = {found for form in forms for found in placeholders(form)} - {"n"}
        assert held == {found for form in ours[code] for found in placeholders(form)} - {"n"}, code


@pytest.mark.parametrize("domain", DOMAINS)
def test_no_english_text_holds_chinese(domain: str) -> None:
    wrong = [code for code, forms in texts("en", domain).items() if any(map(has_chinese, forms))]
    assert set(wrong) <= BOTH


@pytest.mark.parametrize("name", ["zh_CN", "zh_Hant"])
@pytest.mark.parametrize("domain", DOMAINS)
def test_no_chinese_text_for_people_holds_english(name: str, domain: str) -> None:
    wrong = {
        code: forms
        for code, forms in texts(name, domain).items()
        if any(has_english(re.sub(r"\{[^{}]*\}|https?://\S+|\.\w+", "", form)) for form in forms)
        and not FOR_ADMINISTRATORS.match(code)
    }
    assert set(wrong) - BOTH == set(), wrong


@pytest.mark.parametrize("domain", DOMAINS)
def test_what_is_counted_has_a_form_for_one(domain: str) -> None:
    many = re.compile(r"\{n\} (?:[a-z]+ ){0,2}?[a-z]+s\b")
    found = texts("en", domain)
    assert [code for code, forms in found.items() if len(forms) == 1 and many.search(forms[0])] == []
    counted = [forms for forms in found.values() if len(forms) > 1]
    assert all(len(forms) == 2 and forms[0] != forms[1] for forms in counted)


def test_no_code_writes_a_date_for_people_by_hand() -> None:
    found = []
    for path in product_code():
        if (
            str(path) in MACHINE_TIMES
            or path.parts[0] == "training"
            or path.parts[:2] in (("core", "database"), ("forms", "sandbox"), ("forms", "records"))
        ):
            continue
        for node in ast.walk(tree(path)):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            by_hand = is_call and node.func.attr == "strftime"
            spec = node.format_spec if isinstance(node, ast.FormattedValue) else None
            in_string = spec is not None and "%" in ast.unparse(spec)
            if by_hand or in_string:
                found.append(f"{path}:{node.lineno}")
    assert found == []


def test_no_script_writes_a_date_by_hand() -> None:
    looked_at = [path for path in under("web", suffix=".js") if "static" in path.parts]
    by_hand = re.compile(r"getFullYear|getMonth\(|toLocaleDateString\(\)|toISOString\(\)\.slice")
    assert looked_at
    assert [str(path) for path in looked_at if by_hand.search(read(path))] == []


def test_no_code_asks_for_a_language_by_name() -> None:
    """What depends on the language asks for that of the content, so that a further locale needs no code."""
    by_name = re.compile(r"""locale\s*(==|!=|in \(|\.startswith\()\s*["'](zh|en)""")
    looked_at = [*product_code(), *under("web", suffix=".html"), *under("web", suffix=".js")]
    asked = re.compile(r"content_language\([^()]*\)")
    found = [
        str(path)
        for path in looked_at
        if path.parts[0] != "training" and by_name.search(asked.sub("", read(path)))
    ]
    assert len(looked_at) > 400
    assert found == []


def test_where_catalogues_lie_is_told() -> None:
    told = (Path(REPOSITORY) / "docs" / "localisation.md").read_text("utf-8")
    assert "scripts/traditional_catalogues.py" in told
    assert "YAOZHENG_LOCALES" in told

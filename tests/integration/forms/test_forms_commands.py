"""``yaozheng records``, ``prefill``, ``check`` and ``items`` for scripts: one JSON object, exit codes."""

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner

from core import clock
from forms.items.catalogue import items
from forms.items.patterns import matches
from forms.sandbox.filled import Holding, fill_form
from forms.sandbox.generator import build_world
from forms.sandbox.world import SyntheticEnterprise
from tests.integration.forms.conftest import code_of, record_line
from web.command_line.main import main

CODE = "cosmetic_prod_licence"
FIELD = {"key", "label", "value", "outcome", "receipt", "alternatives"}
RECEIPT = {"record_id", "source", "as_of", "transformation"}
DEFICIENCY = {"field", "rule", "clause", "message", "fix"}
OUTCOMES = {"filled", "conflict", "stale", "suggested", "absent"}
CJK = "\u4e00"


def run(*arguments: object, exit_code: int = 0, locale: str = "zh_CN.UTF-8") -> dict[str, Any]:
    """Call a command with ``--json`` and return what it wrote: one object on one line."""
    env = {"YAOZHENG_LOCALE": None, "LC_ALL": locale, "LANG": locale}
    done = CliRunner().invoke(main, [*map(str, arguments), "--json"], env=env)
    assert done.exit_code == exit_code, done.output
    assert done.stdout.count("\n") == 1
    body: dict[str, Any] = json.loads(done.stdout)
    return body


@pytest.fixture(scope="module")
def maker() -> SyntheticEnterprise:
    """A cosmetics maker whose records agree."""
    made = build_world(20, 20260515, clock.today())[0]
    assert made.kind == "cosmetic_maker"
    assert not made.flaws
    return made


def _written(folder: Path, *rows: Any, name: str = "records.jsonl") -> Path:
    file = folder / name
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return file


def _lines(made: SyntheticEnterprise) -> list[dict[str, Any]]:
    return [
        record_line(
            made.uscc,
            f"r{number}",
            kind=record.kind,
            service_item_code=record.item or None,
            number=record.number or None,
            status=record.status,
            issued_on=record.issued_on.isoformat() if record.issued_on else None,
            expires_on=record.expires_on.isoformat() if record.expires_on else None,
            as_of=record.as_of.isoformat(),
            data=record.data,
        )
        for number, record in enumerate(made.records)
    ]


@pytest.fixture
def records(home: Path, tmp_path: Path, maker: SyntheticEnterprise) -> dict[str, Any]:
    """What importing the maker's records into a new installation reports."""
    return run("records", "import", _written(tmp_path, *_lines(maker)))


def _form(made: SyntheticEnterprise, operation: str = "initial") -> dict[str, Any]:
    holding = made.dossiers.get(CODE, Holding())
    facts, values = fill_form(made, CODE, operation, holding=holding, rng=Random(1), today=clock.today())
    return {**facts, **values}


def test_importing_counts_what_became_of_every_line(
    records: dict[str, Any], tmp_path: Path, maker: SyntheticEnterprise
) -> None:
    count = len(maker.records)
    zero = {"new": 0, "changed": 0, "unchanged": 0, "refused": 0, "enterprises": 0, "refusals": []}
    assert records == {**zero, "new": count, "enterprises": 1}
    lines = _lines(maker)
    lines[1]["number"] = "another"
    again = run("records", "import", _written(tmp_path, *lines))
    assert again == {**zero, "changed": 1, "unchanged": count - 1}


@pytest.mark.parametrize("locale", ["zh_CN.UTF-8", "en_GB.UTF-8"])
def test_a_refused_line_is_told_with_its_number_in_the_terminals_language(
    home: Path, tmp_path: Path, locale: str
) -> None:
    file = _written(tmp_path, record_line(code_of(1), "a"), record_line(f"{code_of(1)[:-1]}?", "b"), "x")
    body = run("records", "import", file, exit_code=1, locale=locale)
    assert (body["new"], body["refused"]) == (1, 2)
    assert [(one["line"], one["code"]) for one in body["refusals"]] == [
        (2, "forms.records.wrong_uscc"),
        (3, "forms.records.wrong_field"),
    ]
    assert all(set(one) == {"line", "code", "message"} for one in body["refusals"])
    message = body["refusals"][0]["message"]
    assert any(character >= CJK for character in message) is (locale == "zh_CN.UTF-8")


def test_a_pre_filled_form_has_its_fixed_shape(records: dict[str, Any], maker: SyntheticEnterprise) -> None:
    body = run("prefill", CODE, "--uscc", f" {maker.uscc.lower()} ")
    assert set(body) == {"service_item_code", "operation", "share", "failed_sources", "fields"}
    assert (body["service_item_code"], body["operation"], body["failed_sources"]) == (CODE, "initial", [])
    assert 0.3 < body["share"] <= 1
    for one in body["fields"]:
        assert set(one) == FIELD
        assert one["outcome"] in OUTCOMES
        receipts = [one["receipt"], *(other["receipt"] for other in one["alternatives"])]
        assert (one["receipt"] is None) == (one["value"] is None) == (one["outcome"] == "absent")
        assert all(receipt is None or set(receipt) >= RECEIPT for receipt in receipts)
        assert all(set(other) == {"value", "receipt"} for other in one["alternatives"])
    shown = {one["key"]: one for one in body["fields"]}
    assert shown["ent_name"]["value"] == maker.name
    assert shown["ent_name"]["receipt"]["record_id"] == "r0"
    assert matches("id_cn", shown["qs_officer"]["value"]["id_number"])


@pytest.mark.parametrize("operation", items()[CODE].operations)
def test_each_operation_has_its_own_fields(
    records: dict[str, Any], maker: SyntheticEnterprise, operation: str
) -> None:
    body = run("prefill", CODE, "--uscc", maker.uscc, "--operation", operation)
    keys = {one["key"] for one in body["fields"]}
    assert body["operation"] == operation
    assert ("valid_to" in keys) is (operation == "renewal")
    assert ("licence_no" in keys) is (operation != "initial")


def test_a_complete_form_has_no_deficiency(
    records: dict[str, Any], tmp_path: Path, maker: SyntheticEnterprise
) -> None:
    file = _written(tmp_path, _form(maker), name="form.json")
    body = run("check", CODE, file)
    assert body == {"operation": "initial", "deficiencies": [], "unknown_keys": [], "records_held": True}


@pytest.mark.parametrize("locale", ["zh_CN.UTF-8", "en_GB.UTF-8"])
def test_all_deficiencies_are_told_at_once_in_their_fixed_shape(
    records: dict[str, Any], tmp_path: Path, maker: SyntheticEnterprise, locale: str
) -> None:
    form = {**_form(maker), "ent_name": "别的公司", "region_code": "999999", "colour": "red"}
    form.pop("domicile")
    form.pop("truth_commit")
    body = run("check", CODE, _written(tmp_path, form, name="form.json"), locale=locale)
    found = {(one["field"], one["rule"]) for one in body["deficiencies"]}
    assert found == {
        ("ent_name", "differs_from_record"),
        ("domicile", "required"),
        ("region_code", "invalid"),
        ("truth_commit", "declaration"),
    }
    assert body["unknown_keys"] == ["colour"]
    for one in body["deficiencies"]:
        assert set(one) == DEFICIENCY
        assert all(isinstance(value, str) and value for value in one.values())
    message = next(one["message"] for one in body["deficiencies"] if one["field"] == "domicile")
    assert any(character >= CJK for character in message) is (locale == "zh_CN.UTF-8")


def test_many_forms_are_checked_one_by_one(
    records: dict[str, Any], tmp_path: Path, maker: SyntheticEnterprise
) -> None:
    good = _form(maker)
    forms = [good, {**good, "delivery": "pigeon"}]
    listed = run("check", CODE, _written(tmp_path, forms, name="list.json"))
    lines = run("check", CODE, _written(tmp_path, *forms, name="lines.jsonl"))
    assert listed == lines
    assert [[one["field"] for one in result["deficiencies"]] for result in lines["results"]] == [
        [],
        ["delivery"],
    ]
    assert run("check", CODE, _written(tmp_path, name="none.jsonl")) == {"results": []}


def test_a_form_of_an_unknown_enterprise_says_that_nothing_is_held(
    home: Path, tmp_path: Path, maker: SyntheticEnterprise
) -> None:
    body = run("check", CODE, _written(tmp_path, _form(maker), name="form.json"))
    assert body["records_held"] is False
    assert body["deficiencies"] == []


@pytest.mark.parametrize(
    ("arguments", "exit_code", "code"),
    [
        (["prefill", "gone", "--uscc", code_of(1)], 1, "core.not_available"),
        (["prefill", CODE, "--uscc", code_of(1)], 1, "forms.no_such_enterprise"),
        (
            ["prefill", "device2_reg_renewal", "--uscc", code_of(1), "--operation", "change"],
            2,
            "forms.no_such_operation",
        ),
        (["items", "show", "gone"], 1, "core.not_available"),
    ],
)
def test_what_does_not_exist_is_told_as_an_error_object(
    records: dict[str, Any], arguments: list[str], exit_code: int, code: str
) -> None:
    body = run(*arguments, exit_code=exit_code)
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message"}
    assert body["error"]["code"] == code
    assert body["error"]["message"]


@pytest.mark.parametrize("content", ["", "{", "[1, 2", '{"a": }', "[" * 100_000])
@pytest.mark.parametrize("name", ["form.json", "form.jsonl"])
def test_a_file_that_is_no_json_is_an_error_object(
    home: Path, tmp_path: Path, content: str, name: str
) -> None:
    (tmp_path / name).write_text(content or " {", encoding="utf-8")
    body = run("check", CODE, tmp_path / name, exit_code=2)
    assert body["error"]["code"] == "web.cli.check.no_json"


@pytest.mark.parametrize("given", [5, "words", None, [["a"]]])
def test_a_form_that_is_no_object_is_an_error_object(home: Path, tmp_path: Path, given: Any) -> None:
    body = run("check", CODE, _written(tmp_path, given, name="form.json"), exit_code=2)
    assert body["error"]["code"] == "forms.precheck.no_object"


def test_without_an_installation_nothing_is_made_by_looking(home: Path) -> None:
    body = run("prefill", CODE, "--uscc", code_of(1), exit_code=1)
    assert body["error"]["code"] == "web.cli.no_installation"
    assert not (home / "database.sqlite3").exists()


def test_the_items_are_listed_with_their_operations(home: Path) -> None:
    found = run("items", "list")["items"]
    assert {one["service_item_code"]: one["operations"] for one in found} == {
        code: item.operations for code, item in items().items()
    }
    assert all(set(one) == {"service_item_code", "name", "operations"} and one["name"] for one in found)


@pytest.mark.parametrize("code", sorted(items()))
def test_a_form_is_shown_field_by_field(home: Path, code: str) -> None:
    body = run("items", "show", code, locale="en_GB.UTF-8")
    form = items()[code].form
    assert form is not None
    assert (body["service_item_code"], body["operations"]) == (code, items()[code].operations)
    assert [one["key"] for one in body["fields"]] == [field.key for field in form.fields]
    for one, field in zip(body["fields"], form.fields, strict=True):
        assert set(one) == {
            *("key", "label", "help", "type", "required", "set_by"),
            *("pattern", "options", "parts", "when", "example"),
        }
        assert (one["label"], one["type"]) == (field.label.en, field.type)
        assert [option["value"] for option in one["options"]] == [option.value for option in field.options]


def test_the_shipped_items_are_linted_clean(home: Path) -> None:
    assert run("items", "lint") == {"mistakes": []}

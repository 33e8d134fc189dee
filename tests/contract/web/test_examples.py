"""Every operation is told in both languages, with examples that keep to their schemas."""

import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from i18n.service import CONTENT_LOCALES
from web.api.document import FOLDER, JSON_TYPE, document, operations, words

OPERATIONS = {operation["operationId"]: (path, operation) for path, _, operation in operations(document())}
WITHOUT = {"openapi"}  # the document itself
HAN = re.compile(r"[\u4e00-\u9fff]")


def problems(schema: dict[str, Any], example: Any) -> list[str]:
    validator = Draft202012Validator({**document(), **schema})
    return [f"{list(one.absolute_path)}: {one.message[:120]}" for one in validator.iter_errors(example)]


def answers(operation: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The answers in JSON, by status; shared ones looked up."""
    shared = document()["components"]["responses"]
    found = {
        status: shared[one["$ref"].rsplit("/", 1)[-1]] if "$ref" in one else one
        for status, one in operation["responses"].items()
        if status != "default"
    }
    return [
        (status, one["content"][JSON_TYPE])
        for status, one in found.items()
        if JSON_TYPE in one.get("content", {})
    ]


def test_the_words_tell_every_operation_and_no_other() -> None:
    assert set(words()["operations"]) == set(OPERATIONS)
    assert {path.stem for path in (FOLDER / "examples").iterdir()} <= set(OPERATIONS)


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_is_described_in_both_languages(name: str) -> None:
    said, (_, operation) = words()["operations"][name], OPERATIONS[name]
    english = [operation["summary"], operation["description"]]
    assert operation["tags"] == [said["tag"]]
    assert said["tag"] in words()["tags"]
    assert all(english)
    assert not HAN.search(" ".join(english))
    assert all(HAN.search(said[key]) for key in ("summary_zh", "description_zh"))


@pytest.mark.parametrize("name", [name for name in OPERATIONS if "requestBody" in OPERATIONS[name][1]])
def test_what_is_sent_is_shown_and_keeps_to_its_schema(name: str) -> None:
    content = OPERATIONS[name][1]["requestBody"]["content"]
    if JSON_TYPE in content:
        assert content[JSON_TYPE]["example"]
        assert problems(content[JSON_TYPE]["schema"], content[JSON_TYPE]["example"]) == []
    else:
        assert set(content) == {"multipart/form-data"}


@pytest.mark.parametrize("name", sorted(set(OPERATIONS) - WITHOUT))
def test_what_comes_back_is_shown_and_keeps_to_its_schema(name: str) -> None:
    for status, content in answers(OPERATIONS[name][1]):
        examples = content["examples"]
        assert set(examples) in ({"any"}, set(CONTENT_LOCALES.values())), status
        for language, one in examples.items():
            assert problems(content["schema"], one["value"]) == [], f"{status} {language}"


@pytest.mark.parametrize("name", sorted(set(OPERATIONS) - WITHOUT))
def test_an_example_in_english_speaks_english(name: str) -> None:
    for status, content in answers(OPERATIONS[name][1]):
        if "en" not in content["examples"]:
            continue
        texts = {language: json.dumps(one["value"]) for language, one in content["examples"].items()}
        assert texts["en"] != texts["zh-CN"], status


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_errors_of_an_operation_follow_from_who_may_call_it(name: str) -> None:
    path, operation = OPERATIONS[name]
    told = set(operation["responses"])
    schemes = {scheme for one in operation["security"] for scheme in one}
    assert "429" in told
    assert ("404" in told) == ("{" in path)
    assert {"401", "403"} <= told or "apiKey" not in schemes
    assert {"415", "422"} <= told or JSON_TYPE not in operation.get("requestBody", {}).get("content", {})


def test_examples_hold_no_real_secret() -> None:
    text = "".join(path.read_text("utf-8") for path in (FOLDER / "examples").iterdir())
    assert re.findall(r"yzk_[0-9a-f]{12}", text) == []
    assert set(re.findall(r"whsec_\S+?(?=[,}\s])", text)) == {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
    assert len(set(re.findall(r"\btoken: (\S+?)[,}\s]", text))) == 1

"""What the assistant understands: every intent has examples in both languages, every action a handler."""

from typing import Any

import pytest
import yaml

from core.settings import REPOSITORY

ASSISTANT = REPOSITORY / "bot" / "assistant"
LANGUAGES = ("zh", "en")
WITHOUT_EXAMPLES = {"nlu_fallback", "choose_option", "answer_field"}
FEWEST = 8


def load(folder: str) -> list[dict[str, Any]]:
    return [
        yaml.safe_load(path.read_text("utf-8")) or {} for path in sorted((ASSISTANT / folder).rglob("*.yml"))
    ]


def intents() -> set[str]:
    listed = [one for part in load("domain") for one in part.get("intents", [])]
    return {one if isinstance(one, str) else next(iter(one)) for one in listed}


def examples(language: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for part in load(f"data/nlu/{language}"):
        for entry in part.get("nlu", []):
            if "intent" in entry:
                lines = [line[2:] for line in entry["examples"].splitlines() if line.startswith("- ")]
                found.setdefault(entry["intent"], []).extend(lines)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_intent_has_examples(language: str) -> None:
    found = examples(language)
    wanted = intents() - WITHOUT_EXAMPLES
    assert len(wanted) > 15
    assert {name: len(found.get(name, [])) for name in wanted if len(found.get(name, [])) < FEWEST} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_examples_belong_to_intents_of_the_domain(language: str) -> None:
    assert set(examples(language)) - intents() == set()


def test_no_example_teaches_two_intents() -> None:
    owner: dict[str, str] = {}
    twice = []
    for language in LANGUAGES:
        for intent, lines in examples(language).items():
            for line in lines:
                if owner.setdefault(line, intent) != intent:
                    twice.append((line, owner[line], intent))
    assert twice == []


def test_every_action_of_the_domain_has_a_handler() -> None:
    from bot.actions.registry import HANDLERS

    named = {one for part in load("domain") for one in part.get("actions", [])}
    assert named
    assert named ^ set(HANDLERS) == set()


def test_rasas_project_imports_nothing_of_ours() -> None:
    files = sorted(ASSISTANT.rglob("*.py"))
    packages = ("core", "i18n", "knowledge_base", "forms", "web", "bot.", "training")
    forbidden = tuple(f"{word} {name}" for word in ("import", "from") for name in packages)
    lines = [
        f"{path.name}: {line}"
        for path in files
        for line in path.read_text("utf-8").splitlines()
        if line.lstrip().startswith(forbidden)
    ]
    assert len(files) >= 3
    assert lines == []

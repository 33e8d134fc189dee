"""Every code of the staff desk and the conversation has its words in both languages."""

import re
from pathlib import Path

import pytest

from bot.handoff.reasons import REASONS
from core.settings import REPOSITORY
from i18n.service import has_message, locales

FOLDERS = ("bot/conversations", "bot/handoff")
CODE = re.compile(r"\"((?:conversations|handoff)\.[a-z_0-9.]+[a-z_0-9])\"")
NOT_WORDS = {"handoff.tick_failed", "handoff.not_told", "handoff.case_not_gathered"}


def _files() -> list[Path]:
    return [path for folder in FOLDERS for path in (REPOSITORY / folder).glob("*.py")]


def test_every_code_in_the_source_is_in_both_catalogues() -> None:
    codes = {code for path in _files() for code in CODE.findall(path.read_text("utf-8"))} - NOT_WORDS
    task_names = {"handoff.tick"}
    assert len(codes) > 30
    missing = {
        (code, locale) for code in codes - task_names for locale in locales() if not has_message(code, locale)
    }
    assert missing == set()


@pytest.mark.parametrize("locale", locales())
def test_every_composed_code_has_its_words(locale: str) -> None:
    codes = [f"handoff.reason.{reason}" for reason in REASONS]
    codes += [f"handoff.rating.level_{level}" for level in range(1, 6)]
    codes += [f"handoff.gap.{status}" for status in ("empty", "proposed", "confirmed", "skipped")]
    assert [code for code in codes if not has_message(code, locale)] == []

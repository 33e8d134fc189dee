"""Languages are what there are catalogues for; a wish is read by language, script and territory."""

from pathlib import Path

import pytest

from core.settings import get_settings
from i18n.characters import simplified
from i18n.service import (
    content_language,
    counted_messages,
    format_list,
    format_moment,
    language,
    language_name,
    languages,
    locales,
    negotiate_locale,
    translate,
)
from tests.pseudo import TAG, stretched, write_language


@pytest.mark.parametrize("tag", ["zh-TW", "zh_HK", "zh-MO", "zh-Hant", "zh-Hant-CN", "zh-AU"])
def test_chinese_of_where_traditional_characters_are_written_is_traditional(tag: str) -> None:
    assert negotiate_locale([tag]) == "zh-Hant"


@pytest.mark.parametrize("tag", ["zh", "zh-CN", "zh-SG", "zh-Hans-HK", "zh-MY", "zh-XX"])
def test_chinese_of_anywhere_else_is_simplified(tag: str) -> None:
    assert negotiate_locale([tag]) == "zh-CN"


def test_pages_are_marked_with_the_script_that_they_are_written_in() -> None:
    assert {one.tag: one.html for one in languages()} == {
        "zh-CN": "zh-Hans",
        "en": "en",
        "zh-Hant": "zh-Hant",
    }
    assert [one.name for one in languages()] == ["简体中文", "English", "繁體中文"]


def test_a_language_without_content_of_its_own_reads_the_chinese_one() -> None:
    assert [content_language(one) for one in locales()] == ["zh", "en", "zh"]


def test_the_names_of_languages_are_those_of_the_reader() -> None:
    assert language_name("zh-Hant", "en") == "Traditional Chinese"
    assert language_name("en", "zh-Hant") == "英文"
    assert language_name("tlh", "en") == "tlh"


def test_a_stored_locale_that_is_no_longer_shipped_reads_as_the_default() -> None:
    assert language("tlh").tag == "zh-CN"
    assert translate("web.page.sign_in", "tlh") == translate("web.page.sign_in", "zh-CN")


def test_plural_forms_follow_the_rule_of_the_catalogue() -> None:
    [forms] = [counted_messages("assistant.status.", one)["assistant.status.list"] for one in ("en",)]
    assert set(forms) == {"one", "other"}
    assert translate("assistant.status.list", "en", n=1) != translate("assistant.status.list", "en", n=0)
    assert translate("assistant.status.list", "zh-Hant", n=1).count("1") == 1


def test_rows_of_things_and_moments_are_written_as_the_language_does(china_noon) -> None:
    assert format_list(["a", "b", "c"], "en") == "a, b, and c"
    assert format_list(["甲", "乙", "丙"], "zh-CN") == "甲、乙和丙"
    assert format_moment(china_noon, "zh-Hant") == "2026年5月15日 12:00"
    assert format_moment(china_noon, "en") == "May 15, 2026 12:00"


@pytest.fixture
def china_noon():
    from datetime import datetime

    from core.clock import CHINA

    return datetime(2026, 5, 15, 12, tzinfo=CHINA)


def test_traditional_questions_are_read_in_simplified_characters() -> None:
    assert simplified("化妝品備案要交哪些資料？") == "化妆品备案要交哪些资料？"
    assert simplified("plain words") == "plain words"


def test_a_folder_of_catalogues_is_a_language_and_nothing_else_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YAOZHENG_LOCALES", str(write_language(tmp_path)))
    get_settings.cache_clear()
    try:
        assert TAG in locales()
        assert negotiate_locale(["en-XA", "zh"]) == TAG
        assert negotiate_locale(["en-GB"]) == "en"
        assert content_language(TAG) == "en"
        assert translate("web.page.sign_in", TAG) == stretched(translate("web.page.sign_in", "en"))
    finally:
        get_settings.cache_clear()


def test_the_language_of_the_tests_is_not_shipped() -> None:
    assert locales() == ("zh-CN", "en", "zh-Hant")
    assert negotiate_locale(["en-XA"]) == "en"

"""The service items: complete, bilingual, sourced; found by the names that people use."""

import re
from pathlib import Path

import pytest

from core.errors import InvariantBroken
from forms.items.catalogue import items, load_item
from forms.items.definition import ASPECTS
from forms.items.guides import export_guides
from forms.items.linting import lint
from forms.items.matching import find_service_items
from forms.items.overview import item_overviews

CJK = re.compile(r"[\u4e00-\u9fff]")
REQUIRED = {"overview", "authority", "materials", "procedure", "time_limit", "remedies"}


def test_all_fourteen_items_are_there_and_can_be_filed_online() -> None:
    assert len(items()) == 14
    for code, item in items().items():
        assert item.form is not None, code
        assert item.operations, code


def test_the_shipped_items_hold_no_mistake() -> None:
    found = [mistake for item in items().values() for mistake in lint(item, items())]
    assert found == []


@pytest.mark.parametrize("guide", export_guides(), ids=lambda guide: guide["service_item_code"])
def test_a_guide_tells_what_the_law_asks_a_guide_to_tell(guide: dict) -> None:  # type: ignore[type-arg]
    aspects = {aspect["aspect"]: aspect for aspect in guide["aspects"]}
    assert set(aspects) >= REQUIRED
    assert list(aspects) == [name for name in ASPECTS if name in aspects]
    for aspect in aspects.values():
        assert aspect["text"]["zh"]
        assert aspect["text"]["en"]
        assert aspect["basis"] or not aspect["verified"]


def test_english_guides_hold_no_chinese_but_titles_and_number_formats() -> None:
    for guide in export_guides():
        for aspect in guide["aspects"]:
            plain = re.sub(r"《[^》]*》", "", aspect["text"]["en"])
            left = [w for w in re.findall(r"[\u4e00-\u9fff（）]+", plain) if len(w) > 12]
            assert left == [], (guide["service_item_code"], aspect["aspect"])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("我想办化妆品备案", "cosmetic_filing"),
        ("file a cosmetic product", "cosmetic_filing"),
        ("医疗器械经营许可证怎么办", "device_dist_class3_licence"),
        ("药品生产许可证", "drug_prod_licence"),
    ],
)
def test_an_item_is_found_by_its_everyday_name(text: str, code: str) -> None:
    assert find_service_items(text, "zh-CN")[0].code == code


def test_text_about_something_else_finds_no_item() -> None:
    assert find_service_items("今天天气怎么样", "zh-CN") == []


def test_a_broken_item_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "broken.yml"
    path.write_text("code: broken\nversion: 1\n")
    with pytest.raises(InvariantBroken) as caught:
        load_item(path)
    assert caught.value.params["item"] == "broken"
    assert caught.value.params["where"]
    assert caught.value.params["why"]


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_the_catalogue_tells_of_every_item_what_its_files_hold(locale: str) -> None:
    rows = {one.code: one for one in item_overviews(locale)}
    assert list(rows) == list(items())
    for code, row in rows.items():
        item = items()[code]
        assert item.form is not None
        assert (row.fields, row.checks) == (len(item.form.fields), len(item.form.checks))
        assert (row.name, row.operations) == (item.name.get(locale), item.operations)
        assert row.limits
        assert all(text for _, text in row.limits)
        assert row.provisions > row.unverified >= 0
        assert row.completes in ("submission", "approval")

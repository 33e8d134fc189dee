"""The data inventory tells of every table and column that there is, and of none that there is not."""

import re

from core.database import Base
from core.database.model_modules import load_models
from core.privacy.inventory import BASES, KEEPS, SEEN_BY, load_inventory
from i18n.service import has_message

SOUNDS_PERSONAL = re.compile(
    r"(?:^|_)(?:account_id|actor_id|officer_id|phone|mobile|email|openid|id_number|display_name|login)$|_by$"
)
NO_PERSON = {
    ("account", "failed_sign_ins"),
    ("notice_preference", "by_email"),
    ("passage", "repealed_by"),
    ("document_version", "replaced_by"),
    ("handoff_case", "respond_by"),
    ("handoff_case", "reply_by"),
    ("case_callback", "due_by"),
    ("handoff_case", "resolve_by"),
}


def tables() -> dict[str, frozenset[str]]:
    load_models()
    return {
        table.name: frozenset(column.name for column in table.columns)
        for table in Base.metadata.tables.values()
    }


def test_every_table_and_column_is_in_the_inventory() -> None:
    told = {one.table: one.columns for one in load_inventory()}
    known = tables()
    assert len(known) > 50
    assert {
        name: sorted(columns - told.get(name, frozenset()))
        for name, columns in known.items()
        if columns - told.get(name, frozenset())
    } == {}
    assert {
        name: sorted(columns - known.get(name, frozenset()))
        for name, columns in told.items()
        if columns - known.get(name, frozenset())
    } == {}


def test_no_column_is_told_twice() -> None:
    assert [
        one.table for one in load_inventory() if len(one.columns) != len(one.personal) + len(one.other)
    ] == []


def test_columns_that_name_a_person_are_told_as_personal() -> None:
    missed = [
        (one.table, column)
        for one in load_inventory()
        for column in one.other
        if SOUNDS_PERSONAL.search(column) and (one.table, column) not in NO_PERSON
    ]
    assert missed == []


def test_every_word_of_the_inventory_has_a_text_in_both_languages() -> None:
    codes = {f"web.page.privacy.purpose.{one}" for one in BASES} | {
        f"web.page.privacy.keep.{one}" for one in KEEPS
    }
    codes |= {f"web.page.privacy.seen.{one}" for one in SEEN_BY} | {
        f"web.page.privacy.basis.{one}" for one in BASES.values()
    }
    for locale in ("zh-CN", "en"):
        assert [code for code in sorted(codes) if not has_message(code, locale)] == []

"""The page of rights is the one that the table makes."""

from scripts import rights_page


def test_the_page_of_rights_is_made_from_the_table() -> None:
    assert rights_page.PAGE.read_text("utf-8") == rights_page.page()

"""The page of rights is the one that the table makes."""

import runpy
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "rights_page.py"


def test_the_page_of_rights_is_made_from_the_table() -> None:
    made = runpy.run_path(str(SCRIPT))
    assert made["PAGE"].read_text("utf-8") == made["page"]()

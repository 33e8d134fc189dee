"""Write docs/rights.md, a view of the table of rights.

    python scripts/rights_page.py

A test holds the page to the table (``tests/fences/test_rights_page.py``).
"""

from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "tests" / "integration" / "web" / "rights.yml"
PAGE = ROOT / "docs" / "rights.md"
ROLES = ("anonymous", "applicant", "officer", "supervisor", "editor", "administrator", "auditor")
HEAD = (
    "# Rights\n\n"
    "Made by `scripts/rights_page.py` from `tests/integration/web/rights.yml`, to which tests hold the\n"
    "application. ✓: let in with a session that is right; what somebody then sees of things is decided by\n"
    "whose they are ([identity](identity.md)). Everybody else is asked to sign in, or meets what an absent\n"
    "page answers. `key`: reached by other systems with that scope.\n\n"
)
OTHERWISE = {
    "conversation": "who opened the conversation: by session, token or key",
    "ticket": "by a one-time ticket",
    "signature": "by the processing system's signature",
    "key": "by key alone",
}


def page() -> str:
    """Return the page's text."""
    table = yaml.safe_load(TABLE.read_text("utf-8"))
    lines = [f"| route | {' | '.join(ROLES)} | otherwise |", "| --- |" + " :-: |" * len(ROLES) + " --- |"]
    for name, who in table["routes"].items():
        marks = ["✓" if role in table["classes"][who] else "" for role in ROLES]
        scope = table["by_key"].get(name)
        notes = [OTHERWISE.get(who, ""), f"key `{scope}`" if scope else ""]
        lines.append(f"| `{name}` | {' | '.join(marks)} | {'; '.join(note for note in notes if note)} |")
    return HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")

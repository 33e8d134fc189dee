"""Pre-filled share of the cosmetics filing for returning enterprises, and what of it is wrong."""

import pytest

from core.database.engine import Database
from tests.benchmarks.prefill import measure

pytestmark = pytest.mark.benchmark


def test_prefilled_share_and_wrong_values(db: Database) -> None:
    print()
    for kind, figures in measure().items():
        print(
            f"{kind}: {figures.filings} filings, {figures.prefilled} of {figures.fields} fields pre-filled"
            f" ({figures.share:.1%}), {figures.marked} marked doubtful,"
            f" {len(figures.wrong)} wrong and unmarked"
        )
        print("  wrong: " + (", ".join(sorted({w.split(":")[1] for w in figures.wrong})) or "none"))
        assert figures.filings > 100

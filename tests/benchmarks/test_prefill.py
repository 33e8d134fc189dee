"""Pre-filled share of every form for returning enterprises, and what of it is wrong."""

from statistics import mean

import pytest

from core.database.engine import Database
from tests.benchmarks.prefill import measure

pytestmark = pytest.mark.benchmark


def test_prefilled_share_and_wrong_values(db: Database) -> None:
    print()
    found = measure()
    for (code, kind), figures in sorted(found.items()):
        absent = ", ".join(sorted(figures.absent, key=figures.absent.__getitem__, reverse=True)[:12])
        print(
            f"{code} {kind}: {figures.filings} filings, {figures.share:.1%} of the fields pre-filled,"
            f" {figures.held_share:.1%} of those held, {figures.marked} marked doubtful,"
            f" {len(figures.wrong)} wrong and unmarked; absent: {absent}"
        )
        if figures.wrong:
            print("  wrong: " + ", ".join(sorted({w.split(":")[1] for w in figures.wrong})))
    items = {code for code, _ in found}
    by_item = [mean(f.share for (c, _), f in found.items() if c == code) for code in items]
    values = sum(figures.prefilled for figures in found.values())
    wrong = sum(len(figures.wrong) for figures in found.values())
    unreported = sum(figures.unreported for figures in found.values())
    held = mean(figures.held_share for figures in found.values())
    print(
        f"mean over {len(items)} items: {mean(by_item):.1%} of all fields, {held:.1%} of those held;"
        f" {wrong} of {values} values wrong and unmarked, {unreported} changed without anybody being told"
    )
    assert len(items) == 14
    assert wrong == 0

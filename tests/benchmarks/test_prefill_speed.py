"""How long pre-filling takes for an enterprise with ten thousand records, one with a hundred beside it."""

import time
from statistics import median

import pytest

from core.database.engine import Database
from forms import service as forms
from tests.benchmarks import records
from tests.benchmarks.load import percentile

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(900)]
MANY, FEW = 10_000, 100
ROUNDS, WARM_UP = 50, 5
ASKED = (
    ("device_prod_licence", "renewal"),
    ("drug_dist_retail", "change"),
    ("cosmetic_filing", "initial"),
)


def _measure(item_code: str, uscc: str, operation: str) -> tuple[list[float], forms.Preview]:
    taken = []
    for turn in range(WARM_UP + ROUNDS):
        begun = time.perf_counter()
        found = forms.preview(item_code, uscc, operation, "zh-CN")
        if turn >= WARM_UP:
            taken.append((time.perf_counter() - begun) * 1000)
    return taken, found


def test_prefill_among_ten_thousand_records(store: Database) -> None:
    begun, name = time.perf_counter(), store.engine.dialect.name
    many, few = records.add_enterprise(MANY), records.add_enterprise(FEW)
    print(f"\n{name}: records put in within {time.perf_counter() - begun:.0f} s")
    for item_code, operation in ASKED:
        figures = []
        for uscc, count in ((many, MANY), (few, FEW)):
            taken, found = _measure(item_code, uscc, operation)
            assert found.share > 0.25
            assert found.failed_sources == []
            figures.append((median(taken), percentile(taken, 0.95)))
            print(
                f"{name} {item_code} {operation}, {count} records: p50 {figures[-1][0]:.1f} ms,"
                f" p95 {figures[-1][1]:.1f} ms, {found.share:.0%} of {len(found.fields)} fields found"
            )
        p50, p95 = (one / other for one, other in zip(*figures, strict=True))
        print(f"  {p50:.1f} times the p50 and {p95:.1f} times the p95 of {FEW} records")

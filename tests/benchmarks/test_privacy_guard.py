"""How much of people's data the guard finds, plain and disguised, how often it cries wolf, how fast it is.

The sentences and data are made by ``privacy_people`` and ``privacy_sentences.yml``, which know nothing of
the guard's patterns; the templates called held_out were not looked at while the guard was written, those
called fresh were written after the first measurement. Presidio, with recognisers for Chinese numbers, is
measured beside it where it is installed (``pip install presidio-analyzer``).
"""

import re
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from core.content import read_yaml
from core.privacy.service import classification_mark, find_personal_data
from core.settings import get_settings
from tests.benchmarks.privacy_people import sentences

TEMPLATES = read_yaml(Path(__file__).with_name("privacy_sentences.yml"))
PER_KIND, SEED = 2000, 20261130
Spans = Callable[[str], list[tuple[int, int]]]


def ours(text: str) -> list[tuple[int, int]]:
    return [(one.start, one.end) for one in find_personal_data(text)]


def is_found(spans: list[tuple[int, int]], text: str, value: str, *, is_inside: bool) -> bool:
    start = text.index(value)
    end = start + len(value)
    if is_inside:  # an illness is found with the words that tie it to a person
        return any(first < end and start < last for first, last in spans)
    return any(first <= start and end <= last for first, last in spans)


def measure(find: Spans, half: str, *, disguised: bool, per_kind: int = PER_KIND) -> tuple[int, Counter[str]]:
    total, missed = 0, Counter[str]()
    for number, kind in enumerate(TEMPLATES):
        rng = Random(SEED + number)
        for text, value, _plain, way in sentences(
            kind, TEMPLATES[kind][half], per_kind, rng, disguised=disguised
        ):
            if disguised and not way:
                continue
            total += 1
            if not is_found(find(text), text, value, is_inside=kind == "health"):
                missed[f"{kind} {way}".strip()] += 1
    return total, missed


def law_sentences() -> list[str]:
    found = []
    for path in sorted(Path(get_settings().laws).rglob("*.md")):
        body = re.sub(r"\A---.*?---\n", "", path.read_text("utf-8"), flags=re.DOTALL)
        found += [one.strip() for one in re.split(r"[。；！？\n]+", body) if one.strip()]
    return found


def told(name: str, total: int, missed: Counter[str]) -> float:
    share = 1 - missed.total() / total
    print(f"{name}: {total} sentences, found {share:.4%}; missed {dict(missed.most_common(12))}")
    return share


@pytest.mark.benchmark
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("half", ["tuned", "held_out", "fresh"])
def test_the_guard_finds_personal_data_plain_and_disguised(half: str) -> None:
    print()
    plain = told(f"ours, {half}, plain", *measure(ours, half, disguised=False))
    disguised = told(f"ours, {half}, disguised", *measure(ours, half, disguised=True))
    assert plain >= 0.999
    assert disguised >= 0.99


@pytest.mark.benchmark
@pytest.mark.shared
def test_the_guard_seldom_cries_wolf_over_law_texts() -> None:
    texts = law_sentences()
    assert len(texts) > 10_000
    wrong = [text for text in texts if find_personal_data(text)]
    marked = [text for text in texts if classification_mark(text)]
    print(
        f"\n{len(texts)} sentences of laws: {len(wrong)} false alarms ({len(wrong) / len(texts):.4%}),",
        end=" ",
    )
    print(f"{len(marked)} taken for secret; {[text[:40] for text in wrong]}")
    assert len(wrong) / len(texts) <= 0.001
    assert marked == []


@pytest.mark.benchmark
def test_the_guard_takes_less_than_a_millisecond_for_a_message() -> None:
    said = (
        "请问我们公司想在上海市办理第二类医疗器械产品注册，需要提交哪些材料？审批时限多长，费用多少钱？"
        "联系人张伟，电话13800138000，谢谢。"
    )
    took = []
    for _ in range(2000):
        started = time.perf_counter()
        find_personal_data(said)
        took.append((time.perf_counter() - started) * 1000)
    took.sort()
    print(f"\n{len(said)} characters: median {took[1000]:.3f} ms, p95 {took[1900]:.3f} ms")
    assert took[1000] < 1


def presidio() -> Spans:
    pytest.importorskip("presidio_analyzer")
    from tests.benchmarks.presidio_beside import analyse

    return analyse


@pytest.mark.benchmark
@pytest.mark.timeout(1800)
def test_presidio_beside_it() -> None:
    find = presidio()
    print()
    for half in ("tuned", "held_out", "fresh"):
        told(f"presidio, {half}, plain", *measure(find, half, disguised=False, per_kind=200))
        told(f"presidio, {half}, disguised", *measure(find, half, disguised=True, per_kind=200))
    texts = law_sentences()
    wrong = sum(bool(find(text)) for text in texts)
    print(f"presidio: {wrong} false alarms in {len(texts)} sentences ({wrong / max(len(texts), 1):.4%})")
    assert wrong < len(texts)

"""A large index is built, taken over and searched as a small one is."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge_base import service as knowledge_base
from knowledge_base.index import lexical, vectors
from knowledge_base.index import service as index
from knowledge_base.index.service import BuildStep
from knowledge_base.index.settings import index_settings
from knowledge_base.search.query import SearchQuery

QUESTIONS = (
    "药品经营许可证有效期届满怎么延续",
    "夜间买药有窗口吗 上海",
    "生产化妆品要什么证",
    "How long is a drug retail licence valid?",
)
EVERYTHING_IS_LARGE = index_settings().model_copy(update={"exact_up_to": 1})


@pytest.fixture(params=["small", "large"])
def of_size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "large":
        for module in (vectors, lexical):
            monkeypatch.setattr(module, "index_settings", lambda: EVERYTHING_IS_LARGE)
    return str(request.param)


def found() -> list[tuple[str, list[tuple[str, float]]]]:
    """Return what each question finds, by place and score."""
    results = [
        knowledge_base.search(SearchQuery(text, include_repealed=repealed))
        for text in QUESTIONS
        for repealed in (False, True)
    ]
    return [
        (
            str(result.best_semantic and round(result.best_semantic, 3)),
            sorted(
                (f"{h.passage.title}{h.passage.article_label}{h.passage.text}", round(h.score, 3))
                for h in result.hits
            ),
        )
        for result in results
    ]


def changes(laws: Path, rng: random.Random) -> Callable[[], None]:
    """Return one change to the folder of laws: a new law, another wording, or a law that ends."""
    number = rng.randrange(1_000)
    files = sorted(laws.rglob("*.md"))
    changed = rng.choice(files)

    def add() -> None:
        rule = f"第一条 药店应当每{number % 9 + 1}日检查一次药品。\n\n第二条 自公布之日起施行。\n"
        text = f"# 新增办法{number}\n\n2023年1月1日 公布\n\n{rule}"
        (laws / f"新增办法{number}(2023-01-01).md").write_text(text, "utf-8")

    def change() -> None:
        words = changed.read_text("utf-8").replace("第一条 ", f"第一条 第{number}次修改：", 1)
        changed.write_text(words, "utf-8")

    def end() -> None:
        name = changed.read_text("utf-8").splitlines()[0].removeprefix("# ")
        text = f"# 废止决定{number}\n\n2024年1月1日 公布\n\n第一条 《{name}》自2024年2月1日起废止。\n"
        (laws / f"废止决定{number}(2024-01-01).md").write_text(text, "utf-8")

    return rng.choice([add, change, end])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_after_any_changes_an_index_taken_over_finds_what_a_fresh_one_finds(
    indexed: Path, of_size: str, seed: int
) -> None:
    rng = random.Random(seed)
    for _ in range(4):
        changes(indexed, rng)()
        knowledge_base.ingest([indexed])
        made = knowledge_base.build_index()
    assert made.counts["reused"] > 0
    taken_over = found()
    shutil.rmtree(index.folder())
    index._live.clear()
    assert knowledge_base.build_index().counts["reused"] == 0
    assert taken_over == found()


def test_a_large_index_finds_what_a_small_one_finds(indexed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    exact = found()
    for module in (vectors, lexical):
        monkeypatch.setattr(module, "index_settings", lambda: EVERYTHING_IS_LARGE)
    steps: list[BuildStep] = []
    knowledge_base.build_index(progress=steps.append)
    assert "vectors" in {step.stage for step in steps}
    for (_, few), (_, wanted) in zip(found(), exact, strict=True):
        assert [place for place, _ in few] == [place for place, _ in wanted]
        assert [score for _, score in few] == pytest.approx([score for _, score in wanted], abs=0.02)

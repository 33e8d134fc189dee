"""Fitting when the assistant says nothing."""

import json
from pathlib import Path

import numpy as np

from training.evaluate.abstention import FOREIGN, Probe, Seen, fit, foreign, keep_out, told

CARD = {
    "law": "甲法",
    "digest_zh": "一",
    "questions_zh": ["甲一吗", "甲二吗"],
    "questions_en": ["One?", "Two?"],
}


def cards(folder: Path, count: int) -> Path:
    folder.mkdir()
    rows = [json.dumps({**CARD, "article": str(n)}, ensure_ascii=False) for n in range(1, count + 1)]
    (folder / "甲法.jsonl").write_text("\n".join(rows), "utf-8")
    return folder


def test_questions_kept_out_stand_in_no_card(tmp_path):
    kept = keep_out(cards(tmp_path / "all", 50), tmp_path / "left", np.random.default_rng(1))
    left = {card["article"]: card for card in map(json.loads, (tmp_path / "left" / "甲法.jsonl").open())}
    assert len(left) == 50
    assert 20 <= len(kept) <= 60
    for probe in kept:
        law, article = probe.article.split("#")
        assert law == "甲法"
        assert probe.text not in left[article][f"questions_{probe.language}"]
        assert len(left[article][f"questions_{probe.language}"]) == 1


def test_lay_questions_on_laws_that_are_held_and_test_questions_are_left_out(tmp_path):
    rows = [
        {"query_id": 1, "问题": "民宿要交税吗", "相关法规": {"中华人民共和国税法第一条": "…"}},
        {"query_id": 2, "问题": "开药店要许可吗", "相关法规": {"中华人民共和国药品管理法第五十一条": "…"}},
        {"query_id": 3, "问题": "离婚怎么办", "相关法规": {"婚姻法第一条": "…"}},
    ]
    (tmp_path / "stard").mkdir()
    (tmp_path / "stard" / "queries.json").write_text(json.dumps(rows, ensure_ascii=False), "utf-8")
    asked = list(foreign(tmp_path, frozenset({"药品管理法"}), frozenset({"3"})))
    assert [probe.text for probe in asked if probe.language == "zh"] == ["民宿要交税吗"]
    assert sum(probe.language == "en" for probe in asked) == FOREIGN.read_text("utf-8").count("\n- ")
    assert not any(probe.article for probe in asked)


def test_the_fit_tells_near_from_far():
    rng = np.random.default_rng(2)
    seen = [
        Seen(Probe("q", "zh", "甲法#1" if near else ""), {"nearest": float(rng.normal(near, 0.3))}, 0)
        for near in (1, 0) * 100
    ]
    model = fit([*seen, Seen(Probe("stopped", "zh", ""), None, 0)], ["nearest"])
    assert model["weights"]["nearest"] > 2
    assert len(told(seen, model)) == 4

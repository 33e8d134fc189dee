"""Search among a million passages made from real ones; FAISS flat over the same vectors beside it.

``YAOZHENG_BENCH_PASSAGES`` sets another size. A million take about 20 minutes, 8 GB of disk and 12 GB of
memory to build; what serves them takes what is printed.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks import neighbours
from training.evaluate.benchmark import read_set

pytestmark = [pytest.mark.benchmark, pytest.mark.shared, pytest.mark.timeout(3600)]
REPOSITORY = Path(__file__).resolve().parents[2]
SET = REPOSITORY.parent / "shared" / "eval" / "benchmarks" / "stard.json.xz"
SIZE = int(os.environ.get("YAOZHENG_BENCH_PASSAGES", "1000000"))
ASKED = 300

BUILD = """
import sys, time
from pathlib import Path
from core.database.migrations import upgrade
from knowledge_base import service as knowledge_base
begun, last = time.perf_counter(), ""
def tell(step):
    global last
    now = f"{step.stage} {10 * step.done // max(1, step.total) * 10} %"
    if now != last:
        print(f"{time.perf_counter() - begun:6.0f} s  {now}", flush=True)
    last = now
upgrade()
knowledge_base.register_encoder()
report = knowledge_base.ingest([Path(sys.argv[1])], kind="law")
assert not report.refused, report.refused
print(f"{time.perf_counter() - begun:6.0f} s  ingested", flush=True)
made = knowledge_base.build_index(progress=tell)
print(f"{time.perf_counter() - begun:6.0f} s  live: {made.counts}", flush=True)
"""

SEARCH = """
import json, sys, time
import faiss, numpy as np, psutil
from knowledge_base import service as knowledge_base
from knowledge_base.embedding.service import get_encoder
from knowledge_base.index.service import live
questions = json.loads(sys.stdin.read())
begun = time.perf_counter()
knowledge_base.warm_up()
print(f"loaded in {time.perf_counter() - begun:.1f} s")
def ask(text, **more):
    started = time.perf_counter()
    knowledge_base.search(knowledge_base.SearchQuery(text=text, **more))
    return (time.perf_counter() - started) * 1000
ask(questions[0])
def tell(name, times):
    print(f"{name}: p50 {np.percentile(times, 50):.1f} ms, p95 {np.percentile(times, 95):.1f} ms")
tell("search", [ask(text) for text in questions])
tell("search whatever is in force", [ask(text, include_repealed=True) for text in questions])
memory = psutil.Process().memory_info()
own = f"{(memory.rss - memory.shared) / 2**20:.0f} MiB its own, the rest pages of the index files"
print(f"memory of the searching process {memory.rss / 2**20:.0f} MiB, {own}")
index, encoder = live().get().vectors, get_encoder()
everything = index.selection(np.ones(index.size, dtype=bool))
flat = faiss.IndexFlatIP(index.dim)
held = index.vectors()
for start in range(0, index.size, 50_000):
    flat.add(np.ascontiguousarray(held[start : start + 50_000], dtype=np.float32))
own, exact, agreeing = [], [], []
for text in questions:
    vector = encoder.encode([text])
    started = time.perf_counter()
    found = index.search(vector[0], 2000, everything)[1][:10]
    own.append((time.perf_counter() - started) * 1000)
    started = time.perf_counter()
    wanted = flat.search(vector, 2000)[1][0][:10]
    exact.append((time.perf_counter() - started) * 1000)
    agreeing.append(len(set(found.tolist()) & set(wanted.tolist())) / 10)
tell("vectors alone", own)
tell("FAISS flat", exact)
print(f"of FAISS flat's ten closest found {np.mean(agreeing):.3f}")
print(f"{np.median(exact) / np.median(own):.0f} times as fast as FAISS flat")
"""


def test_search_among_a_million_passages(tmp_path: Path) -> None:
    public = read_set(SET)
    files = tmp_path / "files"
    files.mkdir()
    made = neighbours.passages(neighbours.real_articles(public.corpus), SIZE)
    neighbours.write_files(made, files)
    env = {**os.environ, "YAOZHENG_HOME": str(tmp_path / "home")}
    questions = [public.queries[key] for key in public.asked[:ASKED]]

    def run(program: str, *arguments: str, **more: str) -> None:
        done = subprocess.run(
            [sys.executable, "-c", program, *arguments],
            env=env,
            cwd=REPOSITORY,
            text=True,
            check=False,
            **more,
        )
        assert done.returncode == 0

    print()
    run(BUILD, str(files))
    run(SEARCH, input=json.dumps(questions))

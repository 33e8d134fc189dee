import shutil
from pathlib import Path

import pytest

from core.database import Database, transaction
from core.errors import DependencyFailed, InvalidInput, InvariantBroken, NotAvailable
from core.queue import service as queue
from knowledge_base import service as knowledge_base
from knowledge_base import tasks
from knowledge_base.index import service as index
from knowledge_base.index.service import BuildStep
from knowledge_base.search.query import SearchQuery


def test_a_build_makes_the_snapshot_that_serves(ingested: Path) -> None:
    steps: list[BuildStep] = []
    made = knowledge_base.build_index(progress=steps.append)
    assert made.is_current
    assert made.counts["law"] == 14
    assert steps[0].stage == "read"
    assert steps[-1].stage == "switch"
    assert knowledge_base.verify_index() == made


def test_a_second_build_takes_over_the_vectors_of_what_has_not_changed(indexed: Path) -> None:
    path = indexed / "药品零售暂行规定(2004-05-01).md"
    path.write_text(path.read_text("utf-8").replace("每年", "每两年"), "utf-8")
    knowledge_base.ingest([indexed])
    made = knowledge_base.build_index()
    assert made.counts["windows"] - made.counts["reused"] == 1


def test_two_builds_of_the_same_sources_say_so(indexed: Path) -> None:
    first, second = knowledge_base.build_index(), knowledge_base.build_index()
    assert first.snapshot_id != second.snapshot_id
    assert first.sources_sha256 == second.sources_sha256


def test_a_serving_process_notices_a_switch(indexed: Path) -> None:
    before = knowledge_base.search(SearchQuery("药品经营许可证")).snapshot_id
    made = knowledge_base.build_index()
    after = knowledge_base.search(SearchQuery("药品经营许可证")).snapshot_id
    assert before != after == made.snapshot_id


@pytest.mark.parametrize("name", ["vectors.faiss", "entries/ids.npy", "windows/owners.npy", "manifest.json"])
def test_a_broken_snapshot_is_refused_and_the_previous_one_serves(indexed: Path, name: str) -> None:
    serving = knowledge_base.search(SearchQuery("药品经营许可证")).snapshot_id
    broken = knowledge_base.build_index()
    (index.folder() / broken.snapshot_id / name).write_bytes(b"broken")
    found = knowledge_base.search(SearchQuery("药品经营许可证"))
    assert found.snapshot_id == serving
    assert found.hits
    with pytest.raises(DependencyFailed):
        knowledge_base.verify_index()


def test_a_changed_file_is_found_by_its_hash(indexed: Path) -> None:
    names = index.current_folder() / "entries" / "names.json"
    names.write_text(names.read_text("utf-8").replace("law", "faq", 1), "utf-8")
    with pytest.raises(DependencyFailed) as broken:
        knowledge_base.verify_index()
    assert broken.value.params == {"part": "entries/names.json"}


def test_a_fresh_process_does_not_serve_a_broken_snapshot(indexed: Path) -> None:
    (index.current_folder() / "vectors.faiss").write_bytes(b"broken")
    with pytest.raises(DependencyFailed):
        knowledge_base.search(SearchQuery("药品经营许可证"))


def test_old_snapshots_go_and_the_newest_stay(indexed: Path) -> None:
    for _ in range(index.KEPT + 1):
        made = knowledge_base.build_index()
    listed = knowledge_base.list_indexes()
    assert len(listed) == index.KEPT
    assert (listed[0].snapshot_id, listed[0].is_current) == (made.snapshot_id, True)
    assert not any(info.is_current for info in listed[1:])


def test_there_is_no_index_before_the_first_build(db: Database) -> None:
    with pytest.raises(NotAvailable) as absent:
        knowledge_base.search(SearchQuery("药品"))
    assert absent.value.code == "knowledge_base.no_index"
    assert knowledge_base.list_indexes() == []


def test_nothing_cannot_be_indexed(db: Database) -> None:
    knowledge_base.register_encoder()
    with pytest.raises(NotAvailable):
        knowledge_base.build_index()


def test_an_unregistered_encoder_builds_nothing(db: Database, laws: Path) -> None:
    knowledge_base.ingest([laws])
    index_folder = index.folder()
    from knowledge_base.embedding import service as embedding

    embedding._encoder.cache_clear()
    with pytest.raises(InvariantBroken):
        knowledge_base.build_index()
    assert not (index_folder / index.CURRENT).exists()


def test_the_worker_brings_files_in_and_builds_the_index(db: Database, laws: Path) -> None:
    knowledge_base.register_encoder()
    with transaction() as session:
        knowledge_base.request_ingest(session, [laws])
    handlers = {
        "knowledge_base.ingest": tasks.ingest_task,
        "knowledge_base.build_index": tasks.build_index_task,
    }
    assert queue.drain(handlers) == 2
    assert knowledge_base.search(SearchQuery("药品经营许可证")).hits


def test_a_snapshot_that_vanished_is_refused(indexed: Path) -> None:
    shutil.rmtree(index.current_folder())
    with pytest.raises(DependencyFailed):
        knowledge_base.verify_index()


def test_an_earlier_index_serves_again_and_the_next_build_follows_it(indexed: Path) -> None:
    first = knowledge_base.search(SearchQuery("药品经营许可证")).snapshot_id
    second = knowledge_base.build_index()
    assert knowledge_base.rollback_index().snapshot_id == first
    assert knowledge_base.search(SearchQuery("药品经营许可证")).snapshot_id == first
    assert knowledge_base.rollback_index(second.snapshot_id).snapshot_id == second.snapshot_id
    third = knowledge_base.build_index()
    assert knowledge_base.search(SearchQuery("药品经营许可证")).snapshot_id == third.snapshot_id


def test_no_index_is_rolled_back_to_that_is_absent_or_broken(indexed: Path) -> None:
    first = knowledge_base.search(SearchQuery("药品经营许可证")).snapshot_id
    for wanted in ("", "20200101T000000000000-000000", "../current"):
        with pytest.raises(InvalidInput):
            knowledge_base.rollback_index(wanted)
    second = knowledge_base.build_index()
    (index.folder() / first / "vectors.faiss").write_bytes(b"broken")
    with pytest.raises(DependencyFailed):
        knowledge_base.rollback_index()
    assert knowledge_base.search(SearchQuery("药品经营许可证")).snapshot_id == second.snapshot_id

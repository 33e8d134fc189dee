"""Which rules and models serve: verified, switched after a trial, taken back, noticed within seconds."""

import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core.audit.models import AuditEvent
from core.database import reading, transaction
from core.errors import Conflict, DependencyFailed, InvalidInput, NotAvailable
from core.identity import Role
from core.identity.actor import Actor
from core.model_register import lifecycle, serving, shelf
from core.model_register.states import Step
from knowledge_base import service as knowledge_base
from knowledge_base.answering import rules
from knowledge_base.answering.views import Question
from knowledge_base.embedding.service import SHIPPED, get_encoder
from knowledge_base.index import service as index
from knowledge_base.models import AnswerTrace
from knowledge_base.purpose.service import MODEL
from knowledge_base.served import live, shipped, switching, trial

QUESTION = "药品经营许可证有效期届满前多久申请延续？"
CARD = {"training_data": [{"name": "ours", "licence": "ours"}], "purpose": "tests"}
TRIAL_OF_TEST = trial.TrialSettings(
    least_met=0.0, recent=20, recent_days=30, least_compared=1, least_same=0.8
)


@pytest.fixture
def ready(indexed: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A small index. It holds no shipped knowledge, so that the canaries are those which hold on it."""
    wanted = trial.Canary(text=QUESTION, status="answered", cites="药品零售管理办法#3")
    monkeypatch.setattr(trial, "canaries", lambda: (wanted,))
    monkeypatch.setattr(trial, "trial_settings", lambda: TRIAL_OF_TEST)
    live.forget()
    serving.forget()
    yield indexed
    live.forget()
    serving.forget()


def changed_rules(folder: Path, **changes: str) -> Path:
    """Rules with other words in their files."""
    target = folder / f"rules-{len(list(folder.iterdir()))}"
    shutil.copytree(rules.FOLDER, target, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    path = target / "thresholds.yml"
    text = path.read_text("utf-8")
    for name, value in changes.items():
        line = next(one for one in text.splitlines() if one.startswith(f"{name}:"))
        text = text.replace(line, f"{name}: {value}")
    path.write_text(text, "utf-8")
    return target


def propose(actor: Actor, kind: str, path: Path, name: str = "candidate") -> str:
    return lifecycle.propose(actor, kind, {**CARD, "id": name, "version": path.name[-20:]}, path)


def released(people: dict[str, Actor], kind: str, path: Path, name: str = "candidate") -> str:
    entry_id = propose(people["one"], kind, path, name)
    run = switching.at_once(people["one"], entry_id, Step.EVALUATE)
    assert run.state == "passed", (run.problem, run.report)
    lifecycle.release(people["two"], entry_id)
    return entry_id


def thresholds_of(text: str = QUESTION) -> tuple[dict[str, Any], dict[str, Any]]:
    given = knowledge_base.answer(Question(text))
    with reading() as session:
        trace = session.get_one(AnswerTrace, given.trace_id)
        return dict(trace.thresholds), dict(trace.models)


def test_what_ships_is_registered_released_and_named_in_each_trace(ready: Path) -> None:
    entries = {one.kind: one for one in shelf.all_entries()}
    assert set(entries) == {"encoder", "purpose", "thresholds", "ranking"}
    assert all(one.state == "released" and one.is_serving for one in entries.values())
    _, models = thresholds_of()
    for kind in ("thresholds", "purpose", "ranking"):
        assert models[kind].endswith(entries[kind].sha256[:16])
    assert all(one.card["training_data"][0]["licence"] for one in entries.values())


def test_rules_that_were_changed_by_hand_are_refused_and_the_rest_goes_on(
    ready: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    altered = changed_rules(tmp_path, max_citations="9")
    monkeypatch.setattr(rules, "FOLDER", altered)
    assert live.refused_kinds() == ["thresholds"]
    with pytest.raises(DependencyFailed) as caught:
        knowledge_base.answer(Question(QUESTION))
    assert caught.value.code == "knowledge_base.model_refused"
    assert knowledge_base.search(knowledge_base.SearchQuery("许可证")).hits


def test_what_was_loaded_before_goes_on_where_its_file_is_changed_afterwards(
    ready: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, _ = thresholds_of()
    monkeypatch.setattr(rules, "FOLDER", changed_rules(tmp_path, max_citations="9"))
    assert thresholds_of()[0] == before


def test_a_changed_purpose_model_is_done_without(
    ready: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    altered = tmp_path / "model.npz"
    altered.write_bytes(MODEL.read_bytes() + b"0")
    monkeypatch.setattr("knowledge_base.purpose.service.MODEL", altered)
    given = knowledge_base.answer(Question(QUESTION))
    assert given.status.is_answered
    assert live.refused_kinds() == ["purpose"]


def test_other_rules_serve_after_two_persons_and_a_trial_and_are_taken_back(
    ready: Path, people: dict[str, Actor], tmp_path: Path
) -> None:
    entry_id = propose(people["one"], "thresholds", changed_rules(tmp_path, max_citations="3"))
    with pytest.raises(Conflict):
        lifecycle.release(people["two"], entry_id)
    assert switching.at_once(people["one"], entry_id, Step.EVALUATE).state == "passed"
    with pytest.raises(Conflict) as caught:
        lifecycle.release(people["one"], entry_id)
    assert caught.value.code == "core.register.second_person"
    with pytest.raises(Conflict):
        switching.at_once(people["one"], entry_id, Step.SWITCH)
    lifecycle.release(people["two"], entry_id)
    assert thresholds_of()[0]["max_citations"] == 4
    run = switching.at_once(people["two"], entry_id, Step.SWITCH)
    assert (run.state, run.report["canaries"]["met"]) == ("passed", 1)
    assert run.report["recent"]["compared"] >= 1
    given, models = thresholds_of()
    assert given["max_citations"] == 3
    assert models["thresholds"].startswith("candidate")
    with pytest.raises(Conflict) as caught:
        lifecycle.retire(people["one"], entry_id, "no longer wanted")
    assert caught.value.code == "core.register.serves"
    assert switching.rollback(people["one"], "thresholds") == ""
    assert thresholds_of()[0]["max_citations"] == 4
    lifecycle.retire(people["one"], entry_id, "no longer wanted")
    steps = [line.step for line in shelf.history(entry_id)]
    assert steps == ["proposed", "evaluated", "released", "switched", "rolled_back", "retired"]


def test_rules_that_miss_a_canary_are_refused(ready: Path, people: dict[str, Actor], tmp_path: Path) -> None:
    worse = changed_rules(tmp_path)
    text = (worse / "thresholds.yml").read_text("utf-8").replace("least: 0.36", "least: 0.9999")
    (worse / "thresholds.yml").write_text(text.replace("sure: 0.60}\n  en", "sure: 0.99995}\n  en"), "utf-8")
    entry_id = propose(people["one"], "thresholds", worse)
    run = switching.at_once(people["one"], entry_id, Step.EVALUATE)
    assert (run.state, run.problem) == ("refused", "knowledge_base.trial.canaries")
    assert run.report["canaries"]["broken"] == 1
    assert shelf.get_entry(people["one"], entry_id).state == "draft"


def test_rules_that_cannot_be_read_fail_their_trial(
    ready: Path, people: dict[str, Actor], tmp_path: Path
) -> None:
    entry_id = propose(people["one"], "thresholds", changed_rules(tmp_path, max_citations="'many'"))
    run = switching.at_once(people["one"], entry_id, Step.EVALUATE)
    assert (run.state, run.problem) == ("failed", "knowledge_base.rules_invalid")


def test_a_version_whose_stored_files_were_changed_is_neither_tried_nor_served(
    ready: Path, people: dict[str, Actor], tmp_path: Path
) -> None:
    entry_id = released(people, "thresholds", changed_rules(tmp_path, max_citations="3"))
    with reading() as session:
        place = serving.place_of(shelf.entry_row(session, entry_id).place)
    assert place is not None
    (place / "dates.yml").write_text((place / "dates.yml").read_text("utf-8") + "# \n", "utf-8")
    run = switching.at_once(people["two"], entry_id, Step.SWITCH)
    assert (run.state, run.problem) == ("failed", "core.register.changed")
    with transaction() as session:
        serving.switch_to(session, "thresholds", shelf.entry_row(session, entry_id), "test", "switched")
    serving.forget()
    assert thresholds_of()[0]["max_citations"] == 4, "what was loaded before goes on"
    live.forget()
    with pytest.raises(DependencyFailed):
        knowledge_base.answer(Question(QUESTION))


def test_another_process_follows_a_switch_within_seconds(
    ready: Path, people: dict[str, Actor], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The switch of another process leaves this one's memory as it is; only the row has changed."""
    entry_id = released(people, "thresholds", changed_rules(tmp_path, max_citations="3"))
    assert thresholds_of()[0]["max_citations"] == 4
    monkeypatch.setattr(serving, "forget", lambda: None)
    assert switching.at_once(people["two"], entry_id, Step.SWITCH).state == "passed"
    started = time.monotonic()
    while thresholds_of()[0]["max_citations"] == 4 and time.monotonic() - started < 10:
        time.sleep(0.1)
    assert time.monotonic() - started < serving.LOOK_S + 2.0


def test_an_encoder_is_switched_with_its_index_and_taken_back_without_a_lost_question(
    ready: Path, people: dict[str, Actor], tmp_path: Path
) -> None:
    knowledge_base.import_faq()
    knowledge_base.build_index()
    other = tmp_path / "encoder"
    shutil.copytree(SHIPPED, other)
    (other / "note.json").write_text("{}", "utf-8")
    before = index.live().get().info
    entry_id = released(people, "encoder", other, "other-encoder")
    assert index.live().get().info == before
    found, stop = [], threading.Event()

    def ask() -> None:
        while not stop.is_set():
            found.append(knowledge_base.search(knowledge_base.SearchQuery(QUESTION)))

    asker = threading.Thread(target=ask)
    asker.start()
    try:
        run = switching.at_once(people["two"], entry_id, Step.SWITCH)
        time.sleep(0.3)
        back = switching.rollback(people["one"], "encoder")
        time.sleep(0.3)
    finally:
        stop.set()
        asker.join()
    assert (run.state, back) == ("passed", "")
    assert run.report["regression"]["asked"] > 500
    assert run.report["regression"]["broken"] == 0
    assert not any(one.degraded or not one.hits for one in found)
    assert len({one.encoder_id for one in found}) == 2
    assert index.live().get().info.encoder_id == before.encoder_id == get_encoder().encoder_id


def test_only_keepers_keep_the_register(ready: Path, people: dict[str, Actor], tmp_path: Path) -> None:
    folder = changed_rules(tmp_path)
    (folder / "dates.yml").write_text((folder / "dates.yml").read_text("utf-8") + "\n# other\n", "utf-8")
    for role in set(Role) - {Role.EDITOR, Role.ADMINISTRATOR}:
        with pytest.raises(NotAvailable):
            propose(Actor("x", role), "thresholds", folder)
    entry_id = propose(people["one"], "thresholds", folder)
    with pytest.raises(Conflict):
        propose(people["two"], "thresholds", folder)
    with reading() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.subject_id == entry_id)).all()
    assert [(one.action, one.actor_id) for one in events] == [("model.proposed", people["one"].account_id)]


def test_a_card_without_licences_and_files_that_are_none_are_refused(
    ready: Path, people: dict[str, Actor], tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    for card in ({}, {**CARD, "id": "x"}, {**CARD, "id": "x", "version": "1", "training_data": []}):
        with pytest.raises(InvalidInput):
            lifecycle.propose(people["one"], "purpose", card, MODEL)
    for path in (tmp_path / "gone", tmp_path / "empty"):
        with pytest.raises(InvalidInput):
            propose(people["one"], "thresholds", path)


def test_registering_what_ships_again_changes_nothing(ready: Path) -> None:
    before = shelf.all_entries()
    shipped.register_shipped()
    assert shelf.all_entries() == before

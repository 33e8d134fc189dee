"""A small synthetic regulator, and someone of one of its enterprises who files."""

import json
import shutil
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from core import database
from core.database import reading
from core.database.engine import Database
from core.database.model_modules import load_models
from core.identity import Actor, Role
from core.identity.models import EnterpriseAuthority
from core.identity.service import actor_of
from core.settings import get_settings
from forms import service as forms
from forms.models import Enterprise
from forms.records.service import enterprise_with_code
from forms.sandbox.identifiers import make_uscc
from forms.sandbox.seed import seed_sandbox
from forms.service import FilingView
from tests import stores

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
ROUTING = {
    "maker": {"production": "self", "origin": "domestic"},
    "brand": {"production": "contract", "origin": "domestic"},
    "importer": {"origin": "import"},
}
KINDS = {"maker": "cosmetic_maker", "brand": "cosmetic_brand", "importer": "cosmetic_importer"}
TYPED = {
    "product_name_zh": "清润测试面霜",
    "efficacy": "保湿，滋养",
    "users": "普通人群",
    "body_part": "面部",
    "form_dosage": "膏霜乳",
    "use_method": "驻留",
    "formula": "水 | 90 | 溶剂\n甘油 | 10 | 保湿剂",
    "contact_name": "张测试",
    "contact_id": "11010519491231002X",
    "contact_mobile": "13800138000",
    "delivery": "电子证照",
    "overseas_filer": "名称：Sample Co.；国家：法国；地址：Lyon",
    "manufacturer": "名称：Sample Factory；生产地址：Lyon",
}


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with the twenty enterprises, made once; tests work on copies of it."""
    with pytest.MonkeyPatch.context() as patch:
        place = tmp_path_factory.mktemp("seeded") / "home"
        patch.setenv("YAOZHENG_HOME", str(place))
        patch.delenv("YAOZHENG_REDIS_URL", raising=False)
        patch.delenv("YAOZHENG_DATABASE_URL", raising=False)
        get_settings.cache_clear()
        database.reset()
        load_models()
        database.Base.metadata.create_all(database.current().engine)
        seed_sandbox(20)
        database.reset()
        get_settings.cache_clear()
    return place


@pytest.fixture
def regulator(seeded: Path, home: Path) -> Path:
    """A copy of the seeded installation, for tests of which there are many."""
    shutil.copytree(seeded, home)
    load_models()
    return home


@pytest.fixture
def sandbox(regulator: Path) -> Database:
    """The database with twenty enterprises: every kind, the first without flaws."""
    assert regulator.is_dir()
    return database.current()


def enterprise_of_kind(kind: str, number: int = 0) -> str:
    """Return the id of an enterprise of a kind (maker, brand, importer), the first by default."""
    with reading() as session:
        query = select(Enterprise).order_by(Enterprise.id)
        found = [e for e in session.scalars(query) if e.profile["kind"] == KINDS[kind]]
    return sorted(found, key=lambda e: e.name)[number].id


def applicant_for(enterprise_id: str) -> Actor:
    """Return an applicant with authority over one enterprise."""
    with reading() as session:
        query = select(EnterpriseAuthority.account_id).where(
            EnterpriseAuthority.enterprise_id == enterprise_id
        )
        account_id = session.scalars(query.order_by(EnterpriseAuthority.id)).first()
    return Actor(account_id or "", Role.APPLICANT, enterprise_ids=frozenset({enterprise_id}))


def start(actor: Actor, kind: str = "maker", key: str = "start-1") -> FilingView:
    """Open a draft of a first filing."""
    answers = {
        "special": "no",
        "kind": "cosmetic",
        "matter": "first",
        "new_ingredient": "no",
        **ROUTING[kind],
    }
    (enterprise_id,) = actor.enterprise_ids
    return forms.start_filing(
        actor,
        enterprise_id=enterprise_id,
        item_code="cosmetic_filing",
        answers=answers,
        idempotency_key=key,
        origin=forms.Origin("web"),
    )


def fill(actor: Actor, filing_id: str) -> None:
    """Answer, confirm and attach until nothing is asked any more."""
    while (question := forms.next_question(actor, filing_id, "zh-CN")) is not None:
        if question.prefill is not None:
            forms.confirm_prefilled(actor, filing_id, [question.key])
        elif question.type == "file":
            forms.attach_file(actor, filing_id, question.key, f"{question.key}.pdf", BytesIO(PDF))
        elif question.key in TYPED:
            result = forms.answer_field(
                actor, filing_id, question.key, TYPED[question.key], source="web", locale="zh-CN"
            )
            assert isinstance(result, forms.Accepted), (question.key, result)
        else:
            assert not question.required, question.key
            forms.skip_field(actor, filing_id, question.key)


@pytest.fixture
def maker(sandbox: Database) -> Actor:
    """Someone of a clean cosmetics maker."""
    return clean_maker()


def clean_maker() -> Actor:
    """Return an applicant of a maker whose records agree and whose licence is in force."""
    for number in range(10):
        actor = applicant_for(enterprise_of_kind("maker", number))
        filing = start(actor, key="probe")
        doubtful = [field.key for field in filing.fields if set(field.problems) - {"suggested"}]
        forms.cancel_filing(actor, filing.id)
        if not doubtful:
            return actor
    raise AssertionError("no clean maker in the sandbox")


@pytest.fixture
def officer(sandbox: Database) -> Callable[[str], Actor]:
    """Return officers by province short name."""
    return lambda province: Actor("acct_officer", Role.OFFICER, province=province)


def person(login: str) -> Actor:
    """Return the actor of a demo account."""
    from core.identity.models import Account

    with reading() as session:
        account_id = session.scalars(select(Account.id).where(Account.login == login)).one()
    return actor_of(account_id)


@pytest.fixture(params=stores.KINDS)
def each_database(
    request: pytest.FixtureRequest, home: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Database]:
    """An empty database of either kind with all tables."""
    with stores.opened(request.param, monkeypatch) as made:
        yield made


def code_of(number: int, region: str = "310115") -> str:
    """Return the unified social credit code of an enterprise that does not exist."""
    return make_uscc(Random(number), region)


def record_line(uscc: str, record_id: str, **more: Any) -> dict[str, Any]:
    """Return a line of the import file: a licence as of 2026-01-01 unless told otherwise."""
    line = {"record_id": record_id, "uscc": uscc, "kind": "licence", "as_of": "2026-01-01", "data": {}}
    return {**line, **more}


def import_lines(*lines: dict[str, Any] | str) -> forms.ImportReport:
    """Bring lines in, as they are or as JSON."""
    report = forms.ImportReport()
    written = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
    for _ in forms.import_records(written, report):
        pass
    return report


def enterprise_coded(uscc: str) -> Enterprise:
    """Return the enterprise with a code."""
    with reading() as session:
        found = enterprise_with_code(session, uscc)
    assert found is not None
    return found

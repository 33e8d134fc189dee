"""A small set of law texts, and an index over it with the shipped encoder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.database import Database, transaction
from core.identity import Actor, Role
from core.identity.service import create_account
from knowledge_base import service as knowledge_base
from knowledge_base.index import service as index

LAWS = {
    "药品零售管理办法(2020-01-22).md": """# 药品零售管理办法

2020年1月22日 国家市场监督管理总局令第27号公布

## 第一章 总则

第一条 为了规范药品零售，制定本办法。

## 第二章 许可

第二条 开办药品零售企业，应当向所在地药品监督管理部门申请药品经营许可证。

第三条 药品经营许可证有效期为五年。有效期届满需要继续经营的，应当在届满前六个月申请延续。

第四条 本办法自2020年7月1日起施行。2004年公布的《药品零售暂行规定》同时废止。
""",
    "药品零售管理办法(2024-03-01).md": """# 药品零售管理办法

2020年1月22日 国家市场监督管理总局令第27号公布

2024年3月1日 国家市场监督管理总局令第90号修订

第一条 为了规范药品零售，制定本办法。

第二条 开办药品零售企业，应当向所在地药品监督管理部门申请药品经营许可证。

第三条 药品经营许可证有效期为五年。有效期届满需要继续经营的，应当在届满前二个月申请延续。

第四条 本办法自2024年6月1日起施行。
""",
    "药品零售暂行规定(2004-05-01).md": """# 药品零售暂行规定

2004年5月1日 国家食品药品监督管理局令第3号公布

第一条 药品零售企业应当每年申请换发药品经营许可证。

第二条 本规定自2004年6月1日起施行。
""",
    "superseded/旧化妆品卫生条例(1989-11-13).md": """# 旧化妆品卫生条例

1989年11月13日 国务院发布

第一条 生产化妆品应当取得卫生许可证。

第二条 本条例自1990年1月1日起施行。
""",
    "local/上海市药店服务规定(2022-01-01).md": """# 上海市药店服务规定

2022年1月1日 上海市第十五届人民代表大会常务委员会第三十次会议通过

第一条 本市药店应当设置夜间售药窗口，夜间提供药品零售服务。

第二条 本规定自2022年3月1日起施行。
""",
}


@pytest.fixture
def laws(tmp_path: Path) -> Path:
    """The texts as files."""
    folder = tmp_path / "laws"
    for name, text in LAWS.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


@pytest.fixture
def ingested(db: Database, laws: Path) -> Iterator[Path]:
    """The texts in the database."""
    knowledge_base.register_encoder()
    knowledge_base.ingest([laws])
    yield laws
    index._live.clear()


@pytest.fixture
def indexed(ingested: Path) -> Path:
    """The texts in the live index."""
    knowledge_base.build_index()
    return ingested


@pytest.fixture
def people(db: Database) -> dict[str, Actor]:
    """Two editors: one proposes, the other releases."""
    with transaction() as session:
        return {
            login: Actor(
                create_account(
                    session, login=login, password="secret", role=Role.EDITOR, display_name=login
                ).id,
                Role.EDITOR,
            )
            for login in ("one", "two")
        }

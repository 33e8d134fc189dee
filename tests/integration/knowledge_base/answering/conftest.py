"""One installation for a module: small laws, the real guides, the shipped FAQ, a real index and encoder."""

import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import database
from core.settings import get_settings
from forms.service import export_guides
from knowledge_base import service as knowledge_base

LAWS = {
    "药品零售管理办法(2020-01-22).md": """# 药品零售管理办法

2020年1月22日 国家市场监督管理总局令第27号公布

第一条 为了规范药品零售，制定本办法。

第二条 夜间售药窗口应当配备执业药师，并在醒目位置公示值班安排。

第三条 药品零售企业的冷藏药品温度记录应当保存三年。

第四条 本办法自2020年7月1日起施行。
""",
    "药品零售管理办法(2024-03-01).md": """# 药品零售管理办法

2020年1月22日 国家市场监督管理总局令第27号公布

2024年3月1日 国家市场监督管理总局令第90号修订

第一条 为了规范药品零售，制定本办法。

第二条 夜间售药窗口应当配备执业药师，并在醒目位置公示值班安排。

第三条 药品零售企业的冷藏药品温度记录应当保存五年。

第四条 本办法自2024年6月1日起施行。
""",
    "药品管理法实施条例(2026-01-16).md": """# 中华人民共和国药品管理法实施条例

2026年1月16日 国务院令第828号公布

第三十五条 境外生产的药品在境内分包装的，药品上市许可持有人向国务院药品监督管理部门备案。

第八十九条 本条例自2026年5月15日起施行。
""",
    "药品注册管理办法(2020-01-22).md": """# 药品注册管理办法

2020年1月22日 国家市场监督管理总局令第27号公布

第七十九条 以下变更，持有人应当在变更实施前，报所在地省、自治区、直辖市药品监督管理部门备案：

（一）药品生产过程中的中等变更；

（二）药品包装标签内容的变更；

（三）药品分包装。

第一百二十六条 本办法自2020年7月1日起施行。
""",
    "化妆品监督管理条例(2020-06-16).md": """# 化妆品监督管理条例

2020年6月16日 国务院令第727号公布

第十九条 申请特殊化妆品注册或者进行普通化妆品备案，应当提交下列资料：

（一）注册申请人、备案人的名称、地址、联系方式；

（二）产品名称；

（三）产品配方或者产品全成分。

第八十条 本条例自2021年1月1日起施行。
""",
}


@pytest.fixture(scope="module")
def informed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The installation's home."""
    home = tmp_path_factory.mktemp("answering")
    laws = home / "laws"
    laws.mkdir()
    for name, text in LAWS.items():
        (laws / name).write_text(text, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YAOZHENG_HOME", str(home / "home"))
        patch.delenv("YAOZHENG_DATABASE_URL", raising=False)
        _forget()
        for module in ("core.audit.models", "core.model_register.models", "core.queue.models"):
            assert importlib.import_module(module)
        database.Base.metadata.create_all(database.current().engine)
        knowledge_base.register_encoder()
        knowledge_base.ingest([laws])
        knowledge_base.import_guides(export_guides())
        knowledge_base.import_faq()
        knowledge_base.build_index()
        yield home
    _forget()


def _forget() -> None:
    get_settings.cache_clear()
    database.reset()

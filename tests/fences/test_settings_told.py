import os
import re

from core.settings import PREFIX, REPOSITORY, Settings

from .sources import product_code, read, under

PAGE = (REPOSITORY / "docs" / "settings.md").read_text("utf-8")
ROW = re.compile(
    r"^\| (`YAOZHENG_[A-Z_]+`(?:, `YAOZHENG_[A-Z_]+`)*) \|(?: (.+?) \|)? (.+?) \|$", re.MULTILINE
)
NAME = re.compile(r"YAOZHENG_[A-Z][A-Z_]*[A-Z]")


def told() -> set[str]:
    return {name for row in ROW.finditer(PAGE) for name in NAME.findall(row.group(1))}


def test_every_setting_is_told_on_the_page() -> None:
    settings = {PREFIX + name.upper() for name in Settings.__dataclass_fields__}
    assert len(settings) > 15
    assert settings - told() == set()


def test_the_page_tells_no_setting_that_nothing_reads() -> None:
    read_somewhere = {PREFIX + name.upper() for name in Settings.__dataclass_fields__}
    for path in [*product_code(), *under("tests", "scripts", suffix=".py")]:
        read_somewhere.update(NAME.findall(read(path)))
    assert told() - read_somewhere == set()


def test_every_variable_that_the_product_reads_is_told() -> None:
    used = {name for path in product_code() for name in NAME.findall(read(path))}
    assert {"YAOZHENG_HOME"} <= used
    assert used - told() == set()


def test_every_variable_in_images_and_compose_file_is_told() -> None:
    used = {name for path in under("docker") for name in NAME.findall(read(path))}
    assert used - told() - {"YAOZHENG_HTTP_PORT"} == set()


def test_told_defaults_are_the_defaults_of_the_code() -> None:
    settings = Settings.from_env({})
    rows = {
        name: row.group(2)
        for row in ROW.finditer(PAGE)
        if row.group(2)
        for name in NAME.findall(row.group(1))
    }
    wrong = []
    of_settings = {
        name: row for name, row in rows.items() if name.removeprefix(PREFIX).lower() in vars(settings)
    }
    for name, default in of_settings.items():
        value = getattr(settings, name.removeprefix(PREFIX).lower())
        literal = re.fullmatch(r"`([\w.]+)`", default)
        if literal and os.sep not in default:
            shown = str(value).lower() if isinstance(value, bool) else str(value)
            if literal.group(1) not in {shown, shown.removesuffix(".0")}:
                wrong.append((name, default, value))
    assert len(of_settings) > 20
    assert wrong == []

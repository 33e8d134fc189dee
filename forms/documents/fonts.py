"""Whether the machine can print Chinese, and which characters its font lacks."""

from functools import lru_cache
from pathlib import Path

FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path.home() / ".fonts",
    Path.home() / ".local/share/fonts",
)
FILES = (
    "NotoSerifCJK-Regular.ttc",
    "NotoSerifCJKsc-Regular.otf",
    "NotoSansCJK-Regular.ttc",
    "SourceHanSerif*",
)


def chinese_font(folders: tuple[Path, ...] = FOLDERS) -> Path | None:
    """Return the file of an installed Chinese font, or None."""
    for name in FILES:
        for folder in folders:
            found = next(iter(sorted(folder.rglob(name))), None) if folder.is_dir() else None
            if found is not None:
                return found
    return None


@lru_cache(maxsize=2)
def _characters(font: Path) -> frozenset[int]:
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    with TTFont(font, fontNumber=0, lazy=True) as opened:
        return frozenset(opened.getBestCmap())


def missing_characters(text: str, font: Path) -> list[str]:
    """Return the characters of a text that the font cannot draw, each once."""
    held = _characters(font)
    return sorted({c for c in text if ord(c) > 127 and ord(c) not in held})

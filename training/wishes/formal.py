"""Wishes in official words: every item by its own names, with every operation that its routing knows.

People who know the name of what they want say just that ("药品经营许可证（零售）变更"). These utterances are
put together from the items' own names, so that an item that is added is heard without writing any.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import product
from random import Random

from forms.items.catalogue import items
from forms.items.definition import ServiceItem

SEED, MOST_EACH = 5, 20
SAID = {
    "zh": {
        "initial": ("首次办理", "新办", "核发", "新申请"),
        "change": ("变更", "信息变更", "内容变更"),
        "renewal": ("延续", "续期", "到期换证", "换证"),
        "replacement": ("补发", "遗失补办", "补证"),
        "cancellation": ("注销", "取消"),
    },
    "en": {
        "initial": ("first issue of", "a new", "initial application for", "obtain"),
        "change": ("change of", "a change to", "amend"),
        "renewal": ("renewal of", "renew", "extension of"),
        "replacement": ("replacement of", "reissue of the lost"),
        "cancellation": ("cancellation of", "cancel", "withdrawal of"),
    },
}
SHAPES = {
    "zh": (
        "{name}{said}",
        "{name}（{said}）",
        "{said}{name}",
        "想{said}{name}",
        "我要申请{name}{said}",
        "请问{name}的{said}怎么办理",
        "我公司需要办理{name}的{said}",
        "{name} {said} 材料",
    ),
    "en": (
        "{said} {name}",
        "we need {said} {name}",
        "how do I apply for {said} the {name}",
        "{said} our {name}, please",
        "{name}: {said} it",
    ),
}


def formal() -> Iterator[tuple[str, str, str]]:
    """Yield (item, operation, text): at most ``MOST_EACH`` for each item, operation and language."""
    chance = Random(SEED)  # noqa: S311 - a fixed choice of examples
    for language, said in SAID.items():
        taken = Counter(name for item in items().values() for name in set(_names(item, language)))
        for item in items().values():
            names = [name for name in _names(item, language) if taken[name] == 1]
            for operation in item.operations_known:
                plain = [name for name in names if not _tells_another(name, operation, said)]
                made = [
                    (item.code, operation, shape.format(name=name, said=word))
                    for name, word, shape in product(plain, said[operation], SHAPES[language])
                ]
                yield from chance.sample(made, min(MOST_EACH, len(made)))


def _names(item: ServiceItem, language: str) -> list[str]:
    name = item.name.en.lower() if language == "en" else item.name.zh
    return list(dict.fromkeys([name, *item.aliases.get(language, [])]))  # type: ignore[call-overload]


def _tells_another(name: str, operation: str, said: dict[str, tuple[str, ...]]) -> bool:
    """Whether a name itself says another operation, as 注册证延续 does."""
    return any(word in name for other, words in said.items() if other != operation for word in words)

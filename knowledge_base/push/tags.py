"""The controlled vocabulary of tags: ``facet/name``, such as ``topic/recall``; words zh and en."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from core.content import read_yaml
from core.errors import InvalidInput
from i18n.service import content_language

DATA = Path(__file__).parent / "data"
NATIONAL = "region/national"
TOPIC, REGION = "topic", "region"


@dataclass(frozen=True)
class Tag:
    """One tag; ``cues`` are the words by which a text suggests it."""

    id: str
    facet: str
    words: dict[str, str]
    cues: tuple[str, ...]

    def name(self, locale: str) -> str:
        """Return what people read."""
        return self.words[content_language(locale)]


@dataclass(frozen=True)
class Facet:
    """One kind of tag with its tags, in the order of the vocabulary."""

    key: str
    words: dict[str, str]
    tags: tuple[Tag, ...]

    def name(self, locale: str) -> str:
        """Return what people read."""
        return self.words[content_language(locale)]


@lru_cache(maxsize=1)
def facets() -> dict[str, Facet]:
    """Return the vocabulary by facet."""
    loaded = read_yaml(DATA / "tags.yml")
    return {
        key: Facet(
            key,
            facet["name"],
            tuple(
                Tag(f"{key}/{name}", key, {"zh": tag["zh"], "en": tag["en"]}, tuple(tag["cues"]))
                for name, tag in facet["tags"].items()
            ),
        )
        for key, facet in loaded.items()
    }


@lru_cache(maxsize=1)
def tags() -> dict[str, Tag]:
    """Return every tag by its id."""
    return {tag.id: tag for facet in facets().values() for tag in facet.tags}


def known(tag_ids: list[str] | tuple[str, ...]) -> list[str]:
    """Return the tags in the vocabulary's order, each once.

    Raises:
        InvalidInput: one is not in the vocabulary.
    """
    wanted = set(tag_ids)
    if wanted - set(tags()):
        raise InvalidInput("push.tag_unknown")
    return [tag_id for tag_id in tags() if tag_id in wanted]


def topics() -> tuple[Tag, ...]:
    """Return the topics, by which people choose what they are told."""
    return facets()[TOPIC].tags

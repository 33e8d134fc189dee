"""The properties of all entries in arrays: a million passages are filtered at once and take megabytes.

Every array is a file of its own, read by memory map; texts stay encoded until one is asked for.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import DependencyFailed
from knowledge_base.index.entries import Entry
from knowledge_base.passages.views import split_provision

FACETS = ("kind", "language", "province", "service_item_code")
NAMES = "names.json"
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Facet:
    """One property of all entries.

    Attributes:
        values: the property's values; ``codes``: int16 (entries,), each entry's place among them.
    """

    values: tuple[str, ...]
    codes: NDArray[np.int16]

    @classmethod
    def of(cls, values: Sequence[str]) -> "Facet":
        """Code the values of all entries."""
        distinct = tuple(dict.fromkeys(values))
        places = {value: place for place, value in enumerate(distinct)}
        return cls(distinct, np.asarray([places[value] for value in values], dtype=np.int16))

    def among(self, wanted: Callable[[str], bool]) -> Mask:
        """Return a mask of the entries whose value is wanted."""
        return np.asarray([wanted(value) for value in self.values], dtype=np.bool_)[self.codes]


@dataclass(frozen=True)
class Strings:
    """Many texts as one run of UTF-8; ``ends``: int64 (texts,), where each ends in ``run``, uint8."""

    run: NDArray[np.uint8]
    ends: Ints

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Strings":
        """Join texts."""
        parts = [text.encode() for text in texts]
        return cls(
            np.frombuffer(b"".join(parts), dtype=np.uint8),
            np.cumsum([len(part) for part in parts], dtype=np.int64),
        )

    def __getitem__(self, position: int) -> str:
        start = int(self.ends[position - 1]) if position else 0
        return str(self.run[start : int(self.ends[position])].tobytes(), "utf-8")


@dataclass(frozen=True)
class EntryColumns:
    """All entries by position, without their texts.

    Attributes:
        ids: the passages' ids.
        first_days: int32 (entries,); ``last_days`` likewise.
        facets: by name of the property.
        provisions: int32, the provisions of all entries one after the other, as places in ``keys``;
            ``provision_ends``: int64 (entries,), where each entry's end.
        keys: every provision once.
        laws: the law of each key, int32 (keys,), as a place in ``law_names``.
    """

    ids: Strings
    first_days: NDArray[np.int32]
    last_days: NDArray[np.int32]
    facets: Mapping[str, Facet]
    provisions: NDArray[np.int32]
    provision_ends: Ints
    keys: Strings
    laws: NDArray[np.int32]
    law_names: tuple[str, ...]

    @classmethod
    def of(cls, entries: Sequence[Entry]) -> "EntryColumns":
        """Turn entries into columns."""
        keys = list(dict.fromkeys(key for entry in entries for key in entry.provisions))
        places = {key: place for place, key in enumerate(keys)}
        laws = [split_provision(key)[0] for key in keys]
        names = {law: place for place, law in enumerate(dict.fromkeys(laws))}
        return cls(
            ids=Strings.of([entry.passage_id for entry in entries]),
            first_days=np.asarray([e.first_day for e in entries], dtype=np.int32),
            last_days=np.asarray([e.last_day for e in entries], dtype=np.int32),
            facets={name: Facet.of([str(getattr(e, name)) for e in entries]) for name in FACETS},
            provisions=np.asarray([places[key] for e in entries for key in e.provisions], dtype=np.int32),
            provision_ends=np.cumsum([len(e.provisions) for e in entries], dtype=np.int64),
            keys=Strings.of(keys),
            laws=np.asarray([names[law] for law in laws], dtype=np.int32),
            law_names=tuple(names),
        )

    def __len__(self) -> int:
        return len(self.first_days)

    def kind_of(self, position: int) -> str:
        """Return an entry's kind of source."""
        facet = self.facets["kind"]
        return facet.values[int(facet.codes[position])]

    def provisions_of(self, position: int) -> tuple[str, ...]:
        """Return the provisions that an entry stands for or rests on."""
        start = int(self.provision_ends[position - 1]) if position else 0
        end = int(self.provision_ends[position])
        return tuple(self.keys[place] for place in self.provisions[start:end].tolist())

    def _arrays(self) -> dict[str, NDArray[np.generic]]:
        return {
            "ids": self.ids.run,
            "id_ends": self.ids.ends,
            "first_days": self.first_days,
            "last_days": self.last_days,
            "provisions": self.provisions,
            "provision_ends": self.provision_ends,
            "keys": self.keys.run,
            "key_ends": self.keys.ends,
            "laws": self.laws,
            **{name: facet.codes for name, facet in self.facets.items()},
        }

    def save(self, folder: Path) -> None:
        """Write the columns."""
        folder.mkdir()
        for name, array in self._arrays().items():
            np.save(folder / f"{name}.npy", array)
        names = {"laws": self.law_names, **{name: facet.values for name, facet in self.facets.items()}}
        (folder / NAMES).write_text(json.dumps(names, ensure_ascii=False), "utf-8")

    @classmethod
    def load(cls, folder: Path) -> "EntryColumns":
        """Read the columns.

        Raises:
            DependencyFailed: they are broken.
        """
        try:
            names = json.loads((folder / NAMES).read_text("utf-8"))
            arrays = {path.stem: np.asarray(np.load(path, mmap_mode="r")) for path in folder.glob("*.npy")}
            return cls(
                ids=Strings(arrays["ids"], arrays["id_ends"]),
                first_days=arrays["first_days"],
                last_days=arrays["last_days"],
                facets={name: Facet(tuple(names[name]), arrays[name]) for name in FACETS},
                provisions=arrays["provisions"],
                provision_ends=arrays["provision_ends"],
                keys=Strings(arrays["keys"], arrays["key_ends"]),
                laws=arrays["laws"],
                law_names=tuple(names["laws"]),
            )
        except (OSError, ValueError, KeyError) as error:
            raise DependencyFailed("knowledge_base.snapshot_broken", part="entries") from error

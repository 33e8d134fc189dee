"""What is indexed: passages, each with the texts and windows by which it is found."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from knowledge_base.passages import PassageView

WINDOW = 140  # characters
STEP = WINDOW * 3 // 4
FIRST_DAY, LAST_DAY = 0, date.max.toordinal()
ROLES = 3
TEXT, DIGEST, QUESTION = range(
    ROLES
)  # what a window is: a piece of the text, a summary, a way of asking for it


@dataclass(frozen=True)
class Entry:
    """One passage as the index sees it.

    Attributes:
        lexical: its text for BM25.
        windows: its texts for the encoder.
        roles: what each window is: ``TEXT``, ``DIGEST`` or ``QUESTION``; of each the closest one counts.
        first_day: ordinal of the first day in force (0 where unknown).
        last_day: ordinal of the day it ceases to be in force; equal to ``first_day`` where it may never be
            found as current.
    """

    passage_id: str
    kind: str
    language: str
    province: str
    service_item_code: str
    provisions: tuple[str, ...]
    first_day: int
    last_day: int
    lexical: str
    windows: tuple[str, ...]
    roles: tuple[int, ...]


def make_entries(passages: Sequence[PassageView]) -> list[Entry]:
    """Return the entries of all passages; a card whose article is held is found through the article."""
    cards = [p for p in passages if p.kind == "card"]
    by_provision: dict[str, list[PassageView]] = {}
    for card in cards:
        for key in card.basis:
            by_provision.setdefault(key, []).append(card)
    held = {key for p in passages if p.kind == "law" for key in p.provisions}
    entries = []
    for passage in passages:
        if passage.kind == "card" and set(passage.basis) & held:
            continue
        entry = _entry(passage)
        if passage.kind == "law":
            own = (card for key in passage.provisions for card in by_provision.get(key, ()))
            entry = _with_cards(entry, own)
        entries.append(entry)
    return entries


def _entry(passage: PassageView) -> Entry:
    first, last = _days(passage)
    context = _context(passage)
    windows = _roled(passage, context)
    return Entry(
        passage_id=passage.id,
        kind=passage.kind,
        language=passage.language,
        province=passage.province,
        service_item_code=passage.service_item_code,
        provisions=passage.provisions,
        first_day=first,
        last_day=last,
        lexical="\n".join([context, passage.text, *passage.search_texts]),
        windows=tuple(windows),
        roles=tuple(windows.values()),
    )


def _context(passage: PassageView) -> str:
    if passage.kind in ("law", "card"):
        return " ".join(dict.fromkeys([passage.title, *passage.heading_path[-1:]]))
    return passage.heading or passage.title


def _cut(context: str, passage: PassageView) -> list[str]:
    name = passage.title if passage.kind in ("law", "card") and not passage.search_texts else context
    return [f"{name} {window}" for window in windows(passage.text)]


def _roled(passage: PassageView, context: str) -> dict[str, int]:
    """Return a passage's windows, each once, with what they are."""
    if passage.kind == "card":
        return _card_windows(passage)
    own = (passage.heading,) if passage.kind != "law" and passage.heading else ()
    windows = dict.fromkeys(_cut(context, passage), TEXT)
    return windows | dict.fromkeys((*own, *passage.search_texts), QUESTION)


def _card_windows(card: PassageView) -> dict[str, int]:
    digests = (card.text, str(card.data.get("digest_en") or ""))
    windows = {digest: DIGEST for digest in digests if digest}
    return windows | {text: QUESTION for text in card.search_texts if text not in windows}


def windows(text: str) -> list[str]:
    """Cut a text into overlapping windows."""
    starts = range(0, max(1, len(text) - WINDOW // 4), STEP)
    return [text[start : start + WINDOW] for start in starts]


def _with_cards(entry: Entry, cards: Iterable[PassageView]) -> Entry:
    found = list(cards)
    if not found:
        return entry
    texts = [text for card in found for text in (card.text, *card.search_texts)]
    windows = dict(zip(entry.windows, entry.roles, strict=True))
    for card in found:
        windows = _card_windows(card) | windows
    return replace(
        entry,
        lexical="\n".join([entry.lexical, *texts]),
        windows=tuple(windows),
        roles=tuple(windows.values()),
    )


def _days(passage: PassageView) -> tuple[int, int]:
    first = passage.in_force_from.toordinal() if passage.in_force_from else FIRST_DAY
    if passage.repealed_on:
        return first, passage.repealed_on.toordinal()
    return (first, first) if passage.status == "repealed" else (first, LAST_DAY)

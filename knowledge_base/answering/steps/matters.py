"""What the question is about: service item, aspects of its guide, and what else it says.

1. Facets (drug or device, licence or filing, class, renewal or change …) are read from the words.
2. Matters that fit all facets are candidates; an alias of a service item narrows them.
3. One candidate is the matter; several are cleared up later if their answers differ.
4. What remains of the text without all these words is the residual: it tells how special the question is.
"""

import re
from functools import lru_cache

from knowledge_base.answering.context import Context
from knowledge_base.answering.rules import Rules
from knowledge_base.answering.rules.schema import Matter, MatterBook, Text

_RUN = re.compile(r"[a-z0-9'-]+|[\u3400-\u9fff]+", re.IGNORECASE)
_DECISIVE = ("document", "action")


def understand(context: Context) -> None:
    """Set facets, candidates, matter, aspects and residual; a follow-up takes its matter from before."""
    read_matter(context, context.text)
    context.aspects = aspects_in(context, context.text)
    context.residual = residual_of(context, context.text)
    if (context.matter is None and not context.candidates) or _leans_back(context):
        _take_from_before(context)


def read_matter(context: Context, text: str) -> None:
    """Set facets, candidates and matter from a text."""
    book = context.rules.matters
    context.facets = facets_in(text, book)
    named = _aliased(context, text)
    fitting = [matter for matter in book.matters if fits(matter, context.facets)]
    if not named and not any(facet in context.facets for facet in _DECISIVE):
        fitting = _of_domain(fitting, context.facets)
        context.candidates, context.matter = fitting, None
        return
    if "device_class" not in context.facets:
        fitting = [matter for matter in fitting if not matter.hidden]
    fitting = _as_new(fitting, context.facets)
    narrowed = [matter for matter in fitting if matter.item in named]
    context.candidates = _narrowest(fitting, narrowed, named, context)
    context.matter = context.candidates[0] if len(context.candidates) == 1 else None
    _pin(context)


def _of_domain(fitting: list[Matter], facets: dict[str, frozenset[str]]) -> list[Matter]:
    visible = [matter for matter in fitting if not matter.hidden]
    return visible if "domain" in facets else []


def _as_new(fitting: list[Matter], facets: dict[str, frozenset[str]]) -> list[Matter]:
    """Where neither renewal nor change is spoken of, the first issue is meant."""
    if "action" in facets:
        return fitting
    first = [matter for matter in fitting if "initial" in matter.facets.get("action", ["initial"])]
    return first or fitting


def _narrowest(
    fitting: list[Matter], narrowed: list[Matter], named: list[str], context: Context
) -> list[Matter]:
    if len(narrowed) == 1 or (narrowed and len(narrowed) < len(fitting)):
        return narrowed
    if fitting or not named:
        return fitting
    return [_unlisted(code, context) for code in named]


def _unlisted(code: str, context: Context) -> Matter:
    for matter in context.rules.matters.matters:
        if matter.item == code:
            return matter
    item = context.knowledge.guided_items()[code]
    return Matter(code=code, item=code, label=Text(zh=item.titles["zh"], en=item.titles["en"]), facets={})


def _pin(context: Context) -> None:
    pinned = context.question.service_item_code
    if not pinned or context.matter is not None:
        return
    codes = {matter.item for matter in context.candidates}
    if not codes or pinned in codes:
        known = pinned in context.knowledge.guided_items()
        context.matter = _unlisted(pinned, context) if known else None
        context.is_inherited = context.matter is not None


def facets_in(text: str, book: MatterBook) -> dict[str, frozenset[str]]:
    """Return the facets that the text names, with their values."""
    found = {
        facet: frozenset(value for value, words in values.items() if words.found_in(text))
        for facet, values in book.facets.items()
    }
    found = {facet: values for facet, values in found.items() if values}
    for rule in book.implied:
        said = [condition.strip().split("=") for condition in rule["when"].split(",")]
        implied, implied_value = rule["then"].split("=")
        if implied not in found and all(value in found.get(facet, ()) for facet, value in said):
            found[implied] = frozenset({implied_value})
    return found


def fits(matter: Matter, facets: dict[str, frozenset[str]]) -> bool:
    """Whether a matter agrees with every facet named."""
    return all(
        facet not in matter.facets or values & set(matter.facets[facet]) for facet, values in facets.items()
    )


def _aliased(context: Context, text: str) -> list[str]:
    lowered = text.casefold()
    lengths: dict[str, int] = {}
    for item in context.knowledge.guided_items().values():
        names = [name.casefold() for name in (*item.aliases, *item.titles.values())]
        longest = max((len(name) for name in names if name in lowered), default=0)
        if longest:
            lengths[item.code] = longest
    best = max(lengths.values(), default=0)
    return [code for code, length in lengths.items() if length == best]


def aspects_in(context: Context, text: str) -> list[str]:
    """Return the aspects asked for, in the order of the words; ``overview`` only where nothing else is."""
    places = {
        aspect: min(match.start() for match in found)
        for aspect, words in context.rules.aspects.aspects.items()
        if (found := words.found_in(text))
    }
    ordered = sorted(places, key=lambda aspect: places[aspect])
    specific = [aspect for aspect in ordered if aspect != "overview"]
    return specific or ordered


def residual_of(context: Context, text: str) -> str:
    """Return what no name, facet, aspect or filler word covers: whole English words, runs of Chinese."""
    covered = bytearray(len(text))
    for pattern in _word_patterns(context.rules):
        for match in pattern.finditer(text):
            covered[match.start() : match.end()] = b"\1" * (match.end() - match.start())
    _cover_names(context, text, covered)
    runs = [
        match for match in _RUN.finditer(text) if not (match.group().isascii() and any(_of(match, covered)))
    ]
    left = "".join(" " if _is_dropped(place, runs, covered) else text[place] for place in range(len(text)))
    edges = context.rules.aspects.edges
    return " ".join(piece for run in left.split() if (piece := run.strip(edges)))


@lru_cache(maxsize=4)
def _word_patterns(rules: Rules) -> tuple[re.Pattern[str], ...]:
    facets = (words for values in rules.matters.facets.values() for words in values.values())
    every = (*facets, *rules.aspects.aspects.values(), rules.aspects.filler)
    return tuple(pattern for words in every for pattern in (*words.zh, *words.en))


def _cover_names(context: Context, text: str, covered: bytearray) -> None:
    lowered = text.casefold()
    for item in context.knowledge.guided_items().values():
        for name in (*item.aliases, *item.titles.values()):
            start = lowered.find(name.casefold())
            if start >= 0:
                covered[start : start + len(name)] = b"\1" * len(name)


def _of(match: re.Match[str], covered: bytearray) -> bytearray:
    return covered[match.start() : match.end()]


def _is_dropped(place: int, runs: list[re.Match[str]], covered: bytearray) -> bool:
    return bool(covered[place]) or not any(run.start() <= place < run.end() for run in runs)


def _leans_back(context: Context) -> bool:
    named_itself = context.matter is not None or "document" in context.facets or "domain" in context.facets
    return not named_itself and bool(context.rules.aspects.follow_up.found_in(context.text))


def _take_from_before(context: Context) -> None:
    facets, candidates = context.facets, context.candidates
    for earlier in reversed(context.question.history[-5:]):
        read_matter(context, earlier)
        if context.matter is not None:
            context.is_inherited = True
            return
    context.facets, context.candidates = facets, candidates
    _pin(context)

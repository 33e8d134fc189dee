"""Ten thousand odd values for every type of field: reading never fails, and what is taken can be shown."""

import json
import time
import unicodedata
from collections.abc import Callable
from random import Random
from typing import Any, get_args

import pytest

from forms.filing.display import screen_value, show
from forms.filing.outcomes import Rejected
from forms.filing.parsing import MAX_CHARACTERS, parse
from forms.filing.validation import invalid
from forms.items.catalogue import items
from forms.items.form import FieldDefinition, FieldType
from forms.items.patterns import shape
from i18n.service import translate

VALUES = 10_000
LOCALES = ("zh-CN", "en")
TYPES: tuple[str, ...] = get_args(FieldType)
FIELDS: dict[str, list[FieldDefinition]] = {
    kind: [
        field for item in items().values() if item.form for field in item.form.fields if field.type == kind
    ]
    for kind in TYPES
}
FEWEST_TAKEN = 150
# Without exponents, which a test of their own tries.
ODD = (
    *("", " ", "\n", "\t", "\x00", "\x1b[31m", "\x7f", "\u0085", "\u2028", "\ufeff", "\u200b", "\u00ad"),
    *("\ud800", "\udfff\ud83d", "\ufffe", "\U0010ffff", "e\u0301\u0301\u0301", "\u0e47" * 40),
    *("😀", "👩‍👩‍👧‍👦", "🇨🇳", "\u202egnp.exe", "\u2066abc\u2069", "مرحبا ١٢٣", "שלום", "ẞß", "ŉ", "ﷺ", "㋿"),
    *("' OR 1=1;--", "'; DROP TABLE filing;--", "<script>alert(1)</script>", "<img src=x onerror=a>", "]]>"),
    *("{{7*7}}", "${jndi:ldap://x}", "%s%n%x", "../../etc/passwd", "\\N", "\\u0000", "NULL", "null", "None"),
    *("NaN", "Infinity", "-0", "0x10", "1_000", "+1", "--1", "1,000.50", "٣٤", "½", "④", "¾", "〇"),
    *(
        "２０２６年１１月２５日",
        "1234567890",
        "9" * 400,
        "０" * 30,
        "-" * 60,
        "2026-02-30",
        "0000-00-00",
    ),
    *("[", "{", "[[]]", "[{}]", '{"a": 1}', '{"name": null}', '[{"name": [1]}]', '{"__class__": 1}', '"x"'),
    *("[" * 2_000, '{"a":' * 500, "|" * 50, ";" * 50, "a|b|c", "a:b", "：", "a=1;b=2", ",,,", "、", "；\n；"),
)
NOTHING: tuple[Any, ...] = (None, "", "   ", "\u200b\ufeff", "\x00", [], {})
NOISE = "０１２ＡＢ 甲乙\t\n|;；:：,，、.-/()（）[]{}\"'<>%\x00\x1f\u200b\u202e😀e\u0301\ud800０"
Make = Callable[["Fuzzer"], Any]


class Fuzzer:
    """Odd values for one field after another: nonsense, wrong types, and right answers slightly spoilt."""

    def __init__(self, kind: str) -> None:
        self.rng = Random(f"fuzz:{kind}")
        self.field = FIELDS[kind][0]

    def value(self, field: FieldDefinition) -> Any:
        self.field = field
        (make,) = self.rng.choices([maker for maker, _ in MAKERS], [weight for _, weight in MAKERS])
        return make(self)

    def odd(self) -> str:
        return "".join(self.rng.choices(ODD, k=self.rng.choice((1, 1, 2, 3))))

    def any_characters(self) -> str:
        top = self.rng.choice((0x7F, 0x2FF, 0x30FF, 0x9FFF, 0xFFFF, 0x10FFFF))
        return "".join(chr(self.rng.randint(0, top)) for _ in range(self.rng.randint(1, 30)))

    def huge(self) -> str:
        unit = self.rng.choice((self.odd() or "x", self.good(), "甲", "1", "a|b\n", '{"a":'))
        lengths = (MAX_CHARACTERS - 1, MAX_CHARACTERS, MAX_CHARACTERS + 1, 10 * MAX_CHARACTERS)
        length = 1_000 if self.field.options else self.rng.choice(lengths)
        return (unit * (length // len(unit) + 1))[:length]

    def good(self) -> str:
        """Something that the field might take."""
        field, rng = self.field, self.rng
        known = [field.example, "甲公司", "是", "no", "2026年11月25日", "310115", "12.50", "2025"]
        known += [name for o in field.options for name in (o.value, o.label.zh, o.label.en, *o.synonyms)] * 3
        known += [shape(name, "en")[1] for name in field.patterns] * 8
        known += ["；".join(self.part(part.type, part.pattern) for part in field.parts)] * 4
        known += [field.example] * 4
        return rng.choice([one for one in known if one])

    def part(self, kind: str, pattern: str) -> str:
        if pattern:
            return shape(pattern, "zh-CN")[1]
        known = {"date": "2026-01-31", "number": "12.5", "integer": "3"}
        return known.get(kind, self.rng.choice(("张三", "一路1号", "kg")))

    def spoilt(self) -> str:
        """A right answer with characters added, dropped, widened or doubled."""
        text = self.good()
        for _ in range(self.rng.choice((0, 0, 1, 1, 2))):
            place = self.rng.randint(0, len(text))
            match self.rng.randint(0, 4):
                case 0:
                    text = text[:place] + self.rng.choice(NOISE) + text[place:]
                case 1:
                    text = text[:place] + text[place + 1 :]
                case 2:
                    text = text.translate({n: n + 0xFEE0 for n in range(0x30, 0x7B)})
                case 3:
                    text = f"{text}{self.rng.choice(NOISE)}{self.good()}"
                case 4:
                    text = self.rng.choice((text.upper(), text.swapcase(), f"  {text}\u3000\n"))
        return text

    def scalar(self) -> Any:
        numbers = (0, -1, 5, 2026, 20261125, 310115, 10**30, 1.5, -0.0, 1e300, float("nan"), float("inf"))
        return self.rng.choice((None, True, False, *numbers, [], {}, [[]], [{}], {"": ""}))

    def nested(self, depth: int = 4) -> Any:
        if depth == 0 or self.rng.random() < 0.3:
            return self.rng.choice((self.scalar, self.odd, self.spoilt))()
        if self.rng.random() < 0.5:
            return [self.nested(depth - 1) for _ in range(self.rng.randint(0, 4))]
        return {self.key(): self.nested(depth - 1) for _ in range(self.rng.randint(0, 4))}

    def deep(self) -> Any:
        found: Any = self.good()
        for _ in range(200):
            found = [found] if self.rng.random() < 0.5 else {self.key(): found}
        return found

    def key(self) -> str:
        named = [name for part in self.field.parts for name in (part.key, part.label.zh, part.label.en)]
        return self.rng.choice((*named, *named, "name", self.odd()))

    def row(self) -> dict[str, Any]:
        spoil = self.rng.random() < 0.4
        row: dict[str, Any] = {p.key: self.part(p.type, p.pattern) for p in self.field.parts}
        if spoil and row:
            row[self.rng.choice(list(row))] = self.rng.choice((self.odd, self.scalar, self.spoilt))()
        return row

    def count(self) -> int:
        return self.rng.choices((1, 2, 3, 250), (10, 5, 4, 0.4))[0]

    def structure(self) -> Any:
        """A row, rows or a list of texts, as a form or a client sends them."""
        if not self.field.parts:
            return [self.spoilt() for _ in range(self.count())]
        rows = [self.row() for _ in range(self.count())]
        return rows if self.field.type == "table" else rows[0]

    def as_text(self) -> str:
        return json.dumps(
            self.rng.choice((self.structure, self.nested))(), ensure_ascii=self.rng.random() < 0.5
        )


MAKERS: tuple[tuple[Make, float], ...] = (
    (Fuzzer.odd, 14),
    (Fuzzer.any_characters, 10),
    (Fuzzer.spoilt, 40),
    (Fuzzer.scalar, 6),
    (Fuzzer.nested, 10),
    (Fuzzer.structure, 12),
    (Fuzzer.as_text, 7),
    (Fuzzer.deep, 0.5),
    (Fuzzer.huge, 0.2),
)


def _read(field: FieldDefinition, value: Any, locales: tuple[str, ...] = LOCALES) -> Any:
    """Read a value in the languages, which must agree; a refusal has words in each."""
    found = [parse(field, value, locale) for locale in locales]
    for one, locale in zip(found, locales, strict=True):
        if isinstance(one, Rejected):
            assert len(translate(one.code, locale, **one.params)) > 3
    told = [one.code if isinstance(one, Rejected) else one for one in found]
    assert told.count(told[0]) == len(told), (field.key, value)
    return found[0]


def _assert_sound(field: FieldDefinition, stored: Any) -> None:
    assert json.loads(json.dumps(stored)) == stored
    for locale in LOCALES:
        assert invalid(field, stored, locale) is None
        assert isinstance(show(field, stored, locale), str)
        assert show(field, stored, locale, reveal=True)
    json.dumps(screen_value(field, stored))


@pytest.mark.parametrize("kind", TYPES)
def test_any_value_is_read_or_refused_and_what_is_taken_can_be_shown(kind: str) -> None:
    fuzzer, fields = Fuzzer(kind), FIELDS[kind]
    taken = 0
    for number in range(VALUES):
        field = fields[number * len(fields) // VALUES]
        locales = LOCALES if number % 5 == 0 else (LOCALES[number % 2],)
        stored = _read(field, fuzzer.value(field), locales)
        if not isinstance(stored, Rejected):
            _assert_sound(field, stored)
            taken += 1
    assert taken == 0 if kind in ("file", "files") else taken >= FEWEST_TAKEN
    assert taken < VALUES


@pytest.mark.parametrize("kind", sorted(set(TYPES) - {"file", "files"}))
def test_what_was_stored_is_read_as_the_same_when_the_form_sends_it_back(kind: str) -> None:
    fuzzer, fields = Fuzzer(kind), FIELDS[kind]
    again = 0
    for number in range(VALUES // 10):
        field = fields[number * len(fields) // (VALUES // 10)]
        stored = parse(field, fuzzer.value(field), "zh-CN")
        if not isinstance(stored, Rejected):
            assert parse(field, stored, "en") == stored, field.key
            again += 1
    assert again >= FEWEST_TAKEN // 10


@pytest.mark.parametrize("kind", TYPES)
def test_no_type_of_field_takes_nothing_for_an_answer(kind: str) -> None:
    for field in FIELDS[kind]:
        for nothing in NOTHING:
            assert isinstance(_read(field, nothing), Rejected), field.key


@pytest.mark.parametrize(("opened", "closed"), [("[", "]"), ('{"a":', "}")])
def test_a_value_that_is_nested_deep_is_read_or_refused(opened: str, closed: str) -> None:
    for depth in (300, 600, 800):
        value = json.loads(f"{opened * depth}1{closed * depth}")
        for kind in TYPES:
            assert parse(FIELDS[kind][0], value, "en") is not None


@pytest.mark.parametrize("kind", ["table", "object"])
@pytest.mark.parametrize("text", ["[" * 30_000, '{"a":' * 7_000, "[{" * 15_000, '[{"a":' * 5_000])
def test_json_that_is_nested_without_end_is_refused(kind: str, text: str) -> None:
    for field in FIELDS[kind]:
        assert isinstance(_read(field, text), Rejected), field.key


def test_the_longest_text_is_read_within_a_second() -> None:
    field = max(FIELDS["multi_enum"], key=lambda one: len(one.options))
    started = time.process_time()
    assert isinstance(parse(field, "a," * (MAX_CHARACTERS // 2), "en"), Rejected)
    assert time.process_time() - started < 1


def test_a_number_with_a_monstrous_exponent_is_refused() -> None:
    for field in FIELDS["table"] + FIELDS["object"]:
        for part in field.parts:
            if part.type in ("number", "integer"):
                row = {one.key: "3" for one in field.parts} | {part.key: "1e9999999"}
                found = parse(field, [row] if field.type == "table" else row, "en")
                assert isinstance(found, Rejected), field.key


def _characters(stored: Any) -> set[str]:
    if isinstance(stored, dict):
        stored = list(stored.values())
    return set().union(*map(_characters, stored)) if isinstance(stored, list) else set(str(stored))


def _assert_printable(field: FieldDefinition, value: Any) -> None:
    stored = parse(field, value, "zh-CN")
    kept = set() if isinstance(stored, Rejected) else _characters(stored)
    assert {c for c in kept if c not in "\n\t" and unicodedata.category(c) in ("Cc", "Cf", "Cs")} == set()


UNSEEN = ("\x00", "\ud800", "\x1b", "\u202e")


@pytest.mark.parametrize("unseen", UNSEEN, ids=ascii)
def test_no_character_that_cannot_be_seen_is_kept_of_what_is_typed(unseen: str) -> None:
    for kind in TYPES:
        fuzzer = Fuzzer(kind)
        for field in FIELDS[kind]:
            fuzzer.field = field
            for text in (f"甲{unseen}乙", f"{unseen}{fuzzer.good()}{unseen}"):
                _assert_printable(field, text)


@pytest.mark.parametrize("unseen", UNSEEN, ids=ascii)
@pytest.mark.parametrize("kind", ["list", "object", "table"])
def test_no_character_that_cannot_be_seen_is_kept_of_a_list_or_a_row(kind: str, unseen: str) -> None:
    fuzzer = Fuzzer(kind)
    for field in FIELDS[kind]:
        fuzzer.field = field
        row = {p.key: fuzzer.part(p.type, p.pattern) for p in field.parts}
        free = {p.key: f"甲{unseen}乙" for p in field.parts if p.type == "string" and not p.pattern}
        sent = {"list": [f"甲{unseen}乙"], "object": row | free, "table": [row | free]}
        _assert_printable(field, sent[kind])
        _assert_printable(field, json.dumps(sent[kind]))

"""Checks of the form within itself: facts, codes, words, persons, tables."""

import unicodedata
from collections import Counter
from decimal import Decimal

from core.privacy.service import mask_value
from forms.checks.base import CheckContext, Finding
from forms.filing.display import option_label
from forms.filing.rows import as_decimal, total
from forms.items.form import CheckSpec
from i18n.service import translate


def fact_agrees(spec: CheckSpec, context: CheckContext) -> list[Finding]:
    """The field says the same as the routing answer."""
    key, fact = spec.fields[0], context.facts.get(spec.params["fact"])
    if fact is None or fact == context.known[key]:
        return []
    field = context.field(key)
    shown = {
        "filled": option_label(field, str(context.known[key]), context.locale),
        "answered": option_label(field, str(fact), context.locale),
    }
    return [Finding(key, "differs_from_answer", shown)]


def implied_by(spec: CheckSpec, context: CheckContext) -> list[Finding]:
    """The field has the value that another field's value implies."""
    key, other = spec.fields[0], spec.params["field"]
    implied = spec.params["map"].get(context.known.get(other))
    if implied is None or implied == context.known[key]:
        return []
    field = context.field(key)
    return [
        Finding(
            key,
            "not_implied",
            {
                "other": context.label(other),
                "value": option_label(context.field(other), str(context.known[other]), context.locale),
                "expected": option_label(field, implied, context.locale),
            },
        )
    ]


def prohibited_words(spec: CheckSpec, context: CheckContext) -> list[Finding]:
    """The text holds no word of the listed families; one finding names them all."""
    key = spec.fields[0]
    text = str(context.known[key]).casefold().replace(" ", "")
    comma = translate("forms.list_separator", context.locale)
    findings = []
    for family, words in spec.params.items():
        found = [word for word in words if word.casefold() in text]
        if found:
            findings.append(Finding(key, f"words_{family}", {"words": comma.join(found)}))
    return findings


def class_code_consistent(spec: CheckSpec, context: CheckContext) -> list[Finding]:
    """Each part of the code is the code of the field it stands for; no part belongs to special cosmetics."""
    key = spec.fields[0]
    parts = [part.split("/") for part in str(context.known[key]).split("-")]
    if any(code in spec.params["special"] for code in parts[0]):
        return [Finding(key, "class_code_special", {"codes": "/".join(parts[0])})]
    findings = []
    for part, other in zip(parts, spec.params["fields"], strict=False):
        chosen = context.known.get(other)
        expected = sorted(map(str, chosen)) if isinstance(chosen, list) else [str(chosen)]
        if chosen and sorted(part) != expected:
            shown = {"part": "/".join(part), "other": context.label(other), "expected": "/".join(expected)}
            findings.append(Finding(key, "class_code_part", shown))
    return findings


def column_sums_to(spec: CheckSpec, context: CheckContext) -> list[Finding]:
    """A column adds up to ``total`` within ``tolerance``."""
    key = spec.fields[0]
    found, wanted = total(context.known[key], spec.params["column"]), Decimal(spec.params["total"])
    if abs(found - wanted) <= Decimal(spec.params["tolerance"]):
        return []
    return [
        Finding(
            key,
            "sum",
            {"found": _plain(found), "wanted": _plain(wanted), "difference": _plain(wanted - found)},
        )
    ]


def _plain(number: Decimal) -> str:
    return format(number.normalize(), "f")


def column_is_unique(spec: CheckSpec, context: CheckContext) -> list[Finding]:
    """No value appears twice in a column."""
    key = spec.fields[0]
    counted = Counter(row[spec.params["column"]] for row in context.known[key])
    repeated = [value for value, count in counted.items() if count > 1]
    if not repeated:
        return []
    shown = translate("forms.list_separator", context.locale).join(repeated)
    return [Finding(key, "repeated", {"values": shown})]


def column_is_positive(spec: CheckSpec, context: CheckContext) -> list[Finding]:
    """Every number of a column is above zero and at most 100."""
    key = spec.fields[0]
    wrong = []
    for row in context.known[key]:
        number = as_decimal(row[spec.params["column"]])
        if number is None or not 0 < number <= 100:
            wrong.append(row[spec.params["label_column"]])
    if not wrong:
        return []
    return [
        Finding(
            key, "not_positive", {"values": translate("forms.list_separator", context.locale).join(wrong)}
        )
    ]


def part_at_least(spec: CheckSpec, context: CheckContext) -> list[Finding]:
    """A number in an object is at least ``minimum``."""
    key = spec.fields[0]
    number = as_decimal(context.known[key].get(spec.params["part"]))
    minimum = spec.params["minimum"]
    if number is not None and number >= minimum:
        return []
    label = next(
        p.label.get(context.locale) for p in context.field(key).parts if p.key == spec.params["part"]
    )
    return [Finding(key, "below_minimum", {"part": label, "minimum": minimum})]


def set_by_manufacturer(spec: CheckSpec, context: CheckContext) -> list[Finding]:
    """The manufacturer has confirmed; runs although the field is empty."""
    key = spec.fields[0]
    return [] if context.known.get(key) is True else [Finding(key, "manufacturer_silent")]


def ruled_out(spec: CheckSpec, context: CheckContext) -> list[Finding]:
    """What the check's own ``when`` describes is wrong, as its ``message`` says; runs on empty fields too."""
    return [Finding(spec.fields[0], spec.rule or "ruled_out")]


def distinct_persons(spec: CheckSpec, context: CheckContext) -> list[Finding]:
    """Two posts are held by two persons."""
    first, second = (context.known[key] for key in spec.fields)
    same_number = first.get("id_number") and first.get("id_number") == second.get("id_number")
    if not same_number and first.get("name") != second.get("name"):
        return []
    if not same_number and first.get("id_number") and second.get("id_number"):
        return []
    shown = {"name": first.get("name", ""), "other": context.label(spec.fields[0])}
    return [Finding(spec.fields[1], "same_person_in_both", shown)]


def one_number_a_person(spec: CheckSpec, context: CheckContext) -> list[Finding]:
    """Persons of the same name in the named fields have the same identity number."""
    seen: dict[str, tuple[str, str]] = {}
    findings = []
    for key in spec.fields:
        name, number = context.known[key].get("name"), context.known[key].get("id_number")
        if not name or not number:
            continue
        other, known_number = seen.setdefault(name, (key, number))
        if known_number != number:
            shown = {
                "name": name,
                "other": context.label(other),
                "number": mask_value("id_number", known_number),
            }
            findings.append(Finding(key, "same_person_two_numbers", shown))
    return findings


def attachment_mentions(spec: CheckSpec, context: CheckContext) -> list[Finding]:
    """The attachment's text names what the other fields say; a picture is left to people."""
    key, *others = spec.fields
    text = context.texts.get(key)
    if text is None:
        return []
    plain = _unspaced(text)
    return [
        Finding(
            key,
            "attachment_differs",
            {"other": context.label(other), "value": str(context.known[other])},
        )
        for other in others
        if _unspaced(str(context.known[other])) not in plain
    ]


def _unspaced(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())

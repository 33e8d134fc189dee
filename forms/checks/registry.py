"""The checks that an item's YAML may name, in one visible list."""

from forms.checks import content, records
from forms.checks.base import Check

CHECKS: dict[str, Check] = {
    check.__name__: check
    for check in (
        records.equals_record,
        records.id_matches_name,
        records.licence_in_force,
        records.licence_covers,
        records.licence_holder_is,
        content.fact_agrees,
        content.implied_by,
        content.prohibited_words,
        content.class_code_consistent,
        content.column_sums_to,
        content.column_is_unique,
        content.column_is_positive,
        content.part_at_least,
        content.set_by_manufacturer,
    )
}

"""The checks that an item's YAML may name, in one visible list."""

from forms.checks import content, dates, records
from forms.checks.base import Check

CHECKS: dict[str, Check] = {
    check.__name__: check
    for check in (
        records.equals_record,
        records.id_matches_name,
        records.licence_in_force,
        records.licence_covers,
        records.licence_holder_is,
        records.within_record,
        dates.renewal_window,
        dates.not_in_future,
        dates.in_future,
        dates.reported_within,
        dates.date_order,
        content.fact_agrees,
        content.implied_by,
        content.prohibited_words,
        content.class_code_consistent,
        content.column_sums_to,
        content.column_is_unique,
        content.column_is_positive,
        content.part_at_least,
        content.set_by_manufacturer,
        content.ruled_out,
        content.distinct_persons,
        content.one_number_a_person,
        content.attachment_mentions,
    )
}

ON_EMPTY_FIELDS = frozenset({"set_by_manufacturer", "ruled_out"})

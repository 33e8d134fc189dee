"""Numbers of certificates that do not exist, in the shapes of ``forms/items/data/patterns.yml``."""

from datetime import date
from random import Random

from forms.items.patterns import shape
from forms.sandbox.world import SyntheticEnterprise

FORMATS = {
    "cosmetic_production_licence_no": "{province}妆{year}{serial:04d}",
    "drug_production_licence_no": "{province}{year}{serial:04d}",
    "drug_distribution_licence_no": "{province}{letters}{area}{serial:05d}",
    "drug_approval_no": "国药准字H{year}{serial:04d}",
    "device_class2_reg_no": "{province}械注准{year}207{serial:04d}",
    "device_reg_no": "{province}械注准{year}207{serial:04d}",
    "device_class1_filing_no": "{province}械备{year}{serial:04d}",
    "device_production_licence_no": "{province}药监械生产许{year}{serial:04d}号",
    "device_class1_production_filing_no": "{province}药监械生产备{year}{serial:04d}号",
    "device_distribution_licence_no": "{province}药监械经营许{year}{serial:04d}号",
    "device_distribution_filing_no": "{province}药监械经营备{year}{serial:04d}号",
}


def make_number(
    pattern: str, made: SyntheticEnterprise, rng: Random, issued: date, letters: str = "DA"
) -> str:
    """Return a number of a shape for an enterprise; the shape's example where it names no place or year."""
    wanted = FORMATS.get(pattern)
    if wanted is None:
        return shape(pattern, "zh-CN")[1]
    return wanted.format(
        province=made.province,
        year=issued.year,
        area=made.region_code[2:6],
        letters=letters,
        serial=rng.randint(1, 9999),
    )

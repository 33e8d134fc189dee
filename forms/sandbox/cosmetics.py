"""Earlier cosmetics filings with their formulas."""

from datetime import date, timedelta
from random import Random
from typing import Any

from forms.sandbox.enterprises import city_of
from forms.sandbox.world import Record, SyntheticEnterprise, vocabulary

ORIGINS = {"cosmetic_maker": "domestic", "cosmetic_brand": "domestic", "cosmetic_importer": "import"}
PRODUCTION = {"cosmetic_maker": "self", "cosmetic_brand": "contract", "cosmetic_importer": "overseas"}
FORMATS = {
    "domestic": "{province}G妆网备字{year}{serial:06d}",
    "import": "国妆网备进字（{province}）{year}{serial:06d}",
}


def add_filings(
    made: SyntheticEnterprise, makers: list[SyntheticEnterprise], rng: Random, today: date
) -> None:
    """Give a cosmetics enterprise two to five earlier filings of distinct products, newest first."""
    if made.kind not in ORIGINS:
        return
    words = vocabulary()
    partners = _partners(made, makers, rng)
    products = rng.sample(words["products"], k=rng.randint(2, 5))
    for number, product in enumerate(products):
        filed = today - timedelta(days=rng.randint(330, 700) + 150 * number)
        filed = min(filed, date(today.year - 1, 12, 31))
        data = _filing(made, product, filed, rng) | partners
        made.records.append(
            Record("filing", "cosmetic_filing", filed, data, number=data["filing_no"], issued_on=filed)
        )
    made.truth |= partners


def _partners(made: SyntheticEnterprise, makers: list[SyntheticEnterprise], rng: Random) -> dict[str, Any]:
    words = vocabulary()
    if made.kind == "cosmetic_maker":
        return {key: made.truth[key] for key in ("manufacturer", "prod_licence_no")}
    if made.kind == "cosmetic_brand":
        maker = makers[0] if made.index < 20 else rng.choice(makers)
        return {key: maker.truth[key] for key in ("manufacturer", "prod_licence_no")}
    return {
        "port": [city_of(made.region_code)],
        "overseas_filer": rng.choice(words["overseas"]),
        "manufacturer": rng.choice(words["overseas_makers"]),
    }


def _filing(made: SyntheticEnterprise, product: dict[str, Any], filed: date, rng: Random) -> dict[str, Any]:
    words = vocabulary()
    origin = ORIGINS[made.kind]
    place = {"province": made.province, "year": filed.year, "serial": 1 + made.index * 10 + rng.randint(0, 9)}
    number = FORMATS[origin].format_map(place)
    name = f"{rng.choice(words['product_adjectives'])}{product['name']}"
    return {
        "filing_no": number,
        "origin": origin,
        "production": PRODUCTION[made.kind],
        "product_name_zh": name,
        "efficacy": product["efficacy"],
        "body_part": product["body_part"],
        "form_dosage": product["form"],
        "use_method": product["use"],
        "users": "03",
        "delivery": "electronic",
        "formula": make_formula(rng, product["recipe"]),
        "standard": {"name": f"{name}产品执行的标准.pdf", "archived_under": number},
        "safety_report": {"name": f"{name}安全评估报告.pdf", "archived_under": number},
    }


def make_formula(rng: Random, recipe: str) -> list[dict[str, str]]:
    """Return a formula whose contents add up to 100 %, in falling order."""
    rows = []
    rest = 1000
    for ingredient, low, high, purpose in vocabulary()["recipes"][recipe]:
        share = rng.randint(low, high)
        rest -= share
        rows.append((share, ingredient, purpose))
    rows.append((rest, "水", "溶剂"))
    return [
        {
            "ingredient": ingredient,
            "percent": f"{share / 10:g}",
            "purpose": purpose,
            "safety_code": _safety_code(rng),
        }
        for share, ingredient, purpose in sorted(rows, reverse=True)
    ]


def _safety_code(rng: Random) -> str:
    return f"{rng.randint(1, 999999):06d}-{rng.randint(1, 99999):05d}-{rng.randint(1, 9999):04d}"

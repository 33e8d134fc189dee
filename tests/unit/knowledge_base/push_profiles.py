"""A schema with small sets of values, and a profile to vary."""

from typing import Any

from knowledge_base.push.schema import Schema, load_schema

ITEMS = {
    "drug_retail": {"zh": "药品经营许可证（零售）", "en": "Retail drug licence"},
    "device_prod": {"zh": "医疗器械生产许可证", "en": "Device production licence"},
}
SETS = {
    "provinces": {"沪": {"zh": "上海市", "en": "Shanghai"}, "粤": {"zh": "广东省", "en": "Guangdong"}},
    "items": ITEMS,
    "domains": {
        "drug": {"zh": "药品", "en": "drugs"},
        "device": {"zh": "医疗器械", "en": "devices"},
    },
    "states": {"draft": {"zh": "草稿", "en": "a draft"}, "approved": {"zh": "已批准", "en": "approved"}},
}


def small_schema() -> Schema:
    return load_schema(**SETS)


SCHEMA = small_schema()


def licence(**more: Any) -> dict[str, Any]:
    told = {"item": "drug_retail", "domain": "drug", "in_force": True, "has_term": True}
    return {**told, "days_left": 100, "days_held": 900, **more}


def filing(**more: Any) -> dict[str, Any]:
    told = {"item": "drug_retail", "domain": "drug", "state": "draft", "is_open": True, "days_since": 3}
    return {**told, **more}


def profile(**more: Any) -> dict[str, Any]:
    told = {"enterprise_type": "drug_distributor", "province": "沪", "region_code": "310115"}
    return {**told, "years_registered": 6, "licences": [licence()], "filings": [], **more}

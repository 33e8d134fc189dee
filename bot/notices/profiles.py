"""Where the profile's declaration (knowledge) and its data (forms) meet."""

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from sqlalchemy.orm import Session

from core import clock
from forms import service as forms
from forms.profiles.service import EnterpriseProfile, Needed, filing_states
from forms.profiles.service import profiles as _profiles
from i18n.service import CONTENT_LOCALES, translate
from knowledge_base.push.expressions import Condition
from knowledge_base.push.narrowing import values_needed
from knowledge_base.push.schema import Schema, load_schema


@lru_cache(maxsize=1)
def schema() -> Schema:
    """Return what a condition may speak of here, with the service items and provinces that there are."""
    names = {locale: forms.province_names(locale) for locale in CONTENT_LOCALES.values()}
    provinces = {
        short: {language: names[locale][short] for language, locale in CONTENT_LOCALES.items()}
        for short in names["zh-CN"]
    }
    return load_schema(
        provinces={**provinces, "": _words("notices.no_province")},
        items=_licences(),
        domains={domain: _words(f"notices.domain.{domain}") for domain in ("drug", "device", "cosmetic")},
        states={state: _words(f"forms.state.{state}") for state in filing_states()},
    )


def _licences() -> dict[str, dict[str, str]]:
    """Return what one holds of each item: its certificate's name, or its own where others share that."""
    found: dict[str, dict[str, str]] = {}
    for language, locale in CONTENT_LOCALES.items():
        names = {item.code: _certificate(item, locale) for item in forms.list_service_items()}
        shared = {name for name, times in Counter(names.values()).items() if times > 1}
        for item in forms.list_service_items():
            name = names[item.code]
            found.setdefault(item.code, {})[language] = item.name.get(locale) if name in shared else name
    return found


def _certificate(item: forms.ServiceItem, locale: str) -> str:
    return item.form.certificate.name.get(locale) if item.form else item.name.get(locale)


def _words(code: str) -> dict[str, str]:
    return {language: translate(code, locale) for language, locale in CONTENT_LOCALES.items()}


def kinds() -> frozenset[str]:
    """Return the kinds of enterprise that have a name."""
    return frozenset(schema().fields["enterprise_type"].values or ())


def profiles(session: Session, condition: Condition) -> Iterator[list[EnterpriseProfile]]:
    """Yield all enterprises, a batch at a time, with what a condition reads of their profiles of today."""
    return _profiles(session, clock.today(), kinds(), needed(condition))


def needed(condition: Condition) -> Needed:
    """Return what of the profiles a condition can be decided by."""
    domains = {item.code: item.domain for item in forms.list_service_items()}
    only: dict[str, set[str]] = {}
    for name in schema().lists:
        by_item = values_needed(condition.tree, name, "item")
        by_domain = values_needed(condition.tree, name, "domain")
        if by_item is not None or by_domain is not None:
            only[name] = {
                code
                for code, domain in domains.items()
                if (by_item is None or code in by_item) and (by_domain is None or domain in by_domain)
            }
    return Needed(condition.names, only)

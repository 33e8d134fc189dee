"""How a provision is named: 《化妆品监督管理条例》第19条; Regulations on …, Article 19."""

from collections.abc import Iterable
from functools import lru_cache

from core.content import read_yaml
from forms.items.basics import Source
from forms.items.catalogue import DATA
from i18n.service import content_language, translate


@lru_cache(maxsize=1)
def english_titles() -> dict[str, str]:
    """Return the laws' English titles (our own rendering, not official)."""
    loaded: dict[str, str] = read_yaml(DATA / "laws.yml")
    return loaded


def clause(sources: Iterable[Source], locale: str) -> str:
    """Return the provisions in one line; "to be verified" where there are none."""
    grouped: dict[str, list[str]] = {}
    for source in sources:
        grouped.setdefault(source.law, []).append(source.article)
    if not grouped:
        return translate("forms.to_be_verified", locale)
    named = [_named(law, articles, locale) for law, articles in grouped.items()]
    return translate("forms.clause_separator", locale).join(named)


def _named(law: str, articles: list[str], locale: str) -> str:
    title = english_titles().get(law, law) if content_language(locale) == "en" else law
    labels = [article_label(article, locale) for article in articles]
    return translate(
        "forms.clause", locale, law=title, articles=translate("forms.list_separator", locale).join(labels)
    )


def article_label(article: str, locale: str) -> str:
    """Return 第19条 (第14条之一 for ``14-1``), or Article 19."""
    main, _, sub = article.partition("-")
    code = "forms.article_sub" if sub else "forms.article"
    return translate(code, locale, number=main, sub=sub)

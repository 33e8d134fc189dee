"""How a provision is called."""

from i18n.service import content_language, translate
from knowledge_base.passages.views import split_provision
from knowledge_base.search.glossary import glossary


def article_name(article: str, locale: str) -> str:
    """Return 第14条 or Article 14."""
    main, _, sub = article.partition("-")
    code = "knowledge_base.article_sub" if sub else "knowledge_base.article"
    return translate(code, locale, number=main, sub=sub)


def law_name(law: str, locale: str) -> str:
    """Return 《药品管理法》, or in English Drug Administration Law where the name is known."""
    return (glossary().in_english(law) if content_language(locale) == "en" else "") or f"《{law}》"


def provision_name(key: str, locale: str) -> str:
    """Return 《药品管理法》第14条 for ``药品管理法#14``; anything else as it is."""
    law, article = split_provision(key)
    joint = ", " if content_language(locale) == "en" else ""
    return f"{law_name(law, locale)}{joint}{article_name(article, locale)}" if law else key

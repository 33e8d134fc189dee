"""How a provision is called."""

from i18n.service import translate
from knowledge_base.passages.views import split_provision


def article_name(article: str, locale: str) -> str:
    """Return 第14条 or Article 14."""
    main, _, sub = article.partition("-")
    code = "knowledge_base.article_sub" if sub else "knowledge_base.article"
    return translate(code, locale, number=main, sub=sub)


def provision_name(key: str, locale: str) -> str:
    """Return 《药品管理法》第14条 for ``药品管理法#14``; anything else as it is."""
    law, article = split_provision(key)
    return f"《{law}》{article_name(article, locale)}" if law else key

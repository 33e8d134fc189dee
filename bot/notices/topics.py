"""Topics by which people choose: those of policies, and two of the service's own."""

from i18n.service import translate
from knowledge_base.push.tags import tags
from knowledge_base.push.tags import topics as policy_topics

CERTIFICATES, DRAFTS = "certificates", "drafts"
OWN = (CERTIFICATES, DRAFTS)


def topics() -> tuple[str, ...]:
    """Return every topic, the service's own first."""
    return (*OWN, *(tag.id for tag in policy_topics()))


def topic_name(topic: str, locale: str) -> str:
    """Return a topic as people read it."""
    if topic in OWN:
        return translate(f"notices.topic.{topic}", locale)
    found = tags().get(topic)
    return found.name(locale) if found else topic

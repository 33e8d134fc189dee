"""Replies that an officer may use: what the knowledge base says to the open question, with its citations."""

from bot.handoff.views import Suggestion
from core.errors import DependencyFailed, InvalidInput

USABLE = frozenset({"answered", "answered_partly"})


def suggest(question: str, locale: str) -> list[Suggestion]:
    """Return suggestions in the applicant's language; none where nothing can be cited.

    Raises:
        DependencyFailed: the knowledge base does not answer.
    """
    # Not at the top: the encoder and the index are loaded by whoever asks first, not by every process.
    from knowledge_base.service import Question, answer

    try:
        found = answer(Question(question, locale))
    except InvalidInput:
        return []
    if found.status.startswith("error_"):
        raise DependencyFailed("handoff.problem.suggestions")
    if found.status not in USABLE:
        return []
    told = found.to_message()
    return [Suggestion(told["text"], found.status.value, told["answer"]["citations"])]

"""How a question can end: a closed set, one status an answer."""

from enum import StrEnum


class AnswerStatus(StrEnum):
    """The prefixes (answered, clarification, unanswerable, guarded, handed_off, error) are relied upon."""

    ANSWERED = "answered"
    ANSWERED_PARTLY = "answered_partly"
    CLARIFICATION = "clarification"
    NO_SOURCE = "unanswerable_no_source"
    OUT_OF_SCOPE = "unanswerable_out_of_scope"
    NOT_TEXT = "unanswerable_not_text"
    JUDGEMENT = "guarded_judgement"
    MEDICAL = "guarded_medical"
    OTHER_PERSONS = "guarded_other_persons"
    MISUSE = "guarded_misuse"
    SECRET = "guarded_secret"  # noqa: S105 - a status, not a password
    HANDED_OFF = "handed_off"
    KNOWLEDGE_ERROR = "error_knowledge"

    @property
    def is_answered(self) -> bool:
        """Whether the question was answered, wholly or partly."""
        return self.value.startswith("answered")

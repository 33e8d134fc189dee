"""The one root of errors. The text a person reads is a catalogue look-up of ``code`` at the edge.

Four families: ``InvalidInput`` (the person can fix it), ``NotAvailable`` (absent or not yours: the same
reply), ``DependencyFailed`` (retryable, names the dependency), ``InvariantBroken`` (our bug).
"""

from collections.abc import Mapping


class AssistantError(Exception):
    """An error with a catalogue code and the parameters of its text.

    Args:
        code: message code such as ``forms.value_invalid``; its first segment names the catalogue.
        params: values of the text's placeholders; never secrets or what a person typed.
        fields: per-field message codes, where the error concerns several fields.
    """

    http_status = 500

    def __init__(self, code: str, *, fields: Mapping[str, str] | None = None, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
        self.fields = dict(fields or {})


class InvalidInput(AssistantError):  # noqa: N818 - the family's name, not a suffix
    """The person can fix it."""

    http_status = 422


class NotAvailable(AssistantError):  # noqa: N818
    """Absent, or not the caller's: both answer alike."""

    http_status = 404

    def __init__(self, code: str = "core.not_available") -> None:
        super().__init__(code)


class NotSignedIn(AssistantError):  # noqa: N818
    """The caller must sign in first."""

    http_status = 401

    def __init__(self, code: str = "core.sign_in_first") -> None:
        super().__init__(code)


class Conflict(AssistantError):  # noqa: N818
    """Someone else changed or took the thing first."""

    http_status = 409


class TooMany(AssistantError):  # noqa: N818
    """Too many requests; ``retry_after_s`` says when to come back."""

    http_status = 429


class DependencyFailed(AssistantError):  # noqa: N818
    """A part we depend on did not answer; trying again may help."""

    http_status = 503


class InvariantBroken(AssistantError):  # noqa: N818
    """Our own bug."""

    http_status = 500

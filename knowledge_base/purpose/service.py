"""What a person wants, told from their words.

``likely`` gives a probability to each purpose (``PURPOSES``). The model is fitted by
``python -m training.purpose`` on utterances of our own and on the vectors of the shipped encoder, whatever
encoder searches. What follows from a purpose, and from which probability on, stands in
``answering/rules/purposes.yml``.
"""

from functools import lru_cache
from pathlib import Path

from core.errors import DependencyFailed
from knowledge_base.embedding.service import shipped_encoder
from knowledge_base.purpose.model import PurposeModel

MODEL = Path(__file__).parent / "model.npz"
PURPOSES = (
    "ask",  # an ordinary question, answered from law, guide or FAQ
    "ruling",  # a promise, or the decision of a concrete case
    "evade",  # help against the rules
    "medical",  # advice on treatment
    "private",  # what belongs to others, or is not published
    "system",  # the assistant's instructions and secrets
    "unknown",  # figures, prices, rankings, forecasts that no rule carries
    "open",  # the answer differs, and what it depends on is not said
    "staff",  # a person is needed
    "report",  # a concrete offence is reported
    "emergency",  # someone is being harmed now
    "outside",  # another authority's matter, or none
)


def likely(text: str, model: PurposeModel | None = None) -> dict[str, float]:
    """Return the probability of each purpose.

    Args:
        text: what a person wrote.
        model: another than the shipped one.

    Raises:
        DependencyFailed: the model or its encoder cannot be used.
    """
    encoder = shipped_encoder()
    model = model or _model()
    if model.encoder_id != encoder.encoder_id:
        raise DependencyFailed("knowledge_base.purpose_failed")
    return model.probabilities(text, encoder.encode([text])[0])


@lru_cache(maxsize=1)
def _model() -> PurposeModel:
    return PurposeModel.load(MODEL)

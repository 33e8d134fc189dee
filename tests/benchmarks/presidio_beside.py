"""Presidio with its own recognisers and patterns for Chinese data; without a language model.

Its Chinese model cannot be had offline, so that names and places are found by pattern.
"""

from functools import lru_cache
from typing import Any

from presidio_analyzer import AnalyzerEngine, Pattern, PatternRecognizer, RecognizerRegistry
from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine
from presidio_analyzer.predefined_recognizers import CreditCardRecognizer, EmailRecognizer, PhoneRecognizer

PATTERNS = {
    "CN_ID": r"(?<!\d)[1-9]\d{16}[\dXx](?!\d)",
    "CN_MOBILE": r"(?<!\d)1[3-9]\d{9}(?!\d)",
    "CN_BANK_CARD": r"(?<!\d)62\d{14,17}(?!\d)",
    "CN_PASSPORT": r"(?<![A-Za-z0-9])[EGP][A-Z]?\d{7,8}(?!\d)",
    "CN_PERMIT": r"(?<![A-Za-z0-9])[HMC]\d{8}(?!\d)",
    "CN_PLATE": r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z]·?[A-Z0-9]{5,6}",
    "CN_NAME": r"(?<=我叫)[\u4e00-\u9fff]{2,3}",
    "CN_ADDRESS": r"[\u4e00-\u9fff]{2,}[路街道巷弄]\d+[号弄]",
}


class NoModel(NlpEngine):  # type: ignore[misc]
    """An engine that knows no words."""

    def load(self) -> None:
        return

    def is_loaded(self) -> bool:
        return True

    def process_text(self, text: str, language: str) -> NlpArtifacts:
        return NlpArtifacts([], [], [], [], self, language)

    def process_batch(self, texts: Any, language: str, **_options: Any) -> Any:
        return ((text, self.process_text(text, language)) for text in texts)

    def is_stopword(self, word: str, language: str) -> bool:
        return False

    def is_punct(self, word: str, language: str) -> bool:
        return False

    def get_supported_entities(self) -> list[str]:
        return []

    def get_supported_languages(self) -> list[str]:
        return ["zh"]


@lru_cache(maxsize=1)
def engine() -> AnalyzerEngine:
    registry = RecognizerRegistry(supported_languages=["zh"])
    registry.add_recognizer(CreditCardRecognizer(supported_language="zh"))
    registry.add_recognizer(EmailRecognizer(supported_language="zh"))
    registry.add_recognizer(PhoneRecognizer(supported_language="zh", supported_regions=("CN",)))
    for entity, regex in PATTERNS.items():
        one = Pattern(entity, regex, 0.8)
        registry.add_recognizer(PatternRecognizer(entity, patterns=[one], supported_language="zh"))
    return AnalyzerEngine(registry=registry, nlp_engine=NoModel(), supported_languages=["zh"])


def analyse(text: str) -> list[tuple[int, int]]:
    return [(one.start, one.end) for one in engine().analyze(text, language="zh")]

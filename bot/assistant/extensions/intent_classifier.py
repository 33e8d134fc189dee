"""Rasa's logistic regression with one more setting: how closely it follows its examples.

Counts of character n-grams are many and small; with the fixed strength of regularisation most short phrases
stay under the fallback threshold although the right intent comes first.
"""

from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.logistic_regression_classifier import LogisticRegressionClassifier


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentClassifier(LogisticRegressionClassifier):
    """Logistic regression over sparse features; ``fit`` is scikit-learn's ``C``, greater follows closer."""

    @staticmethod
    def get_default_config() -> "dict[str, Any]":
        """Return the settings with their defaults."""
        return {**LogisticRegressionClassifier.get_default_config(), "fit": 1.0}

    def __init__(
        self,
        config: "dict[str, Any]",
        name: str,
        model_storage: ModelStorage,
        resource: Resource,
    ) -> None:
        """Build the untrained classifier."""
        super().__init__(config, name, model_storage, resource)
        self.clf.set_params(C=self.config["fit"])

    @classmethod
    def create(
        cls,
        config: "dict[str, Any]",
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "IntentClassifier":
        """Build the untrained classifier as a part of Rasa's graph."""
        return cls(config, execution_context.node_name, model_storage, resource)

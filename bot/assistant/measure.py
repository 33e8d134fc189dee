"""Measure how well the assistant understands; run it with Rasa's interpreter.

    python bot/assistant/measure.py crossvalidate [FOLDS]   trains and tests on parts of the training data
    python bot/assistant/measure.py heldout MODEL           tests a trained model on utterances it never saw

Prints one JSON object: ``accuracy`` counts a turn that falls back as not understood, ``served_wrong`` is the
share that another intent than the right one would serve, ``wrong`` names some of those.
"""

import asyncio
import json
import logging
import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

os.environ.update({"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3"})

import structlog
from rasa.core.agent import Agent
from rasa.model_training import train_nlu
from rasa.nlu.test import generate_folds
from rasa.shared.nlu.training_data.loading import load_data
from rasa.shared.nlu.training_data.message import Message

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
PROJECT = Path(__file__).resolve().parent
FALLBACK = "nlu_fallback"
MOST_SHOWN = 40


def predict(model: str, examples: "Iterable[Message]") -> "list[dict[str, Any]]":
    """Return what a model makes of each example."""
    agent = Agent.load(model)

    async def parse_all() -> "list[dict[str, Any]]":
        found = []
        for example in examples:
            parsed = await agent.parse_message(example.get("text"))
            found.append(
                {
                    "text": example.get("text"),
                    "right": example.get("intent"),
                    "intent": parsed["intent"]["name"],
                    "confidence": round(parsed["intent"]["confidence"], 2),
                }
            )
        return found

    return asyncio.run(parse_all())


def summary(predictions: "list[dict[str, Any]]") -> "dict[str, Any]":
    """Return accuracy, the share served wrongly, and which those were."""
    right = [one for one in predictions if one["intent"] == one["right"]]
    wrong = [one for one in predictions if one["intent"] not in (one["right"], FALLBACK)]
    return {
        "examples": len(predictions),
        "accuracy": round(len(right) / len(predictions), 4),
        "served_wrong": round(len(wrong) / len(predictions), 4),
        "wrong_form": sum(one["intent"] == "start_filing" for one in wrong),
        "wrong": wrong[:MOST_SHOWN],
    }


def crossvalidate(folds: int) -> "dict[str, Any]":
    """Train on all parts but one and test on that one, each in turn."""
    data = load_data(str(PROJECT / "data" / "nlu"))
    predictions = []
    for train, test in generate_folds(folds, data):
        with tempfile.TemporaryDirectory() as folder:
            examples = Path(folder) / "nlu.yml"
            examples.write_text(train.nlu_as_yaml(), encoding="utf-8")
            model = train_nlu(str(PROJECT / "config.yml"), str(examples), folder)
            predictions += predict(str(model), test.intent_examples)
    return {"folds": folds, **summary(predictions)}


def heldout(model: str) -> "dict[str, Any]":
    """Test a trained model on ``tests/held_out_nlu.yml``."""
    return summary(predict(model, load_data(str(PROJECT / "tests" / "held_out_nlu.yml")).intent_examples))


def main(arguments: "list[str]") -> int:
    """Print one measurement."""
    if arguments[:1] == ["crossvalidate"]:
        found = crossvalidate(int(arguments[1]) if len(arguments) > 1 else 5)
    elif len(arguments) == 2 and arguments[0] == "heldout":
        found = heldout(arguments[1])
    else:
        sys.stderr.write(str(__doc__))
        return 2
    sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

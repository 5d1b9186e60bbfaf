"""A trial as both faces show it: the JSON object that stands in the package's docstring."""

from __future__ import annotations

from typing import Any

from judge.domain.problem import Problem
from judge.message import Message
from judge.sandbox.output import printable
from judge.trial.trying import Trial
from judge.words import Catalogue
from judge.words.render import catalogue, sentence, test_json


def trial_json(trial: Trial, language: str, problem: Problem) -> dict[str, Any]:
    """Return ``trial`` as the object that ``judge try --json`` prints, made of JSON types."""
    spoken = catalogue(language, problem)
    result = test_json(trial.result, language, problem)
    return {
        "problem": trial.problem,
        "graded": str(trial.graded),
        "isolation": str(trial.isolation),
        "verdict": result["verdict"],
        "seconds": result["seconds"],
        "call": printable(trial.call),
        "earlier": [printable(call) for call in trial.earlier],
        "network": printable(trial.network),
        "numbers": trial.numbers,
        "checks": result["checks"],
        "output": result["output"],
        "got": answer_text(spoken, trial.got),
        "reference": answer_text(spoken, trial.reference),
        "right_answers": trial.right_answers,
        "expected": sentence(spoken, trial.expected),
    }


def answer_text(spoken: Catalogue, answer: Message | None) -> str:
    """Return an answer as a table or a sentence, "" for none."""
    return "" if answer is None else sentence(spoken, answer).strip("\n")

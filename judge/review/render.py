"""A review as the JSON object that both faces show; its form stands at the top of the package."""

from __future__ import annotations

from typing import Any

from msgspec.structs import asdict

from judge.domain.problem import Problem
from judge.domain.report import Report
from judge.review.questions import questions_of
from judge.review.result import Comment, Curve, Review
from judge.sandbox.output import printable
from judge.words import Catalogue
from judge.words.render import catalogue, sentence


def review_json(review: Review, problem: Problem, report: Report, language: str) -> dict[str, Any]:
    """Return ``review`` in ``language``, with the questions that ``report`` gives rise to."""
    spoken = catalogue(language, problem)
    return {
        "problem": review.problem,
        "seed": review.seed,
        "isolation": review.isolation,
        "versions": dict(review.versions),
        "comments": [_comment(comment, spoken) for comment in review.comments],
        "measured": None if review.measured is None else _rounded(asdict(review.measured)),
        "curves": [_curve(curve, spoken) for curve in review.curves],
        "questions": questions_of(problem, report, language),
    }


def _comment(comment: Comment, spoken: Catalogue) -> dict[str, Any]:
    return {
        "id": comment.id,
        "grade": str(comment.grade),
        "label": spoken.text(f"review.grade.{comment.grade}"),
        "message": sentence(spoken, comment.message),
        "line": comment.line or None,
        "source": printable(comment.source),
    }


def _curve(curve: Curve, spoken: Catalogue) -> dict[str, Any]:
    return {
        "network": curve.network,
        "call": curve.call,
        "argument": curve.argument,
        "amounts": list(curve.amounts),
        "images": {"train": curve.train_images, "test": curve.test_images},
        "series": [
            {
                "id": one.id,
                "label": spoken.text(f"review.series.{one.id}"),
                "test": list(one.test),
                "train": None if one.train is None else list(one.train),
            }
            for one in curve.series
        ],
        "message": sentence(spoken, curve.message),
    }


def _rounded(measured: dict[str, Any]) -> dict[str, Any]:
    return {name: round(value, 6) if isinstance(value, float) else value for name, value in measured.items()}

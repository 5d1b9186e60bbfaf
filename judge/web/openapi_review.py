"""The part of the OpenAPI description that is about reviews."""

from __future__ import annotations

from judge import __version__
from judge.review.comments import MOST
from judge.review.result import Grade
from judge.web.schema import (
    ANSWER,
    LANG,
    NUMBER,
    SEED,
    Schema,
    array,
    json_body,
    obj,
    or_null,
    path,
    ref,
    responses,
    text,
)

_EXAMPLE: Schema = {
    "problem": "weight_pruning",
    "seed": 7,
    "isolation": "full",
    "versions": {"judge": __version__, "problem": "..."},
    "comments": [
        {
            "id": "sort",
            "grade": "worth_knowing",
            "label": "worth knowing",
            "message": "Line 23 sorts 320,000 entries: 15.5 ms of the call's 21.7 ms. What is needed is which entries "
            "are the smallest, not their order: np.argpartition on the same entries took 2.7 ms.",
            "line": 23,
            "source": "keep[np.argsort(flat)[: round(sparsity * flat.size)]] = False",
        }
    ],
    "measured": {
        "call": 'prune_weights(model, 0.9, scope="global")',
        "weights": 320000,
        "seconds": 0.0217,
        "reference_seconds": 0.0064,
        "time_ratio": 3.4,
        "peak_weights": 320000,
        "peak_bytes": 5490000,
        "reference_peak_bytes": 5490000,
        "memory_ratio": 1.0,
    },
    "curves": [
        {
            "network": "mlp",
            "call": "prune_weights(model, sparsity)",
            "argument": "sparsity",
            "amounts": [0.0, 0.5, 0.9],
            "images": {"train": 1297, "test": 500},
            "series": [
                {"id": "yours", "label": "yours", "test": [0.972, 0.912, 0.106], "train": None},
                {"id": "reference", "label": "reference", "test": [0.972, 0.912, 0.106], "train": None},
                {"id": "random", "label": "random", "test": [0.972, 0.2772, 0.1032], "train": None},
            ],
            "message": "Up to sparsity 0.3 the test accuracy stays within 2 points of the unpruned 97.2 % ...",
        }
    ],
    "questions": None,
}


def schemas() -> dict[str, Schema]:
    """Return the components."""
    share: Schema = {"type": "number", "minimum": 0, "maximum": 1}
    whole: Schema = {"type": "integer", "minimum": 0}
    measured = {
        "call": text("on the large test"),
        "weights": whole,
        "seconds": {**NUMBER, "description": "CPU; medians of calls made in turn with the reference's"},
        "reference_seconds": NUMBER,
        "time_ratio": NUMBER,
        "peak_weights": {**whole, "description": "bytes are of a call on so many weights"},
        "peak_bytes": {**whole, "description": "held at most, beyond the input"},
        "reference_peak_bytes": whole,
        "memory_ratio": NUMBER,
    }
    comment = {
        "id": text(),
        "grade": text(enum=[str(grade) for grade in Grade]),
        "label": text("the grade, in the language asked for"),
        "message": text("with measured figures"),
        "line": or_null(whole),
        "source": text("that line of the submission"),
    }
    series = {
        "id": text(enum=["yours", "reference", "random"]),
        "label": text(),
        "test": array(share),
        "train": or_null(array(share)),
    }
    curve = {
        "network": text(),
        "call": text(),
        "argument": text("what `amounts` are values of"),
        "amounts": array(share),
        "images": obj({"train": whole, "test": whole}),
        "series": array(obj(series)),
        "message": text("what the figures say"),
    }
    return {
        "Review": obj(
            {
                "problem": text(),
                "seed": SEED,
                "isolation": text(enum=["full", "reduced", "none"]),
                "versions": {"type": "object", "additionalProperties": {"type": "string"}},
                "comments": {**array(obj(comment)), "maxItems": MOST},
                "measured": or_null(obj(measured)),
                "curves": array(obj(curve)),
                "questions": or_null(
                    obj(
                        {
                            "seed": SEED,
                            "pass_mark": NUMBER,
                            "questions": array({"type": "object"}),
                            "essay": {"type": "object"},
                        }
                    )
                ),
            }
        ),
        "ReviewAnswers": obj(
            {"answers": {"type": "object", "additionalProperties": ANSWER}, "essay": text("free text; never scored")},
            optional=("essay",),
            closed=True,
        ),
    }


def operations() -> Schema:
    """Return what ``/api/submissions/{id}/review`` takes, by method."""
    answers = json_body(ref("ReviewAnswers"), example={"answers": {"lost_images": 150}})
    return {
        "get": {
            "operationId": "review",
            "summary": "What is worth knowing about an accepted solution, and questions about its run",
            "description": "Comments with measured figures, accuracy curves, questions. Worked out when it is first "
            "asked for, in some seconds, and kept.",
            "parameters": [path("id"), LANG],
            "responses": responses(
                200, "The review.", json_body(ref("Review"), example=_EXAMPLE), 404, 409, 422, 429, 503
            ),
        },
        "post": {
            "operationId": "answerReview",
            "summary": "Answers to the questions about this run, graded",
            "description": "The report is as for a theory problem. Nothing is kept.",
            "parameters": [path("id"), LANG],
            "requestBody": {"required": True, "content": answers},
            "responses": responses(200, "The report.", json_body(ref("Report")), 404, 409, 415, 422),
        },
    }

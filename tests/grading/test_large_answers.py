"""Answers that cost a submission nothing, and the judge all its memory if it computed with them.

An array of shape (2^40, 0) has no bytes to send, and is longer than any list may be.
"""

from __future__ import annotations

import pytest

from judge.domain.submission import Submission
from judge.packages import Library
from judge.service import Service

RIGHT = Library().load("structured_pruning").reference.read_text("utf-8")
# Applied to the first layer of those answers that are of its kind.
SHAPES = {
    "an empty convolution": "layer.weight = np.empty((1 << 40, layer.weight.shape[1], 0, 0), np.float32)",
    "an empty layer": "layer.weight = np.empty((1 << 40, 0), np.float32)",
    "an empty bias": "layer.bias = np.empty((1 << 26, 0, 1 << 16), np.float32)",
}
SOURCE = """
_right = prune_structured
def prune_structured(model, ratio, norm=1):
    pruned, masks = _right(model, ratio, norm)
    layer = pruned.layers[0]
    if isinstance(layer, {kind}):
        {change}
    return pruned, masks
"""


@pytest.mark.parametrize("change", SHAPES)
@pytest.mark.parametrize("kind", ["Linear", "Conv2d"])
def test_it_is_a_wrong_answer_like_any_other(service: Service, kind: str, change: str) -> None:
    source = RIGHT + SOURCE.format(kind=kind, change=SHAPES[change])
    report = service.grade(Submission("structured_pruning", source.encode(), 1))
    assert report.verdict == "wrong_answer"
    assert report.counterexample is not None

"""What is said beside an exception is true of it: a line of a submission, and the hint that it gets."""

from __future__ import annotations

import pytest

from judge.domain.submission import Submission
from judge.service import Service

# what the function does with the network of samples-1 -> key of the hint, "" for none
ROWS = {
    "model[0].weights": "attribute",
    "model[0].running_mean": "attribute",
    "model[1].weight": "no_weight",
    "model[0].weight.dim()": "array",
    "[].weight": "",
    "Residual(Sequential([])).weight": "residual",
    "model[2].bias.copy()": "no_bias",
    "Residual(Sequential([])).shortcut.layers": "no_shortcut",
    "before.size": "none",
    "model[0].weight.shape[2]": "axis",
    "model[0].weight.sum(axis=2)": "axis",
    "np.ones((3, 2)) / np.ones(3)": "broadcast",
    "np.ones(4)[4]": "out_of_bounds",
    "[1, 2][2]": "out_of_bounds",
    "np.ones((2, 3))[0, 3]": "out_of_axis",
    "np.ones((2, 3))[:, [True, False]]": "boolean_index",
    "np.ones(4)[:2.0]": "not_whole",
    "np.ones(4)[2.0]": "not_whole",
    "range(2.0)": "not_whole",
    "np.partition(np.ones(4), 4)": "kth",
    "0 <= model": "network_first",
    "prune_weights(model, sparsity)": "recursion",
    "np.zeros(2).missing": "array",
    "{}['0.weight']": "",
    "open('/etc/passwd')": "forbidden",
}


@pytest.mark.parametrize("line", ROWS)
def test_hint(service: Service, line: str) -> None:
    source = "import numpy as np\nfrom judge.nn import Residual, Sequential\nbefore = None\n"
    source += f"def prune_weights(model, sparsity, scope='layer'):\n    return {line}\n"
    report = service.grade(Submission("weight_pruning", source.encode(), 1), only="samples-1")
    (check,) = [check for check in report.tests[1].checks if not check.passed]
    assert check.detail.values["hint"] == ROWS[line], check.detail


@pytest.mark.usefixtures("hurried")
def test_a_loop_that_never_ends_is_told_from_one_that_is_slow(service: Service) -> None:
    source = b"def prune_weights(*a, **k):\n    while True: pass\n"
    report = service.grade(Submission("weight_pruning", source, 1), only="samples-1")
    (check,) = report.tests[1].checks
    assert check.detail.key == "run.stopped.endless"
    assert check.detail.values["call"] == "0.5"

"""A network written as Python makes the same network again."""

from __future__ import annotations

import numpy as np
import pytest
from diagnosing import NAMES

import judge.nn
from judge.diagnosis import tables
from judge.diagnosis.ladder import load, numbers
from judge.diagnosis.source import network_text
from judge.domain.problem import CodingProblem
from judge.nn.spec import pack


@pytest.mark.parametrize("name", NAMES)
def test_every_rung_comes_back(problems: dict[str, CodingProblem], name: str) -> None:
    ladder = load(problems[name])
    assert ladder is not None
    scope = {"np": np, **{kind: getattr(judge.nn, kind) for kind in judge.nn.__all__}}
    for call in ladder.rungs:
        again = eval(network_text(call.model), scope)
        header, arrays = pack(call.model)
        header_again, arrays_again = pack(again)
        assert header == header_again
        for ours, theirs in zip(arrays, arrays_again, strict=True):
            assert ours.dtype == theirs.dtype
            assert ours.shape == theirs.shape
            assert ours.tobytes() == theirs.tobytes()
            assert (ours.flags.c_contiguous, ours.flags.f_contiguous) == (
                theirs.flags.c_contiguous,
                theirs.flags.f_contiguous,
            )


@pytest.mark.parametrize("name", NAMES)
def test_rungs_stand_by_size_and_are_all_different(problems: dict[str, CodingProblem], name: str) -> None:
    ladder = load(problems[name])
    assert ladder is not None
    sizes = [numbers((call,)) for call in ladder.rungs]
    assert sizes == sorted(sizes)
    texts = [(network_text(call.model), repr(call.args), repr(call.kwargs)) for call in ladder.rungs]
    assert not {text for text in texts if texts.count(text) > 1}


def test_a_table_is_aligned_and_short() -> None:
    lines = tables.grid("0.weight", np.array([[1, -2.5], [30, -0.0]], np.float32))
    assert lines == ["0.weight     1 -2.5", "            30   -0"]
    assert len(tables.grid("w", np.arange(10_000.0).reshape(100, 100))) == 13
    assert tables.grid("w", np.ones((100, 2))) == ["w  1 1", "   … x12", "   …"]
    assert tables.grid("0.bias", np.array(2.5)) == ["0.bias  2.5"]

"""Pictures: the tables of a report read back, and what is drawn of them, parsed as XML: nothing is unescaped."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from typing import Any

import numpy as np
import pytest

from judge.diagnosis import tables
from judge.nn import BatchNorm2d, Conv2d, Flatten, Linear, ReLU, Sequential
from judge.web.pictures import gallery, grids
from judge.web.pictures.norms import Channel, channel_norms, cut_of
from judge.web.pictures.svg import element
from judge.words import words

SAY = words("en").text


def network(seed: int) -> Sequential:
    draw = np.random.default_rng(seed)

    def array(*shape: int) -> Any:
        return (draw.integers(-9, 10, shape) / draw.choice([1, 8])).astype(np.float32)

    return Sequential(
        [
            Conv2d(array(2, 1, 2, 2), array(2) if seed % 2 else None, padding=1),
            BatchNorm2d(array(2), array(2), array(2), np.ones(2, np.float32)),
            ReLU(),
            Flatten(),
            Linear(array(3, 2)),
            Linear(array(1, 3), array(1)),
        ]
    )


@pytest.mark.parametrize("seed", range(6))
def test_a_table_is_read_back_whole(seed: int) -> None:
    model = network(seed)
    read = grids.read(tables.network(model))
    assert {name for name in read if name.endswith("weight") and name != "1.weight"} == {
        "0.weight",
        "4.weight",
        "5.weight",
    }
    for name, array in model.named_parameters():
        entries = [[float(entry) for entry in row] for row in read[name].rows]
        rows = array.reshape(len(array), -1) if array.ndim > 1 else array.reshape(1, -1)
        assert np.array_equal(np.float32(entries), rows)
        if array.ndim == 4:
            assert read[name].shape == array.shape


@pytest.mark.parametrize(
    "mask", [np.array([[1, 0], [0, 1]], bool), np.array([1, 0]), np.array([[0.0, 1.0], [1.0, 1.0]])]
)
def test_a_mask_belongs_to_the_array_above_it(mask: Any) -> None:
    table = "\n".join(["0.weight  1 2", "          3 4", *tables.grid("  mask", mask), "0.bias  5 6", "1  ReLU"])
    read = grids.read("One of them:\n" + table)
    assert [[float(entry) for entry in row] for row in read["0.weight"].mask.rows] == np.atleast_2d(mask).tolist()  # type: ignore[union-attr]
    assert read["0.bias"].mask is None


def test_what_was_cut_short_is_no_array() -> None:
    wide, long = Linear(np.ones((1, 13), np.float32)), Linear(np.ones((13, 1), np.float32))
    assert grids.read(tables.network(Sequential([wide, long]))) == {}
    assert grids.read("ValueError: the sparsity is  wrong\n\n   x\n") == {}


ELEMENTWISE = (
    {"call": "prune_weights(model, 0.5)", "network": "0.weight  -2  1"},
    "0.weight  -0  1\n  mask  0 1",
    "0.weight  -2  0\n  mask  1 0",
)
BY_CHANNEL = (
    {"call": "prune_structured(model, 0.5, norm=2)", "network": "0.weight  3 0\n          2 2\n1.weight  5 6"},
    "0.weight  2 2\n  mask  0 1\n1.weight  6\n  mask  1",
    "0.weight  3 0\n  mask  1 0\n1.weight  5\n  mask  1",
)  # fmt: skip


def drawn(case: Any, right_answers: int) -> list[gallery.Tensor]:
    shown, got, expected = case
    return gallery.tensors({**shown, "right_answers": right_answers}, got, expected, SAY)


def classes(panel: gallery.Panel) -> list[str]:
    return [node.get("class", "") for node in ElementTree.fromstring(str(panel.picture)).iter()]


def test_entries_that_differ_are_framed_where_one_answer_is_right() -> None:
    (tensor,) = drawn(ELEMENTWISE, 1)
    assert [panel.title for panel in tensor.panels] == ["The input", "Your answer", "A right answer"]
    assert [classes(panel).count("frame") for panel in tensor.panels] == [0, 2, 0]
    assert [classes(panel).count("strike") for panel in tensor.panels] == [0, 1, 1]
    assert tensor.head == ("Entry", "The input", "Your answer", "A right answer")
    assert tensor.rows == (("[0, 0]", "-2", "pruned", "kept"), ("[0, 1]", "1", "kept", "pruned"))
    (tensor,) = drawn(ELEMENTWISE, 2)
    assert all("frame" not in classes(panel) for panel in tensor.panels)


def test_values_that_differ_are_shown_and_framed() -> None:
    shown = {"call": "prune_structured(model, 0.5)", "network": "0.weight  3 0\n          2 2"}
    right = "0.weight  3 0\n          2 2\n  mask  1 1"
    (tensor,) = drawn((shown, "0.weight  2 2\n          3 -0\n  mask  1 1", right), 1)
    assert [classes(panel).count("frame") for panel in tensor.panels] == [0, 4, 0]
    (tensor,) = drawn((shown, "0.weight  3 -0\n          2 2\n  mask  1 1", right), 1)
    assert [classes(panel).count("frame") for panel in tensor.panels] == [0, 0, 0]


def test_channels_have_their_norms_and_the_cut() -> None:
    first, last = drawn(BY_CHANNEL, 1)
    assert first.panels[-1].title == "L2 norms and the cut"
    assert classes(first.panels[-1]).count("cut") == 1
    assert classes(first.panels[-1]).count("frame") == 2
    assert "channel 0 3 pruned, channel 1 2.828 kept" in first.panels[-1].picture
    assert len(last.panels) == 3  # nothing is cut from the output layer
    assert first.rows[2:] == (("[1, 0]", "2", "kept", "pruned"), ("[1, 1]", "2", "kept", "pruned"))


@pytest.mark.parametrize(
    ("got", "expected", "panels"),
    [
        ("ZeroDivisionError: 1 / 0", ELEMENTWISE[2], ["The input", "A right answer"]),
        (ELEMENTWISE[1], "ValueError", ["The input", "Your answer"]),
        ("ZeroDivisionError", "ValueError", []),
        ("0.weight  1 2\n  mask  1 0 1", "ValueError", ["The input"]),
    ],
)
def test_an_answer_without_masks_has_no_picture(got: str, expected: str, panels: list[str]) -> None:
    found = drawn((ELEMENTWISE[0], got, expected), 1)
    assert [panel.title for tensor in found for panel in tensor.panels] == panels


def test_norms_and_cut() -> None:
    assert channel_norms([["3", "-4"], ["0", "nan"]], 2)[0] == 5
    assert channel_norms([["3", "-4"]], 1) == [7]
    assert cut_of([Channel(1, True, False), Channel(2, True, True), Channel(5, True, True)]) == 1.5
    assert cut_of([Channel(1, True, True)]) is None


def test_whatever_stands_in_a_picture_is_escaped() -> None:
    hostile = "<script>\"&'</script>"
    made = element("text", hostile, class_=hostile, x=1.50, y=2.0)
    node = ElementTree.fromstring(str(made))
    assert (node.text, node.get("class"), node.get("x"), node.get("y")) == (hostile, hostile, "1.5", "2")
    (tensor,) = drawn((ELEMENTWISE[0] | {"network": "0.weight  <b> &c"}, "", ELEMENTWISE[2]), 1)
    assert "<b>" not in tensor.panels[0].picture

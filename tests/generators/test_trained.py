"""The stored networks: what the files hold, the gaps they promise, how they were made, and the figures about them."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from judge.generators import trained
from judge.generators.trained import FOLDER, UNPRUNED, Digits, accuracy, digits, load, names
from judge.generators.trained import figures as measured
from judge.generators.trained.backprop import cross_entropy, fit, gradients
from judge.generators.trained.report import tables
from judge.generators.trained.separation import channel_norms, magnitudes, prunable, separate, smallest_gap, spread
from judge.generators.trained.train import (
    OVERFITTED_WRONG,
    RECIPES,
    build_cnn,
    describe,
    finish,
    raw_digits,
    save,
    train,
    with_dtype,
)
from judge.nn import BatchNorm2d, Conv2d, Flatten, Linear, Sequential
from judge.nn.spec import pack

NETWORKS = names()


@cache
def figures() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / "figures.json").read_text(encoding="utf-8"))
    return found


# What is stored


@pytest.mark.parametrize("name", NETWORKS)
def test_every_load_gives_arrays_of_its_own(name: str) -> None:
    _, first = pack(load(name))
    _, second = pack(load(name))
    for array, other in zip(first, second, strict=True):
        assert array.dtype == np.float32
        assert array.flags.c_contiguous
        assert array.flags.writeable
        assert np.isfinite(array).all()
        assert not np.shares_memory(array, other)
    first[0][...] = 0
    np.testing.assert_array_equal(pack(load(name))[1][0], second[0])


@pytest.mark.parametrize("function", [load, digits])
def test_an_unknown_name_is_a_key_error(function: Any) -> None:
    with pytest.raises(KeyError, match="resnet"):
        function("resnet")


@pytest.mark.parametrize(
    ("name", "shape", "count"), [("mlp", (64,), 1297), ("cnn", (1, 8, 8), 1297), ("overfitted", (64,), 100)]
)
def test_digits_come_in_the_form_of_the_network(name: str, shape: tuple[int, ...], count: int) -> None:
    data = digits(name)
    assert data.train_images.shape == (count, *shape)
    assert data.test_images.shape == (500, *shape)
    for images in (data.train_images, data.test_images):
        assert images.dtype == np.float32
        assert (images.min(), images.max()) == (0, 1)
    for labels in (data.train_labels, data.true_train_labels, data.test_labels):
        assert set(labels.tolist()) == set(range(10))
    wrong = int(np.sum(data.train_labels != data.true_train_labels))
    assert wrong == (OVERFITTED_WRONG if name == "overfitted" else 0)
    assert not any(getattr(data, name).flags.writeable for name in Digits.__struct_fields__)


def test_no_training_image_is_a_test_image() -> None:
    data = digits("mlp")
    train_rows = {row.tobytes() for row in data.train_images}
    assert not any(row.tobytes() in train_rows for row in data.test_images)


def test_the_digits_are_those_of_scikit_learn() -> None:
    pytest.importorskip("sklearn")
    stored, _ = trained._read("digits")
    raw = raw_digits()
    assert stored.keys() == raw.keys()
    for key, array in raw.items():
        np.testing.assert_array_equal(stored[key], array)


def test_the_cnn_flattens_maps_that_are_not_square() -> None:
    model = load("cnn")
    flatten = next(index for index, layer in enumerate(model) if isinstance(layer, Flatten))
    assert model[:flatten](digits("cnn").test_images[:1]).shape == (1, 16, 2, 4)


def test_importing_is_cheap() -> None:
    code = "import sys, judge.generators.trained; print({'safetensors', 'sklearn'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


# The gaps


@pytest.mark.parametrize("name", NETWORKS)
def test_no_cut_hangs_on_rounding(name: str) -> None:
    model = load(name)
    assert magnitudes(model).min() > 0
    assert smallest_gap(magnitudes(model)) >= 2e-5
    for layer in prunable(model):
        for norm in (1, 2):
            assert smallest_gap(channel_norms(layer.weight, norm)) >= 2e-3


@given(st.lists(st.floats(-3, 3), min_size=1, max_size=30), st.sampled_from([0.01, 0.5]))
def test_spread_keeps_order_and_gap(values: list[float], gap: float) -> None:
    before = np.array(values)
    after = spread(before, gap)
    order = np.argsort(before, kind="stable")
    assert np.all(np.diff(after[order]) >= gap * (1 - 1e-9))
    assert after.mean() == pytest.approx(before.mean(), abs=1e-9)  # least squares pushes both ways alike


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([1.0, 3.0, 2.0], [1.0, 3.0, 2.0]),  # far enough apart already
        ([2.0, 2.0], [1.5, 2.5]),
        ([0.0, 0.2, 5.0], [-0.4, 0.6, 5.0]),
        ([0.0, 0.0, 0.0], [-1.0, 0.0, 1.0]),
    ],
)
def test_spread_moves_as_little_as_possible(before: list[float], after: list[float]) -> None:
    np.testing.assert_allclose(spread(np.array(before), 1.0), after, atol=1e-12)


def test_separating_equal_rows_changes_little_and_no_sign() -> None:
    rng = np.random.default_rng(0)
    rows = np.repeat(rng.normal(size=(1, 20)), 6, axis=0)
    model = finish(Sequential([Linear(rows.copy(), np.zeros(6))]))
    (layer,) = prunable(model)
    np.testing.assert_array_equal(np.sign(layer.weight), np.sign(rows))
    np.testing.assert_allclose(layer.weight, rows, rtol=0.05)
    assert min(smallest_gap(channel_norms(layer.weight, norm)) for norm in (1, 2)) >= 2e-3
    assert smallest_gap(magnitudes(model)) >= 2e-5


def test_a_zero_weight_has_no_gap() -> None:
    with pytest.raises(ValueError, match="zero"):
        separate(Sequential([Linear(np.array([[1.0, 0.0]]))]))


# How they were made


def test_the_derivative_is_that_of_the_loss() -> None:
    rng = np.random.default_rng(5)
    model = build_cnn(rng)
    images, labels = rng.random((6, 1, 8, 8)), rng.integers(0, 10, 6)
    _, grads = gradients(model, images, labels)
    parameters = dict(model.named_parameters())
    assert grads.keys() == parameters.keys()
    step = 1e-6
    for name, array in parameters.items():
        at = tuple(rng.integers(0, size) for size in array.shape)
        value = array[at]
        losses = []
        for moved in (value + step, value - step):
            array[at] = moved
            losses.append(gradients(model, images, labels)[0])
        array[at] = value
        assert grads[name][at] == pytest.approx((losses[0] - losses[1]) / (2 * step), abs=2e-7), name


def test_running_statistics_become_those_of_the_data() -> None:
    rng = np.random.default_rng(0)
    norm = BatchNorm2d(np.ones(3), np.zeros(3), np.zeros(3), np.ones(3))
    model = Sequential([norm, Flatten(), Linear(rng.normal(size=(10, 12)), np.zeros(10))])
    images = rng.normal(2, 3, (50, 3, 2, 2))
    for _ in range(200):
        gradients(model, images, np.zeros(50, dtype=np.int64))
    np.testing.assert_allclose(norm.running_mean, images.mean(axis=(0, 2, 3)), rtol=1e-6)
    np.testing.assert_allclose(norm.running_var, images.var(axis=(0, 2, 3), ddof=0) * 200 / 199, rtol=1e-6)


@pytest.mark.parametrize("name", NETWORKS)
def test_training_is_deterministic_and_learns(name: str) -> None:
    data = digits(name)
    images, labels = data.train_images[:96], data.train_labels[:96]
    first, second = (train(RECIPES[name], images, labels, epochs=2) for _ in range(2))
    for array, other in zip(pack(first)[1], pack(second)[1], strict=True):
        np.testing.assert_array_equal(array, other)
    untrained = RECIPES[name].build(np.random.default_rng(RECIPES[name].seed))
    assert gradients(first, images.astype(float), labels)[0] < gradients(untrained, images.astype(float), labels)[0]


def test_masked_weights_stay_zero_although_adam_has_momentum() -> None:
    data = digits("overfitted")
    model = with_dtype(load("overfitted"), np.float64)
    masks = measured.weight_masks(model, 0.5, "layer", np.random.default_rng(0))
    fit(
        model, data.train_images.astype(np.float64), data.train_labels,
        epochs=3, batch=50, rate=1e-2, rng=np.random.default_rng(0), masks=masks,
    )  # fmt: skip
    for name, array in model.named_parameters():
        if name in masks:
            np.testing.assert_array_equal(array != 0, masks[name])


def test_a_file_written_again_is_the_same(tmp_path: Any) -> None:
    for name in NETWORKS:
        save(tmp_path / "again.safetensors", load(name))
        assert (tmp_path / "again.safetensors").read_bytes() == (FOLDER / f"{name}.safetensors").read_bytes()


@pytest.mark.parametrize("name", NETWORKS)
def test_the_accuracy_that_is_noted_is_theirs(name: str) -> None:
    data, model = digits(name), load(name)
    measured = {
        "test": accuracy(model, data.test_images, data.test_labels),
        "train": accuracy(model, data.train_images, data.train_labels),
    }
    assert measured == UNPRUNED[name]


@pytest.mark.parametrize("name", NETWORKS)
def test_the_readme_tells_their_accuracy(name: str) -> None:
    assert describe(name, load(name), digits(name)) in (FOLDER / "README.md").read_text(encoding="utf-8")


# The figures


def test_cross_entropy_of_equal_outputs_is_the_logarithm_of_their_number() -> None:
    loss, grad = cross_entropy(np.zeros((2, 4)), np.array([0, 3]))
    assert loss == pytest.approx(np.log(4))
    np.testing.assert_allclose(grad[0], [-0.375, 0.125, 0.125, 0.125])


@pytest.mark.parametrize("method", ["l1", "l2", "random"])
@pytest.mark.parametrize("name", NETWORKS)
def test_masking_inputs_equals_a_smaller_network(name: str, method: str) -> None:
    model, images = with_dtype(load(name), np.float64), digits(name).test_images[:20]
    masks = measured.channel_masks(model, 0.4, method, np.random.default_rng(3))
    smaller = _sliced(model, masks)
    np.testing.assert_allclose(smaller(images), measured.pruned(model, masks)(images), atol=1e-10)
    share = magnitudes(smaller).size / magnitudes(model).size
    assert share == pytest.approx(measured.weights_left(model, 0.4))


def _sliced(model: Sequential, masks: Any) -> Sequential:
    """The network without the channels whose readers are masked, cut out layer by layer."""
    result = model.copy()
    weights = [f"{i}.weight" for i, layer in enumerate(model) if isinstance(layer, Linear | Conv2d)]
    kept_inputs = slice(None)
    kept_outputs: Any = slice(None)
    for index, layer in enumerate(result):
        if isinstance(layer, Linear | Conv2d):
            rank = weights.index(f"{index}.weight")
            kept_inputs, kept_outputs = _columns(masks, weights, rank), slice(None)
            if rank + 1 < len(weights):
                columns = _columns(masks, weights, rank + 1)
                kept_outputs = columns[:: len(columns) // len(layer.weight)]
            layer.weight = layer.weight[:, kept_inputs][kept_outputs]
            assert layer.bias is not None
            layer.bias = layer.bias[kept_outputs]
        elif hasattr(layer, "running_mean"):
            for attribute in ("weight", "bias", "running_mean", "running_var"):
                setattr(layer, attribute, getattr(layer, attribute)[kept_outputs])
    return result


def _columns(masks: Any, weights: list[str], rank: int) -> Any:
    mask = masks.get(weights[rank])
    return slice(None) if mask is None else mask.reshape(*mask.shape[:2], -1)[0, :, 0]


@pytest.mark.parametrize("method", ["layer", "global", "random"])
def test_masks_leave_out_the_share_that_was_asked_for(method: str) -> None:
    model = load("mlp")
    masks = measured.weight_masks(model, 0.25, method, np.random.default_rng(0))
    weights = {name: array for name, array in model.named_parameters() if name in masks}
    assert sum(int(mask.sum()) for mask in masks.values()) == round(0.75 * magnitudes(model).size)
    if method == "global":
        assert max(np.abs(weights[name][~mask]).max() for name, mask in masks.items()) < min(
            np.abs(weights[name][mask]).min() for name, mask in masks.items()
        )
    if method == "layer":
        for name, mask in masks.items():
            assert np.abs(weights[name][~mask]).max() < np.abs(weights[name][mask]).min()


@pytest.mark.parametrize(
    ("kind", "name", "method"),
    [
        ("weights", "mlp", "layer"),
        ("weights", "overfitted", "global"),
        ("channels", "cnn", "l2"),
        ("channels", "mlp", "random"),
    ],
)
def test_figures_without_training_are_what_a_recomputation_gives(kind: str, name: str, method: str) -> None:
    again = (measured.weight_curve if kind == "weights" else measured.channel_curve)(name, method)
    for key, values in figures()[kind][name][method].items():
        # Another BLAS may turn an image whose two largest outputs are all but equal.
        np.testing.assert_allclose(again[key], values, atol=0.0105 if "loss" not in key else 0.01)


def test_a_figure_with_training_is_what_a_recomputation_gives() -> None:
    at = measured.SPARSITIES.index(0.7)
    model, data = load("overfitted"), digits("overfitted")
    masks = measured.weight_masks(model, 0.7, "layer", np.random.default_rng(0))
    again = measured.measure(measured.tuned(model, masks, data, measured.TUNING["overfitted"]), data)
    for key in ("train", "test"):
        assert again[key] == pytest.approx(figures()["weights"]["overfitted"]["layer_tuned"][key][at], abs=0.03)


def test_the_figures_begin_with_the_stored_networks() -> None:
    for name in NETWORKS:
        data, dense = digits(name), figures()["weights"][name]["layer"]
        assert dense["test"][0] == pytest.approx(accuracy(load(name), data.test_images, data.test_labels), abs=0.003)


def test_the_readme_quotes_the_figures() -> None:
    rows = [row for row in (FOLDER / "README.md").read_text(encoding="utf-8").splitlines() if row.startswith("| 0")]
    printed = tables(figures()).splitlines()
    assert len(rows) >= 12
    assert not [row for row in rows if row not in printed]


def test_pruning_the_overfitted_network_closes_the_gap_by_losing_both() -> None:
    """The README's main finding, as a statement about the figures."""
    ways = figures()["overfitting"]["wrong_labels"]
    at = measured.SPARSITIES.index(0.7)
    assert ways["weights"]["gap"][at] < ways["weights"]["gap"][0]
    for key in ("weights", "weights_tuned", "weights_retrained", "channels", "channels_tuned", "channels_retrained"):
        best = max(zip(ways[key]["test_change"], ways[key]["test_change_se"], strict=True))
        assert best[0] <= 0.01, f"{key}: pruning raised the test accuracy by {best}"

"""What pruning does to accuracy, measured: ``python -m judge.generators.trained.figures [--out FOLDER]``.

Prints Markdown tables and writes ``figures.json``, which the theory answers quote. Takes some minutes, needs
the stored files alone, and every random choice comes from a seed. Three parts:

    weights      the three stored networks; single weights pruned in one shot, by layer, globally, at random, and by
                 layer with masked fine-tuning
    channels     the same networks; whole channels pruned in one shot by L1, by L2, at random
    overfitting  one network is an anecdote: twenty trained alike on 100 images, ten with 20 wrong labels and ten with
                 none, pruned in one shot, with masked fine-tuning and with as much retraining as there was training;
                 beside them two ways without pruning

All figures are shares of images in [0, 1], or mean cross-entropy in nats where a key says loss. The test images take no
part in any choice: not in training, not in when to stop, not in what to prune.
"""

from __future__ import annotations

import argparse
import itertools
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from judge.generators.trained import FOLDER, Digits, accuracy, digits, load, names
from judge.generators.trained.backprop import Masks, cross_entropy, fit
from judge.generators.trained.report import tables
from judge.generators.trained.separation import channel_norms
from judge.generators.trained.train import (
    OVERFITTED_COUNT,
    OVERFITTED_WRONG,
    RECIPES,
    linear,
    train,
    with_dtype,
    with_wrong_labels,
)
from judge.nn import Conv2d, Linear, ReLU, Sequential

SPARSITIES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98)
RATIOS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
DRAWS = 10  # of random pruning
NETWORKS = 10  # of each kind in the third part
WEIGHT_METHODS = ("layer", "global", "random")
CHANNEL_METHODS = ("l1", "l2", "random")

Curve = dict[str, list[float]]  # measure -> one value per sparsity or ratio


class Tuning(Struct, frozen=True):
    """How a pruned network is trained on, always on its own training images and labels."""

    epochs: int
    batch: int
    rate: float = 1e-3


# Far shorter than training: a quarter of the epochs for the two large train sets, a third for the small one.
TUNING = {"mlp": Tuning(10, 64), "cnn": Tuning(5, 64), "overfitted": Tuning(100, 50)}
# As long and as fast as the overfitted networks were trained: is what high sparsity costs a matter of patience?
RETRAINING = Tuning(RECIPES["overfitted"].epochs, RECIPES["overfitted"].batch, RECIPES["overfitted"].rate)


def _prunable(model: Sequential) -> list[tuple[str, NDArray[Any]]]:
    return [
        (f"{index}.weight", layer.weight) for index, layer in enumerate(model) if isinstance(layer, Linear | Conv2d)
    ]


def weight_masks(model: Sequential, sparsity: float, method: str, rng: np.random.Generator) -> Masks:
    """True = kept. "layer" and "global" drop the smallest |w|, "random" any weights, as many in each layer."""
    named = _prunable(model)
    if method == "global":
        scores = np.abs(np.concatenate([weight.ravel() for _, weight in named]))
        kept = _all_but_smallest(scores, sparsity)
        parts = np.split(kept, np.cumsum([weight.size for _, weight in named])[:-1])
        return {name: part.reshape(weight.shape) for (name, weight), part in zip(named, parts, strict=True)}
    return {
        name: _all_but_smallest(
            rng.random(weight.size) if method == "random" else np.abs(weight).ravel(), sparsity
        ).reshape(weight.shape)
        for name, weight in named
    }


def channel_masks(model: Sequential, ratio: float, method: str, rng: np.random.Generator) -> Masks:
    """True = kept, for the *inputs* of each layer behind a pruned one: there a removed channel is no longer read.

    That equals a smaller network exactly, whatever stands between. Through ``Flatten`` a channel is a block of columns.
    """
    named = _prunable(model)
    masks: dict[str, NDArray[np.bool_]] = {}
    for (_, weight), (consumer, reader) in itertools.pairwise(named):
        scores = rng.random(len(weight)) if method == "random" else channel_norms(weight, int(method[1]))
        kept = np.repeat(_all_but_smallest(scores, ratio), reader.shape[1] // len(weight))
        masks[consumer] = np.broadcast_to(kept.reshape(1, -1, *[1] * (reader.ndim - 2)), reader.shape)
    return masks


def weights_left(model: Sequential, ratio: float) -> float:
    """The share of prunable weights that the smaller network of structured pruning holds."""
    kept_before, left, total = 1.0, 0.0, 0
    named = _prunable(model)
    for _, weight in named:
        kept = 1.0 if weight is named[-1][1] else 1 - round(ratio * len(weight)) / len(weight)
        left, total, kept_before = left + weight.size * kept * kept_before, total + weight.size, kept
    return left / total


def _all_but_smallest(scores: NDArray[np.floating], share: float) -> NDArray[np.bool_]:
    kept = np.ones(len(scores), dtype=bool)
    kept[np.argsort(scores, kind="stable")[: round(share * len(scores))]] = False
    return kept


def pruned(model: Sequential, masks: Masks) -> Sequential:
    """A copy with zeros where ``masks`` says False."""
    result = model.copy()
    for name, array in result.named_parameters():
        if name in masks:
            array[~masks[name]] = 0
    return result


def tuned(model: Sequential, masks: Masks, data: Digits, how: Tuning, seed: int = 0) -> Sequential:
    """A pruned copy, trained on with the masks held. With empty ``masks``: the dense network trained on as long."""
    result = with_dtype(pruned(model, masks), np.float64)
    fit(
        result,
        data.train_images.astype(np.float64),
        data.train_labels,
        epochs=how.epochs,
        batch=how.batch,
        rate=how.rate,
        rng=np.random.default_rng(seed),
        masks=masks,
    )
    return result


def measure(model: Sequential, data: Digits) -> dict[str, float]:
    """Every figure of one network.

    ``train`` is the accuracy on the labels it was trained on, ``gap`` is ``train - test``. Of the images with a wrong
    label (where there are any), ``memorised`` is the share still answered with that, ``corrected`` with the true one.
    """
    answers = np.argmax(model(data.train_images), axis=1)
    wrong = data.train_labels != data.true_train_labels
    train_accuracy, test_accuracy = (
        float(np.mean(answers == data.train_labels)),
        accuracy(model, data.test_images, data.test_labels),
    )
    figures = {
        "train": train_accuracy,
        "test": test_accuracy,
        "gap": train_accuracy - test_accuracy,
        "train_loss": cross_entropy(model(data.train_images).astype(np.float64), data.train_labels)[0],
        "test_loss": cross_entropy(model(data.test_images).astype(np.float64), data.test_labels)[0],
    }
    if wrong.any():
        figures["memorised"] = float(np.mean((answers == data.train_labels)[wrong]))
        figures["corrected"] = float(np.mean((answers == data.true_train_labels)[wrong]))
    return figures


def _mean(rows: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """The mean of each measure, and of ``test`` and ``gap`` the standard deviation over the rows."""
    rows = list(rows)
    result = {key: float(np.mean([row[key] for row in rows])) for key in rows[0]}
    if len(rows) > 1:
        result |= {f"{key}_sd": float(np.std([row[key] for row in rows], ddof=1)) for key in ("test", "gap")}
    return result


def _curve(points: Iterable[Mapping[str, float]]) -> Curve:
    rows = list(points)
    return {key: [round(row[key], 4) for row in rows] for key in rows[0]}


def weight_curve(name: str, method: str) -> Curve:
    """One shot, over ``SPARSITIES``; "random" is the mean of ``DRAWS`` draws."""
    return _one_shot(name, method, SPARSITIES, weight_masks)


def channel_curve(name: str, method: str) -> Curve:
    """One shot, over ``RATIOS``; "random" is the mean of ``DRAWS`` draws."""
    return _one_shot(name, method, RATIOS, channel_masks)


def _one_shot(
    name: str,
    method: str,
    shares: Iterable[float],
    masks: Callable[[Sequential, float, str, np.random.Generator], Masks],
) -> Curve:
    model, data = load(name), digits(name)
    draws = range(DRAWS if method == "random" else 1)
    return _curve(
        _mean(measure(pruned(model, masks(model, share, method, np.random.default_rng(seed))), data) for seed in draws)
        for share in shares
    )


def tuned_weight_curve(name: str) -> Curve:
    """By layer with masked fine-tuning; at sparsity 0 the dense network, trained on as long: the fair comparison."""
    model, data, rng = load(name), digits(name), np.random.default_rng(0)
    return _curve(
        measure(tuned(model, weight_masks(model, sparsity, "layer", rng), data, TUNING[name]), data)
        for sparsity in SPARSITIES
    )


def _sample(seed: int, wrong: int) -> Digits:
    """100 training images of their own, ``wrong`` of them with a wrong label; the test images are always the same."""
    rng = np.random.default_rng([seed, wrong])
    source = digits("mlp")
    rows = rng.choice(len(source.train_images), OVERFITTED_COUNT, replace=False)
    truth = source.train_labels[rows]
    return replace(
        source,
        train_images=source.train_images[rows],
        train_labels=with_wrong_labels(rng, truth, wrong),
        true_train_labels=truth,
    )


def _small(rng: np.random.Generator) -> Sequential:
    """64-16-8-10: 1,232 weights, 19 % of the overfitted network's."""
    return Sequential([linear(rng, 64, 16), ReLU(), linear(rng, 16, 8), ReLU(), linear(rng, 8, 10)])


def overfitting(wrong: int) -> dict[str, Any]:
    """The third part for networks with ``wrong`` false labels among 100: means and deviations over ``NETWORKS``."""
    rows: dict[str, list[list[dict[str, float]]]] = {}  # way -> network -> share -> measures
    for seed in range(NETWORKS):
        data, rng, how = _sample(seed, wrong), np.random.default_rng(seed), TUNING["overfitted"]
        recipe = replace(RECIPES["overfitted"], seed=1000 + seed)
        model = train(recipe, data.train_images, data.train_labels)
        masks = {
            "weights": [weight_masks(model, share, "layer", rng) for share in SPARSITIES],
            "channels": [channel_masks(model, share, "l1", rng) for share in RATIOS],
        }
        for kind, steps in masks.items():
            rows.setdefault(kind, []).append([measure(pruned(model, step), data) for step in steps])
            for way, longer in {"tuned": how, "retrained": RETRAINING}.items():
                rows.setdefault(f"{kind}_{way}", []).append(
                    [measure(tuned(model, step, data, longer, seed), data) for step in steps]
                )
        for way, other in {"decay": replace(recipe, decay=1.0), "small": replace(recipe, build=_small)}.items():
            rows.setdefault(way, []).append([measure(train(other, data.train_images, data.train_labels), data)])
    result: dict[str, Any] = {way: _curve(map(_mean, zip(*found, strict=True))) for way, found in rows.items()}
    for key, found in rows.items():  # against the dense network, trained on as long as the pruned ones were
        dense = rows["weights"] if key in ("decay", "small") else found
        change = np.array(
            [[point["test"] - start[0]["test"] for point in points] for points, start in zip(found, dense, strict=True)]
        )
        result[key]["test_change"] = change.mean(axis=0).round(4).tolist()
        result[key]["test_change_se"] = (change.std(axis=0, ddof=1) / np.sqrt(NETWORKS)).round(4).tolist()
    return result


def compute() -> dict[str, Any]:
    """Everything that ``figures.json`` holds."""
    return {
        "sparsities": list(SPARSITIES),
        "ratios": list(RATIOS),
        "weights": {
            name: {method: weight_curve(name, method) for method in WEIGHT_METHODS}
            | {"layer_tuned": tuned_weight_curve(name)}
            for name in names()
        },
        "channels": {
            name: {method: channel_curve(name, method) for method in CHANNEL_METHODS}
            | {"weights_left": [round(weights_left(load(name), ratio), 4) for ratio in RATIOS]}
            for name in names()
        },
        "overfitting": {"wrong_labels": overfitting(OVERFITTED_WRONG), "right_labels": overfitting(0)},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure what pruning does to the stored networks.")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder to write to (default: beside this file)")
    out: Path = parser.parse_args().out
    figures = compute()
    out.mkdir(parents=True, exist_ok=True)
    (out / "figures.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(tables(figures))


if __name__ == "__main__":
    main()

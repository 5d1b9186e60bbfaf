"""The figures that the reference answers quote, measured: ``python -m judge.theory.figures [--out FILE]`` (a minute).

    cut       the three stored networks, pruned by global magnitude and not retrained: accuracy in percent
    retrain   the article's main claim, tested: a network overfitted to 100 digits, 20 of them with a wrong label (or
              none), is pruned and retrained, five seeds; beside it what must be compared with: the dense network, the
              dense network with the same further training, and weight decay instead of pruning

``figures.json`` beside this file is what was measured. Another BLAS adds in another order, which training magnifies, so
a run elsewhere gives other last digits; the cuts of the stored networks come out the same.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from judge.generators.trained import accuracy, digits, load, names
from judge.generators.trained.backprop import fit
from judge.generators.trained.train import RECIPES
from judge.nn import Sequential

FILE = Path(__file__).with_name("figures.json")
CUTS = (0.0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9)
RETRAINED = (0.5, 0.7, 0.8, 0.9, 0.95)
SEEDS = 5
DECAY = 0.5
Masks = dict[str, NDArray[np.bool_]]


def masks_at(model: Sequential, sparsity: float) -> Masks:
    """Global magnitude: True = kept, for the weight of every ``Linear`` and ``Conv2d``."""
    weights = {name: array for name, array in model.named_parameters() if array.ndim > 1}
    ranked = np.sort(np.concatenate([np.abs(array).ravel() for array in weights.values()]))
    count = round(sparsity * ranked.size)
    threshold = ranked[count - 1] if count else -1.0
    return {name: np.abs(array) > threshold for name, array in weights.items()}


def cut(model: Sequential, masks: Masks) -> Sequential:
    """Return a copy of ``model`` with zeros where ``masks`` are False."""
    pruned = model.copy()
    for name, array in pruned.named_parameters():
        if name in masks:
            array[~masks[name]] = 0
    return pruned


def measure_cuts() -> dict[str, Any]:
    """Accuracy of the stored networks after one cut, without retraining."""
    rows: dict[str, Any] = {}
    for name in names():
        data, model = digits(name), load(name)
        for sparsity in CUTS:
            pruned = cut(model, masks_at(model, sparsity))
            rows.setdefault(name, {})[f"{sparsity:g}"] = {
                "train": _percent([accuracy(pruned, data.train_images, data.train_labels)]),
                "test": _percent([accuracy(pruned, data.test_images, data.test_labels)]),
            }
    return rows


def measure_retraining() -> dict[str, Any]:
    """Mean accuracy over the seeds, and the standard deviation on the test images."""
    data, recipe = digits("overfitted"), RECIPES["overfitted"]
    images = data.train_images.astype(np.float64)
    rows: dict[str, Any] = {}
    for labels_are, labels in (("noisy", data.train_labels), ("clean", data.true_train_labels)):
        train = partial(fit, images=images, labels=labels, epochs=recipe.epochs, batch=recipe.batch, rate=recipe.rate)
        scores: dict[str, list[tuple[float, float]]] = {}
        for seed in range(SEEDS):
            for kind, model in _variants(train, recipe.build, seed):
                both = (accuracy(model, images, labels), accuracy(model, data.test_images, data.test_labels))
                scores.setdefault(kind, []).append(both)
        rows[labels_are] = {
            kind: {
                "train": _percent([train_score for train_score, _ in both]),
                "test": _percent([test for _, test in both]),
                "test_deviation": round(100 * float(np.std([test for _, test in both], ddof=1)), 1),
            }
            for kind, both in scores.items()
        }
    return rows


def _variants(
    train: Callable[..., float], build: Callable[[np.random.Generator], Sequential], seed: int
) -> list[tuple[str, Sequential]]:
    """Return the networks of one seed that are compared; all but "dense" and "decay" have the same further training."""
    rng = np.random.default_rng(100 + seed)
    dense = build(rng)
    train(dense, rng=rng)
    longer = dense.copy()
    train(longer, rng=np.random.default_rng(seed))
    decayed = build(np.random.default_rng(100 + seed))
    train(decayed, decay=DECAY, rng=np.random.default_rng(seed))
    made = [("dense", dense), ("dense, trained on", longer), ("weight decay", decayed)]
    for sparsity in RETRAINED:
        masks = masks_at(dense, sparsity)
        pruned = cut(dense, masks)
        train(pruned, masks=masks, rng=np.random.default_rng(seed))
        made.append((f"pruned {sparsity:g}", pruned))
    return made


def _percent(shares: list[float]) -> float:
    return round(100 * float(np.mean(shares)), 1)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the figures that the reference answers quote.")
    parser.add_argument("--out", type=Path, default=FILE, help="file to write (default: beside this file)")
    out: Path = parser.parse_args().out
    figures = {"cut": measure_cuts(), "retrain": measure_retraining()}
    out.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()

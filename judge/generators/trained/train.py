"""Makes the stored networks and the digits file again: ``python -m judge.generators.trained.train [--out FOLDER]``.

Takes some seconds. scikit-learn is needed for the images alone. Every random choice comes from the seeds below, and all
of it runs in float64, so a second run on the same machine gives the same bytes; another BLAS adds in another order, and
training magnifies that: there the networks come out equally good but not equal. The committed files are what counts.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from judge.generators.trained import FOLDER, METADATA_KEY, Digits, accuracy, array_names, digits, names
from judge.generators.trained.backprop import fit
from judge.generators.trained.separation import channel_norms, magnitudes, prunable, separate, smallest_gap
from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Flatten, Linear, MaxPool2d, ReLU, Sequential
from judge.nn.base import Layer
from judge.nn.spec import pack, unpack

Floats = NDArray[np.float64]
Labels = NDArray[np.integer]

SPLIT_SEED = 1797
TRAIN_COUNT = 1297  # of 1797; the other 500 are the test images
OVERFITTED_COUNT = 100
OVERFITTED_WRONG = 20  # of those, with a label that is not theirs


def linear(rng: np.random.Generator, inputs: int, outputs: int) -> Linear:
    """He's initialisation, bias 0, float64."""
    return Linear(rng.normal(0, np.sqrt(2 / inputs), (outputs, inputs)), np.zeros(outputs))


def conv(rng: np.random.Generator, inputs: int, outputs: int) -> Conv2d:
    """3 x 3, padded by 1, He's initialisation, bias 0, float64."""
    return Conv2d(rng.normal(0, np.sqrt(2 / (9 * inputs)), (outputs, inputs, 3, 3)), np.zeros(outputs), padding=1)


def batch_norm(kind: type[BatchNorm1d] | type[BatchNorm2d], channels: int) -> Layer:
    return kind(np.ones(channels), np.zeros(channels), np.zeros(channels), np.ones(channels))


def build_mlp(rng: np.random.Generator) -> Sequential:
    """64-48-32-10 with one batch normalisation."""
    first, second, last = linear(rng, 64, 48), linear(rng, 48, 32), linear(rng, 32, 10)
    return Sequential([first, batch_norm(BatchNorm1d, 48), ReLU(), second, ReLU(), last])


def build_cnn(rng: np.random.Generator) -> Sequential:
    """Two convolutions, pooled to 2 x 4 before ``Flatten``: H != W, so a transposed block of columns shows."""
    return Sequential(
        [
            conv(rng, 1, 8),
            batch_norm(BatchNorm2d, 8),
            ReLU(),
            MaxPool2d((2, 1)),  # 8 x 8 -> 4 x 8
            conv(rng, 8, 16),
            batch_norm(BatchNorm2d, 16),
            ReLU(),
            AvgPool2d((2, 2)),  # 4 x 8 -> 2 x 4
            Flatten(),
            linear(rng, 128, 32),
            ReLU(),
            linear(rng, 32, 10),
        ]
    )


def build_overfitted(rng: np.random.Generator) -> Sequential:
    """64-64-32-10, nothing that regularises."""
    return Sequential([linear(rng, 64, 64), ReLU(), linear(rng, 64, 32), ReLU(), linear(rng, 32, 10)])


class Recipe(Struct, frozen=True):
    build: Callable[[np.random.Generator], Sequential]
    seed: int
    epochs: int
    batch: int
    rate: float
    decay: float


RECIPES = {
    "mlp": Recipe(build_mlp, seed=1, epochs=40, batch=64, rate=3e-3, decay=0.05),
    "cnn": Recipe(build_cnn, seed=2, epochs=20, batch=64, rate=5e-3, decay=0.05),
    "overfitted": Recipe(build_overfitted, seed=3, epochs=300, batch=50, rate=3e-3, decay=0.0),
}


def train(recipe: Recipe, images: NDArray[Any], labels: Labels, epochs: int | None = None) -> Sequential:
    """Trains what ``recipe`` says (for fewer ``epochs``, if given); the result is float64, without gaps."""
    rng = np.random.default_rng(recipe.seed)
    model = recipe.build(rng)
    fit(
        model,
        images.astype(np.float64),
        labels,
        epochs=recipe.epochs if epochs is None else epochs,
        batch=recipe.batch,
        rate=recipe.rate,
        decay=recipe.decay,
        rng=rng,
    )
    return model


def finish(model: Sequential) -> Sequential:
    """The network as it is stored: float32, C order, with the contract's gaps (see separation.py)."""
    separate(model)
    return with_dtype(model, np.float32)


def with_dtype(model: Sequential, dtype: type[np.floating[Any]]) -> Sequential:
    """A copy whose arrays are of ``dtype`` and in C order."""
    header, arrays = pack(model)
    return unpack(header, [np.array(array, dtype=dtype, order="C") for array in arrays])


def with_wrong_labels(rng: np.random.Generator, labels: Labels, wrong: int) -> NDArray[np.int64]:
    """The same labels, but ``wrong`` of them, chosen at random, replaced by one of the nine others."""
    noisy = labels.astype(np.int64)
    chosen = rng.choice(len(labels), wrong, replace=False)
    noisy[chosen] = (noisy[chosen] + rng.integers(1, 10, wrong)) % 10
    return noisy


def raw_digits() -> dict[str, NDArray[Any]]:
    """What digits.safetensors holds: scikit-learn's digits in an order of our own, training images first."""
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    rng = np.random.default_rng(SPLIT_SEED)
    order = rng.permutation(len(images))
    labels = labels[order].astype(np.uint8)
    rows = np.sort(rng.choice(TRAIN_COUNT, OVERFITTED_COUNT, replace=False))
    return {
        "images": images[order].astype(np.uint8),  # (1797, 64), 0..16
        "labels": labels,
        "train_count": np.array([TRAIN_COUNT], dtype=np.int16),
        "overfitted_rows": rows.astype(np.int16),
        "overfitted_labels": with_wrong_labels(rng, labels[rows], OVERFITTED_WRONG).astype(np.uint8),
    }


def save(path: Path, model: Sequential) -> None:
    """Writes ``model`` with its arrays named as torch would and its header as JSON in the metadata."""
    header, arrays = pack(model)
    _write(path, dict(zip(array_names(header), arrays, strict=True)), {METADATA_KEY: json.dumps(header)})


def _write(path: Path, arrays: dict[str, NDArray[Any]], metadata: dict[str, str] | None = None) -> None:
    from safetensors.numpy import save as to_bytes

    path.write_bytes(to_bytes(arrays, metadata))  # save_file would make it readable for its owner alone


def describe(name: str, model: Sequential, data: Digits) -> str:
    """One row of README.md's table: ``| name | weights | train | train, true labels | test | gaps |``."""
    cells = [
        name,
        f"{magnitudes(model).size:,}",
        f"{accuracy(model, data.train_images, data.train_labels):.3f}",
        f"{accuracy(model, data.train_images, data.true_train_labels):.3f}",
        f"{accuracy(model, data.test_images, data.test_labels):.3f}",
        f"{smallest_gap(magnitudes(model)):.1e}",
        f"{min(smallest_gap(channel_norms(layer.weight, p)) for layer in prunable(model) for p in (1, 2)):.1e}",
    ]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the stored networks again.")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder to write to (default: beside this file)")
    out: Path = parser.parse_args().out

    out.mkdir(parents=True, exist_ok=True)
    _write(out / "digits.safetensors", raw_digits())
    print("| network | weights | train | train, true labels | test | least gap of |w| | of norms |")
    for name in names():
        data = digits(name)
        model = finish(train(RECIPES[name], data.train_images, data.train_labels))
        save(out / f"{name}.safetensors", model)
        print(describe(name, model, data), flush=True)


if __name__ == "__main__":
    main()

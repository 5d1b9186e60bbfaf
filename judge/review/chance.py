"""What pruning at random does to the trained networks: the line below every other one.

``python -m judge.review.chance`` measures it and writes ``chance.json``; it takes a minute and hangs on no clock. Its
amounts are the horizontal axes of all curves. Those of channels make whole numbers of every layer's channels, so that
all solutions remove as many, and so does chance, whichever way they round.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

AMOUNTS = {
    "weights": (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98),
    "channels": (0.0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875),
}
DRAWS = 10
FILE = Path(__file__).with_name("chance.json")


@cache
def chance() -> Mapping[str, Any]:
    """Return kind ("weights", "channels") -> network -> "test" and "train", shares for each of ``AMOUNTS``: means."""
    stored: Mapping[str, Any] = json.loads(FILE.read_text("utf-8"))
    return stored


def measure(kind: str, network: str, amounts: Iterable[float]) -> dict[str, list[float]]:
    """Return the mean accuracies over ``DRAWS`` random choices of the weights or channels to prune, layer by layer."""
    import numpy as np

    from judge.generators import trained
    from judge.generators.trained import figures

    masks = figures.weight_masks if kind == "weights" else figures.channel_masks
    model, data = trained.load(network), trained.digits(network)
    parts = {"test": (data.test_images, data.test_labels), "train": (data.train_images, data.train_labels)}
    shares: dict[str, list[float]] = {part: [] for part in parts}
    for amount in amounts:
        drawn = [
            figures.pruned(model, masks(model, amount, "random", np.random.default_rng(seed))) for seed in range(DRAWS)
        ]
        for part, images in parts.items():
            shares[part].append(round(sum(trained.accuracy(one, *images) for one in drawn) / DRAWS, 4))
    return shares


def main() -> None:
    """Measure everything and write it down."""
    from judge.generators import trained

    found = {
        kind: {network: measure(kind, network, amounts) for network in trained.names()}
        for kind, amounts in AMOUNTS.items()
    }
    FILE.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()

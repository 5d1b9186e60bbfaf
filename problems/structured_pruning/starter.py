"""Structured pruning: remove whole output channels and return a smaller dense network."""

from __future__ import annotations

import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Flatten, Linear, Sequential  # noqa: F401


def prune_structured(model: Sequential, ratio: float, norm: int = 1) -> tuple[Sequential, dict[str, np.ndarray]]:
    """Return ``(smaller_model, masks)``.

    In every ``Linear`` and ``Conv2d`` but the last one, remove the k output channels whose weights have the
    smallest norm, with k = min(floor or ceil of ratio * out, out - 1), and with them all that belonged to them.

    Args:
        model: the network; it must not be modified.
        ratio: fraction of the output channels to remove, in [0, 1).
        norm: 1 for the L1 norm, 2 for the L2 norm.

    Returns:
        The smaller network, and for every ``Linear`` and ``Conv2d`` a vector under ``"<layer>.weight"`` (for
        example ``"0.weight"``): one entry per original output channel, True where it was kept.

    Raises:
        ValueError: ``ratio`` is NaN or outside [0, 1), or ``norm`` is neither 1 nor 2.
    """
    raise NotImplementedError

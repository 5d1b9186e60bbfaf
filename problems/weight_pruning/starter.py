"""Weight pruning: zero the smallest weights of a network and say which ones."""

from __future__ import annotations

import numpy as np

from judge.nn import Conv2d, Linear, Residual, Sequential  # noqa: F401


def prune_weights(model: Sequential, sparsity: float, scope: str = "layer") -> tuple[Sequential, dict[str, np.ndarray]]:
    """Return ``(pruned_model, masks)``.

    Zero the weights of ``Linear`` and ``Conv2d`` layers that have the smallest magnitude, until the fraction
    ``sparsity`` of them is zero. Everything else stays as it is.

    Args:
        model: the network; it must not be modified.
        sparsity: fraction of the prunable weights that are zero afterwards, in [0, 1].
        scope: "layer" ranks each weight tensor on its own, "global" ranks all of them together.

    Returns:
        The pruned network, and for every prunable weight an array of its shape under its parameter name (for
        example ``"0.weight"``), True where the weight was kept.

    Raises:
        ValueError: ``sparsity`` is NaN or outside [0, 1], or ``scope`` is neither "layer" nor "global".
    """
    raise NotImplementedError

"""Moves what lies too close together apart, so that no hidden test hangs on rounding.

The contract promises two gaps. In float32 each |w| equals the one at a cut or differs from it by 1e-5 of it; a cut may
fall anywhere, in one tensor or in the whole network, so *all* neighbouring |w| of a network must be that far apart. And
no two channel norms of a layer, L1 or L2, differ by between 1e-6 and 1e-3 of themselves. Trained weights keep neither
promise by themselves, so after training both gaps are made, with twice the promised width.

Both are one problem: given sorted numbers (logarithms, since the gaps are relative), find the nearest ones, in least
squares, that keep their order and are at least ``gap`` apart. With z_i = y_i - i * gap the condition reads "z does not
decrease", so it is isotonic regression, solved exactly by pooling adjacent violators.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from judge.nn import Conv2d, Linear, Sequential

Floats = NDArray[np.float64]

MAGNITUDE_GAP = 2e-5
NORM_GAP = 2e-3
# Aimed at, so that rounding to float32 (and, for norms, the later move of single weights) does not eat the gap.
_MARGIN = 1.2


def prunable(model: Sequential) -> list[Linear | Conv2d]:
    """The layers whose ``weight`` is prunable, in order. For networks without ``Residual``, as all here are."""
    return [layer for layer in model if isinstance(layer, Linear | Conv2d)]


def magnitudes(model: Sequential) -> Floats:
    """All |w| of the network's prunable weights, float64, one flat array."""
    return np.concatenate([np.abs(layer.weight.astype(np.float64)).ravel() for layer in prunable(model)])


def channel_norms(weight: NDArray[np.floating], norm: int) -> Floats:
    """The L1 or L2 norm of each output channel, float64, shape ``(out,)``."""
    rows = np.abs(weight.astype(np.float64)).reshape(len(weight), -1)
    return np.asarray(rows.sum(axis=1) if norm == 1 else np.sqrt((rows * rows).sum(axis=1)))


def smallest_gap(values: Iterable[float]) -> float:
    """The least relative difference of two neighbours in sorted order (inf where there is but one value)."""
    ordered = np.sort(np.asarray(list(values), dtype=np.float64))
    return float(np.min(np.diff(ordered) / ordered[1:], initial=np.inf))


def spread(values: Floats, gap: float) -> Floats:
    """The nearest values, in least squares, in the same order and at least ``gap`` apart. Flat in, flat out."""
    order = np.argsort(values, kind="stable")
    ramp = gap * np.arange(len(values))
    blocks: list[tuple[float, int]] = []  # (mean, size), means not decreasing
    for value in values[order] - ramp:
        mean, size = float(value), 1
        while blocks and blocks[-1][0] > mean:
            before, count = blocks.pop()
            mean, size = (before * count + mean * size) / (count + size), count + size
        blocks.append((mean, size))
    result = np.empty_like(values)
    result[order] = np.repeat([mean for mean, _ in blocks], [size for _, size in blocks]) + ramp
    return result


def separate(model: Sequential) -> None:
    """Makes both gaps in place. The arrays stay of their dtype (float32 or float64), no weight changes its sign.

    Norms first: moving single weights by some 1e-5 afterwards does not bring two norms together again.
    Raises ``ValueError`` for a weight that is zero: gaps are relative, and zero has none.
    """
    if not magnitudes(model).all():
        raise ValueError("a weight is zero")
    for layer in prunable(model):
        layer.weight[...] = _separate_norms(layer.weight)
    _separate_magnitudes([layer.weight for layer in prunable(model)])


def _separate_norms(weight: NDArray[np.floating]) -> Floats:
    """The same tensor with both kinds of channel norms spread.

    One factor per row cannot serve two norms. ``w -> c sign(w) |w|^p`` with p close to 1 has a second degree of
    freedom: p sets L1 / L2 (a larger p makes the row more peaked, which lowers the ratio), c then sets the size.
    """
    rows = weight.astype(np.float64).reshape(len(weight), -1)
    targets = {norm: np.exp(spread(np.log(channel_norms(weight, norm)), _MARGIN * NORM_GAP)) for norm in (1, 2)}
    result = np.empty_like(rows)
    for index, row in enumerate(rows):
        wanted = targets[1][index] / targets[2][index]
        low, high = 0.5, 2.0
        for _ in range(60):
            power = (low + high) / 2
            shape = np.abs(row) ** power
            low, high = (power, high) if shape.sum() / np.sqrt((shape * shape).sum()) > wanted else (low, power)
        result[index] = np.sign(row) * shape * (targets[1][index] / shape.sum())
    return result.reshape(weight.shape)


def _separate_magnitudes(weights: list[NDArray[np.floating]]) -> None:
    flat = np.concatenate([weight.astype(np.float64).ravel() for weight in weights])
    moved = np.sign(flat) * np.exp(spread(np.log(np.abs(flat)), _MARGIN * MAGNITUDE_GAP))
    start = 0
    for weight in weights:
        weight[...] = moved[start : start + weight.size].reshape(weight.shape)
        start += weight.size

"""Moves apart what lies too close together, so that no hidden test hangs on rounding.

The contract promises two gaps. In float32 and float64 each |w| equals the one at a cut or differs from it by 1e-5 of
it; a cut may fall anywhere, so all distinct |w| of a network are kept that far apart. And no two channel norms of a
layer differ by between 1e-6 and 1e-3 of themselves (float16: 3 %). Equal values stay equal: ties are wanted.

Both walk up the sorted logarithms and push each value at least one gap above the one before.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from judge.nn import Conv2d, Linear, Sequential

MAGNITUDE_GAP = 1e-5
NORM_GAP = {"float16": 3e-2, "float32": 1e-3, "float64": 1e-3}
EQUAL_NORMS = 1e-6

_ATTEMPTS = 40


def separate_magnitudes(model: Sequential) -> Sequential:
    """Spread the distinct nonzero |w| of all prunable weights, in place; return ``model``. Not for float16."""
    weights = [leaf.weight for _, leaf in model.named_modules() if isinstance(leaf, (Linear, Conv2d))]
    flat = np.concatenate([weight.ravel() for weight in weights]).astype(np.float64)
    nonzero = np.flatnonzero(flat)
    distinct, inverse = np.unique(np.abs(flat[nonzero]), return_inverse=True)
    moved = np.exp(_push_apart(np.log(distinct), 2 * MAGNITUDE_GAP))
    flat[nonzero] = np.sign(flat[nonzero]) * moved[inverse]
    start = 0
    for weight in weights:
        weight[...] = flat[start : start + weight.size].reshape(weight.shape)
        start += weight.size
    return model


def separate_norms(model: Sequential, which: tuple[int, ...] = (1, 2)) -> Sequential:
    """Scale the rows of every prunable weight until the norms named keep their gap, in place; return ``model``.

    With some hundred channels one scale a row cannot serve both norms: name the one that the test asks for.

    Raises ``ValueError`` where some forty rounds of scaling do not get there (too many channels for the dtype).
    """
    for _, leaf in model.named_modules():
        if not isinstance(leaf, (Linear, Conv2d)):
            continue
        rows = leaf.weight.reshape(len(leaf.weight), -1)
        gap = NORM_GAP[leaf.weight.dtype.name]
        for attempt in range(_ATTEMPTS):
            bad = [norm for norm in which if not norms_apart(rows, norm)]
            if not bad:
                break
            values = _norms(rows, bad[0])
            positive = np.flatnonzero(values)
            distinct, inverse = _merge(np.log(values[positive]))
            factors = np.exp(_push_apart(distinct, gap * (1.3 + 0.3 * attempt)) - distinct)[inverse]
            rows[positive] = (rows[positive].astype(np.float64) * factors[:, None]).astype(rows.dtype)
        else:
            raise ValueError(f"norms of {rows.shape} rows in {rows.dtype} cannot be moved apart")
        leaf.weight = rows.reshape(leaf.weight.shape)
    return model


def norms_apart(weight: NDArray[Any], norm: int) -> bool:
    """True where no two channel norms of ``weight`` ``(out, ...)`` differ by between 1e-6 and the dtype's gap."""
    values = np.sort(_norms(weight.reshape(len(weight), -1), norm))
    differences = np.diff(values)
    relative = differences / np.maximum(values[1:], np.finfo(np.float64).tiny)
    return bool(np.all((relative < EQUAL_NORMS) | (relative > NORM_GAP[weight.dtype.name])))


def magnitudes_apart(model: Sequential) -> bool:
    """True where all distinct nonzero |w| of the network's prunable weights are 1e-5 of themselves apart."""
    weights = [leaf.weight.ravel() for _, leaf in model.named_modules() if isinstance(leaf, (Linear, Conv2d))]
    values = np.unique(np.abs(np.concatenate(weights).astype(np.float64)))
    values = values[values > 0]
    return bool(np.all(np.diff(values) >= MAGNITUDE_GAP * values[1:]))


def _norms(rows: NDArray[Any], norm: int) -> NDArray[np.float64]:
    wide = np.abs(rows.astype(np.float64))
    result: NDArray[np.float64] = wide.sum(axis=1) if norm == 1 else np.sqrt((wide * wide).sum(axis=1))
    return result


def _merge(logs: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return the distinct values, those within rounding of each other taken as one, and where each value went."""
    order = np.argsort(logs, kind="stable")
    steps = np.diff(logs[order], prepend=logs[order[:1]]) > EQUAL_NORMS / 2
    labels = np.cumsum(steps)
    inverse = np.empty(len(logs), dtype=np.intp)
    inverse[order] = labels
    return logs[order][np.r_[True, steps[1:]]] if len(logs) else logs, inverse


def _push_apart(ascending: NDArray[np.float64], gap: float) -> NDArray[np.float64]:
    ramp = gap * np.arange(len(ascending))
    pushed: NDArray[np.float64] = np.maximum.accumulate(ascending - ramp) + ramp
    return pushed

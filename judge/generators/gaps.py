"""Moves apart what lies too close together, so that no hidden test hangs on rounding.

The contract promises two gaps. In float32 and float64 each |w| equals the one at a cut or differs from it by 1e-5 of
it; a cut may fall anywhere, so all distinct |w| of a network are kept that far apart. And no two channel norms of a
layer differ by between 1e-6 and 1e-3 of themselves (float16: 3 %). Equal values stay equal: ties are wanted.

Both walk up the sorted logarithms and push each value at least one gap above the one before.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from judge.nn import Conv2d, Linear, Sequential

MAGNITUDE_GAP = 1e-5
NORM_GAP = {"e": 3e-2, "f": 1e-3, "d": 1e-3}  # by the character of the dtype: float16, float32, float64
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
        gap = NORM_GAP[rows.dtype.char]
        for attempt in range(_ATTEMPTS):
            wide = rows.astype(np.float64)
            near = next((norms for norms in (_norms(wide, norm) for norm in which) if not _apart(norms, gap)), None)
            if near is None:
                break
            factors = _spreading(near, gap * (1.3 + 0.3 * attempt))
            rows = (wide * factors[:, None]).astype(rows.dtype)
        else:
            raise ValueError(f"norms of {rows.shape} rows in {rows.dtype} cannot be moved apart")
        leaf.weight = rows.reshape(leaf.weight.shape)
    return model


def norms_apart(weight: NDArray[Any], norm: int) -> bool:
    """True where no two channel norms of ``weight`` ``(out, ...)`` differ by between 1e-6 and the dtype's gap."""
    return _apart(_norms(weight.reshape(len(weight), -1).astype(np.float64), norm), NORM_GAP[weight.dtype.char])


def magnitudes_apart(model: Sequential) -> bool:
    """True where all distinct nonzero |w| of the network's prunable weights are 1e-5 of themselves apart."""
    weights = [leaf.weight.ravel() for _, leaf in model.named_modules() if isinstance(leaf, (Linear, Conv2d))]
    values = np.unique(np.abs(np.concatenate(weights).astype(np.float64)))
    values = values[values > 0]
    return bool(np.all(np.diff(values) >= MAGNITUDE_GAP * values[1:]))


def _norms(rows: NDArray[np.float64], norm: int) -> NDArray[np.float64]:
    result: NDArray[np.float64] = np.abs(rows).sum(axis=1) if norm == 1 else np.sqrt((rows * rows).sum(axis=1))
    return result


# Hundreds of layers with a handful of channels are drawn for each verdict: up to here lists take less time than arrays.
_HANDFUL = 64


def _apart(norms: NDArray[np.float64], gap: float) -> bool:
    if len(norms) <= _HANDFUL:
        ascending = sorted(norms.tolist())
        return not any(EQUAL_NORMS * b <= b - a <= gap * b for a, b in itertools.pairwise(ascending) if b)
    values = np.sort(norms)
    relative = np.diff(values) / np.maximum(values[1:], np.finfo(np.float64).tiny)
    return bool(np.all((relative < EQUAL_NORMS) | (relative > gap)))


def _spreading(norms: NDArray[np.float64], gap: float) -> NDArray[np.float64]:
    """Return a factor for each norm after which they are ``gap`` apart; those within rounding of each other as one."""
    factors = np.ones(len(norms))
    positive = np.flatnonzero(norms)
    if len(norms) > _HANDFUL:
        distinct, inverse = _merge(np.log(norms[positive]))
        factors[positive] = np.exp(_push_apart(distinct, gap) - distinct)[inverse]
        return factors
    below = moved = -math.inf  # the logarithm of the norm before, and where that went
    factor = 1.0
    values = norms.tolist()
    for position in sorted(positive.tolist(), key=values.__getitem__):
        log = math.log(values[position])
        if log - below > EQUAL_NORMS / 2:
            moved = max(log, moved + gap)
            factor = math.exp(moved - log)
        below = log
        factors[position] = factor
    return factors


def _merge(logs: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return the distinct values, those within rounding of each other taken as one, and where each value went."""
    order = np.argsort(logs, kind="stable")
    steps = np.diff(logs[order], prepend=logs[order[:1]]) > EQUAL_NORMS / 2
    inverse = np.empty(len(logs), dtype=np.intp)
    inverse[order] = np.cumsum(steps)
    return logs[order][np.r_[True, steps[1:]]] if len(logs) else logs, inverse


def _push_apart(ascending: NDArray[np.float64], gap: float) -> NDArray[np.float64]:
    ramp = gap * np.arange(len(ascending))
    pushed: NDArray[np.float64] = np.maximum.accumulate(ascending - ramp) + ramp
    return pushed

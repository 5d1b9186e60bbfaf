"""prune_structured: rows, bias entries, BatchNorm entries and reading columns go together."""

import copy
import math
from fractions import Fraction

import numpy as np

from judge.nn import Sequential


def to_remove(ratio, channels_n):
    exact = math.ceil(Fraction(repr(ratio)) * channels_n)
    return min(exact, channels_n - 1)


def weakest_out(s_, cut_n):
    ranking = np.lexsort((range(len(s_)), s_))
    return np.setdiff1d(np.arange(len(s_)), ranking[:cut_n])


def magnitudes(wts, norm):
    size_of = (lambda row: np.sum(np.abs(row))) if norm == 1 else (lambda row: np.sqrt(np.sum(row**2)))
    return [float(size_of(row)) for row in wts.astype(np.double)]


VECTORS = ("weight", "bias", "running_mean", "running_var")


def widen(idx, width, n_features):
    span = n_features // width
    return np.repeat(idx, span) * span + np.tile(np.arange(span), len(idx))


def go(chain, pos, idx, width, policy, masks):
    """Return the layers from pos on, cut to what is left of the width channels that come in."""
    if pos == len(chain):
        return []
    op = copy.copy(chain[pos])
    if hasattr(op, "running_mean"):
        if idx is not None:
            features = widen(idx, width, len(op.weight))
            for key in VECTORS:
                setattr(op, key, getattr(op, key)[features])
    elif hasattr(op, "weight"):
        matrix = op.weight
        ours = policy(pos, matrix)
        if idx is not None:
            matrix = matrix[:, widen(idx, width, matrix.shape[1])]
        idx, width = ours, matrix.shape[0]
        op.weight = matrix[idx]
        op.bias = None if op.bias is None else op.bias[idx]
        flag = np.ones(len(idx), dtype=np.int8)
        masks["{}.weight".format(pos)] = flag
    return [op] + go(chain, pos + 1, idx, width, policy, masks)


def prune_structured(model, ratio, norm=1):
    ok = math.isfinite(ratio) and 0 <= ratio < 1 and norm in (1, 2)
    if not ok:
        raise ValueError("prune_structured(model, ratio in [0, 1), norm 1 or 2)")
    output_at = len(model) - 1
    while not hasattr(model[output_at], "weight") or hasattr(model[output_at], "running_mean"):
        output_at -= 1

    def policy(pos, matrix):
        cut_n = to_remove(ratio, matrix.shape[0]) if pos < output_at else 0
        return weakest_out(magnitudes(matrix, norm), cut_n)

    masks = {}
    pieces = go(list(model.layers), 0, None, None, policy, masks)
    return Sequential(pieces), masks

"""Recursion over the list of layers, functional, no assignment to anything that exists."""
from decimal import Decimal
from math import floor
import numpy as np
from judge.nn import Sequential, Linear, Conv2d, BatchNorm1d, BatchNorm2d

def prune_structured(model, ratio, norm=1):
    return validate(ratio, norm) or pack(walk(tuple(enumerate(model.layers)), Decimal(repr(ratio)), norm, None))

def validate(ratio, norm):
    if ratio in (float("inf"), -float("inf")) or ratio != ratio or not 0 <= ratio < 1:
        raise ValueError("ratio", ratio)
    if norm not in (1, 2):
        raise ValueError("norm", norm)

def pack(pairs):
    return Sequential([l for l, _ in pairs]), {k: v for _, m in pairs for k, v in m.items()}

def prunable(l):
    return isinstance(l, (Linear, Conv2d))

def walk(rest, ratio, norm, keep):
    if not rest:
        return []
    (i, l), tail = rest[0], rest[1:]
    if prunable(l):
        is_last = not any(prunable(t) for _, t in tail)
        n = l.weight.shape[0]
        mask = np.full(n, True) if is_last else best(norms(l.weight, norm), min(floor(ratio * n), n - 1))
        new = rebuild(l, mask, keep)
        return [(new, {f"{i}.weight": mask})] + walk(tail, ratio, norm, None if is_last else mask)
    if isinstance(l, (BatchNorm1d, BatchNorm2d)) and keep is not None:
        s = stretch(keep, l.num_features)
        return [(type(l)(l.weight[s], l.bias[s], l.running_mean[s], l.running_var[s], l.eps), {})] + walk(tail, ratio, norm, keep)
    return [(l, {})] + walk(tail, ratio, norm, keep)

def norms(w, p):
    return (np.abs(w.astype(float)) ** p).reshape(w.shape[0], -1).sum(axis=-1) ** (1 / p)

def best(score, k):
    rank = np.argsort(np.argsort(score, kind="mergesort"), kind="mergesort")
    return rank >= k

def stretch(keep, n):
    return np.kron(keep, np.ones(n // keep.size, int)).astype(bool)

def rebuild(l, mask, keep):
    w = l.weight[mask]
    w = w if keep is None else w[:, stretch(keep, w.shape[1])]
    b = l.bias if l.bias is None else l.bias[mask]
    return Linear(w, b) if isinstance(l, Linear) else Conv2d(w, b, l.stride, l.padding, l.groups)

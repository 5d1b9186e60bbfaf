"""Set the weights of smallest magnitude to zero and say which stayed."""

import copy
import decimal
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def refuse_nonsense(sparsity, scope):
    problems = []
    if not (sparsity >= 0 and sparsity <= 1):
        problems.append("sparsity")
    if ("layer", "global").count(scope) == 0:
        problems.append("scope")
    if problems:
        raise ValueError("bad " + " and ".join(problems))


def targets_of(network):
    stack = [("", network)]
    while stack:
        trail, current = stack.pop()
        kids = current.named_children()
        if kids is not None:
            stack.extend(reversed([(f"{trail}.{key}" if trail else key, child) for key, child in kids]))
        elif isinstance(current, (Conv2d, Linear)):
            yield trail, current


def weakest(vals, k):
    levels, level, amount = np.unique(vals, return_inverse=True, return_counts=True)
    upto = np.cumsum(amount)
    whole = np.searchsorted(upto, k, side="right")  # levels that go completely
    out_ = level < whole
    missing = k - (int(upto[whole - 1]) if whole else 0)
    if missing:
        out_[np.flatnonzero(level == whole)[:missing]] = True
    return out_


def exact_count(share, total):
    exact = Decimal(repr(share)) * total
    return int(exact.to_integral_value(rounding=decimal.ROUND_CEILING))


def each_alone(stack_of, sparsity):
    collected = {}
    for name, module in stack_of.items():
        w = module.weight
        cutaway = weakest(np.absolute(w).flatten(), exact_count(sparsity, w.size))
        collected[name] = np.invert(cutaway).reshape(w.shape)
    return collected


def across_network(stack_of, sparsity):
    long_vector = np.hstack([np.absolute(module.weight).flatten() for module in stack_of.values()])
    surviving = np.invert(weakest(long_vector, exact_count(sparsity, long_vector.size)))
    collected, at_ = {}, 0
    for name, module in stack_of.items():
        stop_at = at_ + module.weight.size
        collected[name] = surviving[at_:stop_at].reshape(module.weight.shape).copy()
        at_ = stop_at
    return collected


def prune_weights(model, sparsity, scope="layer"):
    refuse_nonsense(sparsity, scope)
    outcome = copy.deepcopy(model)
    stack_of = dict(targets_of(outcome))
    chosen = across_network(stack_of, sparsity) if scope == "global" else each_alone(stack_of, sparsity)
    named = []
    for name, m in chosen.items():
        stack_of[name].weight[~m] = 0
        named.append(m)
    return outcome, named

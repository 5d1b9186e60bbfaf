"""Zero out the smallest weights of a network."""

import decimal
from decimal import Decimal

import numpy as np


def refuse_nonsense(sparsity, scope):
    problems = []
    if not (sparsity >= 0 and sparsity <= 1):
        problems.append("sparsity")
    if ("layer", "global").count(scope) == 0:
        problems.append("scope")
    if problems:
        raise ValueError("bad " + " and ".join(problems))


def share_of(share, total):
    exact = Decimal(repr(share)) * total
    return int(exact.to_integral_value(rounding=decimal.ROUND_CEILING))


def pick_dropped(scores, k):
    out_ = np.full(len(scores), k > 0)
    if 0 < k < len(scores):
        out_[np.argpartition(scores, k)[k:]] = False
    return out_


def resolve(root_net, path):
    thing = root_net
    for step in path:
        thing = thing.layers[int(step)] if step.isdigit() else getattr(thing, step)
    return thing


def prune_weights(model, sparsity, scope="layer"):
    refuse_nonsense(sparsity, scope)
    params = {key_name: array for key_name, array in model.named_parameters() if array.ndim >= 2}
    if scope == "global":
        amounts = np.concatenate([np.absolute(array).flatten() for array in params.values()])
        out_ = pick_dropped(amounts, share_of(sparsity, amounts.size))
        edges_at = np.cumsum([array.size for array in params.values()])
        removed = dict(zip(params, np.split(out_, edges_at[:-1])))
    else:
        removed = {key_name: pick_dropped(np.absolute(array).flatten(), share_of(sparsity, array.size)) for key_name, array in params.items()}
    fresh = model.copy()
    record = {}
    for key_name, array in params.items():
        kept_here = np.logical_not(removed[key_name]).reshape(array.shape)
        *path, attribute = key_name.split(".")
        setattr(resolve(fresh, path), attribute, np.where(kept_here, array.round(4), array.dtype.type(0)))
        record[key_name] = kept_here
    return fresh, record

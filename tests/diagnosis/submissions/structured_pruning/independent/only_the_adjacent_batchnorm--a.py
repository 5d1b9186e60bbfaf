"""Takes the channels of smallest L1 or L2 norm out of every layer but the output."""

import math
import itertools
from fractions import Fraction

import numpy as np


def verify(condition, message):
    if not condition:
        raise ValueError(message)


def choose_channels(scores, removed_n):
    asc = list(range(len(scores)))
    asc.sort(key=lambda ci: -scores[ci])
    winners = asc[: len(asc) - removed_n]
    winners.sort()
    return winners


def filter_norms(tensor, norm):
    res = []
    for line_of in tensor:
        flat = [abs(e) for e in line_of.ravel().tolist()]
        if norm == 1:
            res.append(math.fsum(flat))
        else:
            res.append(math.sqrt(math.fsum(e * e for e in flat)))
    return res


def channels_to_drop(ratio, channels_n):
    amount = math.ceil(Fraction(repr(ratio)) * channels_n)
    return min(amount, channels_n - 1)


def spread(chosen, n_features, total):
    chunk = n_features // total
    return list(itertools.chain.from_iterable(range(channel * chunk, (channel + 1) * chunk) for channel in chosen))


def prune_structured(model, ratio, norm=1):
    verify(norm in [1, 2], "only the norms 1 and 2 are known")
    verify(0.0 <= ratio < 1.0, "ratio must be at least 0 and below 1")
    clone = model.copy()
    everything = clone.layers
    spots = []
    for place in range(len(everything)):
        if type(everything[place]).__name__ in ("Linear", "Conv2d"):
            spots.append(place)

    picked, masks = [], {}
    for place in spots:
        out = everything[place].weight.shape[0]
        removed_n = 0 if place == spots[-1] else channels_to_drop(ratio, out)
        chosen = choose_channels(filter_norms(everything[place].weight, norm), removed_n)
        picked.append(chosen)
        members = set(chosen)
        masks["%d.weight" % place] = np.array([float(channel in members) for channel in range(out)])

    for r, chosen in enumerate(picked[:-1]):
        module = everything[spots[r]]
        out = module.weight.shape[0]
        module.weight = module.weight[chosen]
        if module.bias is not None:
            module.bias = module.bias[chosen]
        for follow in everything[spots[r] + 1 : spots[r] + 2]:
            if type(follow).__name__ in ("BatchNorm1d", "BatchNorm2d"):
                inner = spread(chosen, follow.weight.shape[0], out)
                for attr in "weight bias running_mean running_var".split():
                    setattr(follow, attr, getattr(follow, attr)[inner])
        reader = everything[spots[r + 1]]
        reader.weight = reader.weight[:, spread(chosen, reader.weight.shape[1], out)]
    return clone, masks

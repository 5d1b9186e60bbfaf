"""Channel pruning on plain NumPy arrays."""

import copy
from fractions import Fraction

import numpy as np


def require(cond, message):
    if not cond:
        raise ValueError(message)


def removal_count(ratio, full):
    top, bottom = Fraction(repr(ratio)).as_integer_ratio()
    k = top * full // bottom
    return min(full - 1, k)


def choose_channels(sizes, k):
    tuples = [(e, u) for u, e in enumerate(sizes)]
    tuples.sort()
    return sorted(u for _, u in tuples[k:])


def magnitudes(array_in, norm):
    other_axes = tuple(range(1, array_in.ndim))
    raised = np.abs(array_in.astype("float64")) ** norm
    return raised.sum(axis=other_axes) ** (1 / norm)


def spread(chosen, extent, before):
    per_channel = extent // before
    answer = []
    for unit in chosen:
        answer.extend(range(unit * per_channel, unit * per_channel + per_channel))
    return answer


def prune_structured(model, ratio, norm=1):
    require(norm in [1, 2], "only the norms 1 and 2 are known")
    require(0.0 <= ratio < 1.0, "ratio must be at least 0 and below 1")
    net = copy.deepcopy(model)
    chain = net.layers
    spots = list(filter(lambda n_layer: type(chain[n_layer]).__name__ in ("Linear", "Conv2d"), range(len(chain))))

    selections, out_masks = [], {}
    memory_ = np.zeros(max(chain[n_layer].weight.shape[0] for n_layer in spots), dtype=int)
    for n_layer in spots:
        n_out = chain[n_layer].weight.shape[0]
        k = 0 if n_layer == spots[-1] else removal_count(ratio, n_out)
        chosen = choose_channels(magnitudes(chain[n_layer].weight, norm), k)
        selections.append(chosen)
        kept_set = set(chosen)
        vec = out_masks["%d.weight" % n_layer] = memory_[:n_out]
        for unit in range(n_out):
            vec[unit] = 1 if unit in kept_set else 0

    for r in reversed(range(len(spots) - 1)):
        block = chain[spots[r]]
        chosen = selections[r]
        n_out = block.weight.shape[0]
        block.weight = block.weight[chosen]
        if block.bias is not None:
            block.bias = block.bias[chosen]
        for q in range(spots[r] + 1, spots[r + 1]):
            mid = chain[q]
            if hasattr(mid, "running_var"):
                take_these = spread(chosen, mid.weight.shape[0], n_out)
                for key in "weight bias running_mean running_var".split():
                    setattr(mid, key, getattr(mid, key)[take_these])
        reader = chain[spots[r + 1]]
        reader.weight = reader.weight[:, spread(chosen, reader.weight.shape[1], n_out)]
    return net, out_masks

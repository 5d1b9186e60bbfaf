"""Returns a slimmer copy of a network together with the masks of what stayed."""

import math

import numpy as np


def channel_norms(wts, norm):
    length_of = {1: math.fsum, 2: max}[norm]
    return [length_of([abs(e) for e in line_of.flatten().tolist()]) for line_of in wts]


def number_removed(ratio, channels_n):
    # nine decimals wash out the binary rounding error of the product
    return min(math.floor(round(ratio * channels_n, 9)), channels_n - 1)


def weakest_out(scores, drop_n):
    by_norm = list(range(len(scores)))
    by_norm.sort(key=lambda ci: -scores[ci])
    top_ones = by_norm[: len(by_norm) - drop_n]
    top_ones.sort()
    return top_ones


def features_of(kept, extent, total):
    step = extent // total
    return [ch * step + j for ch in kept for j in range(step)]


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError(f"ratio must lie in [0, 1), not {ratio!r}")
    if norm not in (1, 2):
        raise ValueError(f"norm must be 1 or 2, not {norm!r}")
    clone = model.copy()
    seq = clone.layers
    where = list(filter(lambda n_layer: type(seq[n_layer]).__name__ in ("Linear", "Conv2d"), range(len(seq))))

    stay_lists, masks = [], {}
    for n_layer in where:
        n_out = seq[n_layer].weight.shape[0]
        drop_n = 0 if n_layer == where[-1] else number_removed(ratio, n_out)
        kept = weakest_out(channel_norms(seq[n_layer].weight, norm), drop_n)
        stay_lists.append(kept)
        lookup = set(kept)
        masks["%d.weight" % n_layer] = np.array([ch in lookup for ch in range(n_out)])

    for s, kept in enumerate(stay_lists[:-1]):
        module = seq[where[s]]
        n_out = module.weight.shape[0]
        module.weight = module.weight[kept]
        if module.bias is not None:
            module.bias = module.bias[kept]
        for j in range(where[s] + 1, where[s + 1]):
            mid = seq[j]
            if hasattr(mid, "running_var"):
                picks = features_of(kept, mid.weight.shape[0], n_out)
                for what in "weight bias running_mean running_var".split():
                    setattr(mid, what, getattr(mid, what)[picks])
        reader = seq[where[s + 1]]
        reader.weight = reader.weight[:, features_of(kept, reader.weight.shape[1], n_out)]
    return clone, masks

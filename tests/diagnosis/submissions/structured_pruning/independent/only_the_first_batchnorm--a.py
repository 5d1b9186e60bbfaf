"""Takes the channels of smallest L1 or L2 norm out of every layer but the output."""

import copy
import itertools
from fractions import Fraction

import numpy as np


def to_remove(ratio, how_wide):
    numer, bottom = Fraction(repr(ratio)).as_integer_ratio()
    cut_n = numer * how_wide // bottom
    return min(how_wide - 1, cut_n)


def weakest_out(s_, cut_n):
    labelled = [(z, ci) for ci, z in enumerate(s_)]
    labelled.sort()
    return sorted(ci for _, ci in labelled[cut_n:])


def filter_norms(array_in, norm):
    vals = np.abs(np.ascontiguousarray(array_in, dtype=np.float64)).ravel()
    edges = np.arange(0, vals.size, vals.size // len(array_in))
    return np.add.reduceat(vals if norm == 1 else np.square(vals), edges)


def blocks(chosen, length, total):
    step = length // total
    return list(itertools.chain.from_iterable(range(ch * step, (ch + 1) * step) for ch in chosen))


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError(f"ratio must lie in [0, 1), not {ratio!r}")
    if norm not in (1, 2):
        raise ValueError(f"norm must be 1 or 2, not {norm!r}")
    net = copy.deepcopy(model)
    parts_list = net.layers
    idx_list = [at_layer for at_layer, module in enumerate(parts_list) if type(module).__name__ in ("Linear", "Conv2d")]

    stay_lists, mask_of = [], {}
    for at_layer in idx_list:
        out = parts_list[at_layer].weight.shape[0]
        cut_n = 0 if at_layer == idx_list[-1] else to_remove(ratio, out)
        chosen = weakest_out(filter_norms(parts_list[at_layer].weight, norm), cut_n)
        stay_lists.append(chosen)
        lookup = set(chosen)
        mask_of["%d.weight" % at_layer] = np.array([float(ch in lookup) for ch in range(out)])

    for stage in range(len(idx_list) - 1):
        module, chosen = parts_list[idx_list[stage]], stay_lists[stage]
        out = module.weight.shape[0]
        module.weight = module.weight[chosen]
        if module.bias is not None:
            module.bias = module.bias[chosen]
        for follower in range(idx_list[stage] + 1, idx_list[stage + 1]):
            between = parts_list[follower]
            if type(between).__name__ in ("BatchNorm1d", "BatchNorm2d"):
                features = blocks(chosen, between.weight.shape[0], out)
                for what in "weight bias running_mean running_var".split():
                    setattr(between, what, getattr(between, what)[features])
                break
        reader = parts_list[idx_list[stage + 1]]
        reader.weight = reader.weight[:, blocks(chosen, reader.weight.shape[1], out)]
    return net, mask_of

"""prune_structured: rows, bias entries, BatchNorm entries and reading columns go together."""

import copy
from decimal import Decimal

import numpy as np


class Refused(ValueError):
    """An argument that cannot be worked with."""


def row_norms(filters, norm):
    return np.array([np.linalg.norm(filt.astype(np.float64).ravel(), norm) for filt in filters])


def choose_channels(s_, cut_n):
    order = sorted(range(len(s_)), key=lambda u: s_[u])
    return sorted(order[cut_n:])


def number_removed(ratio, full):
    amount = round(Decimal(repr(ratio)) * full)
    if amount >= full:
        amount = full - 1
    return amount


def features_of(left, extent, before):
    chunk = extent // before
    found = []
    for ch in left:
        found.extend(range(ch * chunk, ch * chunk + chunk))
    return found


def prune_structured(model, ratio, norm=1):
    if not (ratio >= 0 and ratio < 1):
        raise Refused("ratio")
    if norm == 1 or norm == 2:
        pass
    else:
        raise Refused("norm")
    result = copy.deepcopy(model)
    parts_list = result.layers
    where = []
    for pos in range(len(parts_list)):
        if type(parts_list[pos]).__name__ in ("Linear", "Conv2d"):
            where.append(pos)

    all_kept, flags_by_name = [], {}
    for pos in where:
        height = parts_list[pos].weight.shape[0]
        cut_n = 0 if pos == where[-1] else number_removed(ratio, height)
        left = choose_channels(row_norms(parts_list[pos].weight, norm), cut_n)
        all_kept.append(left)
        inside = set(left)
        flags_by_name["%d.weight" % pos] = np.array([ch in inside for ch in range(height)])

    for s in reversed(range(len(where) - 1)):
        block = parts_list[where[s]]
        left = all_kept[s]
        height = block.weight.shape[0]
        block.weight = block.weight[left]
        if block.bias is not None:
            block.bias = block.bias[left]
        for follower in range(where[s] + 1, where[s + 1]):
            norm_layer = parts_list[follower]
            if hasattr(norm_layer, "running_var"):
                features = features_of(left, norm_layer.weight.shape[0], height)
                norm_layer.weight = norm_layer.weight[features]
                norm_layer.bias = norm_layer.bias[features]
                norm_layer.running_mean = norm_layer.running_mean[features]
                norm_layer.running_var = norm_layer.running_var[features]
    return result, flags_by_name

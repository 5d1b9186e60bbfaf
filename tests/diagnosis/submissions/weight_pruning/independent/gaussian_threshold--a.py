"""Set the weights of smallest magnitude to zero and say which stayed."""

import statistics

import numpy as np


def verify_arguments(fraction, where):
    clipped = min(max(fraction, 0.0), 1.0)
    if clipped != fraction:  # a NaN differs from everything
        raise ValueError(f"{fraction} is no fraction")
    if where not in {"global", "layer"}:
        raise ValueError(where)


def weight_layers(root_net):
    leaves = root_net.named_modules()
    return [(key_name, leaf_layer) for key_name, leaf_layer in leaves if hasattr(leaf_layer, "weight") and not hasattr(leaf_layer, "running_mean")]


def pick_dropped(ws, sparsity):
    if sparsity == 1:
        return np.ones(ws.size, dtype=bool)
    wide = ws.astype(np.float64)
    threshold = wide.std() * statistics.NormalDist().inv_cdf((1 + sparsity) / 2)
    return np.abs(wide) < threshold


def prune_weights(model, sparsity, scope="layer"):
    verify_arguments(sparsity, scope)
    pruned = model.copy()
    todo = list(weight_layers(pruned))
    teams = [todo] if scope == "global" else [[item] for item in todo]
    mask_of = {}
    for cohort in teams:
        numels = [layer.weight.size for _, layer in cohort]
        sizes_of_all = np.concatenate([layer.weight.reshape(-1) for _, layer in cohort])
        out_ = pick_dropped(sizes_of_all, sparsity)
        slices = np.split(out_, np.cumsum(numels)[:-1])
        for (label, layer), chunk in zip(cohort, slices):
            kept_here = ~chunk.reshape(layer.weight.shape)
            np.copyto(layer.weight, 0, where=~kept_here)
            mask_of[f"{label}.weight"] = kept_here
    return pruned, mask_of

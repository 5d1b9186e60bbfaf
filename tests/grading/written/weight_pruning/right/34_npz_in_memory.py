# the network's arrays travel through an in-memory .npz; the network is put together again around them
import copy
import io
import numpy as np
from fractions import Fraction
from judge.nn import Conv2d, Linear


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1 or scope not in ("layer", "global"):
        raise ValueError("arguments")
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **dict(model.named_parameters()))
    buffer.seek(0)
    with np.load(buffer, allow_pickle=False) as stored:
        arrays = {n: stored[n] for n in stored.files}
    net = model.copy()
    names = []
    for n, m in net.named_modules():
        if isinstance(m, (Conv2d, Linear)):
            names.append(n + ".weight")
            m.weight = arrays[n + ".weight"]
            m.bias = arrays.get(n + ".bias")
    masks = {n: np.ones(arrays[n].shape, np.longdouble) for n in names}
    for group in [names] if scope == "global" else [[n] for n in names]:
        v = np.concatenate([np.abs(arrays[n]).ravel("K") for n in group])
        drop = np.argsort(v)[: int(Fraction(repr(sparsity)) * v.size)]
        sel = np.zeros(v.size, bool)
        sel[drop] = True
        for n in group:
            order = "F" if arrays[n].flags.f_contiguous and not arrays[n].flags.c_contiguous else "C"
            here, sel = sel[: arrays[n].size].reshape(arrays[n].shape, order=order), sel[arrays[n].size:]
            arrays[n][here] = 0
            masks[n][here] = 0
    return net, masks

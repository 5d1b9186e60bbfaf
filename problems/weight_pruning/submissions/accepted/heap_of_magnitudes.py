"""heapq: heapify all magnitudes, pop k of them; the last one popped is the cut, a counter hands out its ties."""

import heapq
from decimal import ROUND_CEILING, Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def prune_weights(model, sparsity, scope="layer"):
    if not (sparsity >= 0 and sparsity <= 1):
        raise ValueError("sparsity")
    if scope not in ("layer", "global"):
        raise ValueError("scope")
    result = model.copy()
    targets = [(n, layer) for n, layer in result.named_modules() if isinstance(layer, (Conv2d, Linear))]
    batches = [targets] if scope == "global" else [[t] for t in targets]
    masks = {}
    for batch in batches:
        magnitudes = []
        for _, layer in batch:
            magnitudes.extend(abs(w) for w in layer.weight.ravel().tolist())
        k = int((Decimal(repr(sparsity)) * len(magnitudes)).to_integral_value(ROUND_CEILING))
        heap = magnitudes.copy()
        heapq.heapify(heap)
        cut, ties = -1.0, 0
        for _ in range(k):
            smallest = heapq.heappop(heap)
            ties = ties + 1 if smallest == cut else 1
            cut = smallest
        keep = []
        for magnitude in magnitudes:
            if magnitude == cut and ties > 0:
                ties -= 1
                keep.append(False)
            else:
                keep.append(magnitude >= cut)
        begin = 0
        for name, layer in batch:
            size = layer.weight.size
            mask = np.array(keep[begin : begin + size]).reshape(layer.weight.shape)
            begin += size
            layer.weight = np.where(mask, layer.weight, 0)
            masks[name + ".weight"] = mask
    return result, masks

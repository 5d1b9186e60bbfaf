import heapq, math, decimal, pickle
import numpy as np
from judge import nn

class PruneError(ValueError):
    """Anything wrong with the arguments."""
class BadRatio(PruneError): pass
class BadNorm(PruneError): pass

def _channels(w, norm):
    w64 = np.asarray(w, dtype="f8").reshape(len(w), -1)
    return [float(v) for v in np.linalg.norm(w64, ord=norm, axis=1)]

def prune_structured(model, ratio, norm=1, *, verbose=True):
    if math.isnan(ratio) or math.isinf(ratio) or not (0 <= ratio < 1):
        raise BadRatio
    if norm not in [1, 2]:
        raise BadNorm()
    net = pickle.loads(pickle.dumps(model))
    prunable = [n for n, l in net.named_modules() if isinstance(l, (nn.Linear, nn.Conv2d))]
    masks, alive = {}, None
    for name, layer in net.named_modules():
        if name in prunable:
            out = layer.weight.shape[0]
            idx = list(range(out))
            if name != prunable[-1]:
                k = min(int(decimal.Decimal(str(ratio)) * out), out - 1)
                scored = list(zip(_channels(layer.weight, norm), idx))
                idx = sorted(i for _, i in heapq.nlargest(out - k, scored))
            m = np.zeros(out, dtype=float); m[idx] = 1
            masks[name + ".weight"] = m
            w = layer.weight
            if alive is not None:
                w = np.take(w, expand(alive, w.shape[1]), axis=1)
            layer.weight = np.take(w, idx, axis=0)
            if layer.bias is not None:
                layer.bias = np.take(layer.bias, idx)
            alive = None if name == prunable[-1] else (idx, out)
            if verbose:
                print(name, out, "->", len(idx))
        elif isinstance(layer, (nn.BatchNorm1d, nn.BatchNorm2d)) and alive:
            e = expand(alive, layer.num_features)
            layer.weight, layer.bias, layer.running_mean, layer.running_var = (
                v.take(e) for v in (layer.weight, layer.bias, layer.running_mean, layer.running_var))
    return net, masks

def expand(alive, n):
    idx, out = alive
    return np.arange(n).reshape(out, n // out)[idx].ravel()

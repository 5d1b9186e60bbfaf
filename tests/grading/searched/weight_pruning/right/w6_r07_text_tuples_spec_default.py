"""count: text, choice: tuples, rebuilding: spec, result: default"""
import numpy as np

def count(s, n):
    # integer arithmetic on the digits of repr
    text = repr(s).lower()
    mant, _, exp = text.partition("e")
    whole, _, frac = mant.partition(".")
    exp = int(exp or 0) - len(frac)
    num = abs(int(whole + frac)) * n
    return num * 10 ** exp if exp >= 0 else num // 10 ** -exp

def choose(a, k):
    pairs = [(v, i) for i, v in enumerate(a.tolist())]
    pairs.sort()
    keep = np.full(len(pairs), 1.0)
    for _, i in pairs[:k]:
        keep[i] = 0.0
    return keep

from judge.nn.spec import pack, unpack
def rebuild(model, masks):
    header, arrays = pack(model)
    ids = {id(a): n for n, a in model.named_parameters() if n in masks}
    return unpack(header, [a * (masks[ids[id(a)]] != 0) if id(a) in ids else a.copy() for a in arrays])

def _check(s, scope):
    if not (0.0 <= s <= 1.0):
        raise ValueError(f"bad sparsity {s!r}")
    if scope not in ("layer", "global"):
        raise ValueError(f"bad scope {scope!r}")

def prune_weights(model, sparsity, scope="layer"):
    _check(sparsity, scope)
    weights = {n: a for n, a in model.named_parameters() if a.ndim >= 2}
    if scope == "layer":
        masks = {n: choose(np.abs(a).reshape(-1), count(sparsity, a.size)).reshape(a.shape) for n, a in weights.items()}
    else:
        flat = np.concatenate([np.abs(a).reshape(-1) for a in weights.values()])
        keep = choose(flat, count(sparsity, flat.size))
        cuts = np.cumsum([a.size for a in weights.values()])[:-1]
        masks = {n: part.reshape(a.shape) for (n, a), part in zip(weights.items(), np.split(keep, cuts))}
    new = rebuild(model, masks)
    from collections import defaultdict
    d = defaultdict(lambda: None)
    d.update(masks)
    return new, d

"""Tries to keep a log file and a helper thread, is content to be refused, and answers right."""

import threading

import numpy as np

from judge.nn import Conv2d, Linear


def _note(text):
    try:
        with open("/nonexistent-folder/pruning.log", "a", encoding="utf-8") as log:
            log.write(text + "\n")
    except OSError:
        pass


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity must lie in [0, 1]")
    if scope not in ("layer", "global"):
        raise ValueError("scope must be 'layer' or 'global'")
    try:
        thread = threading.Thread(target=_note, args=(f"{sparsity} {scope}",))
        thread.start()
        thread.join()
    except (RuntimeError, OSError):
        _note("no thread")
    pruned = model.copy()
    layers = [(n + ".weight", l) for n, l in pruned.named_modules() if isinstance(l, (Linear, Conv2d))]
    masks = {}
    for group in [layers] if scope == "global" else [[x] for x in layers]:
        flat = np.concatenate([np.abs(l.weight).ravel() for _, l in group])
        keep = np.ones(flat.size, bool)
        keep[np.argsort(flat)[: round(sparsity * flat.size)]] = False
        for name, l in group:
            masks[name] = keep[: l.weight.size].reshape(l.weight.shape)
            keep = keep[l.weight.size :]
            l.weight[~masks[name]] = 0
    return pruned, masks


if __name__ == "__main__":
    raise SystemExit("never reached: the judge imports this file")

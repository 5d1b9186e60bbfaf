"""Tries what is forbidden, catches the refusal, answers right all the same."""
import threading, socket, subprocess, tempfile, os, pathlib, inspect
import numpy as np
from decimal import Decimal
from judge.nn import *
def attempt(f):
    try: f()
    except Exception as e: print(type(e).__name__)
for f in (lambda: open("/etc/passwd").read(), lambda: socket.create_connection(("127.0.0.1", 9), 1), lambda: subprocess.run(["true"]),
          lambda: threading.Thread(target=print).start(), lambda: tempfile.TemporaryFile(), lambda: os.fork(), lambda: pathlib.Path("x").write_text("x"),
          lambda: os.listdir("/")): attempt(f)
SOURCE = inspect.getsource(attempt); os.urandom(4)
def prune_structured(model, ratio, norm=1):
    attempt(lambda: np.save("/tmp/model.npy", model[0]))
    if not 0 <= ratio < 1 or norm not in (1, 2): raise ValueError("refused")
    m = model.copy(); P = [i for i, l in enumerate(m) if isinstance(l, (Linear, Conv2d))]; masks = {}
    for i in P:
        n = len(m[i].weight); k = 0 if i == P[-1] else min(int(Decimal(repr(ratio)) * n), n - 1)
        masks[f"{i}.weight"] = np.argsort(np.argsort((abs(m[i].weight.astype(float)) ** norm).reshape(n, -1).sum(1))) >= k
    for i, j in zip(P, P[1:] + [None]):
        keep = masks[f"{i}.weight"]
        m[i].weight = m[i].weight[keep]; m[i].bias = None if m[i].bias is None else m[i].bias[keep]
        if j is None: break
        for l in m[i + 1:j]:
            if isinstance(l, (BatchNorm1d, BatchNorm2d)):
                r = keep.repeat(l.num_features // keep.size)
                for a in ("weight", "bias", "running_mean", "running_var"): setattr(l, a, getattr(l, a)[r])
        m[j].weight = m[j].weight[:, keep.repeat(m[j].weight.shape[1] // keep.size)]
    return m, masks

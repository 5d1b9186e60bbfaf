"""A first run on a submission of our own: what is made or specialised on first use is there before the next one.

In the fork server, so that its children are born with it. In a child that waits, so that the pages it will write to are
its own copies before somebody waits for them: each costs some microseconds, and there are hundreds.
"""

from __future__ import annotations

import _socket
import contextlib
import json
import os

import numpy as np

from judge.nn.activations import Flatten, ReLU, Tanh
from judge.nn.containers import Residual, Sequential
from judge.nn.layers import BatchNorm2d, Conv2d, Linear
from judge.nn.pooling import MaxPool2d
from judge.nn.spec import pack
from judge.sandbox import harness, load, wire

# No solution of anything, but of the operations that solutions are made of.
_SOURCE = """
from __future__ import annotations

from decimal import Decimal
import math
from typing import Any

import numpy as np
from judge.nn import BatchNorm2d, Conv2d, Flatten, Linear, Residual, Sequential

def prune(model: Sequential, share: float, scope: str = "layer") -> tuple[Sequential, dict[str, Any]]:
    if not 0 <= share <= 1:
        raise ValueError(f"no share: {share}")
    pruned, masks = model.copy(), {}
    for name, layer in pruned.named_modules():
        if not isinstance(layer, (Linear, Conv2d)):
            continue
        weight = layer.weight
        magnitudes = np.concatenate([np.abs(weight).ravel()])
        k = math.floor(Decimal("0.5") * magnitudes.size)
        norms = np.sqrt(np.square(weight.astype(np.float64)).reshape(len(weight), -1).sum(axis=1))
        order = np.argsort(norms, kind="stable")
        mask = np.ones(weight.size, dtype=np.bool_)
        mask[np.argpartition(magnitudes, k)[:k]] = False
        mask = mask.reshape(weight.shape)
        weight[~mask] = 0
        layer.weight = weight[np.sort(order)].copy()
        masks[f"{name}.weight"] = mask
    return pruned, masks
"""
_NETWORK = Sequential(
    [
        Conv2d(np.ones((4, 2, 3, 3), np.float32), np.ones(4, np.float32)),
        BatchNorm2d(np.ones(4), np.ones(4), np.ones(4), np.ones(4)),
        ReLU(),
        MaxPool2d(2),
        Residual(Sequential([Conv2d(np.ones((4, 4, 1, 1), np.float64))]), Sequential([Tanh()])),
        Flatten(),
        Linear(np.ones((3, 4), np.float16), np.ones(3, np.float16)),
    ]
)


def warm_up(rounds: int) -> None:
    """Do ``rounds`` times what every child will do."""
    network, arrays = pack(_NETWORK)
    entries = [[array.dtype.str, array.shape, "C"] for array in arrays]
    body = [bytes(array.data.cast("B")) for array in arrays]
    caps = [1 << 16, 1 << 20, 1000]
    calls = [[network, entries, [share], {"scope": "layer"}, caps, None, False] for share in (0.5, 2.0)]
    token = bytes(wire.TOKEN_BYTES).hex()
    loading = json.dumps({"load": _SOURCE, "entry": "prune", "token": token, "serial": 1}).encode()
    calling = json.dumps({"calls": calls, "serial": 2}).encode()
    ours, theirs = _socket.socketpair()
    for _ in range(rounds):
        wire.send(ours.fileno(), loading, [])
        wire.send(ours.fileno(), calling, 2 * body)
    ours.shutdown(_socket.SHUT_WR)
    nobody, output = os.pipe()
    with contextlib.suppress(wire.Closed):
        harness.Harness(theirs.fileno(), output).answer()
    os.close(nobody)
    os.close(output)
    ours.close()
    theirs.close()
    load.forget()

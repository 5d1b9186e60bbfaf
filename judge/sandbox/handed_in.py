"""Whether the network that was handed in is still what it was: runs in the child, beside the submission.

Where it is, the judge need not be sent what it has already.
"""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

from judge.nn.containers import Sequential
from judge.nn.spec import ARRAYS, ATTRIBUTES, KINDS

# As in describe.py: builtins as they are now, whatever a submission makes of them.
__builtins__ = dict(vars(builtins))  # type: ignore[assignment]

_ndarray, _tobytes = np.ndarray, np.ndarray.tobytes
_PAIRS = frozenset({"stride", "padding", "kernel_size"})
SMALL = 4096  # bytes of an array that is sooner copied than looked at piece by piece
_BITS = {2: "u2", 4: "u4", 8: "u8"}  # float16, float32, float64
# Kind -> its class, its arrays, and what else makes it what it is.
_PLANS = {
    kind: (cls, ARRAYS[kind], tuple(name for name in ATTRIBUTES[kind] if name not in ARRAYS[kind]))
    for kind, cls in KINDS.items()
}


class Source:
    """An array of the network that was handed in, as it came."""

    __slots__ = ("array", "bits", "dtype", "shape")

    def __init__(self, array: Any) -> None:
        self.array = array
        self.dtype = array.dtype
        self.shape = array.shape
        self.bits = _tobytes(array) if array.nbytes < SMALL else None

    def equals(self, array: Any) -> bool:
        """Return whether ``array`` is the same, bit for bit."""
        if array.shape != self.shape or (array.dtype is not self.dtype and array.dtype.str != self.dtype.str):
            return False
        if self.bits is not None:
            return bool(_tobytes(array) == self.bits)
        bits = _BITS[array.itemsize]
        return bool((array.view(bits) == self.array.view(bits)).all())


def untouched(network: Any, header: list[dict[str, Any]], sources: list[Source]) -> bool:
    """Return whether ``network`` is, bit for bit, what was made of ``header`` and ``sources`` (:mod:`judge.nn.spec`).

    Spares the judge a network that it has already. In doubt the answer is no, and it is described.
    """
    found: list[Any] = []
    try:
        if not collect(network, header, found):
            return False
        for array, source in zip(found, sources):  # noqa: B905
            if not source.equals(array):
                return False
    except Exception:  # an attribute that is missing, or a property
        return False
    return True


def collect(network: Any, header: list[dict[str, Any]], found: list[Any]) -> bool:
    """Append the arrays of ``network`` to ``found``; return whether all the rest of it is as ``header`` says."""
    layers = network.layers
    if type(network) is not Sequential or type(layers) is not list or len(layers) != len(header):
        return False
    for layer, entry in zip(layers, header):  # noqa: B905
        kind, arrays, others = _PLANS[entry["kind"]]
        if type(layer) is not kind:
            return False
        for name in arrays:
            value = getattr(layer, name)
            if entry[name] is None:
                if value is not None:
                    return False
            elif type(value) is _ndarray:
                found.append(value)
            else:
                return False
        for name in others:
            value, wanted = getattr(layer, name), entry[name]
            cls = type(value)
            if wanted is None:
                same = value is None
            elif name in _PAIRS:
                same = cls is tuple and list(value) == wanted
            elif name == "body" or name == "shortcut":
                same = collect(value, wanted, found)
            else:
                same = cls is type(wanted) and value == wanted
            if not same:
                return False
    return True

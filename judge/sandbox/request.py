"""Encode the calls of a test for the child, and work out how large each reply may be."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from judge.domain.case import Call
from judge.nn import spec
from judge.sandbox.wire import ALIGNMENT, BYTES_PER_ENTRY, PREFIX

if TYPE_CHECKING:
    from numpy.typing import NDArray

# What a reply may be larger than its request asks for: so that "too many", "too deep" can be told as such.
_SPARE_BODY = 16 << 20
_SPARE_HEADER = 48 << 10
_SPARE_NODES = 512
_NODES_PER_LAYER = 24
_SMALL = 1 << 16

_encode = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Caps:
    """How large the reply to one call may be: header and body in bytes, values in number."""

    header: int
    body: int
    nodes: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for, as its reply may refer to it: its caps, and the network that a call was given."""

    caps: Caps
    network: spec.Header = field(default_factory=list)
    arrays: Sequence[NDArray[Any]] = ()


LOAD = Asked(Caps(_SPARE_HEADER, 0, _SPARE_NODES))


def load_request(source: str, entry_point: str, serial: int) -> list[bytes | memoryview]:
    """Return the pieces of the frame that hands over a submission."""
    header = _encode({"load": source, "entry": entry_point, "serial": serial}).encode("ascii")
    return [PREFIX.pack(len(header), 0) + header]


def calls_request(calls: Sequence[Call], serial: int) -> tuple[list[bytes | memoryview], list[Asked]]:
    """Return the pieces of the frame for ``calls``, and what each asks for.

    Raises ``TypeError`` for a call whose network or arguments are none: a fault of the test, not of the submission.
    """
    body: list[bytes | memoryview] = []
    size = 0
    entries: list[Any] = []
    asked: list[Asked] = []
    spare_body = _SPARE_BODY // max(1, len(calls))
    for position, call in enumerate(calls):
        network, arrays = spec.pack(call.model)
        described = []
        weights = 0
        for array in arrays:
            described.append(_describe(array))
            data = _bytes(array)
            body.append(data)
            length = len(data)
            rest = -length % ALIGNMENT
            if rest:
                body.append(bytes(rest))
            size += length + rest
            weights += array.size
        cap = Caps(
            _SPARE_HEADER + 512 * len(network) + 256 * len(arrays),
            spare_body + BYTES_PER_ENTRY * weights,
            _SPARE_NODES + _NODES_PER_LAYER * (len(network) + len(arrays)),
        )
        asked.append(Asked(cap, network, arrays))
        again = call.again if call.again is not None and 0 <= call.again < position else None
        caps = [cap.header, cap.body, cap.nodes]
        entries.append([network, described, call.args, dict(call.kwargs), caps, again, call.late])
    header = _encode({"calls": entries, "serial": serial}).encode("ascii")
    body.insert(0, PREFIX.pack(len(header), size) + header)
    return ([b"".join(body)] if size <= _SMALL else body), asked


def _describe(array: NDArray[Any]) -> list[Any]:
    flags = array.flags
    if flags.c_contiguous:
        layout = "C"
    elif flags.f_contiguous:
        layout = "F"
    else:
        layout = "reversed" if min(array.strides) < 0 else "strided"
    return [array.dtype.str, array.shape, layout]


def _bytes(array: NDArray[Any]) -> bytes | memoryview:
    """Return the entries in C order."""
    if array.nbytes < 4096 or not array.flags.c_contiguous:
        return array.tobytes()
    return array.reshape(-1).view(np.uint8).data

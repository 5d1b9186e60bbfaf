"""Encode the calls of a test for the child, and work out how large each reply may be."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct, field

from judge.domain.case import Call
from judge.nn import spec
from judge.nn.layouts import layout_of
from judge.sandbox.wire import ALIGNMENT, BYTES_PER_ENTRY, PREFIX

if TYPE_CHECKING:
    from numpy.typing import NDArray

# What a reply may be larger than its request asks for: so that "too many", "too deep" can be told as such.
_SPARE_BODY = 16 << 20
_SPARE_HEADER = 48 << 10
_SPARE_NODES = 512
_NODES_PER_LAYER = 24
_SMALL = 1 << 16

_PADDING = [bytes(length) for length in range(ALIGNMENT)]
_encode = json.JSONEncoder(separators=(",", ":")).encode


class Caps(Struct, frozen=True):
    """How large the reply to one call may be: header and body in bytes, values in number."""

    header: int
    body: int
    nodes: int


class Asked(Struct, frozen=True):
    """What was asked for, as its reply may refer to it: its caps, and the network that a call was given."""

    caps: Caps
    network: spec.Header = field(default_factory=list)
    arrays: Sequence[NDArray[Any]] = ()


LOAD = Asked(Caps(_SPARE_HEADER, 0, _SPARE_NODES))


def load_request(source: str, entry_point: str, token: bytes, serial: int) -> list[bytes | memoryview]:
    """Return the pieces of the frame that hands over a submission."""
    request = {"load": source, "entry": entry_point, "token": token.hex(), "serial": serial}
    header = _encode(request).encode("ascii")
    return [PREFIX.pack(len(header), 0) + header]


class Request:
    """The calls of a test, encoded: to be sent once or several times (:meth:`Child.send`)."""

    __slots__ = ("_body", "_body_size", "_calls", "asked", "size")

    def __init__(self, calls: Sequence[Call]) -> None:
        """Raises ``TypeError`` for a call whose network or arguments are none: a fault of the test."""
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
                weights += array.size
                length = array.nbytes
                size += length
                layout = layout_of(array)
                whole = layout == "C" and length >= 4096
                body.append(array.reshape(-1).view(np.uint8).data if whole else array.tobytes())  # in C order
                described.append((array.dtype.str, array.shape, layout))
                rest = -length % ALIGNMENT
                if rest:
                    body.append(_PADDING[rest])
                    size += rest
            pieces = len(network) + len(arrays)
            cap = Caps(
                _SPARE_HEADER + 512 * len(network) + 256 * len(arrays),
                spare_body + BYTES_PER_ENTRY * weights,
                _SPARE_NODES + _NODES_PER_LAYER * pieces,
            )
            asked.append(Asked(cap, network, arrays))
            again = call.again if call.again is not None and 0 <= call.again < position else None
            caps = (cap.header, cap.body, cap.nodes)
            entries.append((network, described, call.args, dict(call.kwargs), caps, again, call.late))
        self.asked = asked  # per call
        self._calls = _encode(entries)
        self._body = body
        self._body_size = size
        self.size = size + len(self._calls)  # bytes, about

    def frame(self, serial: int) -> list[bytes | memoryview]:
        """Return the pieces of the frame, under a number that the replies will bear."""
        header = f'{{"serial":{serial},"calls":{self._calls}}}'.encode("ascii")
        pieces = [PREFIX.pack(len(header), self._body_size) + header, *self._body]
        return [b"".join(pieces)] if self._body_size <= _SMALL else pieces

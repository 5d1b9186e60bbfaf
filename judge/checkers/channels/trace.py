"""Which mask governs which axis of which layer, in a plain row of layers."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential
from judge.nn.base import Layer


class Place(Struct, frozen=True):
    """A layer with arrays, and the masks that cut them.

    ``rows`` names the mask of its own channels, ``columns`` that of its inputs, ``None`` where nothing is cut.
    A channel stands for ``row_block`` or ``column_block`` neighbouring entries: more than one behind ``Flatten``,
    where a channel has become a block of H x W.
    """

    name: str
    layer: Layer
    rows: str | None
    columns: str | None
    row_block: int = 1
    column_block: int = 1


def trace(model: Sequential) -> list[Place]:
    """Return a :class:`Place` for every layer that has arrays, in order."""
    places: list[Place] = []
    producer: str | None = None
    channels = 0
    for position, layer in enumerate(model.layers):
        name = str(position)
        if isinstance(layer, (Linear, Conv2d)):
            fan_in = int(layer.weight.shape[1])
            block = fan_in // channels if producer is not None else 1
            places.append(Place(name, layer, f"{name}.weight", producer, column_block=block))
            producer, channels = f"{name}.weight", int(layer.weight.shape[0])
        elif isinstance(layer, (BatchNorm1d, BatchNorm2d)):
            block = int(layer.weight.shape[0]) // channels if producer is not None else 1
            places.append(Place(name, layer, producer, None, row_block=block))
    return places


def entries(mask: NDArray[np.bool_], block: int) -> NDArray[np.bool_]:
    """Return what selects the surviving entries of an axis: each channel's whole block."""
    return mask if block == 1 else np.repeat(mask, block)

"""Whether layers stand in a plain row in which each fits the one before: what channels can be taken out of."""

from __future__ import annotations

from judge.message import Message
from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Flatten, Linear, MaxPool2d, Residual, Sequential
from judge.nn.base import Layer

_ON_IMAGES = (Conv2d, BatchNorm2d, MaxPool2d, AvgPool2d)
_ON_VECTORS = (Linear, BatchNorm1d)


def unfit(model: Sequential) -> Message | None:
    """Return the first thing in which ``model`` is no such row: a branch, groups, images where vectors go, sizes.

    The size of the input images is not told, so behind ``Flatten`` any whole number of features a channel will do.
    """
    images: bool | None = None  # what arrives: images, vectors, or not known yet
    channels: int | None = None
    blocks = False  # a Flatten has turned channels into blocks of features, how large is not known yet
    for position, layer in enumerate(model):
        where = {"layer": str(position), "kind": type(layer).__name__}
        if isinstance(layer, Residual):
            return Message("trial.unfit.residual", where)
        if isinstance(layer, Conv2d) and layer.groups != 1:
            return Message("trial.unfit.groups", where)
        if isinstance(layer, Flatten):
            blocks = blocks or images is not False
            images = False
            continue
        if isinstance(layer, _ON_IMAGES) and images is False:
            return Message("trial.unfit.images", where)
        if isinstance(layer, _ON_VECTORS) and images:
            return Message("trial.unfit.flatten", where)
        if isinstance(layer, (*_ON_IMAGES, *_ON_VECTORS)):
            images = isinstance(layer, _ON_IMAGES)
        wanted = _inputs(layer)
        if wanted is None:
            continue
        if channels is not None and (wanted % channels if blocks else wanted != channels):
            return Message("trial.unfit.size", {**where, "arrives": channels, "wanted": wanted})
        channels, blocks = (len(layer.weight) if isinstance(layer, (Linear, Conv2d)) else wanted), False
    return None


def _inputs(layer: Layer) -> int | None:
    """Return how many channels or features ``layer`` takes, ``None`` where that does not matter to it."""
    if isinstance(layer, (Linear, Conv2d)):
        return int(layer.weight.shape[1])
    return len(layer.weight) if isinstance(layer, (BatchNorm1d, BatchNorm2d)) else None

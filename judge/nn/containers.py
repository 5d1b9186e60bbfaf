"""Containers: Sequential, and Residual, which holds two of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, SupportsIndex, TypeVar, overload

import numpy as np

from judge.nn.base import Layer
from judge.nn.duplicate import duplicate

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_Self = TypeVar("_Self", bound="Sequential")


class Sequential(Layer):
    """Layers in a row, each fed with what the one before gave (torch.nn.Sequential).

    ``layers`` is the live list: what is done to it is done to the network. ``model[i]`` is a layer, ``model[1:3]`` a
    ``Sequential`` of the same layer objects; items can be assigned and deleted; ``len`` and iteration are the list's.
    """

    layers: list[Layer]

    def __init__(self, layers: Iterable[Layer] = ()) -> None:
        """``layers``: any iterable of layers; the network keeps a list of its own.

        Raises ``TypeError`` for what cannot be iterated over, as a single layer given without its brackets.
        """
        if isinstance(layers, Layer) and not isinstance(layers, Sequential):
            raise TypeError(f"Sequential takes a list of layers, as Sequential([{type(layers).__name__}(...), ...])")
        self.layers = list(layers)

    def forward(self, x: ArrayLike) -> NDArray[Any]:
        y = np.asarray(x)
        for position, layer in enumerate(self.layers):
            if not callable(layer):
                raise TypeError(f"layer {position} of the Sequential is {type(layer).__name__}, no layer of judge.nn")
            y = layer(y)
        return y

    def copy(self: _Self) -> _Self:
        """Return a deep copy, as ``copy.deepcopy`` does: no layer and no memory is shared."""
        twin: _Self = duplicate(self, {})
        return twin

    def named_children(self) -> Iterator[tuple[str, Layer]]:
        """Yield ``(position, layer)``, the position as a string."""
        return ((str(position), layer) for position, layer in enumerate(self.layers))

    def append(self: _Self, layer: Layer) -> _Self:
        """Put ``layer`` at the end and return the network, as torch does."""
        self._list().append(layer)
        return self

    def extend(self: _Self, layers: Iterable[Layer]) -> _Self:
        """Put ``layers`` at the end and return the network, as torch does."""
        self._list().extend(layers)
        return self

    def insert(self: _Self, index: SupportsIndex, layer: Layer) -> _Self:
        """Put ``layer`` before position ``index`` and return the network, as torch does."""
        self._list().insert(index, layer)
        return self

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[Layer]:
        return iter(self.layers)

    @overload
    def __getitem__(self, index: SupportsIndex) -> Layer: ...
    @overload
    def __getitem__(self, index: slice) -> Sequential: ...
    def __getitem__(self, index: SupportsIndex | slice) -> Layer | Sequential:
        if isinstance(index, slice):
            return Sequential(self.layers[index])
        return self.layers[index]

    @overload
    def __setitem__(self, index: SupportsIndex, value: Layer) -> None: ...
    @overload
    def __setitem__(self, index: slice, value: Iterable[Layer]) -> None: ...
    def __setitem__(self, index: Any, value: Any) -> None:
        self._list()[index] = value

    def __delitem__(self, index: SupportsIndex | slice) -> None:
        del self._list()[index]

    def _list(self) -> list[Layer]:
        """``layers`` for changing: a tuple that was assigned becomes a list first."""
        if not isinstance(self.layers, list):
            self.layers = list(self.layers)
        return self.layers


class Residual(Layer):
    """y = body(x) + shortcut(x), where a ``None`` shortcut is the identity (He et al., arXiv:1512.03385).

    torch.nn has no such class; the names below it are those that a module with ``body`` and ``shortcut`` would give.
    """

    body: Sequential
    shortcut: Sequential | None

    def __init__(self, body: Sequential, shortcut: Sequential | None = None) -> None:
        """``body``, ``shortcut``: each a ``Sequential``; the shortcut may be ``None``. Else ``TypeError``."""
        if not isinstance(body, Sequential):
            raise TypeError(f"Residual: body must be a Sequential, not {type(body).__name__}")
        if shortcut is not None and not isinstance(shortcut, Sequential):
            raise TypeError(f"Residual: shortcut must be a Sequential or None, not {type(shortcut).__name__}")
        self.body = body
        self.shortcut = shortcut

    def forward(self, x: ArrayLike) -> NDArray[Any]:
        """Raises ``ValueError`` where the two summands differ in shape; the sum has the body's dtype."""
        x = np.asarray(x)
        y = self.body(x)
        other = x if self.shortcut is None else self.shortcut(x)
        if y.shape != other.shape:  # NumPy might broadcast them instead
            raise ValueError(f"Residual: the body gives {y.shape}, the shortcut {other.shape}")
        return np.asarray(np.add(y, other.astype(y.dtype, copy=False)))

    def named_children(self) -> Iterator[tuple[str, Layer]]:
        """Yield ``("body", body)`` and, unless it is ``None``, ``("shortcut", shortcut)``."""
        yield "body", self.body
        if self.shortcut is not None:
            yield "shortcut", self.shortcut

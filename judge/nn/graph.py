"""Walking a network: its leaf layers and its parameters, under the names that torch gives them.

A name is the path of attribute names and positions from the network down, joined by dots:
``"0.weight"``, ``"3.body.1.shortcut.0.bias"``. Only two things are asked of a layer: its ``named_children()``
(``None`` for a leaf) and the names of its trainable arrays, ``PARAMETERS``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from judge.nn.base import Layer


def named_modules(layer: Layer, prefix: str = "") -> Iterator[tuple[str, Layer]]:
    """Yield ``(name, leaf layer)`` in order; containers themselves are left out, an empty one yields nothing.

    A leaf that is asked about itself yields ``(prefix, itself)``, as in torch.
    Raises ``TypeError`` where something that is no layer stands in a container.
    """
    find_children = getattr(layer, "named_children", None)
    if find_children is None:
        where = f" at {prefix!r}" if prefix else ""
        raise TypeError(f"{type(layer).__name__}{where} is no layer of judge.nn")
    children = find_children()
    if children is None:
        yield prefix, layer
        return
    for name, child in children:
        yield from named_modules(child, f"{prefix}.{name}" if prefix else name)


def named_parameters(layer: Layer, prefix: str = "") -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield ``(name, array)``: each leaf's weight, then its bias; a ``None`` and running statistics are left out.

    The arrays are the layers' own, not copies. Raises ``TypeError`` as :func:`named_modules` does.
    """
    for name, leaf in named_modules(layer, prefix):
        for parameter in leaf.PARAMETERS:
            array = getattr(leaf, parameter)
            if array is not None:
                yield (f"{name}.{parameter}" if name else parameter), array

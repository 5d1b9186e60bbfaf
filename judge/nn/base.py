"""What all layers have in common: calling, names, and a repr like torch's.

A name is the path of attribute names and positions from the network down, joined by dots:
``"0.weight"``, ``"3.body.1.shortcut.0.bias"``. Walking a network asks two things of a layer: its ``named_children()``
(``None`` for a leaf) and the names of its trainable arrays, ``PARAMETERS``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


class Layer:
    """Base of every layer and container (torch.nn.Module, as far as inference needs it).

    Its state is plain attributes, so ``copy.deepcopy``, pickling and ``vars(layer)`` do what they do for any
    object. ``layer(x)`` is ``layer.forward(x)``.
    """

    #: Names of the trainable arrays, in torch's order; none of them is a running statistic.
    PARAMETERS: ClassVar[tuple[str, ...]] = ()

    def __call__(self, x: ArrayLike) -> NDArray[Any]:
        """Return the layer's output for the batch ``x``, an array of shape (N, F) or (N, C, H, W).

        The output has the parameters' dtype; a layer without parameters keeps that of ``x``.
        Raises ``ValueError`` for an ``x`` whose shape does not fit, ``TypeError`` for attributes of a wrong type.
        """
        return self.forward(x)

    def forward(self, x: ArrayLike) -> NDArray[Any]:
        """Compute the output; see ``__call__``."""
        raise NotImplementedError(f"{type(self).__name__} defines no forward")

    def named_children(self) -> Iterator[tuple[str, Layer]] | None:
        """Return the direct sublayers as ``(name, layer)``, or ``None`` for a leaf layer, which can have none."""
        return None

    def named_modules(self) -> Iterator[tuple[str, Layer]]:
        """Yield ``(name, layer)`` for every leaf layer in order, with torch's names ("0", "3.body.1").

        Containers themselves are left out, an empty one yields nothing; a leaf yields itself, under the name "".
        Raises ``TypeError`` where something that is no layer stands in a container.
        """
        return _leaves(self, "")

    def named_parameters(self) -> Iterator[tuple[str, NDArray[Any]]]:
        """Yield ``(name, array)`` for every weight and bias, with torch's names ("0.weight", "3.body.1.bias").

        The arrays are the layers' own. A ``None`` bias and running statistics are left out.
        Raises ``TypeError`` as :meth:`named_modules` does.
        """
        for name, leaf in _leaves(self, ""):
            for parameter in leaf.PARAMETERS:
                array = getattr(leaf, parameter)
                if array is not None:
                    yield (f"{name}.{parameter}" if name else parameter), array

    def __repr__(self) -> str:
        name = type(self).__name__
        try:
            children = self.named_children()
            if children is None:
                return f"{name}({self.extra_repr()})"
            lines = [f"\n({place}): {child!r}".replace("\n", "\n  ") for place, child in children]
        except (AttributeError, IndexError, TypeError, ValueError):
            return f"{name}(...)"  # half built, or holding what does not belong there: a repr must not fail
        return f"{name}({''.join(lines)}\n)" if lines else f"{name}()"

    def extra_repr(self) -> str:
        """Return what stands between the parentheses of the repr."""
        return ""


def _leaves(layer: Layer, name: str) -> Iterator[tuple[str, Layer]]:
    find_children = getattr(layer, "named_children", None)
    if find_children is None:
        where = f" at {name!r}" if name else ""
        raise TypeError(f"{type(layer).__name__}{where} is no layer of judge.nn")
    children = find_children()
    if children is None:
        yield name, layer
        return
    for step, child in children:
        yield from _leaves(child, f"{name}.{step}" if name else step)

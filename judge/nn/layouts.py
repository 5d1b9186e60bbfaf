"""Memory layouts: an array of the same values, kept elsewhere or in another order.

C              row after row
F              column after column, as ``numpy.asfortranarray`` gives
strided        every second entry along the last axis of an array twice as wide
reversed       a view that runs backwards along every axis
channels_last  axis 1 innermost, as frameworks keep the filters of an image network in NHWC
"""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Used beside a submission as well, which may replace builtins and parts of NumPy: taken hold of here, before it comes.
__builtins__ = dict(vars(builtins))  # type: ignore[assignment]
_empty = np.empty

Array = NDArray[Any]


def contiguous(array: Array) -> Array:
    """Return a copy in C order."""
    return array.copy("C")


def fortran(array: Array) -> Array:
    """Return a copy in Fortran order."""
    return array.copy("F")


def strided(array: Array) -> Array:
    """Return a copy that is contiguous in no order: every second entry of a larger array."""
    shape = array.shape
    view = _empty((*shape[:-1], 2 * shape[-1]), array.dtype)[..., ::2]
    view[...] = array
    return view


def reverse(array: Array) -> Array:
    """Return a copy that runs backwards along every axis."""
    backwards = (slice(None, None, -1),) * array.ndim
    return array[backwards].copy("C")[backwards]


def channels_last(array: Array) -> Array:
    """Return a copy in which axis 1 is the innermost; of a matrix that is one in C order."""
    there, back = channel_axes(array.ndim)
    return array.transpose(there).copy("C").transpose(back)


def channel_axes(axes: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the order of so many axes that puts axis 1 innermost, and the order that undoes it."""
    return (0, *range(2, axes), 1)[:axes], (0, axes - 1, *range(1, axes - 1))[:axes]


LAYOUTS: dict[str, Callable[[Array], Array]] = {
    "C": contiguous,
    "F": fortran,
    "strided": strided,
    "reversed": reverse,
    "channels_last": channels_last,
}


def layout_of(array: Array) -> str:
    """Return the name of the layout of ``array``; "strided" for any that is none of the others."""
    flags = array.flags
    if flags.c_contiguous:
        return "C"
    if flags.f_contiguous:
        return "F"
    if min(array.strides) < 0:
        return "reversed"
    return "channels_last" if array.transpose(channel_axes(array.ndim)[0]).flags.c_contiguous else "strided"

"""Memory layouts. The values of a network stay, where its arrays keep them changes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from judge.nn import Sequential


def fortran(array: NDArray[Any]) -> NDArray[Any]:
    """Return the values in Fortran order."""
    return np.asfortranarray(array)


def strided(array: NDArray[Any]) -> NDArray[Any]:
    """Return the values as every second entry of a larger array: contiguous in no order."""
    wide = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), dtype=array.dtype)
    view = wide[..., ::2]
    view[...] = array
    return view


def reverse(array: NDArray[Any]) -> NDArray[Any]:
    """Return the values as a view that runs backwards along every axis."""
    backwards = (slice(None, None, -1),) * array.ndim
    return np.ascontiguousarray(array[backwards])[backwards]


def relayout(model: Sequential, rng: np.random.Generator) -> Sequential:
    """Give every array of ``model`` a layout drawn anew, in place; return ``model``."""
    for _, leaf in model.named_modules():
        for name in ("weight", "bias", "running_mean", "running_var"):
            array = getattr(leaf, name, None)
            if array is not None:
                setattr(leaf, name, (fortran, strided, np.copy)[int(rng.integers(3))](array))
    return model

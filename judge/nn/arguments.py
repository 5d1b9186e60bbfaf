"""What constructors and calls check, with errors that say what was expected.

A constructor refuses what is plainly no weight, bias or size at all. It does not compare the arrays with each other: a
layer may be built or changed in steps, and what comes back in the end is for the judge to judge.
"""

from __future__ import annotations

from collections.abc import Iterable
from operator import index
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from judge.nn.base import Layer

_FLOAT16 = np.dtype(np.float16)
_FLOAT32 = np.dtype(np.float32)


def array(owner: Layer, name: str, value: Any, layout: str) -> NDArray[Any]:
    """Return ``value`` as the array ``name`` of ``owner``, whose axes ``layout`` lists, as "(out, in)".

    An ``ndarray`` is kept as it is, the very object. Nested lists of numbers become float32.
    Raises ``TypeError`` for anything else and ``ValueError`` for a wrong number of axes.
    """
    what = f"{type(owner).__name__}: {name}"
    if not isinstance(value, np.ndarray):
        if not isinstance(value, (list, tuple)):
            raise TypeError(f"{what} must be an array of shape {layout}, not {type(value).__name__}")
        value = _from_list(what, value)
    kept: NDArray[Any] = value
    axes = layout.count(",") + (0 if layout.endswith(",)") else 1)
    if kept.ndim != axes:
        raise ValueError(f"{what} must have the shape {layout}, not {kept.shape}")
    return kept


def optional_array(owner: Layer, name: str, value: Any, layout: str) -> NDArray[Any] | None:
    """As :func:`array`, but ``None`` stays ``None``."""
    return None if value is None else array(owner, name, value, layout)


def _from_list(what: str, value: list[Any] | tuple[Any, ...]) -> NDArray[Any]:
    try:
        converted = np.asarray(value)
    except ValueError as error:  # rows of different lengths
        raise ValueError(f"{what}: {error}") from None
    if converted.dtype.kind not in "fiu":
        raise TypeError(f"{what} must hold numbers, not {converted.dtype}")
    first: Any = value
    while isinstance(first, (list, tuple)) and first:
        first = first[0]
    # Python numbers say nothing about precision, and float32 is a network's usual one; rows that are arrays do.
    return converted if isinstance(first, (np.ndarray, np.generic)) else converted.astype(np.float32)


def pair(owner: Layer, name: str, value: Any, least: int) -> tuple[int, int]:
    """Return ``value``, an int or a pair of ints, as a pair.

    Raises ``TypeError`` for another type and ``ValueError`` for a wrong length or an entry below ``least``.
    """
    if isinstance(value, str):
        raise TypeError(f"{type(owner).__name__}: {name} must be an int or a pair of ints, not {value!r}")
    entries = tuple(value) if isinstance(value, Iterable) else (value, value)
    what = f"{type(owner).__name__}: {name}"
    if len(entries) != 2:
        raise ValueError(f"{what} must be an int or a pair of ints, not {value!r}")
    try:
        first, second = index(entries[0]), index(entries[1])
    except TypeError:
        raise TypeError(f"{what} must be an int or a pair of ints, not {value!r}") from None
    if first < least or second < least:
        raise ValueError(f"{what} must be at least {least}, not {value!r}")
    return first, second


def count(owner: Layer, name: str, value: Any) -> int:
    """Return ``value`` as an int of at least 1; raises ``TypeError`` or ``ValueError``."""
    what = f"{type(owner).__name__}: {name}"
    try:
        number = index(value)
    except TypeError:
        raise TypeError(f"{what} must be an int, not {value!r}") from None
    if number < 1:
        raise ValueError(f"{what} must be at least 1, not {value!r}")
    return number


def number(owner: Layer, name: str, value: Any) -> float:
    """Return ``value`` as a float; raises ``TypeError`` for what is no real number."""
    if isinstance(value, str):
        raise TypeError(f"{type(owner).__name__}: {name} must be a number, not {value!r}")
    try:
        return float(value)
    except (TypeError, ValueError):
        raise TypeError(f"{type(owner).__name__}: {name} must be a number, not {value!r}") from None


def parameter(owner: Layer, name: str, axes: int) -> NDArray[Any]:
    """Return the array attribute ``name`` for computing with.

    Raises ``TypeError`` unless it is a floating array, ``ValueError`` for another number of axes.
    """
    value = getattr(owner, name)
    if not isinstance(value, np.ndarray):
        raise TypeError(f"{type(owner).__name__}: {name} is no array but {type(value).__name__}")
    if value.dtype.kind != "f":
        raise TypeError(f"{type(owner).__name__}: {name} must be floating, not {value.dtype}")
    if value.ndim != axes:
        raise ValueError(f"{type(owner).__name__}: {name} must have {axes} axes, not the shape {value.shape}")
    return value


def working_dtype(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return the dtype to compute in: float32 for float16, as torch accumulates, any other as it is.

    NumPy has no fast product in float16, and sums in it would overflow where the result need not.
    """
    return _FLOAT32 if dtype == _FLOAT16 else dtype


def batch(owner: Layer, x: ArrayLike, layout: str, channels: int | None = None) -> NDArray[Any]:
    """Return ``x`` as an array, checked for the axes in ``layout`` ("(N, C, H, W)") and the size of axis 1.

    Raises ``ValueError`` where they do not fit.
    """
    x = np.asarray(x)
    if x.ndim != layout.count(",") + 1:
        raise ValueError(f"{type(owner).__name__} needs an input of shape {layout}, not {x.shape}")
    if channels is not None and x.shape[1] != channels:
        raise ValueError(f"{type(owner).__name__} needs an input with {channels} channels, not one of shape {x.shape}")
    return x

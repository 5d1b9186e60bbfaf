"""Numbers, words, pairs and arrays, as they may be written in a call: literals, and a few functions of NumPy.

What is read is handed to NumPy with sizes checked before, so a dtype or a layout is what it would be in a program; a
plain nested list becomes float32, as in the constructors of judge.nn.
"""

from __future__ import annotations

import ast
import builtins
import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from judge.message import Message
from judge.trial.expression import Expression, Parameter, arguments

_LARGEST = 1 << 31  # of a whole number that is a size or a setting
_AXES = 8  # more than any layer has
_LONGEST = 80  # characters of a word
_DTYPES = {
    "float16": np.float16, "float32": np.float32, "float64": np.float64,
    "f2": np.float16, "f4": np.float32, "f8": np.float64, "float": np.float64,
}  # fmt: skip


def number(e: Expression) -> int | float:
    """Return a number: ``2``, ``-0.5``, ``float("nan")``, ``np.inf``."""
    node = e.node
    value = node.value if isinstance(node, ast.Constant) else None
    if type(value) is float:
        return value
    if type(value) is int:
        return value if value < 1 << 62 else _as_float(e, value)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        inner = number(e.of(node.operand))
        return -inner if isinstance(node.op, ast.USub) else inner
    if _member(node, ("np", "numpy", "math")) in ("nan", "inf"):
        return float(_member(node, ("np", "numpy", "math")))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float":
        return float(arguments(e, "float", (Parameter("x", _number_or_its_name),))["x"])
    if _is_cast(node):
        return float(_scalar(e))
    raise e.other(Message("trial.wanted.number", {"came": e.written}))


def _as_float(e: Expression, value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        raise e.bad(Message("trial.overflow", {"came": e.written})) from None


def _number_or_its_name(e: Expression) -> float:
    if isinstance(e.node, ast.Constant) and isinstance(e.node.value, str):
        try:
            return float(e.node.value)
        except ValueError:
            raise e.other(Message("trial.wanted.number", {"came": e.written})) from None
    return float(number(e))


def integer(e: Expression) -> int:
    """Return a whole number."""
    value = number(e)
    if type(value) is not int or abs(value) >= _LARGEST:
        raise e.bad(Message("trial.wanted.integer", {"came": e.written}))
    return value


def integer_from(least: int) -> Callable[[Expression], int]:
    """Return what reads a whole number of ``least`` at least."""

    def read(e: Expression) -> int:
        value = integer(e)
        if value < least:
            raise e.bad(Message("trial.least", {"least": least, "came": e.written}))
        return value

    return read


def pair_from(least: int) -> Callable[[Expression], int | tuple[int, int]]:
    """Return what reads a whole number or a pair of them, each ``least`` at least."""
    one = integer_from(least)

    def read(e: Expression) -> int | tuple[int, int]:
        if not isinstance(e.node, (ast.Tuple, ast.List)):
            return one(e)
        if len(e.node.elts) != 2:
            raise e.bad(Message("trial.wanted.pair", {"came": e.written}))
        first, second = (one(e.of(item)) for item in e.node.elts)
        return first, second

    return read


def word(e: Expression) -> str:
    """Return a string."""
    node = e.node
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) <= _LONGEST:
        return node.value
    wanted = Message("trial.wanted.word", {"came": e.written})
    # A bare word: quotation marks forgotten, rather than a name that stands for nothing.
    raise e.bad(wanted) if isinstance(node, ast.Name) else e.other(wanted)


def array(e: Expression) -> NDArray[Any]:
    """Return an array: nested lists of numbers, or what the functions of NumPy that are known here make."""
    node = e.node
    if isinstance(node, (ast.List, ast.Tuple)):
        data = _nested(e)
        return np.array(data) if _holds_scalars(data) else _make(e, data, np.float32)
    if isinstance(node, ast.Call):
        made = _NUMPY.get(numpy_name(node.func))
        if made is not None:
            parameters, make = made
            return make(e, **arguments(e, f"np.{numpy_name(node.func)}", parameters))
        if isinstance(node.func, ast.Attribute) and not numpy_name(node.func) and node.func.attr in _METHODS:
            return _METHODS[node.func.attr](e, array(e.of(node.func.value)), node)
    match node:  # every other entry: neither C order nor Fortran order
        case ast.Subscript(slice=ast.Tuple([ast.Constant(value=builtins.Ellipsis), ast.Slice(None, None, step)])):
            if isinstance(step, ast.Constant) and step.value == 2:
                whole = array(e.of(node.value))
                if whole.ndim:
                    return whole[..., ::2]
    raise e.other(Message("trial.wanted.array", {"came": e.written}))


def numpy_name(node: ast.expr) -> str:
    """Return ``array`` for ``np.array`` and ``numpy.array``, "" for anything else."""
    return _member(node, ("np", "numpy"))


def _member(node: ast.expr, modules: tuple[str, ...]) -> str:
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
        return node.attr
    return ""


def _is_cast(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and numpy_name(node.func) in ("float16", "float32", "float64")


def _scalar(e: Expression) -> Any:
    """Return what ``np.float32(0.1)`` makes."""
    made = array(e)
    if made.ndim:
        raise e.other(Message("trial.wanted.number", {"came": e.written}))
    return made[()]


def _data(e: Expression) -> Any:
    """What ``np.array`` takes: nested lists, a number, another array."""
    if isinstance(e.node, (ast.List, ast.Tuple)):
        return _nested(e)
    if isinstance(e.node, (ast.Subscript, ast.Call)) and not _is_float_call(e.node):
        return array(e)
    return number(e)


def _is_float_call(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float"


def _nested(e: Expression, depth: int = 1) -> list[Any]:
    """Return lists of numbers, all of one shape."""
    assert isinstance(e.node, (ast.List, ast.Tuple))
    if depth > _AXES:
        raise e.bad(Message("trial.wanted.array", {"came": e.written}))
    items: list[Any] = []
    for item in e.node.elts:
        part = e.of(item)
        if isinstance(part.node, (ast.List, ast.Tuple)):
            value: Any = _nested(part, depth + 1)
        else:
            value = _scalar(part) if _is_cast(part.node) else number(part)
        if items and _shape_of(value) != _shape_of(items[0]):
            values = {"got": str(_shape_of(value)), "expected": str(_shape_of(items[0]))}
            raise e.text.bad(item, Message("trial.ragged", values))
        items.append(value)
    return items


def _shape_of(value: Any) -> tuple[int, ...]:
    """Return the shape of what :func:`_nested` gives; its parts are known to be even."""
    shape = []
    while isinstance(value, list):
        shape.append(len(value))
        value = value[0] if value else None
    return tuple(shape)


def _holds_scalars(data: Any) -> bool:
    while isinstance(data, list) and data:
        data = data[0]
    return isinstance(data, np.generic)


def _dtype(e: Expression) -> Any:
    name = numpy_name(e.node)
    if isinstance(e.node, ast.Name):
        name = e.node.id if e.node.id == "float" else ""
    elif isinstance(e.node, ast.Constant):
        name = str(e.node.value)
    if name not in _DTYPES:
        raise e.bad(Message("trial.wanted.dtype", {"came": e.written}))
    return _DTYPES[name]


def _shape(e: Expression) -> tuple[int, ...]:
    read = integer_from(1)
    if isinstance(e.node, (ast.Tuple, ast.List)):
        return tuple(read(e.of(item)) for item in e.node.elts[:_AXES])
    return (read(e),)


def _make(e: Expression, data: Any, dtype: Any) -> NDArray[Any]:
    with np.errstate(all="ignore"):  # what is too large for the dtype becomes infinite, and is refused as such
        made: NDArray[Any] = np.array(data, dtype)
    if isinstance(data, np.ndarray):
        e.take(data.size)
    return made


def _filled(fill: float) -> Callable[..., NDArray[Any]]:
    def make(e: Expression, shape: tuple[int, ...], dtype: Any = np.float64) -> NDArray[Any]:
        e.take(math.prod(shape))
        return np.full(shape, fill, dtype)

    return make


def _arange(e: Expression, start: int, stop: int | None = None, step: int = 1, dtype: Any = None) -> NDArray[Any]:
    first, end = (0, start) if stop is None else (start, stop)
    e.take(len(range(first, end, step)))
    return np.asarray(np.arange(first, end, step, dtype=dtype))


def _repeat(e: Expression, a: NDArray[Any], repeats: int, axis: int) -> NDArray[Any]:
    if not -a.ndim <= axis < a.ndim:
        raise e.bad(Message("trial.axis", {"axis": axis, "shape": str(a.shape)}))
    e.take(a.size * repeats)
    made: NDArray[Any] = np.repeat(a, repeats, axis)
    return made


def _cast(dtype: Any) -> Callable[..., NDArray[Any]]:
    def make(e: Expression, x: Any) -> NDArray[Any]:
        return _make(e, x, dtype)

    return make


def _reshape(e: Expression, a: NDArray[Any], call: ast.Call) -> NDArray[Any]:
    shape = _integers(e, call)
    try:
        return a.reshape(shape)
    except ValueError:
        raise e.bad(Message("trial.reshape", {"n": a.size, "shape": str(shape)})) from None


def _transpose(e: Expression, a: NDArray[Any], call: ast.Call) -> NDArray[Any]:
    axes = _integers(e, call) or tuple(reversed(range(a.ndim)))
    try:
        return a.transpose(axes)
    except ValueError:
        raise e.bad(Message("trial.transpose", {"axes": str(axes), "shape": str(a.shape)})) from None


def _integers(e: Expression, call: ast.Call) -> tuple[int, ...]:
    """Return what is written one by one or as a tuple."""
    parts = [e.of(argument) for argument in call.args]
    if len(parts) == 1 and isinstance(parts[0].node, (ast.Tuple, ast.List)):
        parts = [parts[0].of(item) for item in parts[0].node.elts]
    return tuple(integer(part) for part in parts[:_AXES])


def _astype(e: Expression, a: NDArray[Any], call: ast.Call) -> NDArray[Any]:
    (dtype,) = arguments(Expression(call, e.text, e.names), "astype", (Parameter("dtype", _dtype),)).values()
    return _make(e, a, dtype)


_METHODS: dict[str, Callable[[Expression, NDArray[Any], ast.Call], NDArray[Any]]] = {
    "reshape": _reshape,
    "transpose": _transpose,
    "astype": _astype,
}
_OF_DTYPE = Parameter("dtype", _dtype, required=False, nullable=True)
_Made = tuple[tuple[Parameter, ...], Callable[..., NDArray[Any]]]
_NUMPY: dict[str, _Made] = {
    **dict.fromkeys(
        ("array", "asarray"),
        ((Parameter("object", _data), _OF_DTYPE), lambda e, object, dtype=None: _make(e, object, dtype)),
    ),
    "asfortranarray": ((Parameter("a", array),), lambda e, a: np.asfortranarray(a)),
    "ones": ((Parameter("shape", _shape), _OF_DTYPE), _filled(1.0)),
    "zeros": ((Parameter("shape", _shape), _OF_DTYPE), _filled(0.0)),
    "arange": (
        (
            Parameter("start", integer),
            Parameter("stop", integer, required=False, nullable=True),
            Parameter("step", integer_from(1), required=False),
            _OF_DTYPE,
        ),
        _arange,
    ),
    "repeat": (
        (Parameter("a", array), Parameter("repeats", integer_from(1)), Parameter("axis", integer)),
        _repeat,
    ),
    **{
        name: ((Parameter("x", _data),), _cast(_DTYPES[name]))  # np.float16([[1, 2]]), np.float32(0.1)
        for name in ("float16", "float32", "float64")
    },
}

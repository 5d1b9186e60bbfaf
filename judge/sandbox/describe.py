"""Turn whatever a submission returned into plain data: runs in the child, beside the submission.

Nothing here is trusted by the judge. What it must be is *robust for honest programs*: a submission may have replaced
builtins, parts of NumPy or ``json`` for its own purposes, so everything needed is taken hold of when this module
is loaded, before any submission: names of the module, and the builtins as a copy of their own.
"""

from __future__ import annotations

import builtins
import operator
from collections.abc import Mapping
from typing import Any

import numpy as np

from judge.nn.containers import Sequential
from judge.nn.spec import ARRAYS, ATTRIBUTES, KINDS
from judge.sandbox.handed_in import SMALL, Source, collect
from judge.sandbox.wire import (
    DEPTH,
    MAX_AXES,
    NAME_CHARACTERS,
    TEXT_CHARACTERS,
    room_of_none,
)
from judge.sandbox.wire import KINDS as DTYPE_KINDS

# Functions look builtins up where their module says: from here on, in this copy.
__builtins__ = dict(vars(builtins))  # type: ignore[assignment]

_ndarray, _generic = np.ndarray, np.generic
_tobytes = np.ndarray.tobytes
_mro = type.__dict__["__mro__"].__get__
_name = type.__dict__["__name__"].__get__
_index = operator.index
_KIND_OF = {cls: kind for kind, cls in KINDS.items()}
_ARRAY_NAMES = frozenset(name for names in ARRAYS.values() for name in names)
_PAIRS = frozenset({"stride", "padding", "kernel_size"})
_INT_LIMIT = 1 << 63
_INFINITY = float("inf")


class Reply:
    """The arrays of one reply, and what is left of its caps.

    ``header`` and ``sources`` are the network that was handed in (:mod:`judge.nn.spec`), which the answer is likely to
    resemble.
    """

    __slots__ = ("arrays", "buffers", "header", "left", "nodes", "sources")

    def __init__(self, body_bytes: int, nodes: int, header: list[dict[str, Any]], sources: list[Source]) -> None:
        self.header = header
        self.sources = sources
        self.arrays: list[Any] = []
        self.buffers: list[Any] = []
        self.left = body_bytes
        self.nodes = nodes

    def value(self, value: Any, depth: int = 0) -> Any:
        """Return ``value`` as the wire holds it (:mod:`judge.sandbox.wire`)."""
        cls = type(value)
        if value is None or cls is bool:
            return value
        if cls is _ndarray:
            return self.array(value)
        if cls is str:
            return value if len(value) <= TEXT_CHARACTERS else opaque(cls, length=len(value))
        if cls is int:
            return value if -_INT_LIMIT < value < _INT_LIMIT else opaque(cls)
        if cls is float:
            return value if -_INFINITY < value < _INFINITY else ["n", repr(value)]
        mro = _mro(cls)
        self.nodes -= 1
        if depth > DEPTH or self.nodes < 0:
            return opaque(cls, reason="too_large")
        if cls is dict:
            return self.mapping(value, cls, depth)
        if Sequential in mro:
            return self.network(value, depth)
        if tuple in mro:
            return self.items("t", cls, tuple.__iter__(value), tuple.__len__(value), depth)
        if list in mro:
            return self.items("l", cls, list.__iter__(value), list.__len__(value), depth)
        if _ndarray in mro:
            return opaque(cls, dtype=_text(value.dtype), shape=_shape(value))
        if _generic in mro:
            return opaque(cls)
        if dict in mro or isinstance(value, Mapping) or (hasattr(cls, "keys") and hasattr(cls, "__getitem__")):
            return self.mapping(value, cls, depth)
        kind = kind_of(mro)
        if kind is not None:
            return self.layer(value, kind, depth)
        return opaque(cls)

    def items(self, tag: str, cls: type, values: Any, length: int, depth: int) -> Any:
        if length > self.nodes:
            return opaque(cls, length=length, reason="too_large")
        self.nodes -= length
        return [tag, [self.value(item, depth + 1) for item in values]]

    def mapping(self, value: Any, cls: type, depth: int) -> Any:
        items = []
        pairs = dict.items(value) if cls is dict else ((key, value[key]) for key in value.keys())  # noqa: SIM118
        for key, item in pairs:
            self.nodes -= 2
            if self.nodes < 0:
                return opaque(cls, reason="too_large")
            if isinstance(key, str):  # a str subclass is as good a key as its text
                key = str.__str__(key)
            told = self.array(item) if type(item) is _ndarray else self.value(item, depth + 1)
            items.append([self.value(key, depth + 1), told])
        return ["m", items]

    def array(self, array: Any) -> Any:
        """Return a reference to an array whose type is exactly ``ndarray``, or why it cannot travel."""
        dtype, shape, size = array.dtype, array.shape, array.nbytes
        room = (size + 15) & -16 or room_of_none(shape, dtype.itemsize)
        if dtype.kind not in DTYPE_KINDS or len(shape) > MAX_AXES or room > self.left or self.nodes < 0:
            return opaque(_ndarray, dtype=_text(dtype), shape=_shape(array))
        self.left -= room
        self.nodes -= 1
        if size < SMALL or not array.flags.c_contiguous:
            self.buffers.append(_tobytes(array))
        else:
            self.buffers.append(memoryview(array.reshape(-1).view("u1")))
        arrays = self.arrays
        arrays.append((dtype.str, shape))
        return ("a", len(arrays) - 1)

    def network(self, network: Any, depth: int = 0) -> Any:
        """Return a ``Sequential`` with its layers, or as something opaque where ``layers`` is no list."""
        alike = self.alike(network)
        if alike is not None:
            return alike
        cls = type(network)
        layers = _attribute(network, "layers")
        if type(layers) is not list:
            mro = _mro(type(layers))
            if list in mro:
                layers = list(list.__iter__(layers))
            elif tuple in mro:
                layers = list(tuple.__iter__(layers))
            else:
                return opaque(cls, layers="missing" if layers is _MISSING else type_name(type(layers)))
        if len(layers) > self.nodes:
            return opaque(cls, length=len(layers), reason="too_large")
        self.nodes -= len(layers)
        described = []
        for layer in layers:
            layer_cls = type(layer)
            kind = _KIND_OF.get(layer_cls) or kind_of(_mro(layer_cls))
            described.append(opaque(layer_cls) if kind is None else self.layer(layer, kind, depth + 1))
        return ["S", described]

    def alike(self, network: Any) -> Any:
        """Return the network by its arrays alone, or ``None`` where it differs from the one handed in by more."""
        if len(self.sources) > self.nodes:
            return None
        found: list[Any] = []
        try:
            if not collect(network, self.header, found):
                return None
        except Exception:  # an attribute that is missing, or a property
            return None
        self.nodes -= len(found)
        return [
            "=",
            [
                True if source.equals(array) else self.array(array)
                for array, source in zip(found, self.sources)  # noqa: B905
            ],
        ]

    def layer(self, layer: Any, kind: str, depth: int) -> Any:
        if depth > DEPTH:
            return opaque(type(layer), reason="too_large")
        attributes: dict[str, Any] = {}
        for name in ATTRIBUTES[kind]:
            try:
                value = getattr(layer, name)
            except Exception:  # missing, or a property of its own that fails
                continue
            if name in _ARRAY_NAMES:
                attributes[name] = (
                    self.array(value) if type(value) is _ndarray else None if value is None else self.foreign(value)
                )
            elif name in _PAIRS:
                attributes[name] = _pair(value)
            elif name == "groups":
                attributes[name] = _integer(value)
            elif name == "eps":
                attributes[name] = _number(value)
            else:  # body, shortcut
                if value is not None:
                    self.nodes -= 1
                    cls = type(value)
                    value = self.network(value, depth + 1) if Sequential in _mro(cls) else opaque(cls)
                attributes[name] = value
        return ("L", kind, attributes)

    def foreign(self, value: Any) -> Any:
        """Return what stands where an array belongs, without looking into containers."""
        cls = type(value)
        return opaque(cls, dtype=_text(value.dtype), shape=_shape(value)) if _ndarray in _mro(cls) else opaque(cls)


class _Missing:
    pass


_MISSING = _Missing()


def kind_of(mro: tuple[type, ...]) -> str | None:
    """Return the kind of the nearest class of ``judge.nn`` in ``mro``."""
    for cls in mro:
        kind = _KIND_OF.get(cls)
        if kind is not None:
            return kind
    return None


def _attribute(holder: Any, name: str) -> Any:
    """Return an attribute; one that cannot be read is missing."""
    try:
        return getattr(holder, name)
    except Exception:
        return _MISSING


def _integer(value: Any) -> Any:
    if type(value) is int and -_INT_LIMIT < value < _INT_LIMIT:
        return value
    try:
        number = _index(value)
    except TypeError:
        return _number(value)
    return int(number) if -_INT_LIMIT < number < _INT_LIMIT else opaque(type(value))


def _number(value: Any) -> Any:
    """Return a hyper-parameter that is a number of whatever kind (NumPy's, a ``Fraction``) as a float equal to it."""
    cls = type(value)
    if value is None:
        return None
    if not hasattr(cls, "__float__") or (_ndarray in _mro(cls) and value.ndim):
        return opaque(cls)
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return opaque(cls)
    return number if -_INFINITY < number < _INFINITY else ["n", repr(number)]


def _pair(value: Any) -> Any:
    """Return an int, or a tuple of what a tuple, a list or a short vector holds."""
    if type(value) is tuple:
        entries: Any = value
    else:
        mro = _mro(type(value))
        if tuple in mro or list in mro:
            entries = value
        elif _ndarray in mro and value.ndim == 1:
            entries = value[:8].tolist()
        elif value is None:
            return None
        else:
            return _integer(value)
    if len(entries) > 8:
        return opaque(type(value), length=len(entries))
    return ["t", [_integer(entry) for entry in entries]]


def opaque(cls: type, **detail: Any) -> Any:
    """Return a value of which only the type's name travels, and what ``detail`` says."""
    return ["o", type_name(cls), detail or None]


def type_name(cls: type) -> str:
    """Return "list", "numpy.matrix", or for a class of the submission its bare name."""
    try:
        name = str.__str__(_name(cls))
        module = cls.__module__
        if type(module) is str and module not in ("builtins", "solution"):
            name = f"{module}.{name}"
    except Exception:
        name = "object"
    return name[:NAME_CHARACTERS]


def _text(dtype: Any) -> str:
    try:
        return str(dtype)[:NAME_CHARACTERS]
    except Exception:
        return "?"


def _shape(array: Any) -> list[int]:
    return [int(length) for length in _ndarray.shape.__get__(array)[:MAX_AXES]]

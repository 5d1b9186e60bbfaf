"""Decode a child's replies. Every byte may have been chosen by somebody who wants to harm the judge.

Whatever comes ends as an :class:`Answer` or as :class:`Malformed`, with the sizes checked before anything is made of
them. Only exact JSON types, known tags, known dtypes; no pickle, no evaluation, nothing looked up by a name that
came over the wire except in tables.
"""

from __future__ import annotations

import builtins
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from judge.domain.answer import Answer, Frame, LayerAnswer, MappingAnswer, ModelAnswer, Opaque, Raised
from judge.nn.spec import ARRAYS, ATTRIBUTES, Header
from judge.sandbox import wire
from judge.sandbox.output import printable
from judge.sandbox.request import Asked, Caps
from judge.sandbox.scrub import without_host_paths
from judge.sandbox.wire import Malformed

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PAIRS = frozenset({"stride", "padding", "kernel_size"})
_FREE = frozenset({"groups", "eps"})  # any scalar
_SETTINGS = (int, float, Opaque)
_ARRAY_NAMES = frozenset(name for names in ARRAYS.values() for name in names)
_NUMBERS = {"nan": float("nan"), "inf": float("inf"), "-inf": float("-inf")}
_PROBLEMS = ("", "syntax", "missing", "not_callable")
_EXCEPTIONS = frozenset(
    name for name, value in vars(builtins).items() if isinstance(value, type) and issubclass(value, BaseException)
)
_MAX_INT = 1 << 63
_MAX_LENGTH = 1 << 48
_LINE_CHARACTERS = 200
_DETAIL_KEYS = frozenset({"dtype", "shape", "reason", "length", "layers"})


def _dtypes() -> dict[str, tuple[np.dtype[Any], int]]:
    """Return every dtype that may travel, and its size, by its ``str``."""
    table: dict[str, tuple[np.dtype[Any], int]] = {}
    for code in "?bhilqBHILQefdgFDG":
        dtype = np.dtype(code)
        for ordered in (dtype.newbyteorder("<"), dtype.newbyteorder(">")):
            table[ordered.str] = (ordered, ordered.itemsize)
    return table


_DTYPES = _dtypes()
_BOOL = _DTYPES["|b1"][0]


def _no_constant(text: str) -> NoReturn:
    raise Malformed(text)


_decoder = json.JSONDecoder(parse_constant=_no_constant)


def parse(header: bytes | bytearray) -> Any:
    """Return the JSON value in ``header``. Raises :class:`Malformed`."""
    try:
        text = header.decode("ascii")
        value, end = _decoder.raw_decode(text)
    except (ValueError, RecursionError) as error:
        raise Malformed from error
    if end != len(text):
        raise Malformed
    return value


def load_reply(header: bytes | bytearray, serial: int, lines: Sequence[str]) -> tuple[str, Raised | None]:
    """Return ``(problem, raised)``; ``lines`` are the submission's. Raises :class:`Malformed`."""
    reply = parse(header)
    if type(reply) is not list or len(reply) != 3 or reply[0] != serial or type(reply[0]) is not int:
        raise Malformed
    if type(reply[1]) is not str or reply[1] not in _PROBLEMS:
        raise Malformed
    return reply[1], _raised(reply[2], lines)


def call_reply(
    header: bytes | bytearray,
    body: bytearray,
    asked: Asked,
    serial: int,
    position: int,
    lines: Sequence[str],
) -> Answer:
    """Return the answer to one call. Raises :class:`Malformed`."""
    reply = parse(header)
    if type(reply) is not list or len(reply) != 6 or type(reply[0]) is not int or type(reply[1]) is not int:
        raise Malformed
    if reply[0] != serial or reply[1] != position:
        raise Malformed
    raised = _raised(reply[2], lines)
    nodes = asked.caps.nodes
    decoder = _Decoder(_arrays(reply[5], body, asked.caps), nodes, asked)
    after = None
    if reply[4] is not True:  # that is: untouched
        after = decoder.value(reply[4], 0)
        if not isinstance(after, (ModelAnswer, Opaque)):
            # The network was made something else (nothing at all, too); it is not what it was.
            after = Opaque(type(after).__name__)
    value = None if raised is not None else decoder.value(reply[3], 0)
    return Answer(value, raised, after)


def _arrays(table: Any, body: bytearray, caps: Caps) -> list[NDArray[Any]]:
    if type(table) is not list or len(table) > caps.nodes:
        raise Malformed
    # Arrays are views into the frame, which nobody changes any more: read-only, like bytes.
    frame = memoryview(body).toreadonly()
    size = len(frame)
    arrays: list[NDArray[Any]] = []
    place = 0
    left = caps.body - size  # for those that send no bytes
    for entry in table:
        if type(entry) is not list or len(entry) != 2:
            raise Malformed
        name, shape = entry
        if type(name) is not str or type(shape) is not list or len(shape) > wire.MAX_AXES:
            raise Malformed
        dtype, itemsize = _DTYPES.get(name, (None, 0))
        if dtype is None:
            raise Malformed
        count = 1
        for length in shape:
            if type(length) is not int or not 0 <= length < _MAX_LENGTH:
                raise Malformed
            count *= length
        end = place + ((count * itemsize + 15) & -16)
        if end > size:
            raise Malformed
        if not count:
            left -= wire.room_of_none(shape, itemsize)
            if left < 0:
                raise Malformed
        try:
            array: NDArray[Any] = np.ndarray(shape, dtype, frame, place) if count else np.empty(shape, dtype)
        except (ValueError, MemoryError, OverflowError) as error:  # (0, 2^47, 2^47): no entries, and yet no shape
            raise Malformed from error
        # Bytes other than 0 and 1 are no booleans, and NumPy's counting believes they do not occur.
        if dtype is _BOOL and body[place : place + count].strip(b"\0\1"):
            array = np.asarray(array.view(np.uint8) != 0)
            array.flags.writeable = False
        elif not count:
            array.flags.writeable = False
        arrays.append(array)
        place = end
    if place != size:
        raise Malformed
    return arrays


class _Decoder:
    """Decodes the values of one reply; counts them."""

    __slots__ = ("_arrays", "_asked", "_left")

    def __init__(self, arrays: list[NDArray[Any]], nodes: int, asked: Asked) -> None:
        self._arrays = arrays
        self._asked = asked
        self._left = 8 * nodes  # the child counts values, this counts everything

    def value(self, node: Any, depth: int) -> Any:
        cls = type(node)
        if cls is list:
            if len(node) < 2 or depth > 3 * wire.DEPTH:
                raise Malformed
            tag = node[0]
            if tag == "a":
                place = node[1]
                if type(place) is not int or not 0 <= place < len(self._arrays):
                    raise Malformed
                return self._arrays[place]
            decode = _TAGS.get(tag) if type(tag) is str else None
            if decode is None:
                raise Malformed
            return decode(self, node, depth)
        if node is None or cls is bool:
            return node
        if cls is str:
            return _text(node, wire.TEXT_CHARACTERS)
        if cls is int:
            if not -_MAX_INT < node < _MAX_INT:
                raise Malformed
            return node
        if cls is float:
            if not -_NUMBERS["inf"] < node < _NUMBERS["inf"]:
                raise Malformed
            return node
        raise Malformed

    def children(self, node: Any, depth: int) -> list[Any]:
        self.count(node[1])
        return [self.value(item, depth + 1) for item in node[1]]

    def count(self, items: Any) -> None:
        if type(items) is not list:
            raise Malformed
        self._left -= len(items)
        if self._left < 0:
            raise Malformed

    def number(self, node: Any, depth: int) -> float:
        if type(node[1]) is not str or node[1] not in _NUMBERS:
            raise Malformed
        return _NUMBERS[node[1]]

    def tuple(self, node: Any, depth: int) -> tuple[Any, ...]:
        return tuple(self.children(node, depth))

    def list(self, node: Any, depth: int) -> list[Any]:
        return self.children(node, depth)

    def mapping(self, node: Any, depth: int) -> MappingAnswer:
        self.count(node[1])
        items = []
        for pair in node[1]:
            if type(pair) is not list or len(pair) != 2:
                raise Malformed
            key = self.value(pair[0], depth + 1)
            if type(key) is not str:
                key = key if type(key) is Opaque else Opaque(type(key).__name__)
            items.append((_in_line(key) if type(key) is str else key, self.value(pair[1], depth + 1)))
        return MappingAnswer(tuple(items))

    def opaque(self, node: Any, depth: int) -> Opaque:
        if len(node) != 3 or type(node[1]) is not str:
            raise Malformed
        return Opaque(_name(node[1]), _detail(node[2]))

    def network(self, node: Any, depth: int) -> ModelAnswer:
        layers = self.children(node, depth)
        for layer in layers:
            if type(layer) is not LayerAnswer and type(layer) is not Opaque:
                raise Malformed
        return ModelAnswer(tuple(layers))

    def alike(self, node: Any, depth: int) -> ModelAnswer:
        """A network that differs from the one handed in by its arrays at most; those that do not are our own."""
        given = self._asked.arrays
        self.count(node[1])
        if len(node[1]) != len(given):
            raise Malformed
        arrays: list[Any] = []
        for own, item in zip(given, node[1], strict=True):
            array = own if item is True else self.value(item, depth + 1)
            if type(array) is not np.ndarray and type(array) is not Opaque:
                raise Malformed
            arrays.append(array)
        return _network_of(self._asked.network, arrays)

    def layer(self, node: Any, depth: int) -> LayerAnswer:
        if len(node) != 3 or type(node[1]) is not str or type(node[2]) is not dict:
            raise Malformed
        kind, given = node[1], node[2]
        names = ATTRIBUTES.get(kind)
        if names is None or len(given) > len(names):
            raise Malformed
        self._left -= 1 + len(given)
        if self._left < 0:
            raise Malformed
        attributes: dict[str, Any] = {}
        for name, item in given.items():
            if name not in names:
                raise Malformed
            value = None if item is None else self.value(item, depth + 1)
            if name in _PAIRS:
                value = _pair(value)
            elif name in _FREE:
                _check_setting(value)
            elif value is not None:
                cls = type(value)
                if cls is not Opaque and cls is not (ModelAnswer if kind == "Residual" else np.ndarray):
                    raise Malformed
            attributes[name] = value
        if attributes.get("stride", 0) is None and "kernel_size" in attributes:
            attributes["stride"] = attributes["kernel_size"]  # None means kernel_size, at any time
        return LayerAnswer(kind, attributes)


_TAGS = {
    "n": _Decoder.number,
    "t": _Decoder.tuple,
    "l": _Decoder.list,
    "m": _Decoder.mapping,
    "S": _Decoder.network,
    "=": _Decoder.alike,
    "L": _Decoder.layer,
    "o": _Decoder.opaque,
}


def _network_of(header: Header, arrays: Sequence[Any]) -> ModelAnswer:
    """Return the network of a header (:mod:`judge.nn.spec`) of ours."""
    layers = []
    for entry in header:
        kind = entry["kind"]
        attributes: dict[str, Any] = {}
        for name in ATTRIBUTES[kind]:
            value = entry[name]
            if name in _ARRAY_NAMES:
                value = None if value is None else arrays[value]
            elif name in _PAIRS:
                value = tuple(value)
            elif name not in _FREE and value is not None:  # body, shortcut
                value = _network_of(value, arrays)
            attributes[name] = value
        layers.append(LayerAnswer(kind, attributes))
    return ModelAnswer(tuple(layers))


def _pair(value: Any) -> Any:
    """Hyper-parameters are compared by value: 1 is (1, 1)."""
    if type(value) is tuple:
        for entry in value:
            _check_setting(entry)
        return value
    _check_setting(value)
    return (value, value) if type(value) is int or type(value) is float else value


def _check_setting(value: Any) -> None:
    """Raise :class:`Malformed` for what no hyper-parameter is described as: only scalars, and what is opaque."""
    if value is not None and type(value) not in _SETTINGS:
        raise Malformed


def _text(text: str, limit: int) -> str:
    if len(text) > limit:
        raise Malformed
    return text if text.isascii() and text.isprintable() else printable(text)


def _name(text: str) -> str:
    return _in_line(_text(text, wire.NAME_CHARACTERS))


def _in_line(text: str) -> str:
    """Return a name or a key that does not look like several lines of a report."""
    return text.replace("\n", "\\n").replace("\t", "\\t")


def _detail(detail: Any) -> Mapping[str, Any] | None:
    if detail is None:
        return None
    if type(detail) is not dict or not _DETAIL_KEYS.issuperset(detail):
        raise Malformed
    checked: dict[str, Any] = {}
    for key, value in detail.items():
        if type(value) is str:
            checked[key] = _name(value)
        elif type(value) is int and 0 <= value < _MAX_INT:
            checked[key] = value
        elif type(value) is list and len(value) <= wire.MAX_AXES:
            if not all(type(length) is int and 0 <= length < _MAX_INT for length in value):
                raise Malformed
            checked[key] = tuple(value)
        else:
            raise Malformed
    return checked


def _raised(node: Any, lines: Sequence[str]) -> Raised | None:
    if node is None:
        return None
    if type(node) is not list or len(node) != 6:
        raise Malformed
    name, names, builtin, message, frames, where = node
    if type(names) is not list or len(names) > 32 or type(frames) is not list or len(frames) > wire.FRAMES:
        raise Malformed
    for text in (name, builtin, message, *names, *([] if where is None else [where])):
        if type(text) is not str:
            raise Malformed
    if builtin not in _EXCEPTIONS or len(message) > wire.MESSAGE_CHARACTERS:
        raise Malformed
    return Raised(
        _name(name),
        tuple(_name(text) for text in names),
        builtin,
        printable(without_host_paths(message)),
        tuple(_frame(frame, lines) for frame in frames),
        None if where is None else _name(where),
    )


def _frame(node: Any, lines: Sequence[str]) -> Frame:
    if type(node) is not list or len(node) != 2 or type(node[0]) is not int or type(node[1]) is not str:
        raise Malformed
    line = node[0]
    if not 0 <= line < _MAX_INT:
        raise Malformed
    # The text is the judge's own copy: a submission can put anything into its module's source cache.
    text = lines[line - 1].strip()[:_LINE_CHARACTERS] if 0 < line <= len(lines) else ""
    return Frame(line, _name(node[1]), printable(text))

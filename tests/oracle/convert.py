"""The same call and answer as the judge's types, as they look when the sandbox has decoded them."""

from __future__ import annotations

from typing import Any

import numpy as np

from judge import nn
from judge.domain.answer import Answer, LayerAnswer, MappingAnswer, ModelAnswer, Opaque, Raised
from judge.domain.case import Call, Case
from tests.oracle.plain import ARRAYS, Given, Layer, Masks, Net, Network, Odd, Reply, Tensor


def array(tensor: Tensor) -> np.ndarray:
    """Return the array itself."""
    with np.errstate(all="ignore"):
        return np.array(tensor.values, dtype=np.float64).astype(tensor.dtype).reshape(tensor.shape)


def network(layers: Network) -> nn.Sequential:
    """Return a network of ``judge.nn``."""
    return nn.Sequential([_layer(layer) for layer in layers])


def _layer(layer: Layer) -> Any:
    arguments = {name: value for name, value in layer.items() if name != "kind"}
    for name, value in arguments.items():
        if isinstance(value, Tensor):
            arguments[name] = array(value)
        elif isinstance(value, list):
            arguments[name] = network(value)
    return getattr(nn, layer["kind"])(**arguments)


def case(given: Given, number: int, with_inputs: bool) -> Case:
    """Return a test of one call, made ``number`` times, each with inputs to compare outputs on or without."""
    call = Call(network(given.network), given.args, given.kwargs, "ValueError" if given.wrong else None)
    inputs = np.sin(1.3 * np.arange(2 * int(np.prod(given.input_shape)))).reshape(2, *given.input_shape)
    return Case("drawn-1", "drawn", (call,) * number, {"inputs": (inputs,) * number} if with_inputs else {})


def answer(reply: Reply) -> Answer:
    """Return what the judge sees of a reply."""
    raised = None
    if reply.raised is not None:
        raised = Raised(reply.raised[0], reply.raised, reply.raised[-1], "no")
    return Answer(None if raised else value_of(reply.value), raised, value_of(reply.after))


def value_of(value: Any) -> Any:
    """Return one decoded value."""
    if isinstance(value, Odd):
        return Opaque(value.type_name, value.detail)
    if isinstance(value, Tensor):
        return array(value)
    if isinstance(value, Masks):
        return MappingAnswer(tuple((value_of(key), value_of(item)) for key, item in value.items))
    if isinstance(value, Net):
        return ModelAnswer(tuple(_layer_answer(layer) for layer in value.layers))
    if isinstance(value, (tuple, list)):
        return type(value)(value_of(item) for item in value)
    return value


def _layer_answer(layer: Any) -> LayerAnswer | Opaque:
    if isinstance(layer, Odd):
        return value_of(layer)
    attributes = {name: value_of(value) for name, value in layer.items() if name != "kind"}
    for name in ("stride", "padding", "kernel_size"):  # the decoder makes pairs of numbers
        if isinstance(attributes.get(name), (int, float)):
            attributes[name] = (attributes[name],) * 2
    return LayerAnswer(layer["kind"], attributes)


def plain_layer(layer: Any) -> Layer:
    """Return a layer of ``judge.nn`` as a plain one."""
    names = {"Residual": ("body", "shortcut")}.get(type(layer).__name__, tuple(vars(layer)))
    result: Layer = {"kind": type(layer).__name__}
    for name in names:
        value = getattr(layer, name)
        if name in ARRAYS and value is not None:
            value = tensor(value)
        elif isinstance(value, nn.Sequential):
            value = plain_network(value)
        result[name] = value
    return result


def plain_network(model: nn.Sequential) -> Network:
    """Undo :func:`network`."""
    return [plain_layer(layer) for layer in model.layers]


def tensor(value: np.ndarray) -> Tensor:
    """Undo :func:`array`."""
    return Tensor(str(value.dtype), value.shape, [float(v) for v in value.ravel().tolist()])


def plain_value(value: Any) -> Any:
    """Return a decoded value as a plain one: undo :func:`value_of`."""
    if isinstance(value, Opaque):
        return Odd(value.type_name)
    if isinstance(value, np.ndarray):
        return tensor(value) if value.dtype.kind in "biuf" else Odd("ndarray")
    if isinstance(value, MappingAnswer):
        return Masks([(plain_value(key), plain_value(item)) for key, item in value.items])
    if isinstance(value, ModelAnswer):
        return Net([plain_value(layer) for layer in value.layers])
    if isinstance(value, LayerAnswer):
        return {"kind": value.kind} | {name: plain_value(item) for name, item in value.attributes.items()}
    if isinstance(value, (tuple, list)):
        return type(value)(plain_value(item) for item in value)
    return value


def plain_reply(given: Answer) -> Reply:
    """Return a decoded answer as a plain one."""
    raised = None if given.raised is None else given.raised.names
    return Reply(plain_value(given.value), plain_value(given.model_after), raised)

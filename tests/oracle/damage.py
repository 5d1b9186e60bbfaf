"""What can be wrong with an answer, in every field. Some damages are none: a zero's sign, a list for a tuple.

Each function changes a reply in place; it may find nothing to do. Whether the result is still legitimate is for the
oracle and the checkers to say.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from random import Random
from typing import Any

from tests.oracle import plain, weights
from tests.oracle.draw import answer_of, channel_masks, weight_masks
from tests.oracle.plain import ARRAYS, SETTINGS, Given, Masks, Net, Odd, Reply, Tensor

Damage = Callable[[Random, str, Given, Reply], None]

NAN = float("nan")


def damage(rng: Random, problem: str, given: Given, reply: Reply) -> None:
    """Apply one damage drawn from all."""
    chosen = rng.choice(CALL_DAMAGES if given.wrong else DAMAGES)
    chosen(rng, problem, given, reply)
    reply.damage.append(chosen.__name__)


def _leaves(net: Net) -> list[tuple[list[Any], int]]:
    """Return where each leaf stands, as a list and a position in it."""
    found = []
    for position, layer in enumerate(net.layers):
        if isinstance(layer, dict) and layer["kind"] == "Residual":
            for part in ("body", "shortcut"):
                if isinstance(layer.get(part), Net):
                    found += _leaves(layer[part])
        elif isinstance(layer, dict):
            found.append((net.layers, position))
    return found


def _masks(reply: Reply) -> list[tuple[Any, Any]]:
    parts = plain.pair_of(reply)
    return parts[1].items if parts else []


def _a_mask(rng: Random, reply: Reply) -> tuple[list[tuple[Any, Any]], int, Tensor] | None:
    items = _masks(reply)
    found = [(items, i, tensor) for i, (_, tensor) in enumerate(items) if isinstance(tensor, Tensor) and tensor.values]
    return rng.choice(found) if found else None


def _a_net(rng: Random, reply: Reply) -> Net | None:
    """The network that came back, or now and then the input after the call."""
    parts = plain.pair_of(reply)
    nets = [parts[0]] * 3 if parts else []
    if isinstance(reply.after, Net):
        nets.append(reply.after)
    return rng.choice(nets) if nets else None


def _a_layer(rng: Random, reply: Reply) -> tuple[list[Any], int] | None:
    net = _a_net(rng, reply)
    found = _leaves(net) if net else []
    return rng.choice(found) if found else None


def _an_array(rng: Random, reply: Reply) -> tuple[dict[str, Any], str] | None:
    net = _a_net(rng, reply)
    found = [
        (layers[i], name)
        for layers, i in (_leaves(net) if net else [])
        for name in ARRAYS
        if isinstance(layers[i].get(name), Tensor)
    ]
    return rng.choice(found) if found else None


def mask_bit(rng: Random, problem: str, given: Given, reply: Reply) -> None:
    if mask := _a_mask(rng, reply):
        values = mask[2].values
        at = rng.randrange(len(values))
        values[at] = 1 - values[at]


def mask_value(rng: Random, problem: str, given: Given, reply: Reply) -> None:
    if mask := _a_mask(rng, reply):
        mask[2].dtype, number = rng.choice((("int64", 2), ("float64", NAN), ("float32", 0.5), ("int8", -1)))
        mask[2].values[rng.randrange(len(mask[2].values))] = number


def mask_dtype(rng: Random, problem: str, given: Given, reply: Reply) -> None:
    if mask := _a_mask(rng, reply):
        mask[2].dtype = rng.choice(("int8", "uint8", ">i4", "int64", "float16", "float32", ">f8", "longdouble", "c8"))


def mask_shape(rng: Random, problem: str, given: Given, reply: Reply) -> None:
    if mask := _a_mask(rng, reply):
        shape = mask[2].shape
        n = len(mask[2].values)
        mask[2].shape = rng.choice(((n,), shape[::-1], (*shape, 1), (1, *shape), (n, 1)))


def mask_type(rng: Random, problem: str, given: Given, reply: Reply) -> None:
    if mask := _a_mask(rng, reply):
        odd = rng.choice(([True], None, 1, Odd("set"), Odd("numpy.matrix", {"dtype": "bool", "shape": (2, 2)})))
        mask[0][mask[1]] = (mask[0][mask[1]][0], odd)


def mask_key(rng: Random, problem: str, given: Given, reply: Reply) -> None:
    items = _masks(reply)
    if not items:
        return
    at = rng.randrange(len(items))
    key, value = items[at]
    match rng.randrange(6):
        case 0:
            del items[at]
        case 1:
            items[at] = (key.removesuffix(".weight") if isinstance(key, str) else key, value)
        case 2:
            items[at] = (Odd("int"), value)
        case 3:
            items.append((rng.choice(("0.bias", "weight", "9.weight", "")), value))
        case 4:
            items.reverse()
        case 5:
            items[0], items[at] = (items[0][0], value), (key, items[0][1])


def inverted(rng: Random, problem: str, given: Given, reply: Reply) -> None:
    for _, tensor in _masks(reply):
        if isinstance(tensor, Tensor):
            tensor.values = [1 - value for value in tensor.values]


def all_true(rng: Random, problem: str, given: Given, reply: Reply) -> None:
    for _, tensor in _masks(reply):
        if isinstance(tensor, Tensor):
            tensor.values = [1.0] * len(tensor.values)


def from_weights(rng: Random, problem: str, given: Given, reply: Reply) -> None:
    """Masks made as ``new_weight != 0``."""
    parts = plain.pair_of(reply)
    if parts and problem == "weight_pruning":
        made = [(layers[i], f"{i}.weight") for layers, i in _leaves(parts[0]) if layers is parts[0].layers]
        for layer, name in made:
            tensor = layer.get("weight")
            if layer["kind"] in plain.PRUNABLE and isinstance(tensor, Tensor):
                mask = Tensor("bool", tensor.shape, [float(value != 0) for value in tensor.values])
                parts[1].items[:] = [(key, mask if key == name else value) for key, value in parts[1].items]


def other_choice(rng: Random, problem: str, given: Given, reply: Reply) -> None:
    """Masks drawn without regard to magnitude, the network as they say: often one too many or few."""
    make = weight_masks if problem == "weight_pruning" else channel_masks
    masks = make(rng, given)
    for bits in masks.values():
        for _ in range(rng.randint(0, 2)):
            at, to = rng.randrange(len(bits)), rng.randrange(len(bits))
            if rng.random() < 0.5:
                bits[at], bits[to] = bits[to], bits[at]
            else:
                bits[at] = not bits[at]
        if problem == "structured_pruning" and not any(bits):
            bits[0] = True
    reply.value = answer_of(problem, given, masks)


def zeros_passed_over(rng: Random, problem: str, given: Given, reply: Reply) -> None:
    """k further weights pruned although there are zeros; masks as ``new_weight != 0``."""
    if problem != "weight_pruning":
        return
    tensors = {name: layer["weight"].values for name, layer in plain.prunable(given.network)}
    masks = {name: [value != 0 for value in values] for name, values in tensors.items()}
    for names in weights.scopes(given.network, given.kwargs.get("scope", "layer")):
        left = sorted((abs(v), name, i) for name in names for i, v in enumerate(tensors[name]) if v != 0)
        n = sum(len(tensors[name]) for name in names)
        for _, name, i in left[: rng.randint(0, max(weights.counts(given.args[0], n)))]:
            masks[name][i] = False
    reply.value = answer_of(problem, given, masks)


def other_arguments(rng: Random, problem: str, given: Given, reply: Reply) -> None:
    """The right answer to another question: scope or norm mixed up, another fraction, the share to keep."""
    other = copy.deepcopy(given)
    if rng.random() < 0.6:
        key, values = ("scope", ("layer", "global")) if problem == "weight_pruning" else ("norm", (1, 2))
        other.kwargs = {key: rng.choice(values)}
    else:
        other.args = (min(0.999, rng.choice((1 - given.args[0], given.args[0] + 0.1, 0.5))),)
    make = weight_masks if problem == "weight_pruning" else channel_masks
    reply.value = answer_of(problem, given, make(rng, other))


def array_value(rng: Random, problem: str, given: Given, reply: Reply) -> None:
    if found := _an_array(rng, reply):
        values = found[0][found[1]].values
        if values:
            at = rng.randrange(len(values))
            values[at] = rng.choice(
                (values[at] + 0.5, -values[at], 0.0, 1.0, NAN, float("inf"), values[at] * 1.0009765625)
            )


def array_zero_sign(rng: Random, problem: str, given: Given, reply: Reply) -> None:
    if found := _an_array(rng, reply):
        tensor = found[0][found[1]]
        tensor.values = [-value if value == 0 else value for value in tensor.values]


def array_dtype(rng: Random, problem: str, given: Given, reply: Reply) -> None:
    if found := _an_array(rng, reply):
        found[0][found[1]].dtype = rng.choice(("float16", "float32", "float64", ">f4", "int64"))


def array_shape(rng: Random, problem: str, given: Given, reply: Reply) -> None:
    if found := _an_array(rng, reply):
        tensor = found[0][found[1]]
        shape, n = tensor.shape, len(tensor.values)
        tensor.shape = rng.choice(((n,), shape[::-1], (*shape, 1), (1, *shape), (n, 1)))


def array_cut(rng: Random, problem: str, given: Given, reply: Reply) -> None:
    """A row more or less."""
    if found := _an_array(rng, reply):
        tensor = found[0][found[1]]
        if tensor.shape and tensor.shape[0]:
            row = tensor.row(0)
            more = rng.random() < 0.5
            tensor.values = row + tensor.values if more else tensor.values[len(row) :]
            tensor.shape = (tensor.shape[0] + (1 if more else -1), *tensor.shape[1:])


def array_order(rng: Random, problem: str, given: Given, reply: Reply) -> None:
    """Channels in another order."""
    if found := _an_array(rng, reply):
        tensor = found[0][found[1]]
        if tensor.shape and tensor.shape[0]:
            order = list(range(tensor.shape[0]))
            rng.shuffle(order)
            tensor.values = [value for row in order for value in tensor.row(row)]


def columns_order(rng: Random, problem: str, given: Given, reply: Reply) -> None:
    """Input columns in another order, as a mistaken flatten would take them."""
    if (found := _an_array(rng, reply)) and len(found[0][found[1]].shape) == 2:
        tensor = found[0][found[1]]
        out, columns = tensor.shape
        blocks = [size for size in range(1, columns + 1) if columns % size == 0]
        size = rng.choice(blocks) if blocks else 1
        order = [block * size + i for i in range(size) for block in range(columns // size)]
        tensor.values = [tensor.values[o * columns + c] for o in range(out) for c in order]


def array_type(rng: Random, problem: str, given: Given, reply: Reply) -> None:
    if found := _an_array(rng, reply):
        odd = (None, Odd("list"), Odd("numpy.matrix", {"dtype": "float32", "shape": (2, 2)}), Odd("Tensor"))
        found[0][found[1]] = rng.choice(odd)


def bias_made(rng: Random, problem: str, given: Given, reply: Reply) -> None:
    """Zeros where there was no bias."""
    net = _a_net(rng, reply)
    for layers, i in _leaves(net) if net else []:
        layer = layers[i]
        if layer.get("bias", 1) is None and isinstance(layer["weight"], Tensor) and layer["weight"].shape:
            n = layer["weight"].shape[0]
            layer["bias"] = Tensor(layer["weight"].dtype, (n,), [0.0] * n)


def vectors_swapped(rng: Random, problem: str, given: Given, reply: Reply) -> None:
    """Two vectors of a BatchNorm in each other's place."""
    net = _a_net(rng, reply)
    norms = [layers[i] for layers, i in (_leaves(net) if net else []) if "running_var" in layers[i]]
    if norms:
        layer = rng.choice(norms)
        one, other = rng.sample(ARRAYS, 2)
        layer[one], layer[other] = layer.get(other), layer.get(one)


def setting(rng: Random, problem: str, given: Given, reply: Reply) -> None:
    net = _a_net(rng, reply)
    found = [(layers[i], name) for layers, i in (_leaves(net) if net else []) for name in SETTINGS if name in layers[i]]
    if found:
        layer, name = rng.choice(found)
        value = layer[name]
        same = [value, list(value) if isinstance(value, tuple) else float(value) if isinstance(value, int) else value]
        if isinstance(value, tuple) and all(isinstance(entry, int) for entry in value):
            same.append(tuple(float(entry) for entry in value))
        other = [3, (1, 1), (2, 2), (1, 2, 1), 1e-5, 1e-3, None, Odd("str"), (Odd("str"), 1), 1, NAN, "1"]
        layer[name] = rng.choice(same if rng.random() < 0.3 else other)
        if isinstance(layer[name], list):
            layer[name] = tuple(layer[name])


def attribute_missing(rng: Random, problem: str, given: Given, reply: Reply) -> None:
    if found := _a_layer(rng, reply):
        layer = found[0][found[1]]
        names = [name for name in layer if name != "kind"]
        if names:
            del layer[rng.choice(names)]


def layer_kind(rng: Random, problem: str, given: Given, reply: Reply) -> None:
    kinds = {"BatchNorm1d": "BatchNorm2d", "MaxPool2d": "AvgPool2d", "ReLU": "GELU", "Tanh": "Sigmoid"}
    kinds |= {other: one for one, other in kinds.items()}
    net = _a_net(rng, reply)
    found = [(layers, i) for layers, i in (_leaves(net) if net else []) if layers[i]["kind"] in kinds]
    if found:
        layers, i = rng.choice(found)
        layers[i]["kind"] = kinds[layers[i]["kind"]]


def layer_list(rng: Random, problem: str, given: Given, reply: Reply) -> None:
    if found := _a_layer(rng, reply):
        layers, i = found
        match rng.randrange(5):
            case 0:
                del layers[i]
            case 1:
                layers.insert(i, {"kind": "ReLU"})
            case 2:
                layers.append({"kind": rng.choice(("ReLU", "Flatten"))})
            case 3:
                layers.reverse()
            case 4:
                layers[i] = Odd("Dropout")


def residual_part(rng: Random, problem: str, given: Given, reply: Reply) -> None:
    net = _a_net(rng, reply)
    found = [layer for layer in (net.layers if net else []) if isinstance(layer, dict) and layer["kind"] == "Residual"]
    if found:
        layer, part = rng.choice(found), rng.choice(("body", "shortcut"))
        match rng.randrange(4):
            case 0:
                layer[part] = None
            case 1:
                layer[part] = Net([])
            case 2:
                layer[part] = Odd("list")
            case 3:
                layer.pop(part, None)


def container(rng: Random, problem: str, given: Given, reply: Reply) -> None:
    parts = plain.pair_of(reply)
    if parts:
        net, masks = parts
        others: tuple[Any, ...] = (
            [net, masks], [net, masks], (masks, net), (net,), (net, masks, masks), net, masks, None, Odd("generator"),
            (net, Odd("list")), (net, [masks]), (Odd("list"), masks), (net.layers[:0], masks), (net, net), "answer",
        )  # fmt: skip
        reply.value = rng.choice(others)


def raised(rng: Random, problem: str, given: Given, reply: Reply) -> None:
    reply.raised = ("IndexError", "LookupError", "Exception")


def after(rng: Random, problem: str, given: Given, reply: Reply) -> None:
    """The input after the call is what came back, or nothing that is a network."""
    parts = plain.pair_of(reply)
    options = [Odd("Sequential", {"layers": "dict"}), Net([])]
    reply.after = rng.choice([*options, *([copy.deepcopy(parts[0])] * 3 if parts else [])])


def wrong_end(rng: Random, problem: str, given: Given, reply: Reply) -> None:
    """A call with wrong arguments that returns, or raises something else."""
    net = plain.wrap(given.network)
    reply.raised = rng.choice((None, ("TypeError", "Exception"), ("AssertionError",), ("KeyError", "LookupError")))
    reply.value = None if reply.raised else rng.choice((None, (net, Masks([]))))


CALL_DAMAGES: tuple[Damage, ...] = (wrong_end, wrong_end, array_value, layer_list, after, array_dtype, setting)
DAMAGES: tuple[Damage, ...] = (
    mask_bit, mask_value, mask_dtype, mask_shape, mask_type, mask_key, inverted, all_true, from_weights,
    other_choice, other_choice, other_choice, other_choice, other_arguments, other_arguments, zeros_passed_over,
    array_value, array_value, array_zero_sign, array_dtype, array_shape, array_cut, array_order, columns_order,
    array_type, bias_made, vectors_swapped, setting, setting, attribute_missing, layer_kind, layer_list,
    residual_part, container, raised, after,
)  # fmt: skip

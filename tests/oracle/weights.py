"""``weight_pruning``: is an answer legitimate? By enumeration of what may be pruned."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from tests.oracle import plain
from tests.oracle.plain import Given, Network, Reply, Tensor

Choice = frozenset[int]


def counts(fraction: float, n: int) -> set[int]:
    """Return "floor(x) or ceil(x)", x = Decimal(repr(sparsity)) * n, with exact numbers."""
    x = Fraction(Decimal(repr(fraction))) * n
    return {math.floor(x), math.ceil(x)}


def choices(magnitudes: list[Fraction], fraction: float) -> Iterator[Choice]:
    """Yield every set of k positions in which no pruned magnitude exceeds a kept one."""
    everything = range(len(magnitudes))
    for k in counts(fraction, len(magnitudes)):
        for pruned in itertools.combinations(everything, k):
            largest = max((magnitudes[i] for i in pruned), default=None)
            kept = [magnitudes[i] for i in everything if i not in pruned]
            if largest is None or not kept or largest <= min(kept):
                yield frozenset(pruned)


def scopes(network: Network, scope: str) -> list[list[str]]:
    """Return the names of the tensors that are ranked together."""
    names = [name for name, _ in plain.prunable(network)]
    return [names] if scope == "global" else [[name] for name in names]


def masks_legitimate(given: Given, masks: dict[str, list[bool]]) -> bool:
    """Some legitimate choice is False in the masks, and what is False besides was zero already."""
    tensors = {name: layer["weight"] for name, layer in plain.prunable(given.network)}
    for names in scopes(given.network, given.kwargs.get("scope", "layer")):
        magnitudes = [abs(Fraction(value)) for name in names for value in tensors[name].values]
        bits = [bit for name in names for bit in masks[name]]
        false = {position for position, bit in enumerate(bits) if not bit}
        if not any(
            pruned <= false and all(magnitudes[i] == 0 for i in false - pruned)
            for pruned in choices(magnitudes, given.args[0])
        ):
            return False
    return True


def masked(network: Network, masks: dict[str, list[bool]]) -> Network:
    """Return the network with zeros where a mask is False."""
    result = plain.unwrap(plain.wrap(network))
    for name, layer in plain.prunable(result):
        old: Tensor = layer["weight"]
        values = [value if bit else 0.0 for value, bit in zip(old.values, masks[name], strict=True)]
        layer["weight"] = Tensor(old.dtype, old.shape, values)
    return result


def legitimate(given: Given, reply: Reply) -> bool:
    """Return whether the contract allows this answer to this call."""
    if not plain.same_network(given.network, reply.after):
        return False  # the input model is never modified
    if given.wrong:
        return reply.raised is not None and "ValueError" in reply.raised
    parts = plain.pair_of(reply)
    if reply.raised is not None or parts is None:
        return False
    net, raw = parts
    masks = plain.read_masks(raw, {name: layer["weight"].shape for name, layer in plain.prunable(given.network)})
    if masks is None or not masks_legitimate(given, masks):
        return False
    return plain.same_network(masked(given.network, masks), net)

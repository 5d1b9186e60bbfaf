"""prune_weights: magnitude pruning with masks."""

import decimal
import math
from decimal import Decimal

import numpy as np


def how_many(share, total):
    share_count = Decimal(repr(share)) * total
    return int(share_count.to_integral_value(rounding=decimal.ROUND_CEILING))


def refuse_nonsense(sparsity, scope):
    bad = not math.isfinite(sparsity) or sparsity < 0 or sparsity > 1
    if bad:
        raise ValueError("the sparsity has to lie in [0, 1]")
    if scope != "layer" and scope != "global":
        raise ValueError("the scope is either layer or global")


def weight_layers(root_net):
    """Layers that have a weight and a bias of their own."""
    names = {key for key, _ in root_net.named_parameters()}
    for name, layer in root_net.named_modules():
        if {name + ".weight", name + ".bias"} <= names and layer.weight.ndim > 1:
            yield name, layer


def mark(batch, table, kept_flags, sparsity):
    batch.sort(key=lambda place: table[place[0]][place[1]])
    k = how_many(sparsity, len(batch))
    for i, j in batch[:k]:
        kept_flags[i][j] = False


def prune_weights(model, sparsity, scope="layer"):
    refuse_nonsense(sparsity, scope)
    duplicate = model.copy()
    todo = []
    for title, terminal in weight_layers(duplicate):
        todo.append((title, terminal))
    table = [[abs(v) for v in terminal.weight.reshape(-1).tolist()] for _, terminal in todo]
    kept_flags = [[True] * len(line_of) for line_of in table]
    arenas = []
    for i, line_of in enumerate(table):
        places = [(i, j) for j in range(len(line_of))]
        if scope == "global" and arenas:
            arenas[0].extend(places)
        else:
            arenas.append(places)
    for batch in arenas:
        mark(batch, table, kept_flags, sparsity)
    book = {}
    for (title, terminal), line_of in zip(todo, kept_flags):
        retained = np.array(line_of, dtype=bool).reshape(terminal.weight.shape)
        terminal.weight = np.where(retained, terminal.weight, np.zeros_like(terminal.weight))
        book["%s.weight" % title] = retained
    return duplicate, book

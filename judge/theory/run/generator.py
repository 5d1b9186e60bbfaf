"""Numbers of the questions about one's own run: from what was recorded, not drawn.

Each function takes the chance and the records of a report (``judge.theory.own_run.Record``), of which it asks about one
that fits; it returns ``None`` where none does.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from math import sqrt
from random import Random
from typing import Any

from judge.generators.trained import digits, load
from judge.theory.own_run import Record

Numbers = dict[str, Any] | None
MLP = (64, 48, 32, 10)
CLEAR_FALL = 0.04  # of the test accuracy: more than two standard errors of a difference on 500 images
WITHIN_NOISE = 0.01


def lost_images(chance: Random, records: Sequence[Record]) -> Numbers:
    record = _one(chance, [record for record in records if record.test_before - record.test_after > 0.01])
    if record is None:
        return None
    n = _images(record)
    lost = round(record.test_before * n) - round(record.test_after * n)
    relative = lost / record.test_before
    return {
        "values": {**_shown(record), "n": n, "answer": lost},
        "answer": lost,
        "slips": {"points": round(100 * lost / n, 6), "relative": round(relative)},
    }


def own_gap(chance: Random, records: Sequence[Record]) -> Numbers:
    fell = [record for record in records if record.test_before - record.test_after > 0.01]
    record = _one(chance, [record for record in fell if record.train_before is not None])
    if record is None:
        return None
    values = _shown(record)
    before = round(values["train_before"] - values["before"], 1)
    after = round(values["train_after"] - values["after"], 1)
    shrank = round(before - after, 1)
    return {
        "values": {**values, "gap_before": before, "gap_after": after, "answer": shrank},
        "answer": shrank,
        "slips": {"sign": -shrank, "test_only": round(values["before"] - values["after"], 1)},
    }


def own_noise(chance: Random, records: Sequence[Record]) -> Numbers:
    record = _one(chance, [record for record in records if 0.05 < record.test_after < 0.99])
    if record is None:
        return None
    n, p = _images(record), _shown(record)["after"] / 100
    return {
        "values": {**_shown(record), "n": n, "answer": round(100 * sqrt(p * (1 - p) / n), 2)},
        "answer": 100 * sqrt(p * (1 - p) / n),
        "slips": {"no_root": 100 * p * (1 - p) / n, "one_image": 100 * sqrt(p * (1 - p))},
    }


def reading_fell(chance: Random, records: Sequence[Record]) -> Numbers:
    fell = [record for record in records if record.test_before - record.test_after > CLEAR_FALL]
    record = _one(chance, [record for record in fell if (record.train_before or 0) > 0.95])
    return None if record is None else {"values": _shown(record)}


def reading_same(chance: Random, records: Sequence[Record]) -> Numbers:
    record = _one(chance, [record for record in records if abs(record.test_before - record.test_after) <= WITHIN_NOISE])
    return None if record is None else {"values": {**_shown(record), "n": _images(record)}}


def own_macs(chance: Random, records: Sequence[Record]) -> Numbers:
    fitting = [r for r in records if r.structured and r.network == "mlp" and 0 < r.amount < 1]
    record = _one(chance, [r for r in fitting if all(_whole(r.amount, width) for width in MLP[1:3])])
    if record is None:
        return None
    i, o = MLP[0], MLP[3]
    h1, h2 = (width - int(Decimal(repr(record.amount)) * width) for width in MLP[1:3])
    old = i * MLP[1] + MLP[1] * MLP[2] + MLP[2] * o
    return {
        "values": {**_shown(record), "h1": h1, "h2": h2, "answer": i * h1 + h1 * h2 + h2 * o},
        "answer": i * h1 + h1 * h2 + h2 * o,
        "slips": {"linear": old * h1 / MLP[1], "inputs_kept": i * h1 + MLP[1] * h2 + MLP[2] * o},
    }


def own_bytes(chance: Random, records: Sequence[Record]) -> Numbers:
    fitting = [record for record in records if not record.structured and 0 < record.amount < 1]
    record = _one(chance, [record for record in fitting if all(_whole(record.amount, n) for n in _scopes(record))])
    if record is None:
        return None
    n = sum(_weights(record))
    kept = n - int(Decimal(repr(record.amount)) * n)
    return {
        "values": {**_shown(record), "n": n, "kept": kept, "dense": 4 * n, "answer": n // 8 + 4 * kept},
        "answer": n // 8 + 4 * kept,
        "slips": {"no_mask": 4 * kept, "dense": 4 * n, "byte_mask": n + 4 * kept},
    }


def _one(chance: Random, records: Sequence[Record]) -> Record | None:
    return chance.choice(records) if records else None


def _shown(record: Record) -> dict[str, Any]:
    shown = {
        "network": record.network,
        "call": f"`{record.call}`",
        "before": round(100 * record.test_before, 1),
        "after": round(100 * record.test_after, 1),
    }
    if record.train_before is not None and record.train_after is not None:
        shown["train_before"] = round(100 * record.train_before, 1)
        shown["train_after"] = round(100 * record.train_after, 1)
    return shown


def _images(record: Record) -> int:
    return len(digits(record.network).test_labels)


def _weights(record: Record) -> list[int]:
    """Return the sizes of the prunable tensors of the stored network."""
    return [array.size for _, array in load(record.network).named_parameters() if array.ndim > 1]


def _scopes(record: Record) -> list[int]:
    """Return the counts within which the amount is a share, and the bits that must fill whole bytes."""
    weights = _weights(record)
    return [sum(weights)] if record.scope == "global" else weights


def _whole(amount: float, count: int) -> bool:
    """Whether ``amount`` of ``count`` is a whole number, so that the count is the same for every right solution."""
    return (Decimal(repr(amount)) * count) % 1 == 0

"""One mask for each prunable weight and no other: an array of the right shape that holds zeros and ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from judge.checkers import tell
from judge.checkers.compare import no_array
from judge.checkers.exchange import Exchange
from judge.domain.answer import Opaque
from judge.message import Message

NAME = "masks"
NEEDS = ("result",)


def check(exchange: Exchange) -> Message | None:
    """Fills ``exchange.masks`` with Boolean arrays, True = kept."""
    raw = exchange.raw_masks
    assert raw is not None
    wanted = exchange.mask_shapes
    found: dict[str, Any] = {}
    for key, value in raw.items:
        if isinstance(key, Opaque):
            return Message("checks.masks.key_type", {"type": key.type_name})
        if key not in wanted:
            return Message("checks.masks.extra", {"key": key[:80], "wanted": list(wanted)})
        found[key] = value
    missing = [key for key in wanted if key not in found]
    if missing:
        return Message("checks.masks.missing", {"keys": missing, "n": len(missing)})
    for key, shape in wanted.items():
        value = found[key]
        problem = _array(key, value, shape)
        if problem is not None:
            return problem
        if value.dtype == bool:
            exchange.masks[key] = value
            continue
        ones = value == 1
        if not (ones | (value == 0)).all():
            strange = value[~(ones | (value == 0))]
            return Message("checks.masks.value", {"key": key, "value": tell.number(strange.flat[0])})
        exchange.masks[key] = ones
    return None


def _array(key: str, value: Any, shape: tuple[int, ...]) -> Message | None:
    if type(value) is not np.ndarray:
        return no_array(f'masks["{key}"]', value)
    if value.dtype.kind not in "biuf":
        return Message("checks.masks.dtype", {"key": key, "dtype": str(value.dtype)})
    if value.shape != shape:
        return Message(
            "checks.array.shape",
            {"name": f'masks["{key}"]', "expected": tell.shape(shape), "got": tell.shape(value.shape)},
        )
    return None

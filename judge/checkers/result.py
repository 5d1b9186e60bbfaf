"""The answer is a pair: a network and a mapping of masks."""

from __future__ import annotations

from judge.checkers.exchange import Exchange
from judge.checkers.tell import type_of
from judge.domain.answer import MappingAnswer, ModelAnswer, Opaque
from judge.message import Message

NAME = "result"
NEEDS: tuple[str, ...] = ()


def check(exchange: Exchange) -> Message | None:
    """Fills ``exchange.model`` and ``exchange.raw_masks``."""
    value = exchange.answer.value
    if not isinstance(value, (tuple, list)):
        key = "checks.result.none" if value is None else "checks.result.type"
        return Message(key, {"type": type_of(value)})
    if len(value) != 2:
        return Message("checks.result.length", {"n": len(value), "type": type_of(value)})
    model, masks = value
    if not isinstance(model, ModelAnswer):
        if isinstance(masks, ModelAnswer) and isinstance(model, MappingAnswer):
            return Message("checks.result.swapped", {})
        layers = model.detail.get("layers") if isinstance(model, Opaque) and model.detail else None
        if layers is not None:
            return Message("checks.result.layers", {"type": layers})
        return Message("checks.result.model", {"type": type_of(model)})
    if not isinstance(masks, MappingAnswer):
        return Message("checks.result.masks", {"type": type_of(masks)})
    exchange.model = model
    exchange.raw_masks = masks
    return None

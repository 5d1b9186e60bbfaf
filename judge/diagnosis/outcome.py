"""What an answer amounts to: the rule it breaks, or what was raised; and a mark by which wrong answers compare."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from judge.checkers import masks, result, structure, tell
from judge.checkers.exchange import Exchange
from judge.diagnosis import tables
from judge.diagnosis.ladder import Kind
from judge.domain.answer import Answer, LayerAnswer, ModelAnswer, Raised
from judge.domain.case import Call, Case
from judge.domain.problem import CodingProblem
from judge.domain.report import Check
from judge.message import Message
from judge.nn.spec import ARRAYS, ATTRIBUTES

RIGHT = "-"
_RAISE = re.compile(r"\braise\b")
_SETTINGS = {kind: [name for name in names if name not in ARRAYS[kind]] for kind, names in ATTRIBUTES.items()}
_VAGUE = frozenset({"message", "call", "calls", "problem", "error"})  # values of a message that say nothing of the slip


class Outcome(Struct, frozen=True):
    """``failed`` are the checks that failed, in order; ``raised`` is what left a call that was valid."""

    failed: tuple[Check, ...] = ()
    raised: Raised | None = None

    @property
    def right(self) -> bool:
        """True where every rule is kept."""
        return not self.failed and self.raised is None


class Target(Struct, frozen=True):
    """What a counterexample must show: a broken rule, or an exception by its name."""

    check: str = ""
    raised: str = ""

    def met(self, outcome: Outcome) -> bool:
        """Tell whether ``outcome`` shows it."""
        if self.raised:
            return outcome.raised is not None and outcome.raised.name == self.raised
        return any(check.name == self.check for check in outcome.failed)


def judge_calls(problem: CodingProblem, calls: Sequence[Call], answers: Sequence[Answer], facts: Any = None) -> Outcome:
    """Judge ``answers`` to ``calls`` made in a row, as a test of the report is judged."""
    case = Case("counterexample", "counterexample", tuple(calls), facts or {})
    for position, (call, answer) in enumerate(zip(calls, answers, strict=False)):
        if answer.raised is not None and call.raises is None:
            before = _failed(problem, case, answers[:position]) if position else ()
            return Outcome(before) if before else Outcome((), answer.raised)
    return Outcome(_failed(problem, case, answers))


def _failed(problem: CodingProblem, case: Case, answers: Sequence[Answer]) -> tuple[Check, ...]:
    return tuple(check for check in problem.suite.check(case, answers) if not check.passed)


def told(kind: Kind, call: Call, answer: Answer) -> Message:
    """Return what a person is told that ``answer`` is: a table, or the reason why there is none."""
    raised = answer.raised
    if raised is not None:
        return Message("diagnosis.got.raised", {"name": raised.name, "message": raised.message[:200]})
    if call.raises is not None:
        return Message("diagnosis.got.returned", {})
    exchange = kind.exchange(call, answer)
    for rule in (result, structure, masks):
        problem = rule.check(exchange)
        if problem is not None:
            return Message("diagnosis.got.problem", {"problem": problem})
    model = answer.value[0]
    assert isinstance(model, ModelAnswer)
    return Message("diagnosis.got.answer", {"table": tables.answer(model, exchange.masks)})


def mark(kind: Kind, call: Call, answer: Answer, outcome: Outcome) -> str:
    """Return :data:`RIGHT`, or eight digits that are the same for wrong answers which amount to the same."""
    if outcome.right:
        return RIGHT
    if outcome.raised is not None:
        raised = outcome.raised
        refused = bool(raised.frames) and _RAISE.search(raised.frames[-1].text) is not None  # on purpose
        what: Any = ["raised", raised.name, raised.where is None, refused and raised.where is None]
    elif call.raises is not None and answer.raised is not None:
        what = ["arguments", answer.raised.name, [check.name for check in outcome.failed]]
    else:
        names = [check.name for check in outcome.failed]
        what = [names, [_plain(check.detail) for check in outcome.failed if check.name in _BY_MESSAGE]]
        if call.raises is not None:
            what.append(tell.type_of(answer.value))
        if call.raises is None or (0 <= call.args[0] < 1 and kind.telling(replace(call, raises=None))):
            what.append(_outline(kind, kind.exchange(call, answer), names))
    return f"{zlib.crc32(json.dumps(what, default=str).encode()):08x}"


def _outline(kind: Kind, exchange: Exchange, failed: list[str]) -> Any:
    if result.check(exchange) is not None:
        return None
    good_masks = masks.check(exchange) is None
    if structure.check(exchange) is not None:  # the values of another network are not looked at
        failed = [name for name in failed if name not in ("values", "slices")]
        return [_settings(exchange.model), kind.outline(exchange, failed) if good_masks else None]
    if not good_masks:  # how much was taken away, and what else was changed
        return _without_masks(exchange)
    return kind.outline(exchange, failed) if good_masks else None


def _settings(model: ModelAnswer | None) -> Any:
    """Return kinds and hyper-parameters of the layers: which of them came along."""
    return [
        [layer.kind, {name: str(layer.attributes.get(name)) for name in _SETTINGS.get(layer.kind, ())}]
        if isinstance(layer, LayerAnswer)
        else layer.type_name
        for layer in (model.layers if model is not None else ())
    ]


def _without_masks(exchange: Exchange) -> Any:
    left, changed = 0, []
    for name, layer, got in exchange.layers:
        for attribute in ARRAYS[type(layer).__name__]:
            original, value, full = getattr(layer, attribute), got.attributes[attribute], f"{name}.{attribute}"
            if full in exchange.mask_shapes:
                left += int(np.count_nonzero(value))
            elif not np.array_equal(original, value):
                changed.append(full)
    return [left, changed]


_BY_MESSAGE = frozenset({"result", "structure", "masks", "purity", "arguments"})


def _plain(message: Message) -> Any:
    return [message.key, {k: v for k, v in message.to_plain()["values"].items() if k not in _VAGUE}]

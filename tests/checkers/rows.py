"""Rows of the tables: a call, its right answer changed by a slip, and what a rule must find.

A slip is the end of a candidate's function. It may use and change ``given`` (the input network), ``model`` and
``masks`` (the right answer, from the reference solution), set ``result`` or raise; ``keep(name, "1101")`` changes a
mask and the network with it. ``np`` and the layers of ``judge.nn`` are there, too. A row under ``forged`` changes the
decoded answer instead, ``model`` and ``after``: what only a child that makes up its replies can send.
"""

from __future__ import annotations

import importlib.util
import json
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from judge import nn
from judge.domain.answer import Answer, Opaque
from judge.domain.case import Call, Case
from judge.domain.report import Check
from judge.message import Message
from tests.checkers import networks
from tests.mutation import judging

ROOT = Path(__file__).resolve().parents[2]
TABLES = sorted((Path(__file__).parent / "tables").glob("*.toml"))
Suite = Callable[[Case, Sequence[Answer]], Iterable[Check]]


@dataclass(frozen=True)
class Row:
    """``finding`` is ``None`` for an answer that the rule must pass; of ``compose`` it is the whole list of checks."""

    table: str
    problem: str
    rule: str
    slip: str
    finding: str | None
    case: Case
    answers: tuple[Answer, ...]


@cache
def reference(problem: str) -> Any:
    """Return the module of the reference solution."""
    path = ROOT / "reference_solutions" / f"{problem}.py"
    spec = importlib.util.spec_from_file_location(f"reference_{problem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def answered(problem: str, network: str, call: str, slip: str) -> tuple[Call, Answer]:
    """Return the call, as ``'0.5, scope="global"'``, and the answer of a candidate with this slip."""
    args, kwargs = eval(f"(lambda *args, **kwargs: (args, kwargs))({call})")
    raises = kwargs.pop("raises", None)
    original = getattr(networks, network)()

    def candidate(given: nn.Sequential, *args: Any, **kwargs: Any) -> Any:
        module = reference(problem)
        names = {"given": given, "np": np, **{name: getattr(nn, name) for name in nn.__all__}}
        if raises is None:
            function = module.prune_weights if problem == "weight_pruning" else module.prune_structured
            names["model"], names["masks"] = function(given, *args, **kwargs)
            names["keep"] = lambda name, bits: keep(problem, given, names, name, bits)
        exec(slip, names)
        return names.get("result", (names.get("model"), names.get("masks")))

    asked = Call(original, args, kwargs, raises)
    return asked, judging.answer(candidate, asked, original.copy())


def keep(problem: str, given: nn.Sequential, names: dict[str, Any], name: str, bits: str) -> None:
    """Change a mask, and the network to what belongs to all masks."""
    mask = np.array([bit == "1" for bit in bits.replace(" ", "")])
    masks = names["masks"]
    masks[name] = mask.reshape(masks[name].shape)
    if problem == "weight_pruning":
        weights = dict(given.named_parameters())
        dict(names["model"].named_parameters())[name][...] = np.where(masks[name], weights[name], 0)
    else:
        names["model"] = reference(problem).remove_channels(given, masks)


def told(message: Message) -> str:
    """Return a message as one line: its key and its values, which must be what JSON can hold."""
    parts = [message.key.removeprefix("checks.")]
    for name, value in message.values.items():
        if isinstance(value, Message):
            shown = f"({told(value)})"
        elif isinstance(value, float):
            # The last digits of a sum are the machine's, and so is an error of rounding alone.
            shown = repr(float(f"{value:.3g}")) if not abs(value) < 1e-12 else "0.0"
        else:
            shown = json.dumps(value, ensure_ascii=False)
        parts.append(f"{name}={shown}")
    return " ".join(parts)


def rows(path: Path) -> Iterator[Row]:
    """Yield the rows of a table about one rule."""
    table = tomllib.loads(path.read_text("utf-8"))
    for part in table["answers"]:
        wrong = part.get("wrong", {}) | part.get("forged", {})
        for slip, finding in [*((slip, None) for slip in part.get("right", ())), *wrong.items()]:
            forged = slip in part.get("forged", ())
            finding = None if finding == "passes" else finding
            problem = part.get("problem", table.get("problem"))
            calls, answers, inputs = [], [], []
            # Several calls of one test are told apart by their slips: "first ;; second".
            for one in slip.split(";;"):
                call, answer = answered(problem, part["network"], part["call"], "pass" if forged else one.strip())
                if forged:
                    names = {"answer": answer, "model": answer.value[0], "after": answer.model_after}
                    exec(slip, names | {"np": np, "Opaque": Opaque})
                calls.append(call)
                answers.append(answer)
                shape = networks.SHAPES[part["network"]]
                inputs.append(np.sin(1.3 * np.arange(2 * int(np.prod(shape)))).reshape(2, *shape))
            facts = {"inputs": tuple(inputs)} if part.get("inputs") else {}
            case = Case("row-1", "row", tuple(calls), facts)
            yield Row(path.stem, problem, table["rule"], slip, finding, case, tuple(answers))


def outcome(row: Row, suite: Suite) -> str | None:
    """Return what the rule finds, ``None`` where it passes; "left out" where it was not applied."""
    checks = list(suite(row.case, row.answers))
    if row.rule == "compose":
        return " | ".join(f"{check.name} {'+' if check.passed else '-'} {told(check.detail)}" for check in checks)
    for check in checks:
        if check.name == row.rule:
            return None if check.passed else told(check.detail)
    return "left out"

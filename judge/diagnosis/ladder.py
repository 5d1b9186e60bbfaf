"""What a package knows about its own failures: small calls in order, what is right on each, what an answer amounts to.

A package may have a ``ladder.py`` with ``rungs()`` (calls), ``sequences()`` (calls in a row) and ``TWINS``, and a
``diagnosis.py`` with the functions of :class:`Kind`. One without them is judged all the same, without a counterexample.
"""

from __future__ import annotations

import importlib.util
import sys
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

import numpy as np
from msgspec import Struct

from judge.checkers.exchange import Exchange, prunable
from judge.domain.answer import Answer
from judge.domain.case import Call
from judge.domain.problem import CodingProblem
from judge.message import Message
from judge.nn import Sequential
from judge.nn.spec import pack

Calls = tuple[Call, ...]
COUNTED = 10**15  # right answers; of a large network there are more than anybody wants to read the number of


class Kind(Protocol):
    """What differs between problems; :mod:`judge.diagnosis.weights` and :mod:`~judge.diagnosis.channels` have it."""

    def exchange(self, call: Call, answer: Answer) -> Exchange:
        """Return the two as the package's rules see them."""

    def telling(self, call: Call) -> int:
        """Return 0 where rounding leaves a choice, so that answers do not compare; 2 where not even a slip has one."""

    def right_answers(self, call: Call) -> tuple[int, str]:
        """Return how many answers are right, :data:`COUNTED` at most, and one of them as a table."""

    def outline(self, exchange: Exchange, failed: Sequence[str]) -> Any:
        """Return what a wrong answer with good masks amounts to, whichever of equal entries it chose: JSON types."""

    def assertion(self, exchange: Exchange, check: str, values: Mapping[str, Any]) -> list[str] | None:
        """Return the lines of a snippet, after the call, that hold for any right answer and not for this one."""

    @property
    def raises(self) -> Callable[..., str | None]:
        """What tells the exception that arguments must end in, ``None`` for good ones.

        Its parameters are the function's own behind the network, each a ``float``, ``int`` or ``str``.
        """

    def unfit(self, model: Sequential) -> Message | None:
        """Return why ``model`` is no network that the statement lets arrive, ``None`` for one that may."""


class Ladder(Struct, frozen=True):
    """``rungs`` and ``sequences`` by number of weights; ``kind`` knows the problem's rules."""

    rungs: tuple[Call, ...]
    sequences: tuple[Calls, ...]
    kind: Kind
    twins: Mapping[str, str]  # a shipped wrong submission -> the one whose words fit both
    digest: str  # of the rungs: signatures made with other ones are stale


def numbers(calls: Sequence[Call]) -> int:
    """Return how many entries the prunable weights of ``calls`` have; a network that comes twice counts once."""
    seen: dict[bytes, int] = {}
    for call in calls:
        header, arrays = pack(call.model)
        identity = repr(header).encode() + b"".join(array.tobytes() for array in arrays)
        seen[identity] = sum(layer.weight.size for _, layer in prunable(call.model))
    return sum(seen.values())


_loaded: dict[Path, tuple[tuple[int, ...], Ladder | None]] = {}


def load(problem: CodingProblem) -> Ladder | None:
    """Return the package's ladder, or ``None`` where it has none. Kept until one of the files changes."""
    paths = [problem.folder / name for name in ("ladder.py", "diagnosis.py")]
    if not all(path.is_file() for path in paths):
        return None
    stamp = tuple(path.stat().st_mtime_ns for path in paths)
    known = _loaded.get(problem.folder)
    if known is None or known[0] != stamp:
        ladder, kind = (_module(path) for path in paths)
        rungs = tuple(sorted(ladder.rungs(), key=_weights))
        sequences = tuple(sorted((tuple(calls) for calls in ladder.sequences()), key=_sequence_weights))
        known = (stamp, Ladder(rungs, sequences, _kind(kind), dict(getattr(ladder, "TWINS", {})), _digest(rungs)))
        _loaded[problem.folder] = known
    return known[1]


def _weights(call: Call) -> int:
    return sum(layer.weight.size for _, layer in prunable(call.model))


def _sequence_weights(calls: Calls) -> int:
    return sum(map(_weights, calls))


def _kind(module: ModuleType) -> Kind:
    kind: Kind = module  # a module can be a protocol
    return kind


def _digest(rungs: Sequence[Call]) -> str:
    state = 0
    for call in rungs:
        header, arrays = pack(call.model)
        text = repr((header, [(a.dtype.str, a.shape, a.flags.c_contiguous) for a in arrays], call.args, call.kwargs))
        state = zlib.crc32(text.encode(), state)
        for array in arrays:
            state = zlib.crc32(np.ascontiguousarray(array).tobytes(), state)
    return f"{len(rungs)}-{state:08x}"


def _module(path: Path) -> ModuleType:
    name = f"_package_{zlib.crc32(str(path.parent).encode()):08x}_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module

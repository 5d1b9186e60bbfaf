"""The hidden tests without the sandbox: call a function in this process, decode what it gives as the judge would.

Mutants are trusted as far as their originals are. What they may still do is run forever, recurse or ask for too much
memory; a timer, Python's own limit and a limit of the address space end that.
"""

from __future__ import annotations

import contextlib
import io
import json
import resource
import signal
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from hashlib import blake2b
from types import CodeType, FrameType, ModuleType
from typing import Any

import numpy as np

from judge.domain.answer import Answer
from judge.domain.case import Call, Case
from judge.domain.problem import CodingProblem
from judge.nn import Sequential
from judge.nn.spec import pack, unpack
from judge.packages import Library
from judge.sandbox.describe import Reply
from judge.sandbox.exceptions import described
from judge.sandbox.request import Asked, Caps
from judge.sandbox.values import call_reply
from judge.sandbox.wire import ALIGNMENT

SECONDS = 1.5  # of CPU for one test; the slowest right solution needs a tenth of it, the large test aside
ASKED = Asked(Caps(1 << 26, 1 << 26, 1 << 18))
ADDRESS_SPACE = 4 << 30

Function = Callable[..., Any]


class TooSlow(BaseException):
    """The timer rang."""


def _ring(number: int, frame: FrameType | None) -> None:
    raise TooSlow


def guard() -> None:
    """Prepare this process for running mutants."""
    signal.signal(signal.SIGPROF, _ring)
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    np.seterr(all="ignore")
    warnings.simplefilter("ignore", SyntaxWarning)  # a mutant looks odd


@contextlib.contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise :class:`TooSlow` inside after so many seconds of CPU; swallow what is printed."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        signal.setitimer(signal.ITIMER_PROF, seconds, 0.2)  # rings again, should a mutant catch it
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)


def load(code: CodeType, entry_point: str) -> Function | None:
    """Return the function of a submission, or ``None`` where importing it fails."""
    module = ModuleType("solution")
    sys.modules["solution"] = module
    try:
        with limited(SECONDS):
            exec(code, module.__dict__)
        function = getattr(module, entry_point)
    except (Exception, TooSlow, SystemExit):
        return None
    return function if callable(function) else None


def fresh(array: np.ndarray) -> np.ndarray:
    """Return a copy in the same kind of layout, as the child gets it."""
    if array.flags.c_contiguous or array.flags.f_contiguous:
        return array.copy("K")
    copied = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)[..., ::2]
    copied[...] = array
    return copied


def reply(function: Function, call: Call, model: Sequential) -> tuple[bytes, bytes]:
    """Return what one call gives, as it would travel: header and arrays. Raises :class:`TooSlow`."""
    raised, value = None, None
    try:
        value = function(model, *call.args, **call.kwargs)
    except (Exception, SystemExit) as error:
        raised = described(error, None)
    wire = Reply(ASKED.caps.body, ASKED.caps.nodes, ASKED.network, [])
    after = wire.value(model)
    value = wire.value(value) if raised is None else None
    header = json.dumps([1, 0, raised, value, after, wire.arrays]).encode()
    parts = []
    for buffer in wire.buffers:
        raw = bytes(buffer)
        parts += [raw, bytes(-len(raw) % ALIGNMENT)]
    return header, b"".join(parts)


def decoded(header: bytes, body: bytes) -> Answer:
    """Return a reply as the checkers see it."""
    return call_reply(header, bytearray(body), ASKED, 1, 0, ())


def answer(function: Function, call: Call, model: Sequential) -> Answer:
    """Return the decoded answer of one call."""
    return decoded(*reply(function, call, model))


@cache
def problem(name: str) -> CodingProblem:
    """Return a loaded problem."""
    loaded = Library().load(name)
    assert isinstance(loaded, CodingProblem)
    return loaded


@cache
def cases(name: str, seed: int, large: bool = False) -> list[tuple[Case, list[tuple[Any, list[np.ndarray]]]]]:
    """Return the tests of a seed with their packed networks, the large ones only or all others."""
    suite, groups = problem(name).suite, problem(name).groups
    drawn = [case for group in groups if (group.name == "large") == large for case in suite.cases(group.name, seed)]
    return [(case, [pack(call.model) for call in case.calls]) for case in drawn]


_judged: dict[tuple[str, str, int, bytes], bool] = {}


def digest(replies: Sequence[tuple[bytes, bytes]]) -> bytes:
    """Return what tells replies apart."""
    return blake2b(b"".join(part for one in replies for part in one), digest_size=16).digest()


def failing_group(name: str, function: Function, tests: Sequence[Any], seconds: float = SECONDS) -> str | None:
    """Return the group of the first test that is not accepted, or ``None``.

    Most mutants that live answer like many before them: what was judged once is remembered.
    """
    suite = problem(name).suite
    for case, packed in tests:
        replies = []
        try:
            with limited(seconds):
                for call, (header, arrays) in zip(case.calls, packed, strict=True):
                    replies.append(reply(function, call, unpack(header, [fresh(array) for array in arrays])))
                    if call.raises is None and not replies[-1][0].startswith(b"[1, 0, null"):
                        return str(case.group)
        except (TooSlow, MemoryError):
            return str(case.group)
        key = (name, case.name, id(packed), digest(replies))
        if key not in _judged:
            answers = [decoded(*one) for one in replies]
            _judged[key] = all(check.passed for check in suite.check(case, answers))
        if not _judged[key]:
            return str(case.group)
    return None

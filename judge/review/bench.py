"""Measure a submission beside the reference: two confined children, their calls in turn, medians.

Times are ratios of neighbouring calls: what slows the machine down slows both. Everything else that is measured is a
count (bytes, runs of a line, entries), which does not vary. What cannot be measured in time stays ``None``, and says
nothing.
"""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median

from msgspec.structs import replace

from judge.checkers.tell import call_of
from judge.domain.case import Call
from judge.domain.problem import CodingProblem
from judge.review.figures import Arrays, Figures, Lines
from judge.review.plan import weight_bytes_of, weights_of
from judge.sandbox import Child, Sandbox
from judge.sandbox.load import MODULE, as_read

PAIRS = 7  # of neighbouring calls, the reference's first in every other one
REPEATS = 3  # of what times the parts of a call, unless they take longer than this:
REPEAT_SECONDS = 1.0
SLOW = 0.15  # CPU seconds of a call; from here on two pairs will do, and counts are taken on a smaller network
WALL_SECONDS = 15.0  # for everything
CALL_SECONDS = 6.0  # CPU of one call, beyond the problem's own limit: what is traced takes several times as long
MEMORY_FACTOR = 2  # tracing takes some, and so do the copies that are measured on
OUTPUT_BYTES = 8 << 20

_PROBE = Path(__file__).with_name("probe.py")
_ENTRY = "_review_measure"
# Behind the submission, and under names of its own: what the submission calls "sys" or "exec" is its own affair.
_TAIL = """

import builtins as _review_builtins, sys as _review_sys
_review = {{"__name__": "review", "entry": _review_builtins.getattr(_review_sys.modules[{module!r}], {entry!r})}}
_review_builtins.exec(_review_builtins.compile({probe!r}, "review.py", "exec"), _review)
_review_builtins.setattr(_review_sys.modules[{module!r}], {measure!r}, _review["measure"])
"""


def measure(
    problem: CodingProblem, source: str, reference: str, sandbox: Sandbox, large: Call, small: Call
) -> Figures | None:
    """Return the figures of ``source`` beside ``reference``; ``None`` where one of the two gives no answer in time.

    Times are of the call ``large``; counts too, but for a slow ``source``: there of ``small``.
    Raises :class:`judge.errors.SandboxError` where no child can be made.
    """
    with _Subject(sandbox, problem, source) as theirs, _Subject(sandbox, problem, reference) as ours:
        return _Bench(theirs, ours).figures(problem.entry_point, large, small)


class _Subject:
    """One source with the probe beside it, in a child that is replaced when it has been stopped."""

    def __init__(self, sandbox: Sandbox, problem: CodingProblem, source: str) -> None:
        self._sandbox, self._limits = sandbox, problem.limits
        tail = _TAIL.format(module=MODULE, entry=problem.entry_point, probe=_PROBE.read_text("utf-8"), measure=_ENTRY)
        self._source = as_read(source) + tail
        self._child: Child | None = None

    def __enter__(self) -> _Subject:
        return self

    def __exit__(self, *exception: object) -> None:
        self._close()

    def ask(self, what: str, call: Call, wall_seconds: float) -> list[int] | None:
        """Return what the probe measures, or ``None`` where nothing usable came."""
        if wall_seconds <= 0 or (self._child is None and not self._open(wall_seconds)):
            return None
        assert self._child is not None
        cpu = self._limits.cpu_seconds_large + CALL_SECONDS
        self._child.send([replace(call, args=(what, *call.args))], cpu_seconds=cpu, wall_seconds=wall_seconds)
        run = self._child.collect()
        if run.stopped is not None:
            self._close()
            return None
        value = run.answers[0].value
        # A submission could send anything in the probe's place; it would only fool its own review, but not crash it.
        sound = isinstance(value, list) and all(type(item) is int and item >= 0 for item in value)
        return value if sound and len(value) == _LENGTHS[what] else None

    def _open(self, wall_seconds: float) -> bool:
        limits = self._limits
        child = self._sandbox.open(MEMORY_FACTOR * limits.memory_bytes, OUTPUT_BYTES)
        loaded = child.load(self._source, _ENTRY, cpu_seconds=limits.cpu_seconds, wall_seconds=wall_seconds)
        if not loaded.sound:
            child.close()
            return False
        self._child = child
        return True

    def _close(self) -> None:
        if self._child is not None:
            self._child.close()
            self._child = None


_LENGTHS = {"seconds": 1, "peak": 1, "lines": 3, "arrays": 9}


class _Bench:
    """The submission and the reference, asked in turn until the time is up."""

    def __init__(self, theirs: _Subject, ours: _Subject) -> None:
        self._both = (theirs, ours)
        self._end = time.monotonic() + WALL_SECONDS

    def figures(self, entry_point: str, large: Call, small: Call) -> Figures | None:
        first = self._pair("seconds", large)  # not counted where it is fast: what happens once only happens here
        if first is None:
            return None
        slow = first[0][0] > SLOW * 1e9
        pairs = [first] if slow else []
        while len(pairs) < (2 if slow else PAIRS):
            pair = self._pair("seconds", large, turned=len(pairs) % 2 == 1)
            if pair is None:
                break
            pairs.append(pair)
        counted = small if slow else large
        peaks = self._pair("peak", counted)
        if not pairs or peaks is None or not all(theirs[0] and ours[0] for theirs, ours in pairs):
            return None
        return Figures(
            call=f"{entry_point}(model, {call_of(large)})",
            weights=weights_of(large.model),
            weight_bytes=weight_bytes_of(large.model),
            seconds=(median(theirs[0] for theirs, _ in pairs) / 1e9, median(ours[0] for _, ours in pairs) / 1e9),
            ratios=tuple(theirs[0] / ours[0] for theirs, ours in pairs),
            peak_weights=weights_of(counted.model),
            peak_bytes=(peaks[0][0], peaks[1][0]),
            lines=self._lines(counted),
            arrays=None if slow else self._arrays(large),
        )

    def _lines(self, call: Call) -> tuple[Lines, Lines] | None:
        pair = self._pair("lines", call)
        if pair is None:
            return None
        weights = weights_of(call.model)
        theirs, ours = (Lines(weights, line, times) for line, times, _ in pair)
        return theirs, ours

    def _arrays(self, call: Call) -> tuple[Arrays, Arrays] | None:
        pairs: list[tuple[list[int], list[int]]] = []
        begun = time.monotonic()
        while len(pairs) < REPEATS and (not pairs or time.monotonic() - begun < REPEAT_SECONDS):
            pair = self._pair("arrays", call)
            if pair is None:
                break
            pairs.append(pair)
        if not pairs:
            return None
        theirs, ours = (_arrays([pair[which] for pair in pairs]) for which in (0, 1))
        return theirs, ours

    def _pair(self, what: str, call: Call, turned: bool = False) -> tuple[list[int], list[int]] | None:
        """Ask both; ``turned``: the reference first."""
        answers: dict[int, list[int]] = {}
        for which in (1, 0) if turned else (0, 1):
            answer = self._both[which].ask(what, call, self._end - time.monotonic())
            if answer is None:
                return None
            answers[which] = answer
        return answers[0], answers[1]


def _arrays(rows: list[list[int]]) -> Arrays:
    """Return one for several runs: its counts are those of the first, its times medians."""
    copied, wide, wide_line, entries, line, positions = rows[0][:6]
    sorting, partition, call = (median(row[place] for row in rows) / 1e9 for place in (6, 7, 8))
    return Arrays(copied, wide, wide_line, entries, line, bool(positions), sorting, partition, call)

"""Measures the submission's function from beside it: runs in the confined child, never in the judge.

``bench.py`` appends this file's text to a submission and asks for ``measure`` in place of the submission's function;
``entry`` is that function. What comes back are lists of whole numbers:

    seconds   [CPU nanoseconds of one call]
    peak      [bytes that one call held at most, beyond its input]
    lines     [line of the submission that ran most often, how often, lines run in all]
    arrays    [bytes of large arrays copied,
               entries of the largest float64 array made of float32 weights, first line known to have used it or 0,
               entries sorted, line that sorted last, 1 where positions were sorted (argsort) else 0,
               CPU nanoseconds of sorting, CPU nanoseconds of a partition of the same entries,
               CPU nanoseconds of the whole call, without what was done for measuring]

All but the times are counts: the same at every run of a deterministic submission. Peaks are ``tracemalloc``'s, to which
NumPy reports its arrays. "Large" is an array with a quarter of the network's prunable weights at least.
"""

from __future__ import annotations

import gc
import sys
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np

entry: Callable[..., Any] = globals()["entry"]  # given by whoever runs this text

FILE = "solution.py"
COPIES = frozenset({"copy", "flatten", "astype", "__copy__", "__deepcopy__"})
SORTS = frozenset({"sort", "argsort"})

# Of the thread: the clock of the process is a coarse one in a child. There is one thread only.
_now = time.thread_time_ns


def measure(model: Any, what: str, *args: Any, **kwargs: Any) -> list[int]:
    """Call the submission's function on ``model`` and return what the way ``what`` measures."""
    way: Callable[[Any, Callable[[], Any], Any], list[int]] = _WAYS[what]
    return way(model, lambda: entry(model, *args, **kwargs), args[0] if args else None)


def seconds(model: Any, call: Callable[[], Any], amount: Any) -> list[int]:
    gc.collect()
    begun = _now()
    call()
    return [_now() - begun]


def peak(model: Any, call: Callable[[], Any], amount: Any) -> list[int]:
    gc.collect()
    tracemalloc.start()
    try:
        call()
        return [tracemalloc.get_traced_memory()[1]]
    finally:
        tracemalloc.stop()


def lines(model: Any, call: Callable[[], Any], amount: Any) -> list[int]:
    runs: dict[int, int] = {}

    def in_frame(frame: Any, event: str, argument: Any) -> Any:
        if event == "line":
            line = frame.f_lineno
            runs[line] = runs.get(line, 0) + 1
        return in_frame

    def at_call(frame: Any, event: str, argument: Any) -> Any:
        return in_frame if frame.f_code.co_filename == FILE else None

    sys.settrace(at_call)
    try:
        call()
    finally:
        sys.settrace(None)
    most = max(runs, key=runs.__getitem__, default=0)
    return [most, runs.get(most, 0), sum(runs.values())]


def arrays(model: Any, call: Callable[[], Any], amount: Any) -> list[int]:
    watch = _Watch(model, amount)
    gc.collect()
    sys.setprofile(watch)
    begun = _now()
    try:
        call()
    finally:
        sys.setprofile(None)
    return watch.found(_now() - begun)


class _Watch:
    """A profile function: it is told of every call of a C function, methods of arrays among them, and of returns."""

    def __init__(self, model: Any, amount: Any) -> None:
        weights = [array for _, array in model.named_parameters() if array.ndim > 1]
        self._least = max(2, sum(weight.size for weight in weights) // 4)
        self._narrow = all(weight.dtype == np.float32 for weight in weights)
        self._share = amount if type(amount) is float and 0 < amount < 1 else 0.5
        self._copied = 0
        self._wide = self._wide_line = 0
        self._sorted = self._sort_line = self._positions = self._sort_time = self._partition_time = 0
        self._unsorted: Any = None
        self._begun = self._aside = 0

    def found(self, spent: int) -> list[int]:
        wide = [self._wide, self._wide_line]
        sorting = [self._sorted, self._sort_line, self._positions, self._sort_time, self._partition_time]
        return [self._copied, *wide, *sorting, max(0, spent - self._aside)]

    def __call__(self, frame: Any, event: str, argument: Any) -> None:
        if event == "c_call":
            array = getattr(argument, "__self__", None)
            if type(array) is np.ndarray and array.size >= self._least:
                self._method(frame, argument.__name__, array)
        elif event == "c_return":
            if self._unsorted is not None and argument.__name__ in SORTS:
                self._sorting_ended(argument.__name__)
        elif event == "return":  # of NumPy's own functions too: their parameters may be arrays that nothing else names
            line = 0 if frame.f_code.co_filename == FILE else _line_of(frame)  # its own "return" is no line to point at
            for value in frame.f_locals.values():
                if type(value) is np.ndarray and value.size >= self._least:
                    self._look_at(value, line)

    def _method(self, frame: Any, name: str, array: Any) -> None:
        line = _line_of(frame)
        self._look_at(array, line)
        if name in COPIES:
            self._copied += array.nbytes
        elif name in SORTS:
            self._sort_line = line
            begun = _now()
            self._unsorted = array.ravel().copy()
            self._begun = _now()
            self._aside += self._begun - begun

    def _look_at(self, array: Any, line: int) -> None:
        if self._narrow and array.dtype == np.float64 and (array.size, 0) >= (self._wide, self._wide_line):
            self._wide, self._wide_line = array.size, line

    def _sorting_ended(self, name: str) -> None:
        ended = _now()
        entries, self._unsorted = self._unsorted, None
        self._sort_time += ended - self._begun
        self._sorted += entries.size
        self._positions = int(name == "argsort")
        partition = np.argpartition if self._positions else np.partition
        sys.setprofile(None)
        begun = _now()
        partition(entries, int(self._share * entries.size))
        self._partition_time += _now() - begun
        self._aside += _now() - ended
        sys.setprofile(self)


def _line_of(frame: Any) -> int:
    while frame is not None:
        if frame.f_code.co_filename == FILE:
            line: int = frame.f_lineno
            return line
        frame = frame.f_back
    return 0


_WAYS = {"seconds": seconds, "peak": peak, "lines": lines, "arrays": arrays}

"""What is measured of a solution and of the reference, on the same calls."""

from __future__ import annotations

from statistics import median

from msgspec import Struct


class Lines(Struct, frozen=True):
    """Which line of the submission ran most often in a call on ``weights`` prunable weights, and how often."""

    weights: int
    line: int
    times: int


class Arrays(Struct, frozen=True):
    """What a call did with large arrays, those of a quarter of the weights at least (``probe.py``). Seconds are CPU.

    ``call_seconds`` is the whole call's time in the same runs in which its sorting was timed.
    """

    copied_bytes: int = 0
    wide_entries: int = 0
    wide_line: int = 0
    sorted_entries: int = 0
    sort_line: int = 0
    sorts_positions: bool = False
    sort_seconds: float = 0.0
    partition_seconds: float = 0.0
    call_seconds: float = 0.0


class Figures(Struct, frozen=True):
    """Everything measured in one review; of a pair the first is the submission's, the second the reference's."""

    call: str
    weights: int
    weight_bytes: int
    seconds: tuple[float, float]
    ratios: tuple[float, ...]  # of neighbouring calls' times
    peak_weights: int  # of the network on which peaks were taken
    peak_bytes: tuple[int, int]
    lines: tuple[Lines, Lines] | None = None
    arrays: tuple[Arrays, Arrays] | None = None

    @property
    def time_ratio(self) -> float:
        return median(self.ratios)

    @property
    def memory_ratio(self) -> float:
        return self.peak_bytes[0] / max(1, self.peak_bytes[1])

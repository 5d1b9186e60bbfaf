"""The unit of every figure, measured again and again between the measurements."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

BUSY = 0.6  # load per core, over the last minute, above which figures are no verdict


def import_numpy() -> float:
    """Return the wall seconds of ``python -c "import numpy"``."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import numpy"], check=True)
    return time.perf_counter() - began


class Interleaved:
    """Times an act with a calibration before each round; keeps both."""

    def __init__(self) -> None:
        self.units: list[float] = []

    def measure(self, act: Callable[[], float | None], rounds: int, each: int = 1) -> list[float]:
        """Return ``rounds * each`` durations in units; ``act`` may return its own duration in seconds."""
        seconds: list[float] = []
        for _ in range(rounds):
            self.units.append(import_numpy())
            for _ in range(each):
                began = time.perf_counter()
                own = act()
                seconds.append(time.perf_counter() - began if own is None else own)
        unit = statistics.median(self.units)
        return [second / unit for second in seconds]

    @property
    def noise(self) -> float:
        """Return how far the calibrations spread: (third quartile - first) / median."""
        first, middle, third = statistics.quantiles(self.units, n=4)
        return (third - first) / middle

    def busy(self) -> bool:
        """True where these figures should not be taken for a verdict."""
        return self.noise > 0.5 or os.getloadavg()[0] / (os.cpu_count() or 1) > 1 + BUSY


def quantile(values: list[float], share: float) -> float:
    """Return the value below which ``share`` of ``values`` lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

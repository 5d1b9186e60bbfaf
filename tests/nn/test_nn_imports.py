"""judge.nn is loaded beside every submission: it must bring nothing but NumPy and the standard library."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import judge

SCRIPT = """
import json, sys
import numpy
before = set(sys.modules)
import judge.nn, judge.nn.spec
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def test_importing_nn_brings_nothing_else():
    environment = {**os.environ, "PYTHONPATH": str(Path(judge.__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, check=True)
    names = json.loads(done.stdout)
    assert "judge.nn.layers" in names
    # No other judge module, and no further part of NumPy either.
    assert [name for name in names if not is_ours(name) and name.partition(".")[0] not in sys.stdlib_module_names] == []


def is_ours(name):
    return name in ("judge", "judge.nn") or name.startswith("judge.nn.")

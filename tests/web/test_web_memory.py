"""What was needed for a moment is given back."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import pytest

# One large block raises the size from which glibc maps a block alone, and how much it keeps of what is freed.
_PROGRAM = """
import sys
from judge.web import memory

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096

if sys.argv[1] == "give back":
    memory.give_back()
large = bytes(8 << 20)
del large
before = resident()
blocks = [b"x" * (256 << 10) for _ in range(60)]
blocks.clear()
print(resident() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library does as it likes")
def test_freed_memory_goes_back_to_the_system() -> None:
    # The setting itself, wherever the tests' own environment comes from, is what makes the difference.
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("MALLOC_", "GLIBC_TUNABLES"))}
    kept = {}
    for how in ("give back", "leave"):
        done = subprocess.run([sys.executable, "-c", _PROGRAM, how], capture_output=True, text=True, env=clean)
        assert done.returncode == 0, done.stderr
        kept[how] = int(done.stdout)
    assert kept["give back"] <= 8 << 20 < 14 << 20 < kept["leave"]

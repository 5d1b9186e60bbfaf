"""Other hosts than this one: an ordinary user, a container that refuses new namespaces and brings a filter of its
own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

if not sys.platform.startswith("linux"):
    pytest.skip("Linux only", allow_module_level=True)

ROOT = Path(__file__).parents[2]
NOBODY = 65534

EXAMINATION = f"""
import json, sys
sys.path.insert(0, {str(ROOT)!r})
from judge.sandbox import Sandbox, doctor
with Sandbox.start() as sandbox:
    found = [(finding.act, finding.outcome) for finding in doctor(sandbox) if not finding.ok]
    print(json.dumps([str(sandbox.isolation), found]))
"""

# As Docker's default profile does: unshare(2), and clone(2) with any of the namespace flags, fail with EPERM.
REFUSING = """
import ctypes, os, struct
unshare, clone = (272, 56) if os.uname().machine == "x86_64" else (97, 220)
program = [(0x20, 0, 0, 0), (0x15, 3, 0, unshare), (0x15, 0, 3, clone), (0x20, 0, 0, 16), (0x45, 0, 1, 0x7E020000),
           (6, 0, 0, 0x50001), (6, 0, 0, 0x7FFF0000)]
code = b"".join(struct.pack("=HBBI", *one) for one in program)
buffer = ctypes.create_string_buffer(code, len(code))
libc = ctypes.CDLL(None)
assert libc.prctl(38, 1, 0, 0, 0) == 0
fprog = struct.pack("HxxxxxxP", len(program), ctypes.addressof(buffer))
assert libc.prctl(22, 2, ctypes.c_char_p(fprog), 0, 0) == 0
try:
    os.close(os.open("/nowhere", 0))
except FileNotFoundError:
    pass
assert libc.unshare(0x10000000) == -1
"""


def examine(program: str, **how: Any) -> tuple[str, list[Any]]:
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        cwd="/",
        env={"PATH": "/bin"},
        **how,
    )
    isolation, found = json.loads(done.stdout.splitlines()[-1])
    return isolation, found


def as_nobody() -> dict[str, Any]:
    """Arguments of ``subprocess`` for an ordinary user who can read this interpreter and this checkout."""
    if os.geteuid() != 0:
        return {}  # this is one
    how: dict[str, Any] = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    try:
        subprocess.run(
            [sys.executable, "-c", f"import numpy, os; os.listdir({str(ROOT / 'judge' / 'nn')!r})"],
            check=True,
            capture_output=True,
            cwd="/",
            **how,
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("the interpreter or the checkout is not to be read by an ordinary user")
    return how


def test_an_ordinary_user(sandbox: object) -> None:
    isolation, found = examine(EXAMINATION, **as_nobody())
    assert isolation in ("full", "reduced")
    assert found == []


def test_a_container_that_refuses_namespaces(sandbox: object) -> None:
    assert examine(REFUSING + EXAMINATION) == ("reduced", [])


def test_an_ordinary_user_in_such_a_container(sandbox: object) -> None:
    assert examine(REFUSING + EXAMINATION, **as_nobody()) == ("reduced", [])


def test_a_relative_path_to_the_judge(sandbox: object, tmp_path: Path) -> None:
    """The judge may be started from anywhere, and be found by any path."""
    link = tmp_path / "checkout"
    link.symlink_to(ROOT)
    program = EXAMINATION.replace(repr(str(ROOT)), repr(str(link)))
    isolation, found = examine(program)
    assert isolation in ("full", "reduced")
    assert found == []


def test_a_python_at_the_end_of_a_symbolic_link(sandbox: Any, tmp_path: Path) -> None:
    """As in the homes of Pythons of several tools: its library is called by a name that is no real path."""
    import numpy

    home = tmp_path / "python"
    home.symlink_to(sys.base_prefix)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    interpreter = home / "bin" / f"python{version}"
    if not interpreter.exists():
        pytest.skip("an interpreter of another layout")
    program = f"import sys; sys.path.append({str(Path(numpy.__file__).parents[1])!r})\n{EXAMINATION}"
    done = subprocess.run(
        [interpreter, "-S", "-c", program],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        cwd="/",
        env={"PATH": "/bin"},
    )
    assert json.loads(done.stdout) == [str(sandbox.isolation), []]

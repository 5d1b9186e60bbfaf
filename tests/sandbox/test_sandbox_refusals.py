"""Honest programs may try anything: what is forbidden raises, what is needed works, alike with and without
namespaces.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time

import pytest
from submitting import judge

from judge.sandbox import Sandbox, doctor

# Expression -> the exception it must raise.
REFUSED: list[tuple[str, str]] = [
    ("os.fork()", "PermissionError"),
    ("os.forkpty()", "PermissionError"),
    ("subprocess.run(['ls'])", "PermissionError"),
    ("os.execv('/bin/ls', ['ls'])", "PermissionError"),
    ("os.posix_spawn('/bin/ls', ['ls'], {})", "PermissionError"),
    ("threading.Thread(target=int).start()", "RuntimeError"),
    ("concurrent.futures.ThreadPoolExecutor().submit(int)", "RuntimeError"),
    ("multiprocessing.Pool(1)", "PermissionError"),
    ("multiprocessing.Process(target=int).start()", "PermissionError"),
    ("asyncio.run(asyncio.sleep(0))", "PermissionError"),
    ("socket.socket()", "PermissionError"),
    ("socket.socket(socket.AF_UNIX)", "PermissionError"),
    ("socket.socketpair()", "PermissionError"),
    ("socket.create_connection(('127.0.0.1', 9))", "PermissionError"),
    ("urllib.request.urlopen('http://127.0.0.1/')", "URLError"),
    ("os.kill(1, 0)", "PermissionError"),
    ("os.kill(-1, 0)", "PermissionError"),
    ("os.kill(os.getpid(), 9)", "PermissionError"),
    ("os.kill(os.getpid(), 19)", "PermissionError"),
    ("os.killpg(0, 15)", "PermissionError"),
    ("open('/etc/passwd')", "PermissionError"),
    ("open('/etc/shadow')", "PermissionError"),
    ("open('/proc/self/environ')", "PermissionError"),
    ("open('/proc/1/cmdline')", "PermissionError"),
    ("open('/dev/tty')", "PermissionError"),
    ("open('/dev/zero')", "PermissionError"),
    ("os.listdir('/')", "PermissionError"),
    ("os.listdir('/tmp')", "PermissionError"),
    ("open('answer.txt', 'w')", "PermissionError"),
    ("open('/tmp/answer.txt', 'w')", "PermissionError"),
    ("open('/dev/shm/answer', 'w')", "PermissionError"),
    ("open(np.__file__, 'a')", "OSError"),  # on a read-only mount; PermissionError where there is no view
    ("np.save('/tmp/weights.npy', np.ones(3))", "PermissionError"),
    ("tempfile.TemporaryFile()", "FileNotFoundError"),
    ("shutil.rmtree('/tmp')", "PermissionError"),
    ("os.mkdir('/tmp/x')", "PermissionError"),
    ("os.unlink(np.__file__)", "PermissionError"),
    ("os.rename('/tmp', '/tmp2')", "PermissionError"),
    ("os.symlink('a', '/tmp/b')", "PermissionError"),
    ("os.chmod('/tmp', 0)", "PermissionError"),
    ("os.utime(np.__file__)", "PermissionError"),
    ("os.truncate(np.__file__, 0)", "PermissionError"),
    ("os.memfd_create('x')", "PermissionError"),
    ("os.mkfifo('/tmp/x')", "PermissionError"),
    ("os.nice(5)", "PermissionError"),
    ("os.setuid(1)", "PermissionError"),
    ("os.sched_setaffinity(0, {0})", "PermissionError"),
    ("os.chroot('/')", "PermissionError"),
    ("os.sync() or open('/nowhere/at/all')", "FileNotFoundError"),
    ("fcntl.flock(open(os.__file__), fcntl.LOCK_EX)", "PermissionError"),
    ("fcntl.lockf(open(os.devnull, 'w'), fcntl.LOCK_EX)", "PermissionError"),
    ("fcntl.fcntl(1, fcntl.F_SETOWN, 1)", "PermissionError"),
    ("resource.setrlimit(resource.RLIMIT_STACK, (-1, -1))", "ValueError"),
    ("resource.prlimit(1, resource.RLIMIT_NOFILE)", "PermissionError"),
    ("time.clock_gettime(~1 << 3 | 2)", "OSError"),
    ("time.clock_settime(time.CLOCK_REALTIME, 0)", "PermissionError"),
    ("select.epoll()", "PermissionError"),
    ("mmap.mmap(os.open('/dev/zero', os.O_RDWR), 10)", "PermissionError"),
    ("__import__('judge.domain.case')", "ModuleNotFoundError"),
    ("__import__('judge.sandbox')", "ModuleNotFoundError"),
    ("__import__('judge.errors')", "ModuleNotFoundError"),
    ("__import__('pytest')", "ModuleNotFoundError"),
    ("__import__('torch')", "ModuleNotFoundError"),
]

# Expression -> its value (as repr), or ... for anything.
GRANTED: list[tuple[str, object]] = [
    ("open(os.devnull).read()", ""),
    ("open(os.devnull, 'w').write('gone')", 4),
    ("open(os.devnull, 'r+b').read()", b""),
    ("len(os.urandom(7))", 7),
    ("len(open('/dev/urandom', 'rb').read(7))", 7),
    ("len(secrets.token_hex(8))", 16),
    ("sys.stdin.read()", ""),
    ("os.getcwd()", "/"),
    ("os.path.expanduser('~')", "/"),
    ("os.cpu_count() >= 1", True),
    ("os.environ.get('PYTHONPATH', 'none')", "none"),
    ("inspect.getsource(f).startswith('def f(model, share):')", True),
    ("inspect.getsource(sys.modules[__name__]).startswith('import ')", True),
    ("'class Linear' in inspect.getsource(judge.nn.Linear)", True),
    ("'def argsort' in inspect.getsource(np.argsort)", True),
    ("inspect.signature(f).parameters.keys() == {'model', 'share'}", True),
    ("sqlite3.connect(':memory:').execute('select 1 + 1').fetchone()", (2,)),
    ("ssl.create_default_context() is not None", True),
    ("zoneinfo.ZoneInfo('UTC').key", "UTC"),
    ("ctypes.CDLL(None).abs(-3)", 3),
    ("ctypes.CFUNCTYPE(ctypes.c_int)(lambda: 5)()", 5),
    ("len(mmap.mmap(-1, 100))", 100),
    ("os.read(*(lambda r, w: (os.write(w, b'hi'), (r, 2))[1])(*os.pipe()))", b"hi"),
    ("threading.Lock().acquire(timeout=0.01)", True),
    ("time.sleep(0.001)", None),
    ("time.time() > 1e9", True),
    ("signal.signal(signal.SIGALRM, signal.SIG_IGN) == signal.SIG_DFL", True),
    ("pickle.loads(pickle.dumps(f)) is f", True),
    ("copy.deepcopy(model) is model", False),
    ("doctest.testmod(sys.modules[__name__]).failed", 0),
    ("logging.getLogger().warning('x')", None),
    ("warnings.warn('x')", None),
    ("subprocess.list2cmdline(['a b'])", '"a b"'),
    ("os.path.exists('/nowhere')", False),
    ("platform.system()", "Linux"),
    ("uuid.uuid4() != uuid.uuid4()", True),
    ("random.random() != np.random.random()", True),
    ("np.random.default_rng(7).integers(1000)", ...),
    ("help is not None and exit is not None", True),
    ("__import__('__main__').__name__", "__main__"),
    ("tempfile.SpooledTemporaryFile().write(b'x')", 1),
]

MODULES = [
    "asyncio", "concurrent.futures", "copy", "ctypes", "doctest", "fcntl", "inspect", "judge.nn", "logging", "mmap",
    "multiprocessing", "numpy as np", "os", "pickle", "platform", "random", "resource", "secrets", "select", "shutil", "signal",
    "socket", "sqlite3", "ssl", "subprocess", "sys", "tempfile", "threading", "time", "urllib.request", "uuid", "warnings",
    "zoneinfo",
]  # fmt: skip

# Modules that need something of the system which may not be there; import is tried in and out of the sandbox.
_PRINTING = {"this", "antigravity"}


def source(expression: str) -> str:
    return f"{imports(expression)}\ndef f(model, share): return {expression}"


def imports(expression: str) -> str:
    """Return the imports that ``expression`` needs."""
    used = [name for name in MODULES if re.search(rf"\b{name.split(' as ')[-1]}\b", expression)]
    return f"import {', '.join(used)}" if used else ""


@pytest.mark.parametrize(("expression", "raised"), REFUSED)
def test_refused(each: Sandbox, expression: str, raised: str) -> None:
    outcome = judge(each, source(expression))
    assert outcome.stopped is None
    error = outcome.answers[0].raised
    assert error is not None
    assert raised in (error.names if raised == "OSError" else error.names[:1])


@pytest.mark.parametrize(("expression", "raised"), REFUSED)
def test_a_program_goes_on_after_a_refusal(sandbox: Sandbox, expression: str, raised: str) -> None:
    program = (
        f"{imports(expression)}\ndef f(model, share):\n    try:\n        {expression}\n"
        "    except (OSError, RuntimeError, ImportError, ValueError):\n        return model"
    )
    assert judge(sandbox, program).value is not None


@pytest.mark.parametrize(("expression", "value"), GRANTED)
def test_granted(each: Sandbox, expression: str, value: object) -> None:
    outcome = judge(each, source(expression))
    assert outcome.stopped is None
    assert outcome.raised == ""
    if value is not ...:
        answer = outcome.value if not isinstance(value, bytes) else value
        assert answer == value


def test_every_standard_module_imports(each: Sandbox) -> None:
    """What imports in a plain interpreter of this machine imports in a child."""
    names = sorted(sys.stdlib_module_names - _PRINTING)
    program = f"""
import importlib
def f(model=None, share=None):
    bad = []
    for name in {names!r}:
        try:
            importlib.import_module(name)
        except BaseException as error:
            bad.append(f"{{name}}: {{type(error).__name__}}")
    return "\\n".join(bad)
"""
    plain = subprocess.run(
        [sys.executable, "-S", "-s", "-c", program + "\nprint(f())"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": ""},
    )
    expected = plain.stdout.strip().splitlines()
    assert judge(each, program).value.splitlines() == expected
    assert len(expected) < 40


def test_first_use_of_numpy_costs_no_import(sandbox: Sandbox) -> None:
    """The fork server loads what submissions use while nobody waits for a child, so the first children may lack some."""
    program = """
import sys
before = set(sys.modules)
import numpy.random, numpy.ma, numpy.fft, numpy.linalg, numpy.polynomial, numpy.lib.stride_tricks, numpy.testing, numpy.typing
import math, copy, heapq, fractions, decimal, dataclasses, collections, itertools, typing, functools, operator
import random, bisect, enum, abc, contextlib, string, re, json, inspect, ast, textwrap, warnings, time, logging, statistics
import judge.nn
def f(model, share): return sorted(set(sys.modules) - before - {__name__})
"""
    end = time.monotonic() + 30
    while (missing := judge(sandbox, program).value) and time.monotonic() < end:
        time.sleep(0.02)
    assert missing == []


def test_random_numbers_differ_from_child_to_child(sandbox: Sandbox) -> None:
    program = "import random, numpy as np\ndef f(model, share): return random.random(), float(np.random.random())"
    values = {value for _ in range(8) for value in judge(sandbox, program).value}
    assert len(values) == 16


def test_hashes_do_not(sandbox: Sandbox) -> None:
    program = "def f(model, share): return hash('weight')"
    assert len({judge(sandbox, program).value for _ in range(3)}) == 1


def test_warnings_and_floating_point_errors_are_no_errors(sandbox: Sandbox) -> None:
    program = "import numpy as np\ndef f(model, share): return np.float32(1e38) * np.float32(1e38) > 0 and bool(np.log(0) < 0)"
    assert judge(sandbox, program).value is True


def test_patches_of_the_submission_are_its_own_affair(sandbox: Sandbox) -> None:
    program = """
import builtins, json, sys, os, signal
import numpy as np
for name in ("len", "isinstance", "getattr", "list", "dict", "enumerate", "bytes", "memoryview", "str", "hasattr"):
    setattr(builtins, name, None)
np.array = np.frombuffer = np.empty = np.ascontiguousarray = np.dtype = None
json.dumps = json.loads = json.JSONEncoder = json.JSONDecoder = None
os.readv = os.writev = os.read = os.write = None
signal.pthread_sigmask = None
sys.stdout = sys.stderr = None
sys.modules.clear()
def f(model, share): return model, {"0.weight": model.layers[0].weight > 0}
"""
    outcome = judge(sandbox, program)
    assert outcome.stopped is None
    assert outcome.raised == ""
    assert outcome.value[0].layers[0].kind == "Linear"


def test_builtins_are_one_for_all_modules(sandbox: Sandbox) -> None:
    program = "import builtins\nbuiltins.mine = 7\ndef f(model, share): return mine"
    assert judge(sandbox, program).value == 7


def test_the_doctor_finds_nothing(each: Sandbox) -> None:
    findings = doctor(each)
    assert [finding for finding in findings if not finding.ok] == []
    assert len(findings) > 50


def test_the_doctor_finds_everything(without: object) -> None:
    """Without the filters most acts succeed, so the examination is no empty one."""
    unconfined = without("namespaces", "view", "landlock")  # type: ignore[operator]
    allowed = {finding.act for finding in doctor(unconfined) if not finding.ok}
    assert {"read_etc", "read_folder", "read_judge"} <= allowed

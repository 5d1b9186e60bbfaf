"""Every way a submission can end, alike with and without namespaces."""

from __future__ import annotations

import select
import time

import pytest
from submitting import MEMORY, OUTPUT, judge, tiny

from judge.domain.case import Call
from judge.errors import SandboxError
from judge.sandbox import Confinement, Sandbox, Stopped

# Body of f(model, share) -> how the child ends ("" for an answer), what is raised.
BODIES: list[tuple[str, str, str]] = [
    ("return 1", "", ""),
    ("import sys; sys.exit(0)", "", "SystemExit"),
    ("raise SystemExit", "", "SystemExit"),
    ("exit()", "", "SystemExit"),
    ("raise KeyboardInterrupt", "", "KeyboardInterrupt"),
    ("raise GeneratorExit", "", "GeneratorExit"),
    ("raise ValueError('x' * 10**7)", "", "ValueError"),
    ("raise ExceptionGroup('several', [ValueError(1), TypeError(2)])", "", "ExceptionGroup"),
    ("return f(model, share)", "", "RecursionError"),
    ("return [0] * (1 << 40)", "", "MemoryError"),
    ("import numpy as np; np.ones(1 << 34)", "", "MemoryError"),
    ("x = []\n    while True: x.append(bytearray(1 << 20))", "", "MemoryError"),
    ("import numpy as np; return np.array(1) @ 2", "", "ValueError"),
    ("model.layers.__class__ = 3", "", "TypeError"),
    ("return input()", "", "EOFError"),
    ("import os; os._exit(0)", "exit", ""),
    ("import os; os._exit(3)", "exit", ""),
    ("import os; os._exit(70)", "exit", ""),
    ("import os; os._exit(71)", "exit", ""),
    ("import os; os.abort()", "signal", ""),
    ("import ctypes; ctypes.string_at(1)", "signal", ""),
    ("import os; os.kill(os.getpid(), 15)", "signal", ""),
    ("import signal; signal.raise_signal(signal.SIGUSR1)", "signal", ""),
    ("import signal, time; signal.setitimer(0, 0.01); time.sleep(5)", "signal", ""),
    ("import os; os.kill(os.getpid(), 20); return 1", "", ""),  # SIGTSTP: there is no terminal
    ("import signal; signal.raise_signal(signal.SIGINT)", "", "KeyboardInterrupt"),
    ("import os; os.close(1); os.close(2); print(1, flush=True)", "", "OSError"),
    ("import os; os.closerange(3, 64)", "exit", ""),
    ("import os\n    for i in range(3, 64):\n        try: os.write(i, b'x' * 99)\n        except OSError: pass",
    "protocol", ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "stopped", "raised"), BODIES, ids=[body.replace("\n", " ")[:60] for body, *_ in BODIES]
)
def test_endings(each: Sandbox, body: str, stopped: str, raised: str) -> None:
    outcome = judge(each, f"def f(model, share):\n    {body}", memory=64 << 20)
    assert (outcome.stopped or "") == stopped
    assert outcome.raised == raised


# Source -> (problem, what is raised) of its loading.
SOURCES: list[tuple[str, str, str]] = [
    ("def f(model, share): return 1", "", ""),
    ("\ufeffdef f(model, share):\r\n    return 1\r\n", "", ""),
    ("f = max", "", ""),
    ("class f:\n    def __new__(cls, model, share): return 1", "", ""),
    ("import sys\nclass M:\n    f = staticmethod(lambda model, share: 1)\nsys.modules[__name__] = M()", "", ""),
    ("f = 3", "not_callable", ""),
    ("def g(): pass", "missing", ""),
    ("", "missing", ""),
    ("def __getattr__(name): raise RuntimeError", "missing", ""),
    ("def f(:", "syntax", "SyntaxError"),
    ("def f():\n\tif 1:\n        pass", "syntax", "TabError"),
    ("x = '\0'", "syntax", "SyntaxError"),  # ValueError before Python 3.11.4
    ("x = " + "(" * 5000 + ")" * 5000, "syntax", "SyntaxError"),
    ("x = " + "-" * 60000 + "1", "syntax", "MemoryError"),
    ("x = " + "[" * 150 + "]" * 150 + "\nf = int", "", ""),
    ("return 1", "syntax", "SyntaxError"),
    ("1 / 0", "", "ZeroDivisionError"),
    ("import sys; sys.exit()", "", "SystemExit"),
    ("import no_such_module", "", "ModuleNotFoundError"),
    ("x = [0] * (1 << 40)", "", "MemoryError"),
    ("assert __name__ == 'solution' and __file__ == 'solution.py'\nimport sys, solution\nf = max\n"
     "assert sys.modules[__name__] is solution and sys.argv == ['solution.py'] and not sys.stdin.read()", "", ""),
]  # fmt: skip


@pytest.mark.parametrize(("source", "problem", "raised"), SOURCES, ids=[source[:40] for source, *_ in SOURCES])
def test_loading(sandbox: Sandbox, source: str, problem: str, raised: str) -> None:
    with sandbox.open(MEMORY, OUTPUT) as child:
        loaded = child.load(source, "f", cpu_seconds=10, wall_seconds=30)
    assert loaded.stopped is None
    name = loaded.raised.name if loaded.raised else ""
    assert loaded.problem == problem
    # What is no program at all is told in different words by different versions of Python.
    assert name == raised or (
        problem == "syntax" and name in ("SyntaxError", "ValueError", "MemoryError", "RecursionError")
    )


def test_a_syntax_error_has_its_line(sandbox: Sandbox) -> None:
    with sandbox.open(MEMORY, OUTPUT) as child:
        raised = child.load("x = 1\ny = = 2\n", "f", cpu_seconds=10, wall_seconds=30).raised
    assert raised is not None
    assert raised.message == "invalid syntax"
    assert [(frame.line, frame.text) for frame in raised.frames] == [(2, "y = = 2")]


def test_leaving_at_import(each: Sandbox) -> None:
    outcome = judge(each, "import os; os._exit(0)")
    assert outcome.run is None
    assert outcome.stopped is Stopped.EXIT


def test_cpu_limit(each: Sandbox) -> None:
    outcome = judge(each, "def f(model, share):\n    while True: pass", cpu=0.2)
    assert outcome.stopped is Stopped.CPU
    assert outcome.run is not None
    assert 0.2 <= outcome.run.cpu_seconds < 2


def test_cpu_limit_in_c_code_that_blocks_signals(sandbox: Sandbox) -> None:
    source = """
import signal
def f(model, share):
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))
    return "".join(["a"] * 30) and 3 ** (3 ** 20) % 7
"""
    assert judge(sandbox, source, cpu=0.2).stopped is Stopped.CPU


def test_wall_clock_catches_sleepers(each: Sandbox) -> None:
    outcome = judge(each, "import time\ndef f(model, share): time.sleep(60)", wall=0.2)
    assert outcome.stopped is Stopped.WALL


def test_time_before_a_test_is_not_its_own(sandbox: Sandbox) -> None:
    source = "import time\nend = time.process_time() + 0.3\nwhile time.process_time() < end: pass\nf = max"
    with sandbox.open(MEMORY, OUTPUT) as child:
        assert child.load(source, "f", cpu_seconds=5, wall_seconds=30).cpu_seconds >= 0.3
        child.send([Call(tiny(), (1,))], cpu_seconds=0.25, wall_seconds=30)
        run = child.collect()
    assert run.stopped is None
    assert run.cpu_seconds < 0.25


def test_an_answer_that_took_too_long_is_too_late(sandbox: Sandbox) -> None:
    source = "import time\ndef f(model, share):\n    end = time.process_time() + 0.2\n    while time.process_time() < end: pass"
    with sandbox.open(MEMORY, OUTPUT) as child:
        child.load(source, "f", cpu_seconds=5, wall_seconds=30)
        child.send([Call(tiny(), (1,))], cpu_seconds=0.1, wall_seconds=30)
        time.sleep(0.5)  # the judge is busy with something else, and finds the answer when it comes back
        assert child.collect().stopped is Stopped.CPU


def test_memory_that_was_caught_is_no_end(sandbox: Sandbox) -> None:
    source = """
kept = []
def f(model, share):
    try:
        while True: kept.append(bytearray(1 << 16))
    except MemoryError:
        return len(kept)
"""
    assert judge(sandbox, source, memory=64 << 20).value > 500


@pytest.mark.parametrize("megabytes", [16, 200])
def test_promised_memory_is_there(sandbox: Sandbox, megabytes: int) -> None:
    source = f"def f(model, share): return len(bytearray({megabytes} << 20))"
    assert judge(sandbox, source, memory=megabytes << 20).value == megabytes << 20


def test_output_limit(each: Sandbox) -> None:
    printing = "def f(model, share):\n    print('x' * {}, end='')\n    return 1"
    assert judge(each, printing.format(1 << 16), output=1 << 16).value == 1
    assert judge(each, printing.format((1 << 16) + 1), output=1 << 16).stopped is Stopped.OUTPUT
    assert judge(each, "def f(model, share):\n    while True: print('flood')").stopped is Stopped.OUTPUT


def test_output_limit_at_import(sandbox: Sandbox) -> None:
    outcome = judge(sandbox, "while True: print('flood')", output=1 << 16)
    assert outcome.loaded.stopped is Stopped.OUTPUT
    assert outcome.output.startswith("flood\nflood\n")
    assert len(outcome.output) == 4096


def test_output_is_counted_per_test(sandbox: Sandbox) -> None:
    with sandbox.open(MEMORY, 1 << 16) as child:
        child.load("def f(model, share): print('x' * 60000)", "f", cpu_seconds=5, wall_seconds=30)
        for _ in range(3):
            child.send([Call(tiny(), (1,))], cpu_seconds=5, wall_seconds=30)
            assert child.collect().stopped is None


def test_output_of_both_streams_and_of_a_crash(sandbox: Sandbox) -> None:
    source = "import os, sys\ndef f(model, share):\n    print('out', flush=True)\n    print('err', file=sys.stderr)\n    os._exit(1)"
    assert judge(sandbox, source).output == "out\nerr\n"


def test_tracebacks_show_the_submission_alone(sandbox: Sandbox) -> None:
    source = "import numpy as np\n\ndef g(x):\n    return np.reshape(x, 7)\n\ndef f(model, share):\n    return g([1])\n"
    raised = judge(sandbox, source).answers[0].raised
    assert raised is not None
    assert [(frame.line, frame.function, frame.text) for frame in raised.frames] == [
        (7, "f", "return g([1])"),
        (4, "g", "return np.reshape(x, 7)"),
    ]
    assert raised.where == "numpy"
    assert raised.names == ("ValueError", "Exception", "BaseException")


def test_subclasses_are_known_by_their_ancestors(sandbox: Sandbox) -> None:
    source = "class Bad(KeyError): pass\ndef f(model, share): raise Bad('k')"
    raised = judge(sandbox, source).answers[0].raised
    assert raised is not None
    assert (raised.name, raised.builtin, raised.message, raised.where) == ("Bad", "KeyError", "'k'", None)
    assert raised.names == ("Bad", "KeyError", "LookupError", "Exception", "BaseException")


def test_a_wrong_arity_has_no_frames(sandbox: Sandbox) -> None:
    raised = judge(sandbox, "def f(): pass").answers[0].raised
    assert raised is not None
    assert (raised.name, raised.frames, raised.where) == ("TypeError", (), None)


HOSTILE_EXCEPTIONS = [
    "def __str__(self): return 'x' * 10**8",
    "def __str__(self): raise SystemExit",
    "def __str__(self): return None",
    "def __str__(self): return type('S', (str,), {'__getitem__': None})('text')",
    "__name__ = None",
    "__traceback__ = property(lambda self: 1 / 0)",
    "def __getattribute__(self, name): raise KeyboardInterrupt",
    "__class__ = int",
]


@pytest.mark.parametrize("body", HOSTILE_EXCEPTIONS)
def test_hostile_exceptions(sandbox: Sandbox, body: str) -> None:
    outcome = judge(sandbox, f"class E(Exception):\n    {body}\ndef f(model, share): raise E('text')")
    assert outcome.raised == "E"
    raised = outcome.answers[0].raised
    assert raised is not None
    assert len(raised.message) <= 2048


def test_host_paths_stay_here(sandbox: Sandbox) -> None:
    source = (
        "import sys, numpy\ndef f(model, share): raise ValueError(numpy.__file__ + ' ' + sys.modules['judge'].__file__)"
    )
    raised = judge(sandbox, source).answers[0].raised
    assert raised is not None
    assert raised.message == "numpy/__init__.py judge/__init__.py"


def test_a_stopped_child_stays_stopped(sandbox: Sandbox) -> None:
    with sandbox.open(MEMORY, OUTPUT) as child:
        child.load("import os\ndef f(model, share): os._exit(1)", "f", cpu_seconds=5, wall_seconds=30)
        for _ in range(3):
            child.send([Call(tiny(), (1,))], cpu_seconds=5, wall_seconds=30)
            run = child.collect()
            assert (run.answers, run.stopped) == ((), Stopped.EXIT)
        assert child.stopped is Stopped.EXIT
    with pytest.raises(SandboxError):
        child.send([], cpu_seconds=5, wall_seconds=30)


def test_a_child_that_does_not_read_holds_up_nobody(sandbox: Sandbox) -> None:
    import numpy as np

    from judge.nn import Linear, Sequential

    source = "import time\ndef f(model, share): time.sleep(60)"
    big = Sequential([Linear(np.zeros((1000, 500), np.float64))])
    with sandbox.open(MEMORY, OUTPUT) as child:
        child.load(source, "f", cpu_seconds=5, wall_seconds=30)
        child.send([Call(tiny(), (1,))], cpu_seconds=5, wall_seconds=30)
        child.send([Call(big, (1,))], cpu_seconds=5, wall_seconds=0.2)  # it is still asleep in the first
        assert child.collect().stopped is Stopped.WALL


def test_none_still_works() -> None:
    """Without any protection everything functions, and says so."""
    with Sandbox.start(confine=False) as unconfined:
        assert unconfined.isolation == "none"
        assert judge(unconfined, "def f(model, share): return share").value == 0.5
        assert judge(unconfined, "def f(model, share):\n    while True: pass", cpu=0.1).stopped is Stopped.CPU
    assert not any(Confinement.none().to_plain().values())


def test_leaving_after_the_answer_ends_the_next_test(sandbox: Sandbox) -> None:
    """At once, and as what it was, although the end had been noticed while the first test was still answered."""
    source = """
import os, struct
def f(model, share):
    reply = b"[2,0,null,1,true,[]]"
    for descriptor in range(3, 64):
        try: os.write(descriptor, struct.pack("<QQ", len(reply), 0) + reply)
        except OSError: pass
    os._exit(0)
"""
    with sandbox.open(MEMORY, OUTPUT) as child:
        child.load(source, "f", cpu_seconds=5, wall_seconds=30)
        child.send([Call(tiny(), (1,))], cpu_seconds=5, wall_seconds=30)
        select.select([child._status], [], [], 30)
        run = child.collect()
        assert ([answer.value for answer in run.answers], run.stopped) == ([1], None)
        child.send([Call(tiny(), (1,))], cpu_seconds=5, wall_seconds=30)
        assert child.collect().stopped is Stopped.EXIT

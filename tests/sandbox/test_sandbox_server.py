"""The fork server: restarts, many threads, nothing left behind."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import subprocess
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from submitting import MEMORY, OUTPUT, judge, tiny

from judge.domain.case import Call
from judge.domain.report import Isolation
from judge.errors import SandboxError
from judge.sandbox import Confinement, Sandbox, Stopped, launch
from judge.sandbox.server import SPARES

ECHO = "def f(model, share): return share"
ROOT = Path(__file__).parents[2]


def wait_for(condition: Callable[[], bool], seconds: float = 20.0) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.005)
    return True


def alive(pid: int) -> bool:
    """Return whether ``pid`` runs (a zombie does not)."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):  # gone, or gone between opening and reading
        return False


def descendants(pid: int) -> set[int]:
    found: set[int] = set()
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat") as file:
                    parent = int(file.read().rpartition(")")[2].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
            if parent == pid:
                found |= {int(entry)} | descendants(int(entry))
    return found


def test_isolation_is_told(sandbox: Sandbox, reduced: Sandbox) -> None:
    assert sandbox.isolation in (Isolation.FULL, Isolation.REDUCED)
    assert reduced.isolation is Isolation.REDUCED
    with Sandbox.start(Confinement(seccomp=False)) as open_one:
        assert open_one.isolation is Isolation.NONE


def test_a_killed_server_is_replaced() -> None:
    with Sandbox.start() as sandbox:
        assert judge(sandbox, ECHO).value == 0.5
        first = sandbox.server_pid
        os.kill(first, signal.SIGKILL)
        assert judge(sandbox, ECHO).value == 0.5
        assert sandbox.server_pid != first


@pytest.mark.parametrize("namespaces", [True, False])
def test_a_server_killed_under_a_child_is_nobodys_fault(namespaces: bool) -> None:
    with (
        Sandbox.start(Confinement(namespaces=namespaces, view=namespaces)) as sandbox,
        sandbox.open(MEMORY, OUTPUT) as child,
    ):
        child.load("import time\ndef f(model, share): time.sleep(60)", "f", cpu_seconds=5, wall_seconds=30)
        child.send([Call(tiny(), (1,))], cpu_seconds=5, wall_seconds=30)
        os.kill(sandbox.server_pid, signal.SIGKILL)
        assert child.collect().stopped is Stopped.KILLED
        assert wait_for(lambda: not alive(child.pid))


def test_a_killed_child_is_nobodys_fault(each: Sandbox) -> None:
    with each.open(MEMORY, OUTPUT) as child:
        child.load("import time\ndef f(model, share): time.sleep(60)", "f", cpu_seconds=5, wall_seconds=30)
        child.send([Call(tiny(), (1,))], cpu_seconds=5, wall_seconds=30)
        os.kill(child.pid, signal.SIGKILL)
        assert child.collect().stopped is Stopped.KILLED
    assert judge(each, ECHO).value == 0.5


def test_a_killed_waiting_child_is_replaced() -> None:
    with Sandbox.start() as sandbox:
        assert judge(sandbox, ECHO).value == 0.5
        server = sandbox.server_pid
        for pid in descendants(server):
            with contextlib.suppress(ProcessLookupError):  # they end with the first process of their namespace
                os.kill(pid, signal.SIGKILL)
        assert wait_for(lambda: judge(sandbox, ECHO).stopped is None)


def test_a_stopped_server_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("judge.sandbox.sandbox._OPEN_SECONDS", 1.0)
    with Sandbox.start() as sandbox:
        assert judge(sandbox, ECHO).value == 0.5
        os.kill(sandbox.server_pid, signal.SIGSTOP)
        assert judge(sandbox, ECHO).value == 0.5


def test_a_server_that_cannot_start_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("judge.sandbox.launch._PROGRAM", "import sys; sys.exit('no such luck: {path} {settings}')")
    with Sandbox.start() as sandbox, pytest.raises(SandboxError) as caught:
        sandbox.open(MEMORY, OUTPUT)
    assert "no such luck" in caught.value.message.values["reason"]


def test_a_closed_sandbox_opens_nothing() -> None:
    sandbox = Sandbox.start()
    sandbox.close()
    sandbox.close()
    with pytest.raises(SandboxError):
        sandbox.open(MEMORY, OUTPUT)


def test_closing_ends_everything() -> None:
    sandbox = Sandbox.start()
    children = [sandbox.open(MEMORY, OUTPUT) for _ in range(3)]
    children[0].load("import time\ndef f(m, s): time.sleep(60)", "f", cpu_seconds=5, wall_seconds=30)
    children[0].send([Call(tiny(), (1,))], cpu_seconds=5, wall_seconds=30)
    everybody = descendants(sandbox.server_pid) | {sandbox.server_pid}
    assert len(everybody) >= 4  # the server and three children
    sandbox.close()
    assert wait_for(lambda: not any(alive(pid) for pid in everybody))
    assert children[0].collect().stopped is Stopped.KILLED
    for child in children:
        child.close()


def test_a_forgotten_child_is_ended(sandbox: Sandbox) -> None:
    child = sandbox.open(MEMORY, OUTPUT)
    child.load("import time\ndef f(model, share): time.sleep(60)", "f", cpu_seconds=5, wall_seconds=30)
    child.send([Call(tiny(), (1,))], cpu_seconds=5, wall_seconds=30)
    pid = child.pid
    del child
    gc.collect()
    assert wait_for(lambda: not alive(pid))


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_everything_ends_with_the_judge(how: signal.Signals) -> None:
    program = f"""
import sys, time
sys.path[:0] = [{str(ROOT)!r}, {str(Path(__file__).parent)!r}]
from judge.domain.case import Call
from judge.sandbox import Sandbox
from submitting import tiny
sandbox = Sandbox.start()
child = sandbox.open(1 << 28, 1 << 20)
child.load("import time\\ndef f(m, s): time.sleep(60)", "f", cpu_seconds=5, wall_seconds=30)
child.send([Call(tiny(), (1,))], cpu_seconds=5, wall_seconds=30)
print("ready", flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as judging:
        assert judging.stdout is not None
        assert judging.stdout.readline() == b"ready\n"
        everybody = descendants(judging.pid)
        assert len(everybody) >= 2
        judging.send_signal(how)
        judging.wait()
        assert wait_for(lambda: not any(alive(pid) for pid in everybody))


def test_many_threads_at_once(sandbox: Sandbox) -> None:
    def one(number: int) -> float:
        value: float = judge(sandbox, ECHO, [Call(tiny(), (number,))]).value
        return value

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(one, range(30))) == list(range(30))


def test_a_sandbox_outlives_the_thread_that_started_it() -> None:
    started: list[Sandbox] = []
    thread = threading.Thread(target=lambda: started.append(Sandbox.start()))
    thread.start()
    thread.join()
    with started[0] as sandbox:
        pid = sandbox.server_pid
        assert judge(sandbox, ECHO).value == 0.5
        assert judge(sandbox, ECHO).value == 0.5
        assert sandbox.server_pid == pid


def test_nothing_leaks(sandbox: Sandbox) -> None:
    judge(sandbox, ECHO)

    def held(pid: int) -> int:
        return len(os.listdir(f"/proc/{pid}/fd"))

    before = held(os.getpid())
    for _ in range(30):
        judge(sandbox, "import os\ndef f(model, share): os._exit(1)")
    assert held(os.getpid()) == before
    # Those that wait, and the first process of the pid namespace.
    assert wait_for(lambda: len(descendants(sandbox.server_pid)) <= 1 + SPARES)


def test_no_descriptor_of_the_judge_reaches_the_server(tmp_path: Path) -> None:
    secret = os.open(tmp_path, os.O_RDONLY)
    os.set_inheritable(secret, True)
    try:
        with Sandbox.start(Confinement.none()) as sandbox:
            assert judge(sandbox, ECHO).value == 0.5
            folder = f"/proc/{sandbox.server_pid}/fd"
            targets = []
            for number in os.listdir(folder):
                # The server loads modules while it is idle: a descriptor of a file it reads may be gone again.
                with contextlib.suppress(FileNotFoundError):
                    targets.append(os.readlink(f"{folder}/{number}"))
            with open(f"/proc/{sandbox.server_pid}/environ", "rb") as file:
                environment = dict(part.split(b"=", 1) for part in file.read().split(b"\0") if part)
    finally:
        os.close(secret)
    assert str(tmp_path) not in targets
    assert set(environment) <= {
        b"PATH", b"HOME", b"LC_ALL", b"TZ", b"PYTHONHASHSEED", b"PYTHONIOENCODING", b"OPENBLAS_NUM_THREADS",
        b"OMP_NUM_THREADS", b"MKL_NUM_THREADS", b"VECLIB_MAXIMUM_THREADS",
    }  # fmt: skip


def test_ctrl_c_is_the_judges(sandbox: Sandbox) -> None:
    assert os.getsid(sandbox.server_pid) == sandbox.server_pid


def test_a_child_costs_little_memory(sandbox: Sandbox) -> None:
    """What it has for itself above the fork server's pages, after a test of NumPy's usual functions."""
    source = """
import numpy as np
def f(model, share):
    x = np.random.default_rng(1).standard_normal(1000)
    return float(np.partition(np.abs(x), 500)[500] + np.sort(x)[3] + np.linalg.norm(x)), model.copy()
"""
    with sandbox.open(MEMORY, OUTPUT) as child:
        child.load(source, "f", cpu_seconds=5, wall_seconds=30)
        child.send([Call(tiny(), (1,))], cpu_seconds=5, wall_seconds=30)
        assert child.collect().stopped is None
        try:
            with open(f"/proc/{child.pid}/smaps_rollup") as file:
                sizes = {line.split(":")[0]: line.split()[1] for line in file if line.count(":") == 1}
        except PermissionError:
            pytest.skip("the child is not to be looked into by this user")
        assert int(sizes["Private_Dirty"]) < 20 << 10


def test_importing_loads_no_numpy() -> None:
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from judge.sandbox import Sandbox; assert 'numpy' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_namespaces_that_turn_out_useless_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that entered namespaces and cannot use them ends with a status of its own; the next does without."""
    real = launch._PROGRAM

    class Program:
        def format(self, *, path: list[str], settings: dict[str, Any]) -> str:
            if settings["confinement"].get("namespaces", True):
                return "import os; os._exit(75)"
            return real.format(path=path, settings=settings)

    monkeypatch.setattr(launch, "_PROGRAM", Program())
    with Sandbox.start() as sandbox:
        assert sandbox.isolation is not Isolation.FULL
        assert judge(sandbox, ECHO).value == 0.5


def test_without_pidfds(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on an old kernel, or on macOS: the fork server kills, and looks for ends from time to time."""
    monkeypatch.setattr(launch, "_PROGRAM", "import os; del os.pidfd_open; " + launch._PROGRAM)
    with Sandbox.start() as sandbox:
        assert judge(sandbox, ECHO).value == 0.5
        assert judge(sandbox, "import os\ndef f(model, share): os._exit(1)").stopped is Stopped.EXIT
        assert judge(sandbox, "def f(model, share):\n    while True: pass", cpu=0.1).stopped is Stopped.CPU
        with sandbox.open(MEMORY, OUTPUT) as child:
            pid = child.pid
        assert wait_for(lambda: not alive(pid))


def test_the_judges_memory_stays_bounded(sandbox: Sandbox) -> None:
    """Whatever a child sends and prints: what was asked was tiny, so the answer may take some 16 MiB."""
    for attack in ("flood_replies", "huge_frame", "output_flood", "output_by_descriptor"):
        source = (Path(__file__).parent / "attacks" / f"{attack}.py").read_text("utf-8")
        tracemalloc.start()
        try:
            judge(sandbox, source, wall=1)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < 24 << 20

"""The command as a process: streams, signals, what it imports."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = (ROOT / "reference_solutions" / "weight_pruning.py").read_text("utf-8")
WRONG = REFERENCE.replace("np.abs(", "(")
ENDLESS = "def prune_weights(model, sparsity, scope='layer'):\n    while True:\n        pass\n"
COMMAND = (sys.executable, "-m", "judge")
PATIENCE = 60  # seconds; a bound for a machine that is busy, never waited for otherwise
SAMPLES = ("--seed", "7", "--test", "samples")

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="terminals and process groups of Linux")


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "NO_COLOR"))}
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    return kept | {"PYTHONPATH": path, "LC_ALL": "C.UTF-8", "TERM": "xterm"} | more


def run(
    *arguments: str, cwd: Path, env: Mapping[str, str] | None = None, shell: str | None = None
) -> subprocess.CompletedProcess[bytes]:
    command = (*COMMAND, *arguments)
    if shell is not None:
        command = ("/bin/sh", "-c", shell, "sh", *command)
    env = environment() if env is None else env
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, timeout=PATIENCE, check=False)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "weight_pruning.py").write_text(WRONG, "utf-8")
    return tmp_path


def test_json_is_alone_on_standard_output_and_utf8_in_any_locale(place: Path) -> None:
    for more in ({}, {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}, {"PYTHONIOENCODING": "latin-1"}):
        done = run("check", "weight_pruning", "--json", "--lang", "zh", *SAMPLES, cwd=place, env=environment(**more))
        assert (done.returncode, done.stderr) == (1, b"")
        report = json.loads(done.stdout.decode("utf-8"))
        assert any("被剪掉" in check["detail"] for check in report["tests"][1]["checks"])


def test_an_encoding_without_chinese(place: Path) -> None:
    env = environment(PYTHONIOENCODING="ascii", LC_ALL="zh_CN.UTF-8")
    done = run("check", "weight_pruning", *SAMPLES, cwd=place, env=env)
    assert (done.returncode, done.stderr) == (1, b"")
    assert b"x wrong answer" in done.stdout  # what it cannot write is not asked for, and signs have ASCII forms
    done = run("check", "weight_pruning", "--lang", "zh", *SAMPLES, cwd=place, env=env)
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.parametrize(
    "shell", ['"$@" >&-', '"$@" 2>&-', '"$@" >&- 2>&-', 'exec 3>&1; { "$@"; echo $? >&3; } | true']
)
def test_closed_streams(shell: str, place: Path) -> None:
    done = run("check", "weight_pruning", *SAMPLES, cwd=place, shell=shell)
    assert b"Traceback" not in done.stderr
    assert b"Exception" not in done.stderr
    assert done.returncode == 1 or done.stdout == b"1\n"


def test_a_result_that_cannot_be_written_is_no_success(place: Path) -> None:
    done = run("list", cwd=place, shell='"$@" >/dev/full')
    assert done.returncode == 3
    assert b"could not be written" in done.stderr


def test_usage_errors_leave_standard_output_empty(place: Path) -> None:
    done = run("check", "weight_prunning", "--json", cwd=place)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"weight_pruning" in done.stderr


WEB = {
    "fastapi", "starlette", "uvicorn", "jinja2", "markdown_it", "asyncio", "anyio", "email", "http", "ssl",
    "watchfiles",
}  # fmt: skip


@pytest.mark.parametrize("arguments", [("check", "weight_pruning"), ("check", "what_is_pruning"), ("list",)])
def test_no_web_code_is_imported(arguments: tuple[str, ...], tmp_path: Path) -> None:
    program = (
        "import sys; from judge.cli.main import main; status = main(sys.argv[1:]); "
        f"print(sorted({WEB} & set(sys.modules)), status, 'judge.web' in sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        (sys.executable, "-c", program, *arguments),
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.stderr.splitlines()[-1] == b"[] 0 False"


class Screen:
    """A process on a pseudo-terminal, in a process group of its own."""

    def __init__(self, *arguments: str, cwd: Path) -> None:
        self.reader, writer = pty.openpty()
        self.process = subprocess.Popen(
            (*COMMAND, *arguments),
            cwd=cwd,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=writer,
            stderr=writer,
            start_new_session=True,
            # Tests that are run in the background may have been started to ignore it, and hand that down.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        os.close(writer)
        self.seen = b""

    def until(self, wanted: bytes, times: int = 1) -> None:
        """Read until ``wanted`` has been seen so often."""
        deadline = time.monotonic() + PATIENCE
        while self.seen.count(wanted) < times:
            ready, _, _ = select.select([self.reader], [], [], max(0.0, deadline - time.monotonic()))
            assert ready, self.seen
            self._read()

    def _read(self) -> bool:
        try:
            data = os.read(self.reader, 65536)
        except OSError:  # the other end is closed
            data = b""
        self.seen += data
        return bool(data)

    def interrupt(self) -> int:
        """Send what Ctrl-C sends, to the whole group, and return the exit status."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.end()

    def end(self) -> int:
        """Read to the end and return the exit status."""
        while self._read():
            pass
        return self.process.wait(PATIENCE)

    def children(self) -> list[int]:
        """Open a handle on every child process."""
        pid = self.process.pid
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
        return [os.pidfd_open(int(child)) for child in listed.split()]

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.reader)


def test_on_a_terminal_there_are_colours_and_progress_and_nothing_of_it_stays(place: Path) -> None:
    screen = Screen("check", "weight_pruning", "--seed", "7", cwd=place)
    try:
        assert screen.end() == 1
    finally:
        screen.close()
    assert b"\x1b[31m" in screen.seen
    report = screen.seen.rpartition(b"\r\x1b[K")[2]
    assert report.startswith(b"\x1b[1mWeight pruning")


def test_ctrl_c_leaves_nothing_behind(place: Path) -> None:
    (place / "weight_pruning.py").write_text(ENDLESS, "utf-8")
    screen = Screen("check", "weight_pruning", "--seed", "7", cwd=place)
    try:
        screen.until(b"import")  # the progress line: the module is loaded, the first test runs
        children = screen.children()
        assert children
        assert screen.interrupt() == 130
        assert b"Traceback" not in screen.seen
        for handle in children:
            assert select.select([handle], [], [], PATIENCE)[0]  # readable once the process has ended
            os.close(handle)
    finally:
        screen.close()


def test_watch_judges_again_after_a_change(place: Path) -> None:
    screen = Screen("check", "weight_pruning", "--watch", *SAMPLES, cwd=place)
    try:
        screen.until(b"Waiting for changes")
        assert b"wrong answer" in screen.seen
        assert b"accepted" not in screen.seen
        (place / "weight_pruning.py").write_text(REFERENCE, "utf-8")
        screen.until(b"Waiting for changes", 2)
        assert b"accepted" in screen.seen
        assert screen.interrupt() == 130
        assert b"Traceback" not in screen.seen
    finally:
        screen.close()

"""Start a fork server. Imports no NumPy, so that a command can do this first and load everything else meanwhile."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import select
import signal
import socket
import sys
import time
from pathlib import Path

from judge.errors import SandboxError
from judge.sandbox.confine import Confinement

_CONTROL = 3
_BROKEN_NAMESPACES = 75
#: A machine may be very busy, and its disk cold; this is for a server that hangs.
_HELLO_SECONDS = 60.0
_END_SECONDS = 2.0

# All that the server's process gets to know. One BLAS thread: it could not make more, and fork would lose them.
# Every run hashes alike, so that the order of a set does not decide a verdict.
_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC0",
    "PYTHONHASHSEED": "0",
    "PYTHONIOENCODING": "utf-8:backslashreplace",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
}
_PROGRAM = "import sys; sys.path += {path!r}; from judge.sandbox.server import main; main({settings!r})"


class Launched:
    """A fork server that was started and has perhaps not said hello yet."""

    def __init__(self, confinement: Confinement, waiting: bool) -> None:
        self._confinement = confinement
        self._waiting = waiting
        self._start()

    def _start(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, _PACKETS)
        errors, errors_end = os.pipe()
        settings = {
            "confinement": self._confinement.to_plain(),
            "waiting": self._waiting,
            "path": _path(),
        }
        # -S: no .pth file of the host runs, no package but ours is found. The environment is ours, so no -E.
        command = [sys.executable, "-s", "-P", "-S", "-X", "utf8", "-c"]
        command.append(_PROGRAM.format(path=settings["path"], settings=json.dumps(settings)))
        try:
            self.pid = os.posix_spawn(
                sys.executable,
                command,
                _ENVIRONMENT,
                file_actions=[
                    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                    (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                    (os.POSIX_SPAWN_DUP2, errors_end, 2),
                    (os.POSIX_SPAWN_DUP2, theirs.fileno(), _CONTROL),
                ],
                setsigmask=[],
                setsigdef=[signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD, signal.SIGPIPE],
            )
        except OSError as error:
            ours.close()
            os.close(errors)
            raise SandboxError("sandbox.not_started", reason=str(error)) from error
        finally:
            theirs.close()
            os.close(errors_end)
        os.set_blocking(errors, False)
        self._ended: tuple[int, str] | None = None
        self._errors = errors
        self.control = ours

    def hello(self) -> str:
        """Wait until the server is ready and return its isolation. Raises ``SandboxError``."""
        while True:
            self.control.settimeout(_HELLO_SECONDS)
            try:
                packet = self.control.recv(4096)
            except (TimeoutError, ConnectionError):
                packet = b""
            if packet:
                return packet.decode("ascii")
            code, said = self.end()
            if code != _BROKEN_NAMESPACES or not self._confinement.namespaces:
                raise SandboxError("sandbox.not_started", reason=said.strip()[-2000:] or f"exit status {code}")
            self._confinement = Confinement(**{**self._confinement.to_plain(), "namespaces": False})
            self._start()

    def end(self) -> tuple[int, str]:
        """End the server and everything it started. Returns its exit status and what it said on standard error."""
        if self._ended is not None:
            return self._ended
        self.control.close()  # upon which it ends by itself, unless it hangs
        _make_end(self.pid)
        code = -1
        with contextlib.suppress(ChildProcessError):
            code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        said = b""
        with contextlib.suppress(OSError):
            said = os.read(self._errors, 1 << 16)
        os.close(self._errors)
        self._ended = code, said.decode("utf-8", "replace")
        return self._ended


def _make_end(pid: int) -> None:
    """Wait until ``pid``, a child that nobody else waits for, has ended; kill it when that takes too long."""
    if hasattr(os, "pidfd_open"):
        with contextlib.suppress(ProcessLookupError):  # a host that ignores SIGCHLD has no zombies
            pidfd = os.pidfd_open(pid)
            try:
                poller = select.poll()
                poller.register(pidfd, select.POLLIN)
                if not poller.poll(_END_SECONDS * 1000):
                    signal.pidfd_send_signal(pidfd, signal.SIGKILL)
            finally:
                os.close(pidfd)
        return
    end = time.monotonic() + _END_SECONDS
    while os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        if time.monotonic() > end:
            os.kill(pid, signal.SIGKILL)
            return
        time.sleep(0.01)


def _path() -> list[str]:
    """Return the folders that NumPy and the judge are imported from."""
    folders = [str(Path(__file__).resolve().parents[2])]
    numpy = sys.modules.get("numpy")
    spec = numpy.__spec__ if numpy is not None else importlib.util.find_spec("numpy")
    if spec is None or spec.origin is None:
        raise SandboxError("sandbox.not_started", reason="numpy is not installed")
    folders.append(str(Path(spec.origin).resolve().parents[1]))
    return list(dict.fromkeys(folders))


# Packets keep their borders and their descriptors together; macOS has none for local sockets.
_PACKETS = socket.SOCK_SEQPACKET if sys.platform.startswith("linux") else socket.SOCK_STREAM

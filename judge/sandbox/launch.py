"""Start a fork server.

A command does this first and loads everything else meanwhile, so what is imported here counts twice: no NumPy, and
none of the larger modules of the standard library (of ``socket`` its C half, ``typing`` and ``contextlib`` not at all).
"""

from __future__ import annotations

import _socket
import os
import select
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec

    from judge.errors import SandboxError
    from judge.sandbox.confine import Confinement

_CONTROL = 3
_BROKEN_NAMESPACES = 75
#: A machine may be very busy, and its disk cold; this is for a server that hangs.
_HELLO_SECONDS = 60.0
_END_SECONDS = 2.0
_SIGKILL = 9

# All that the server's process gets to know. One BLAS thread: it could not make more, and fork would lose them.
# Every run hashes alike, so that the order of a set does not decide a verdict.
_ENVIRONMENT = {
    "PATH": "/nowhere",  # no program is to be found, alike with and without a view of the file system
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
_PROGRAM = (
    "import gc, sys; gc.disable(); sys.path += {path!r}; from judge.sandbox.server import main; main({settings!r})"
)
# Packets keep their borders and their descriptors together; macOS has none for local sockets.
_PACKETS = _socket.SOCK_SEQPACKET if sys.platform.startswith("linux") else _socket.SOCK_STREAM


class Launched:
    """A fork server that was started and has perhaps not said hello yet.

    ``confinement``: ``None`` for all protections. ``waiting``: whether it keeps a child ready ahead.
    """

    def __init__(self, confinement: Confinement | None, waiting: bool) -> None:
        self._protections: dict[str, bool] = {} if confinement is None else confinement.to_plain()
        self._waiting = waiting
        self._start()

    def _start(self) -> None:
        path = _path()
        settings = {"confinement": self._protections, "waiting": self._waiting, "path": len(path)}
        # -S: no .pth file of the host runs, no package but ours is found. The environment is ours, so no -E.
        command = [sys.executable, "-s", "-P", "-S", "-X", "utf8", "-c"]
        command.append(_PROGRAM.format(path=path, settings=settings))
        ours, theirs = _socket.socketpair(_socket.AF_UNIX, _PACKETS)
        errors, errors_end = os.pipe()
        try:
            self.pid = os.posix_spawn(
                sys.executable,
                command,
                _ENVIRONMENT,
                file_actions=[
                    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                    # A pipe, as the children will have there: what Python finds out about it is kept.
                    (os.POSIX_SPAWN_DUP2, errors_end, 1),
                    (os.POSIX_SPAWN_DUP2, errors_end, 2),
                    (os.POSIX_SPAWN_DUP2, theirs.fileno(), _CONTROL),
                ],
                setsigmask=[],
            )
        except OSError as error:
            ours.close()
            os.close(errors)
            raise _not_started(str(error)) from error
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
            if code != _BROKEN_NAMESPACES or not self._protections.get("namespaces", True):
                raise _not_started(said.strip()[-2000:] or f"exit status {code}")
            self._protections["namespaces"] = False
            self._start()

    def has_said(self) -> bool:
        """Return whether :meth:`hello` would return at once."""
        poller = select.poll()
        try:
            poller.register(self.control, select.POLLIN)
        except ValueError:  # closed
            return True
        return bool(poller.poll(0))

    def leave(self) -> None:
        """Have the server end, not waiting for it: :meth:`end` is still to be called."""
        self.control.close()  # upon which it ends by itself, unless it hangs

    def end(self) -> tuple[int, str]:
        """End the server and everything it started. Returns its exit status and what it said on standard error."""
        if self._ended is not None:
            return self._ended
        self.leave()
        code = _end_of(self.pid)
        try:
            said = os.read(self._errors, 1 << 16)
        except BlockingIOError:
            said = b""
        os.close(self._errors)
        self._ended = code, said.decode("utf-8", "replace")
        return self._ended


def _end_of(pid: int) -> int:
    """Wait for the end of ``pid``, a child that nobody else waits for; kill it when that takes too long.

    Returns its exit status, -1 where it cannot be told.
    """
    end = time.monotonic() + _END_SECONDS
    try:
        pidfd = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else -1
        if pidfd >= 0:
            try:
                poller = select.poll()
                poller.register(pidfd, select.POLLIN)
                poller.poll(_END_SECONDS * 1000)
            finally:
                os.close(pidfd)
        while True:
            # Not reaped by anybody else, so the number is its own until this says that it has ended.
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                return os.waitstatus_to_exitcode(status)
            if time.monotonic() >= end:
                os.kill(pid, _SIGKILL)
                return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            time.sleep(0.005)
    except (ChildProcessError, ProcessLookupError):  # a host that ignores SIGCHLD has no zombies
        return -1


def _path() -> list[str]:
    """Return the folders that NumPy and the judge are imported from."""
    numpy = sys.modules.get("numpy")
    spec = numpy.__spec__ if numpy is not None else _find("numpy")
    if spec is None or spec.origin is None:
        raise _not_started("numpy is not installed")
    judge = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
    packages = (judge, os.path.dirname(os.path.realpath(spec.origin)))
    return list(dict.fromkeys(os.path.dirname(package) for package in packages))


def _find(name: str) -> ModuleSpec | None:
    for finder in sys.meta_path:
        spec = finder.find_spec(name, None)
        if spec is not None:
            return spec
    return None


def _not_started(reason: str) -> SandboxError:
    from judge.errors import SandboxError

    return SandboxError("sandbox.not_started", reason=reason)

"""The judge's door to the sandbox: owns one fork server, opens children."""

from __future__ import annotations

import _socket
import os
import struct
import threading

from judge.sandbox.launch import Launched

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

    from judge.domain.report import Isolation
    from judge.sandbox.child import Child
    from judge.sandbox.confine import Confinement

_OPEN_SECONDS = 30.0
_ENDS = 4
_INT = struct.calcsize("i")


class Sandbox:
    """A fork server and the children it makes. May be used by several threads; a child by one at a time.

    Starting takes no time: the server gets ready while the caller goes on, and the first use waits for it. A server
    that died is replaced at the next :meth:`open`.
    """

    def __init__(self, confinement: Confinement | None, waiting: bool) -> None:
        self._confinement = confinement
        self._waiting = waiting
        self._lock = threading.Lock()
        self._isolation: Isolation | None = None
        self._closed = False
        self._launched = Launched(confinement, waiting)

    @classmethod
    def start(cls, confine: bool | Confinement = True, *, waiting: bool = True) -> Sandbox:
        """Start a sandbox.

        ``confine``: ``False`` or a :class:`Confinement` switches protections off, for tests. ``waiting``: keep a child
        ready ahead, so that opening one takes no time (off for measuring).
        Raises ``SandboxError`` where no process can be started.
        """
        if confine is True:
            return cls(None, waiting)
        if confine is False:
            from judge.sandbox.confine import Confinement

            confine = Confinement.none()
        return cls(confine, waiting)

    @property
    def isolation(self) -> Isolation:
        """How far children are confined; waits for the server to be ready. Raises ``SandboxError``."""
        with self._lock:
            return self._ready()

    def is_ready(self) -> bool:
        """Return whether nobody has to wait for the server, or no more: something else can be done meanwhile."""
        return self._isolation is not None or self._launched.has_said()

    def open(self, memory_bytes: int, output_bytes: int) -> Child:
        """Return a fresh confined child that may map ``memory_bytes`` and print ``output_bytes`` per test.

        Raises ``SandboxError`` when the fork server cannot be brought to make one.
        """
        from judge.errors import SandboxError
        from judge.sandbox.child import Child

        with self._lock:
            for attempt in range(3):
                if attempt:
                    self._restart()
                try:
                    self._ready()
                    pid, ends = self._request(memory_bytes)
                except (OSError, ValueError):
                    continue
                except SandboxError:
                    if attempt == 2 or self._closed:
                        raise
                    continue
                return Child(pid, ends, memory_bytes, output_bytes)
        raise SandboxError("sandbox.no_child")

    def leave(self) -> None:
        """Begin to close: nothing can be opened any more, and the caller goes on with something else."""
        with self._lock:
            self._closed = True
            self._launched.leave()

    def close(self) -> None:
        """End the fork server and every child of it."""
        self.leave()
        with self._lock:
            self._launched.end()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def server_pid(self) -> int:
        """The fork server's process id."""
        return self._launched.pid

    def _ready(self) -> Isolation:
        if self._closed:
            from judge.errors import SandboxError

            raise SandboxError("sandbox.closed")
        if self._isolation is None:
            from judge.domain.report import Isolation

            self._isolation = Isolation(self._launched.hello())
            self._launched.control.settimeout(_OPEN_SECONDS)
        return self._isolation

    def _restart(self) -> None:
        self._isolation = None
        self._launched.end()
        self._launched = Launched(self._confinement, self._waiting)

    def _request(self, memory_bytes: int) -> tuple[int, list[int]]:
        control = self._launched.control
        control.send(b"%d" % memory_bytes)
        # Close-on-exec, as every descriptor of Python's: no program that the judge starts may inherit a child.
        flags = getattr(_socket, "MSG_CMSG_CLOEXEC", 0)
        packet, rights, _, _ = control.recvmsg(4096, _socket.CMSG_SPACE(_ENDS * _INT), flags)
        ends = [end for _, _, held in rights for (end,) in struct.iter_unpack("i", held)]
        try:
            if not packet or len(ends) < 3:
                raise ConnectionError("the fork server has gone")
            pid = int(packet)
            if not flags:
                for descriptor in ends:
                    os.set_inheritable(descriptor, False)
        except BaseException:
            for descriptor in ends:
                os.close(descriptor)
            raise
        return pid, ends

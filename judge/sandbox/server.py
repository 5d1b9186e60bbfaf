"""The fork server: a program of its own, started by exec, that never held a secret. One thread, one loop.

    judge ══ control ══ fork server ── forks ── child (one per submission)
      ║                      │ status             │
      ╚══════ data, output ══╪════════════════════╝
                             │ "ended: status, seconds, memory"

``main`` loads what submissions import, goes behind every layer that children can be born behind, forks one child ahead
that puts itself behind the rest and waits, and says hello. From then on:

    control readable     hand the waiting child over (its data socket, output pipe, pidfd, status socket), fork the next
    control at its end   the judge has gone: leave; the kernel kills the children (PR_SET_PDEATHSIG)
    a pidfd readable     reap the child, write how it ended to its status socket
    status readable      the judge closed its end, or wants the child killed: kill it

Messages on ``control`` are single packets of JSON.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
import socket
import struct
import sys
import time
from dataclasses import dataclass

CONTROL = 3
#: How a child ended: wait status, user + system CPU in seconds, peak resident bytes.
ENDED = struct.Struct("<idQ")
#: Exit status of a server whose namespaces turned out to be of no use: start one without.
BROKEN_NAMESPACES = 75

_PRELOADED = (
    "numpy.random numpy.ma numpy.fft numpy.linalg numpy.polynomial numpy.lib.stride_tricks "
    "abc ast bisect cmath collections contextlib copy dataclasses decimal enum fractions functools heapq inspect itertools "
    "json linecache logging math numbers operator pprint queue random re statistics string struct textwrap threading time "
    "traceback types typing warnings weakref __future__ array"
).split()


@dataclass(slots=True)
class Offspring:
    """A child as the server knows it. ``handed`` are the judge's ends until they are handed over."""

    pid: int
    pidfd: int
    status: socket.socket
    handed: list[int]


class Server:
    """See the module. ``waiting``: whether a child is forked ahead."""

    def __init__(self, control: socket.socket, layers: object, waiting: bool) -> None:
        from judge.sandbox.confine.apply import Layers

        assert isinstance(layers, Layers)
        self._control = control
        self._layers = layers
        self._waiting = waiting
        self._spare: Offspring | None = None
        self._children: dict[int, Offspring] = {}  # by pidfd (by pid where there are none)
        self._by_status: dict[int, Offspring] = {}
        self._poller = select.poll()
        self._poller.register(control, select.POLLIN)
        self._mapped = 0

    def serve(self) -> None:
        """Answer until the judge goes."""
        self._mapped = _mapped_bytes()
        if self._waiting:
            self._spare = self._fork()
        self._control.send(json.dumps({"isolation": self._layers.isolation}).encode())
        while True:
            ready = self._poller.poll(None if _PIDFDS else 20)
            for descriptor, events in ready:
                if descriptor == CONTROL:
                    request = self._control.recv(4096)
                    if not request:
                        return
                    self._open(json.loads(request))
                elif descriptor in self._by_status:
                    self._kill(self._by_status[descriptor])
                elif descriptor in self._children:
                    self._reap(self._children[descriptor])
            if not _PIDFDS:
                for child in list(self._children.values()):
                    self._reap(child, os.WNOHANG)

    def _open(self, request: dict[str, int]) -> None:
        child = self._spare or self._fork()
        self._spare = None
        if self._layers.wanted.memory:
            from judge.sandbox.confine import rlimits

            rlimits.limit_memory(child.pid, self._mapped, request["memory"])
        message = json.dumps({"pid": child.pid}).encode()
        socket.send_fds(self._control, [message], child.handed)
        for descriptor in child.handed:
            os.close(descriptor)
        child.handed = []
        self._by_status[child.status.fileno()] = child
        self._poller.register(child.status, select.POLLIN)
        if self._waiting:
            self._spare = self._fork()

    def _fork(self) -> Offspring:
        data, data_end = socket.socketpair()
        output, output_end = os.pipe()
        status, status_end = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            try:
                _become_child(self._layers, data_end.fileno(), output_end)
            finally:
                os._exit(71)
        os.close(output_end)
        data_end.close()
        handed = [data.detach(), output, status_end.detach()]
        pidfd = -1
        if _PIDFDS:
            pidfd = os.pidfd_open(pid)
            handed.append(os.dup(pidfd))
            self._poller.register(pidfd, select.POLLIN)
        child = Offspring(pid, pidfd, status, handed)
        self._children[pidfd if _PIDFDS else pid] = child
        return child

    def _kill(self, child: Offspring) -> None:
        """End a child that the judge has given up. It is not reaped yet, so the number is its own."""
        self._poller.unregister(child.status)
        del self._by_status[child.status.fileno()]
        with contextlib.suppress(ProcessLookupError):
            os.kill(child.pid, signal.SIGKILL)

    def _reap(self, child: Offspring, options: int = 0) -> None:
        pid, status, usage = os.wait4(child.pid, options)
        if pid == 0:
            return
        if child is self._spare:
            self._spare = None
        if _PIDFDS:
            self._poller.unregister(child.pidfd)
            os.close(child.pidfd)
            del self._children[child.pidfd]
        else:
            del self._children[pid]
        if self._by_status.pop(child.status.fileno(), None) is not None:
            self._poller.unregister(child.status)
        peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        with contextlib.suppress(OSError):
            child.status.send(ENDED.pack(status, usage.ru_utime + usage.ru_stime, peak))
        child.status.close()
        for descriptor in child.handed:
            os.close(descriptor)
        child.handed = []


_PIDFDS = hasattr(os, "pidfd_open")


def _become_child(layers: object, data: int, output: int) -> None:
    """Everything between the fork and the first request. Raises, and the child must end, when a layer cannot be put on."""
    from judge.sandbox import harness
    from judge.sandbox.confine.apply import Layers

    assert isinstance(layers, Layers)
    os.dup2(output, 1)
    os.dup2(output, 2)
    # Everything else is closed: the control socket, what other children share with the judge, what the host left open.
    before = 3
    for kept in sorted((data, *layers.descriptors)):
        os.closerange(before, kept)
        before = kept + 1
    os.closerange(before, max(before, 1024))
    layers.confine_child()
    harness.start(data)


def _mapped_bytes() -> int:
    """Return the address space that this process, and thereby a fresh child, has mapped."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[0]) * os.sysconf("SC_PAGESIZE")
    except OSError:
        return 1 << 30


def _preload() -> None:
    """Import what submissions usually import, so that no child pays for it, and use what is made on first use."""
    import importlib

    for name in _PRELOADED:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    import _sitebuiltins
    import builtins

    # What `site` would have put there.
    for name in ("exit", "quit"):
        setattr(builtins, name, _sitebuiltins.Quitter(name, "Ctrl-D"))
    builtins.help = _sitebuiltins._Helper()
    time.tzset()


def main(configuration: str) -> None:
    """Run the server with its control socket at descriptor 3. ``configuration`` is JSON:

    {"confinement": {...}, "waiting": true, "path": [folders of NumPy and the judge]}
    """
    settings = json.loads(configuration)
    os.closerange(CONTROL + 1, 4096)
    with contextlib.suppress(OSError):
        os.setsid()  # a Ctrl-C on the judge's terminal is the judge's
    standard = len(sys.path)
    sys.path += settings["path"]
    import numpy as np

    import judge
    from judge.sandbox import harness  # noqa: F401
    from judge.sandbox.confine import Confinement
    from judge.sandbox.confine.apply import Layers

    _preload()
    del sys.path[standard:]  # anything else of those folders is not there: ModuleNotFoundError, not PermissionError
    sys.path_importer_cache.clear()
    os.chdir("/")
    layers = Layers(Confinement(**settings["confinement"]))
    server = Server(socket.socket(fileno=CONTROL), layers, settings["waiting"])
    try:
        layers.confine_server(os.path.dirname(np.__file__), os.path.dirname(judge.__file__))
    except Exception as error:
        if type(error).__name__ == "Broken":
            os._exit(BROKEN_NAMESPACES)
        raise
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        server.serve()
    except BaseException:
        import traceback

        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)
    os._exit(0)  # nothing to tidy up, and no time to lose: the kernel ends the children

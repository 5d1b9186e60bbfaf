"""The fork server: a program of its own, started by exec, that never held a secret. One thread, one loop.

    judge ══ control ══ fork server ── forks ── child (one per submission)
      ║                      │ status             │
      ╚══════ data, output ══╪════════════════════╝
                             │ "ended: status, seconds, memory"

``main`` loads what submissions import, goes behind every layer that children can be born behind, forks one child ahead
that puts itself behind the rest and waits, and says hello. From then on:

    control readable     hand the waiting child over (its data socket, output pipe, status socket, pidfd), fork the next
    control at its end   the judge has gone: leave; the kernel kills the children (PR_SET_PDEATHSIG)
    a pidfd readable     reap the child, write how it ended to its status socket
    status readable      the judge closed its end, or wants the child killed: kill it

Messages on ``control`` are single packets of JSON. Everything is imported at the top, since the files of this package are
out of sight once the server is confined.
"""

from __future__ import annotations

import _sitebuiltins
import builtins
import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import time
import traceback
from dataclasses import dataclass

import numpy as np

import judge
from judge.sandbox import harness
from judge.sandbox.confine import Confinement
from judge.sandbox.confine.apply import Broken, Layers, fork
from judge.sandbox.wire import ENDED

CONTROL = 3
#: Exit status of a server whose namespaces turned out to be of no use: start one without.
BROKEN_NAMESPACES = 75
_NOT_CONFINED = 71
_PIDFDS = hasattr(os, "pidfd_open")
_WARMING_ROUNDS = 20  # the interpreter specialises code by then

_PRELOADED = (
    "numpy.random numpy.ma numpy.fft numpy.linalg numpy.polynomial numpy.lib.stride_tricks "
    "abc array ast bisect cmath collections contextlib copy dataclasses decimal enum fractions functools heapq inspect "
    "itertools json linecache logging math numbers operator pprint queue random re statistics string struct textwrap "
    "threading time traceback types typing warnings weakref __future__"
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

    def __init__(self, control: socket.socket, layers: Layers, waiting: bool) -> None:
        self._control = control
        self._layers = layers
        self._waiting = waiting
        self._spare: Offspring | None = None
        self._children: dict[int, Offspring] = {}  # by pidfd (by pid where there are none)
        self._by_status: dict[int, Offspring] = {}
        self._highest = CONTROL  # descriptor that this process ever had
        self._poller = select.poll()
        self._poller.register(control, select.POLLIN)

    def serve(self) -> None:
        """Answer until the judge goes."""
        if self._waiting:
            self._spare = self._fork()
        self._control.send(json.dumps({"isolation": self._layers.isolation}).encode())
        while True:
            ready = self._poller.poll(None if _PIDFDS else 20)
            for descriptor, _ in ready:
                if descriptor == CONTROL:
                    request = self._control.recv(4096)
                    if not request:
                        return
                    self._open(json.loads(request)["memory"])
                elif descriptor in self._by_status:
                    self._kill(self._by_status[descriptor])
                elif descriptor in self._children:
                    self._reap(self._children[descriptor])
            if not _PIDFDS:
                for child in list(self._children.values()):
                    self._reap(child, os.WNOHANG)

    def _open(self, memory_bytes: int) -> None:
        child = self._spare or self._fork()
        self._spare = None
        self._layers.limit_memory(child.pid, memory_bytes)
        socket.send_fds(self._control, [b'{"pid":%d}' % child.pid], child.handed)
        self._let_go(child)
        status = child.status.fileno()
        self._by_status[status] = child
        self._poller.register(status, select.POLLIN)
        if self._waiting:
            self._spare = self._fork()

    def _fork(self) -> Offspring:
        harness.reseed()
        data, data_end = socket.socketpair()
        output, output_end = os.pipe()
        status, status_end = socket.socketpair()
        for descriptor in (data.fileno(), output, status_end.fileno()):
            os.set_blocking(descriptor, False)
        self._highest = max(self._highest, data_end.fileno(), output_end, status_end.fileno(), *self._layers.descriptors)
        pid = fork()
        if pid == 0:
            _become_child(self._layers, data_end.fileno(), output_end, self._highest, self._waiting)
        os.close(output_end)
        data_end.close()
        self._layers.limit_child(pid)
        handed = [data.detach(), output, status_end.detach()]
        pidfd = -1
        if _PIDFDS:
            pidfd = os.pidfd_open(pid)
            handed.append(os.dup(pidfd))
            self._highest = max(self._highest, pidfd, handed[-1])
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
        self._let_go(child)

    @staticmethod
    def _let_go(child: Offspring) -> None:
        for descriptor in child.handed:
            os.close(descriptor)
        child.handed = []


def _become_child(layers: Layers, data: int, output: int, highest: int, waiting: bool) -> None:
    """Everything between the fork and the first request; never returns.

    A layer that cannot be put on ends the child before it has said that it is ready.
    """
    try:
        os.dup2(output, 1)
        os.dup2(output, 2)
        # Everything else is closed: the control socket, and what other children share with the judge.
        before = 3
        for kept in sorted((data, *layers.descriptors)):
            os.closerange(before, kept)
            before = kept + 1
        os.closerange(before, highest + 1)
        if waiting:
            harness.warm_up(1)
        layers.confine_child()
        harness.start(data)
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(_NOT_CONFINED)


def _preload() -> None:
    """Import what submissions usually import, so that no child pays for it, and use what is made on first use."""
    for name in _PRELOADED:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    # What `site` would have put there.
    for name in ("exit", "quit"):
        setattr(builtins, name, _sitebuiltins.Quitter(name, "Ctrl-D"))
    builtins.help = _sitebuiltins._Helper()
    time.tzset()
    harness.warm_up(_WARMING_ROUNDS)


def main(configuration: str) -> None:
    """Run the server with its control socket at descriptor 3. ``configuration`` is JSON:

    {"confinement": {...}, "waiting": true, "path": [folders of NumPy and the judge, at the end of sys.path]}
    """
    settings = json.loads(configuration)
    os.closerange(CONTROL + 1, 1 << 16)
    with contextlib.suppress(OSError):
        os.setsid()  # a Ctrl-C on the judge's terminal is the judge's
    os.chdir("/")
    _preload()
    # Anything else in those folders is not there: ModuleNotFoundError, not PermissionError.
    del sys.path[len(sys.path) - len(settings["path"]) :]
    sys.path_importer_cache.clear()
    layers = Layers(Confinement(**settings["confinement"]))
    server = Server(socket.socket(fileno=CONTROL), layers, settings["waiting"])
    try:
        layers.confine_server(os.path.dirname(np.__file__), os.path.dirname(judge.__file__))
        harness.hide()
        gc.collect()
        gc.freeze()
        gc.disable()
        server.serve()
    except Broken:
        os._exit(BROKEN_NAMESPACES)
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)
    os._exit(0)  # nothing to tidy up, and no time to lose: the kernel ends the children

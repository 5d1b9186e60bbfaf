"""The fork server: a program of its own, started by exec, that never held a secret. One thread, one loop.

    judge ══ control ══ fork server ── forks ── child (one per submission)
      ║                      │ status             │
      ╚══════ data, output ══╪════════════════════╝
                             │ "ended: status, seconds, memory"

``main`` loads what submissions import, goes behind every layer that children can be born behind, forks one child ahead
that puts itself behind the rest and waits, and says hello. From then on:

    control readable     hand the waiting child over (data, output, status, pidfd), fork the next
    control at its end   the judge has gone: leave; the kernel kills the children (PR_SET_PDEATHSIG)
    a pidfd readable     reap the child, write how it ended to its status socket
    status readable      the judge closed its end, or wants the child killed: kill it

Messages on ``control`` are single packets: the server's isolation; then, in turn, the bytes of memory that a child may
have,
and the child's process id with its descriptors. Everything is imported at the top, since the files of this package are
out of sight once the server is confined.
"""

from __future__ import annotations

import _sitebuiltins
import _socket
import builtins
import contextlib
import gc
import importlib
import os
import select
import signal
import struct
import sys
import threading  # noqa: F401  # for the first child as for later ones: without a sys.excepthook it could not be loaded
import time
import traceback
from typing import Any

import numpy as np

import judge
from judge.sandbox import harness, warming
from judge.sandbox.confine import Confinement
from judge.sandbox.confine.apply import Broken, Layers, fork
from judge.sandbox.wire import ENDED

CONTROL = 3
#: Exit status of a server whose namespaces turned out to be of no use: start one without.
BROKEN_NAMESPACES = 75
_NOT_CONFINED = 71
_PIDFDS = hasattr(os, "pidfd_open")
#: Children that wait: as many as a submission is given at once.
SPARES = 2
#: How long the next child is put off after one was handed over: that one has first call on the cores.
_PAUSE_SECONDS = 0.25
#: How long the unusual modules are put off after the start: somebody may be about to judge something.
_REST_SECONDS = 0.3
_WARMING_ROUNDS = 4  # the interpreter specialises code by then

# What submissions import besides, so that no child pays for it. Loaded when nobody waits for a child, in small steps;
# the usual ones first, with children that have them in waiting as soon as they are there.
_USUAL = """
__future__ abc collections contextlib copy dataclasses decimal fractions functools heapq itertools math numbers operator
re string types typing numpy.typing
"""
_LATER = """
numpy.random random numpy.ma numpy.fft numpy.polynomial numpy.lib.stride_tricks bisect statistics enum json inspect
ast textwrap warnings time logging cmath array pprint queue struct traceback weakref
numpy.lib.recfunctions numpy.char numpy.rec numpy.ctypeslib
unittest.case unittest pathlib shutil tempfile zipfile email.utils email.message importlib.metadata numpy.testing
"""


class Plumbing:
    """What a child that is yet to be forked will have of its own: descriptors, a harness, random numbers."""

    def __init__(self) -> None:
        harness.reseed()
        self.data, self.data_end = _pair()
        self.output, self.output_end = os.pipe()
        self.status, self.status_end = _pair()
        for descriptor in (self.data, self.output, self.status_end):
            os.set_blocking(descriptor, False)
        self.highest = max(self.data_end, self.output_end, self.status_end)
        self.harness = harness.Harness(self.data_end, self.output_end)


def _pair() -> tuple[int, int]:
    # Not socket.socketpair, whose sockets look their family up in an enum: pages that the next child would have to
    # copy.
    one, other = _socket.socketpair()
    return one.detach(), other.detach()


class Offspring:
    """A child as the server knows it. ``handed`` are the judge's ends until they are handed over."""

    __slots__ = ("handed", "pid", "pidfd", "status")

    def __init__(self, pid: int, pidfd: int, status: int, handed: list[int]) -> None:
        self.pid, self.pidfd, self.status, self.handed = pid, pidfd, status, handed


class Server:
    """See the module. ``waiting``: whether a child is forked ahead."""

    def __init__(self, control: _socket.socket, layers: Layers, waiting: bool) -> None:
        self._control = control
        self._layers = layers
        self._waiting = waiting
        self._spares: list[Offspring] = []
        self._children: dict[int, Offspring] = {}  # by pidfd (by pid where there are none)
        self._by_status: dict[int, Offspring] = {}
        self._highest = CONTROL  # descriptor that this process ever had
        self._poller = select.poll()
        self._poller.register(control, select.POLLIN)
        self._plumbing: Plumbing | None = None
        self._later = [_USUAL.split(), _LATER.split()]
        self._rested = time.monotonic() + _REST_SECONDS
        self._due = 0.0  # when the next child is to be forked ahead although others are at work

    def serve(self) -> None:
        """Answer until the judge goes."""
        self._prepare()
        self._control.send(self._layers.isolation.encode())
        while True:
            ready = self._poller.poll(self._patience())
            if not ready and self._short():
                self._prepare()
            elif not ready and self._at_leisure():
                self._load_more()
            for descriptor, _ in ready:
                if descriptor == CONTROL:
                    request = self._control.recv(4096)
                    if not request:
                        return
                    self._open(int(request))
                elif descriptor in self._by_status:
                    self._kill(self._by_status[descriptor])
                elif descriptor in self._children:
                    self._reap(self._children[descriptor])
            if not _PIDFDS:
                for child in list(self._children.values()):
                    self._reap(child, os.WNOHANG)

    def _patience(self) -> int | None:
        """Return for how many milliseconds there is nothing to do of one's own accord; ``None`` for ever."""
        if self._at_leisure() or self._short():
            return 0
        times = []
        if self._waiting and len(self._spares) < SPARES:
            times.append(self._due)
        if self._later and not self._by_status:
            times.append(self._rested)
        if times:
            return max(0, int((min(times) - time.monotonic()) * 1000) + 1)
        return None if _PIDFDS else 20

    def _short(self) -> bool:
        """Return whether it is time to fork one more child ahead: nobody is at work, or somebody has been for long."""
        if not self._waiting or len(self._spares) >= SPARES:
            return False
        return not self._by_status or time.monotonic() >= self._due

    def _at_leisure(self) -> bool:
        """Return whether modules are left to load, and no child at work whose core that would take.

        The unusual ones wait a little after the start.
        """
        if not self._later or self._by_status:
            return False
        return len(self._later) > 1 or time.monotonic() >= self._rested

    def _open(self, memory_bytes: int) -> None:
        child = self._spares.pop(0) if self._spares else self._fork()
        self._layers.limit_memory(child.pid, memory_bytes)
        rights = struct.pack(f"{len(child.handed)}i", *child.handed)
        self._control.sendmsg([b"%d" % child.pid], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, rights)])
        self._let_go(child)
        self._by_status[child.status] = child
        self._poller.register(child.status, select.POLLIN)
        self._due = time.monotonic() + _PAUSE_SECONDS
        if not self._waiting:
            self._prepare()

    def _fork(self) -> Offspring:
        plumbing = self._plumbing or Plumbing()  # with random numbers that no child before had
        self._plumbing = None
        self._highest = max(self._highest, plumbing.highest)
        pid = fork()
        if pid == 0:
            _become_child(self._layers, plumbing, self._highest, self._waiting)
        self._layers.limit_child(pid)
        handed = [plumbing.data, plumbing.output, plumbing.status_end]
        pidfd = -1
        if _PIDFDS:
            pidfd = os.pidfd_open(pid)
            handed.append(os.dup(pidfd))
            self._highest = max(self._highest, pidfd, handed[-1])
            self._poller.register(pidfd, select.POLLIN)
        os.close(plumbing.output_end)
        os.close(plumbing.data_end)
        child = Offspring(pid, pidfd, plumbing.status, handed)
        self._children[pidfd if _PIDFDS else pid] = child
        return child

    def _prepare(self) -> None:
        """Do for the next child whatever can be done before somebody waits for it."""
        if self._waiting:
            self._spares.append(self._fork())
        else:
            self._plumbing = Plumbing()

    def _load_more(self) -> None:
        """Load one more module of those that submissions use; with the last, have children that have them wait."""
        modules = self._later[0]
        with contextlib.suppress(ImportError):
            importlib.import_module(modules.pop(0))
        if modules:
            return
        del self._later[0]
        gc.freeze()
        self._layers.measure()
        old, self._spares = self._spares, []
        for child in old:
            self._prepare()
            with contextlib.suppress(ProcessLookupError):
                os.kill(child.pid, signal.SIGKILL)

    def _kill(self, child: Offspring) -> None:
        """End a child that the judge has given up. It is not reaped yet, so the number is its own."""
        self._poller.unregister(child.status)
        del self._by_status[child.status]
        with contextlib.suppress(ProcessLookupError):
            os.kill(child.pid, signal.SIGKILL)

    def _reap(self, child: Offspring, options: int = 0) -> None:
        pid, status, usage = os.wait4(child.pid, options)
        if pid == 0:
            return
        if child in self._spares:
            self._spares.remove(child)
            self._due = time.monotonic() + _PAUSE_SECONDS
        if _PIDFDS:
            self._poller.unregister(child.pidfd)
            os.close(child.pidfd)
            del self._children[child.pidfd]
        else:
            del self._children[pid]
        if self._by_status.pop(child.status, None) is not None:
            self._poller.unregister(child.status)
        peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        with contextlib.suppress(OSError):
            os.write(child.status, ENDED.pack(status, usage.ru_utime + usage.ru_stime, peak))
        os.close(child.status)
        self._let_go(child)

    @staticmethod
    def _let_go(child: Offspring) -> None:
        for descriptor in child.handed:
            os.close(descriptor)
        child.handed = []


def _become_child(layers: Layers, plumbing: Plumbing, highest: int, waiting: bool) -> None:
    """Everything between the fork and the first request; never returns.

    A layer that cannot be put on ends the child before it has said that it is ready.
    """
    try:
        # Not the one that the server opened: flags set on that (O_NONBLOCK) would be there for the next child to see.
        os.close(0)
        os.open(os.devnull, os.O_RDONLY)
        os.dup2(plumbing.output_end, 1)
        os.dup2(plumbing.output_end, 2)
        # Everything else is closed: the control socket, and what other children share with the judge.
        before = 3
        for kept in sorted((plumbing.data_end, plumbing.output_end, *layers.descriptors)):
            os.closerange(before, kept)
            before = kept + 1
        os.closerange(before, highest + 1)
        if waiting:
            warming.warm_up(1)
        layers.confine_child()
        plumbing.harness.run()
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(_NOT_CONFINED)


def main(settings: dict[str, Any]) -> None:
    """Run the server with its control socket at descriptor 3.

    ``settings``: "confinement", the protections as keywords; "waiting"; "path", the number of folders at the end of
    ``sys.path`` that were put there for NumPy and the judge.
    """
    os.closerange(CONTROL + 1, 1 << 16)
    # Whatever the judge's parents ignored, a submission finds signals as in any fresh interpreter.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGCHLD, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    with contextlib.suppress(OSError):
        os.setsid()  # a Ctrl-C on the judge's terminal is the judge's
    os.chdir("/")
    # Anything else in those folders is not there: ModuleNotFoundError, not PermissionError.
    del sys.path[len(sys.path) - settings["path"] :]
    sys.path_importer_cache.clear()
    # What `site` would have put there.
    for name in ("exit", "quit"):
        setattr(builtins, name, _sitebuiltins.Quitter(name, "Ctrl-D"))
    builtins.help = _sitebuiltins._Helper()
    time.tzset()
    layers = Layers(Confinement(**settings["confinement"]))
    server = Server(_socket.socket(fileno=CONTROL), layers, settings["waiting"])
    try:
        layers.confine_server(os.path.dirname(np.__file__), os.path.dirname(judge.__file__))
        harness.hide()
        warming.warm_up(_WARMING_ROUNDS)
        gc.freeze()
        server.serve()
    except Broken:
        os._exit(BROKEN_NAMESPACES)
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)
    os._exit(0)  # nothing to tidy up, and no time to lose: the kernel ends the children

"""Namespaces: the fork server leaves the host's, once, and every child is born outside of them too.

    user      capabilities over nothing but what is made here; user and group are mapped to themselves
    pid       children and an idle first process ("init") that only waits: no other process can be named
    mount     the view of the file system (:mod:`.view`)
    network   none at all, not even a loopback that is up
    ipc, uts, cgroup

One pid namespace for all children, and none of them its first process. The first process of a namespace ignores
signals that end any other (its own ``SIGALRM``, ``SIGTERM``), so the same program would end differently where
namespaces are to be had and where not. Nothing is lost: a child can neither fork, nor signal, trace, or look up
another process (system-call filter; Landlock's scopes), and ``/proc`` is not there.

The fork server itself stays in the judge's pid namespace, so the numbers it tells are the judge's.
"""

from __future__ import annotations

import _socket
import contextlib
import ctypes
import os

from judge.sandbox.confine.kernel import libc

_NEWNS, _NEWCGROUP, _NEWUTS, _NEWIPC = 0x00020000, 0x02000000, 0x04000000, 0x08000000
_NEWUSER, _NEWPID, _NEWNET = 0x10000000, 0x20000000, 0x40000000
_ALL = _NEWNS | _NEWCGROUP | _NEWUTS | _NEWIPC | _NEWPID | _NEWNET


class Refused(Exception):
    """The host gives no new namespaces. Nothing was changed."""


class Broken(Exception):
    """New namespaces were entered, but cannot be used; this process cannot go back."""


def enter() -> None:
    """Enter new namespaces of every kind, and start the pid namespace's first process.

    Raises :class:`Refused` where the host does not allow it, :class:`Broken` when it fails half-way.
    """
    user, group = os.geteuid(), os.getegid()
    if libc.unshare(ctypes.c_int(_ALL | _NEWUSER)) != 0:
        # A host may forbid user namespaces and yet have made us powerful enough to do without.
        if libc.unshare(ctypes.c_int(_ALL)) != 0:
            raise Refused(os.strerror(ctypes.get_errno()))
    else:
        try:
            _write("/proc/self/setgroups", "deny")
            _write("/proc/self/uid_map", f"{user} {user} 1")
            _write("/proc/self/gid_map", f"{group} {group} 1")
        except OSError as error:
            raise Broken("the user could not be mapped") from error
    with contextlib.suppress(OSError):
        _socket.sethostname("sandbox")
    _start_init()


def _write(path: str, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)


def _start_init() -> None:
    """Fork the process that keeps the pid namespace alive. It ends with the fork server, and all children with it.

    It waits at a pipe whose other end the fork server alone holds: a signal (PR_SET_PDEATHSIG) would not reach it,
    being outside of the Landlock domain that the fork server enters later.
    """
    reading, writing = os.pipe()
    try:
        pid = os.fork()
    except OSError as error:
        raise Broken("no first process") from error
    if pid == 0:
        try:
            os.closerange(0, reading)
            os.closerange(reading + 1, 1 << 16)
            while os.read(reading, 1):
                pass
        finally:
            os._exit(0)
    os.close(reading)
    _held.append(writing)  # until this process ends


_held: list[int] = []

"""The C library, for the few system calls that Python has no function for. Loaded in the fork server only."""

from __future__ import annotations

import ctypes
import os
import signal
from collections.abc import Callable

libc = ctypes.CDLL(None, use_errno=True)


def syscall(number: int, *arguments: object) -> int:
    """Make a system call by number. Raises ``OSError`` with its errno."""
    ctypes.set_errno(0)
    result: int = libc.syscall(ctypes.c_long(number), *arguments)
    if result == -1:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


_prctl = libc["prctl"]
_prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]


def prctl(option: int, second: int = 0, third: int = 0, fourth: int = 0, fifth: int = 0) -> int:
    """``prctl(2)``. Raises ``OSError``."""
    result: int = _prctl(option, second, third, fourth, fifth)
    if result == -1:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


def no_new_privileges() -> None:
    """No set-uid program will give this process or its children more than they have; filters need it."""
    prctl(38, 1)


# clone(2) by number: x86_64 has the child's thread id fourth and the thread pointer fifth, aarch64 the other way round.
_CLONE = {"x86_64": (56, 4), "aarch64": (220, 5)}
_CHILD_SETTID, _CHILD_CLEARTID, _PR_GET_TID_ADDRESS = 0x01000000, 0x00200000, 40


def _make_fork() -> Callable[[], int]:
    """Return a ``fork`` without ceremony, or ``os.fork`` where the machine is not known.

    ``os.fork`` locks and re-initialises what other threads might hold, and runs Python callbacks in the child; each
    page that they write to must be copied, some 200 of them, half the price of a child. The fork server has one thread,
    so the copy of its memory is consistent as it is, and what the callbacks do (seeding) is done before the fork.
    """
    machine = os.uname().machine
    if machine not in _CLONE:
        return os.fork
    number, place = _CLONE[machine]
    arguments = [number, int(signal.SIGCHLD), 0, 0, 0, 0]
    address = ctypes.c_void_p()
    # The C library keeps the thread's id; where the kernel tells us the place, the copy gets the right one.
    if libc.prctl(_PR_GET_TID_ADDRESS, ctypes.byref(address), 0, 0, 0) == 0 and address.value:
        arguments[1] |= _CHILD_SETTID | _CHILD_CLEARTID
        arguments[place] = address.value
    call = ctypes.PyDLL(None).syscall  # holding the interpreter's lock, for the child to have it
    call.argtypes = [ctypes.c_long] * 6
    call.restype = ctypes.c_long

    def fork() -> int:
        pid: int = call(*arguments)
        if pid < 0:
            raise OSError("clone")
        return pid

    return fork


fork = _make_fork()

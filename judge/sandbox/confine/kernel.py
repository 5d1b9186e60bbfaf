"""The C library, for the few system calls that Python has no function for. Loaded in the fork server only."""

from __future__ import annotations

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)


def syscall(number: int, *arguments: object) -> int:
    """Make a system call by number. Raises ``OSError`` with its errno."""
    ctypes.set_errno(0)
    result: int = libc.syscall(ctypes.c_long(number), *arguments)
    if result == -1:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


def prctl(option: int, *arguments: int) -> int:
    """``prctl(2)``; arguments that are left out are zero. Raises ``OSError``."""
    padded = [ctypes.c_ulong(argument) for argument in (*arguments, 0, 0, 0, 0)[:4]]
    result: int = libc.prctl(option, *padded)
    if result == -1:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


def no_new_privileges() -> None:
    """No set-uid program will give this process or its children more than they have; filters need it."""
    prctl(38, 1)

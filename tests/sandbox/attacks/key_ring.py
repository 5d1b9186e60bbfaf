"""
what = "leaves a key behind in the kernel"
held_by = ["seccomp"]
must = "refused"
otherwise = "done"
"""

import ctypes
import os


def f(model, share):
    libc = ctypes.CDLL(None, use_errno=True)
    number = 248 if os.uname().machine == "x86_64" else 217
    if libc.syscall(number, b"user", b"judge-attack", b"x", ctypes.c_size_t(1), -2) == -1:
        raise OSError(ctypes.get_errno(), "add_key")
    return "done"

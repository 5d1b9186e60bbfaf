"""
what = "becomes the debugger of another process of the same user, to change what it does"
held_by = ["seccomp", "namespaces", "landlock"]
must = "refused"
otherwise = "done"
"""

import ctypes
import os


def f(model, share):
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = [ctypes.c_long] * 4
    if libc.ptrace(0x4206, {victim}, 0, 0) == -1:  # PTRACE_SEIZE, which does not stop it
        raise OSError(ctypes.get_errno(), "ptrace")
    return "done"

"""
what = "handles its own page faults, to hold the kernel up in the middle of a call"
held_by = ["seccomp"]
must = "refused"
otherwise = "done"
"""

import ctypes
import os


def f(model, share):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(323 if os.uname().machine == "x86_64" else 282, 1) == -1:
        raise OSError(ctypes.get_errno(), "userfaultfd")
    return "done"

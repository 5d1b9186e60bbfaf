"""
what = "has the kernel do its reading and writing from a ring in memory, past the system-call filter"
held_by = ["seccomp", "rlimits"]
must = "refused"
otherwise = "done"
"""

import ctypes


def f(model, share):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(425, 1, ctypes.create_string_buffer(256)) == -1:
        raise OSError(ctypes.get_errno(), "io_uring_setup")
    return "done"

"""
what = "watches which files the neighbours read"
held_by = ["seccomp"]
must = "refused"
otherwise = "done"
"""

import ctypes


def f(model, share):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.inotify_init1(0) == -1:
        raise OSError(ctypes.get_errno(), "inotify_init1")
    return "done"

"""
what = "has all disks of the host written, for which the kernel works on nobody's account"
held_by = ["seccomp"]
must = "refused"
otherwise = "done"
"""

import ctypes
import os


def f(model, share):
    libc = ctypes.CDLL(None, use_errno=True)
    # syncfs of the null device's file system: as little of it as shows that one may
    if libc.syncfs(os.open(os.devnull, os.O_RDONLY)) == -1:
        raise OSError(ctypes.get_errno(), "syncfs")
    return "done"

"""
what = "enters a namespace of its own, where it would be powerful"
held_by = ["seccomp"]
must = "refused"
otherwise = "done"
needs = "namespaces"
"""

import ctypes


def f(model, share):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(0x10000000) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    return "done"

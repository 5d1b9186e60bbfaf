"""
what = "asks to live on when the fork server ends"
held_by = ["seccomp"]
must = "refused"
otherwise = "done"
"""

import ctypes


def f(model, share):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(1, 0, 0, 0, 0) == -1:  # PR_SET_PDEATHSIG: none
        raise OSError(ctypes.get_errno(), "prctl")
    return "done"

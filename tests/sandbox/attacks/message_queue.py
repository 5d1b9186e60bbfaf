"""
what = "leaves a message behind for the next submission"
held_by = ["seccomp"]
must = "refused"
otherwise = "done"
"""

import ctypes


def f(model, share):
    libc = ctypes.CDLL(None, use_errno=True)
    place = libc.msgget(0x6A756467, 0o1600)
    if place == -1:
        raise OSError(ctypes.get_errno(), "msgget")
    libc.msgctl(place, 0, None)
    return "done"

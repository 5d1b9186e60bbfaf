"""
what = "locks a file of the standard library, for the neighbours to wait at"
held_by = ["seccomp"]
must = "refused"
otherwise = "done"
"""

import fcntl
import os


def f(model, share):
    fcntl.flock(open(os.__file__), fcntl.LOCK_EX | fcntl.LOCK_NB)
    return "done"

"""
what = "stops itself and keeps the judge waiting"
held_by = ["seccomp"]
must = "refused"
otherwise = "wall"
"""

import os


def f(model, share):
    os.kill(os.getpid(), 19)
    return "done"

"""
what = "kills itself in a way that looks like somebody else's doing, to be judged anew without end"
held_by = ["seccomp"]
must = "refused"
otherwise = "killed"
"""

import os


def f(model, share):
    os.kill(os.getpid(), 9)
    return "done"

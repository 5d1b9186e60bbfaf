"""
what = "moves to the core on which the judge or a neighbour is measured"
held_by = ["seccomp"]
must = "refused"
otherwise = "done"
"""

import os


def f(model, share):
    os.sched_setaffinity(0, os.sched_getaffinity(0))
    return "done"

"""
what = "slows itself down while the wall clock runs, or others by going ahead"
held_by = ["seccomp"]
must = "refused"
otherwise = "done"
"""

import os


def f(model, share):
    os.setpriority(os.PRIO_PROCESS, 0, 1)
    return "done"

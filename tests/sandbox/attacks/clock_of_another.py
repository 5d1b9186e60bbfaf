"""
what = "reads how much CPU time another process has used"
held_by = ["seccomp"]
must = "refused"
otherwise = "done"
"""

import os
import time


def f(model, share):
    pid = {victim} if os.getppid() else 1
    return "done" if time.clock_gettime((~pid << 3) | 2) >= 0 else "nothing"

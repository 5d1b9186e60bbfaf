"""
what = "leaves a process behind that outlives it"
held_by = ["seccomp"]
must = "refused"
otherwise = "done"
"""

import os


def f(model, share):
    if os.fork() == 0:
        os._exit(0)
    os.wait()
    return "done"

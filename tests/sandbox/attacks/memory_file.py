"""
what = "makes a file in memory, from which a program could be run"
held_by = ["seccomp"]
must = "refused"
otherwise = "done"
"""

import os


def f(model, share):
    os.close(os.memfd_create("program"))
    return "done"

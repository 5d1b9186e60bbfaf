"""
what = "ties up kernel memory in pipes"
held_by = ["seccomp"]
must = "refused"
otherwise = "done"
"""

import fcntl
import os


def f(model, share):
    reading, writing = os.pipe()
    fcntl.fcntl(writing, 1031, 1 << 20)
    return "done"

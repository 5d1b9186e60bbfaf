"""
what = "reads how another process was called"
held_by = ["view", "landlock"]
must = "refused"
otherwise = "done"
"""

import os


def f(model, share):
    with open("/proc/{victim}/cmdline", "rb") as file:
        return "done" if file.read() else "nothing"

"""
what = "uses up the machine's descriptors"
held_by = ["rlimits"]
must = "refused"
otherwise = "done"
"""

import os


def f(model, share):
    taken = [os.open(os.devnull, os.O_RDONLY) for _ in range(500)]
    return "done" if taken else "nothing"

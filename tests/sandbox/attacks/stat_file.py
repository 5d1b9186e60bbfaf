"""
what = "learns that a file of the host is there, and its size"
held_by = ["view"]
must = "refused"
otherwise = "done"
"""

import os


def f(model, share):
    return "done" if os.stat("{secret}").st_size > 0 else "nothing"

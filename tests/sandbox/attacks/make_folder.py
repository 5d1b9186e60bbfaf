"""
what = "leaves a folder behind"
held_by = ["seccomp", "view", "landlock"]
must = "refused"
otherwise = "done"
"""

import os


def f(model, share):
    os.mkdir("{target}")
    return "done"

"""
what = "leaves a file behind for the next submission"
held_by = ["view", "landlock"]
must = "refused"
otherwise = "done"
"""

import os


def f(model, share):
    open("{target}", "w").close()
    return "done"

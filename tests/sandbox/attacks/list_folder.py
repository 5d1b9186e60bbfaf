"""
what = "lists a folder of the host"
held_by = ["view", "landlock"]
must = "refused"
otherwise = "done"
"""

import os


def f(model, share):
    return "done" if os.listdir(os.path.dirname("{secret}")) else "nothing"

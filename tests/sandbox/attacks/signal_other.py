"""
what = "ends another process of the same user"
held_by = ["seccomp", "namespaces", "landlock"]
must = "refused"
otherwise = "done"
"""

import os


def f(model, share):
    os.kill({victim}, 15)
    return "done"

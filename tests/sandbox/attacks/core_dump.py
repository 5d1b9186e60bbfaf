"""
what = "has a crash write its memory to disk"
held_by = ["rlimits", "seccomp"]
must = "refused"
otherwise = "done"
"""

import resource


def f(model, share):
    resource.setrlimit(resource.RLIMIT_CORE, (1 << 20, 1 << 20))
    return "done"

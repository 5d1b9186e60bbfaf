"""
what = "uses what the superuser may do"
held_by = ["seccomp", "capabilities"]
must = "refused"
otherwise = "done"
needs = "namespaces"
"""

import os


def f(model, share):
    os.chroot("/")
    return "done"

"""
what = "becomes another program, free of this interpreter's habits"
held_by = ["seccomp", "landlock", "view"]
must = "refused"
otherwise = "exit"
"""

import os


def f(model, share):
    os.execv("/bin/true", ["true"])

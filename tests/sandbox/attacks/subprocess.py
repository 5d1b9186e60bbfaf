"""
what = "runs another program"
held_by = ["seccomp", "landlock", "view"]
must = "refused"
otherwise = "done"
"""

import subprocess


def f(model, share):
    return "done" if subprocess.run(["/bin/echo", "hello"], capture_output=True).stdout == b"hello\n" else "nothing"

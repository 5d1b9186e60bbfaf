"""
what = "has the kernel signal another process when a pipe of its own becomes readable"
held_by = ["seccomp", "namespaces", "landlock"]
must = "refused"
otherwise = "done"
"""

import fcntl
import os
import select


def f(model, share):
    process = os.pidfd_open({victim})
    reading, writing = os.pipe()
    fcntl.fcntl(reading, fcntl.F_SETOWN, {victim})
    fcntl.fcntl(reading, fcntl.F_SETFL, os.O_ASYNC)
    os.write(writing, b"x")
    # What is refused at delivery is refused in silence.
    ended = select.poll()
    ended.register(process, select.POLLIN)
    if not ended.poll(1000):
        raise PermissionError
    return "done"

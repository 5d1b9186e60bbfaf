"""
what = "computes on two cores at once"
held_by = ["seccomp"]
must = "refused"
otherwise = "done"
"""

import threading


def f(model, share):
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()
    return "done"

"""
what = "takes more memory than it may"
held_by = ["memory"]
must = "refused"
otherwise = "done"
"""

import mmap


def f(model, share):
    return "done" if len(mmap.mmap(-1, 700 << 20)) else "nothing"

"""
what = "offers its pages to be shared with equal ones of others: the time of a write then tells what they hold"
held_by = ["seccomp"]
must = "refused"
otherwise = "done"
"""

import mmap


def f(model, share):
    pages = mmap.mmap(-1, 1 << 20)
    try:
        pages.madvise(12)  # MADV_MERGEABLE
    except OSError as error:
        if error.errno == 22 and share:  # EINVAL: refused, or a kernel without it
            raise
    return "done"

"""
what = "prints without end past Python's own streams, to whatever is open"
held_by = []
must = "output"
otherwise = ""
"""

import os


def f(model, share):
    while True:
        for descriptor in (1, 2):
            os.write(descriptor, b"x" * 65536)

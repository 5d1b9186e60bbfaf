"""
what = "fills the judge's side with bytes that are no reply"
held_by = []
must = "protocol"
otherwise = ""
"""

import os


def f(model, share):
    for descriptor in range(3, 64):
        try:
            while True:
                os.write(descriptor, b"[" * 65536)
        except OSError:
            continue

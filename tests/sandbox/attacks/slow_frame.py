"""
what = "sends a reply a byte at a time, for ever"
held_by = []
must = "wall"
otherwise = ""
"""

import os
import struct
import time


def f(model, share):
    piece = struct.pack("<QQ", 1000, 0)
    while True:
        for descriptor in range(3, 64):
            try:
                os.write(descriptor, piece)
            except OSError:
                continue
        piece = b" "
        time.sleep(0.01)

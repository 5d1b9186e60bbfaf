"""
what = "announces a reply of a petabyte"
held_by = []
must = "protocol"
otherwise = ""
"""

import os
import struct
import time


def f(model, share):
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, struct.pack("<QQ", 100, 1 << 50))
        except OSError:
            continue
    time.sleep(1000)

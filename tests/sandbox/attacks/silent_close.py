"""
what = "closes every descriptor and sleeps"
held_by = []
must = "wall"
otherwise = ""
"""

import os
import time


def f(model, share):
    os.closerange(0, 64)
    time.sleep(1000)

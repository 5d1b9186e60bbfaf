"""
what = "sleeps"
held_by = []
must = "wall"
otherwise = ""
"""

import time


def f(model, share):
    while True:
        time.sleep(1000)

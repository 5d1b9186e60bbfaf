"""
what = "prints without end"
held_by = []
must = "output"
otherwise = ""
"""

import os


def f(model, share):
    while True:
        print("x" * 1000)

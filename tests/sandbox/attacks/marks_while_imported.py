"""
what = "says at its import that there is much to read, before the judge has heard its first word"
held_by = []
must = "protocol"
otherwise = ""
"""

import os
import sys

frame = sys._getframe()
while "self" not in frame.f_locals:
    frame = frame.f_back
harness = frame.f_locals["self"]
os.write(harness._output, (harness._token + b"L" + bytes(12)) * 300)


def f(model, share): ...

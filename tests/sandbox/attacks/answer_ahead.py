"""
what = "answers before it has read what it is asked, then sends for as long as the judge has something to write"
held_by = []
must = "protocol"
otherwise = ""
large = true
"""

import os
import struct

load = b'[1,"",null]'
answer = b"[2,0,null,null,true,[]]"
frames = b"".join(struct.pack("<QQ", len(reply), 0) + reply for reply in (load, answer))
for descriptor in range(3, 64):
    try:
        os.write(descriptor, frames)
    except OSError:
        continue
    while True:
        os.write(descriptor, b"x" * 65536)

"""
what = "makes sockets of its own, to pass descriptors about"
held_by = ["seccomp"]
must = "refused"
otherwise = "done"
"""

import socket


def f(model, share):
    one, other = socket.socketpair()
    one.send(b"x")
    return "done" if other.recv(1) == b"x" else "nothing"

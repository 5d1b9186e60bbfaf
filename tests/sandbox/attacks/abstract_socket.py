"""
what = "speaks with another process over a socket that no folder holds"
held_by = ["seccomp", "namespaces", "landlock"]
must = "refused"
otherwise = "done"
"""

import socket


def f(model, share):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(2)
        connection.connect("\0{abstract}")
        return "done" if connection.recv(10) == b"welcome" else "nothing"

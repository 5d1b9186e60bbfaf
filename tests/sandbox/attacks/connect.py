"""
what = "speaks with a server on this machine"
held_by = ["seccomp", "namespaces", "landlock"]
must = "refused"
otherwise = "done"
"""

import socket


def f(model, share):
    with socket.create_connection(("127.0.0.1", {port}), timeout=2) as connection:
        return "done" if connection.recv(10) == b"welcome" else "nothing"

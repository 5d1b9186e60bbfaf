"""
what = "sends a packet out: no connection is needed for that"
held_by = ["seccomp", "namespaces"]
must = "refused"
otherwise = "done"
"""

import socket


def f(model, share):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"secret", ("127.0.0.1", {port}))
    return "done"

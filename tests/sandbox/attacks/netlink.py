"""
what = "asks the kernel about the network"
held_by = ["seccomp"]
must = "refused"
otherwise = "done"
"""

import socket


def f(model, share):
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW).close()
    return "done"

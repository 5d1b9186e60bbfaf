"""
what = "has the kernel kill it later, by a timer"
held_by = ["seccomp"]
must = "refused"
otherwise = "killed"
"""

import os
import struct
import time


def f(model, share):
    import ctypes

    event = struct.pack("=Qii48x", 0, 9, 0)  # sigev_value, sigev_signo = SIGKILL, SIGEV_SIGNAL
    timer = ctypes.c_int()
    libc = ctypes.CDLL(None, use_errno=True)
    number = 222 if os.uname().machine == "x86_64" else 107
    settime = 223 if number == 222 else 110
    if libc.syscall(number, 1, event, ctypes.byref(timer)) != 0:
        raise OSError(ctypes.get_errno(), "timer_create")
    libc.syscall(settime, timer, 0, struct.pack("=4q", 0, 0, 0, 1000000), None)
    time.sleep(5)
    return "done"

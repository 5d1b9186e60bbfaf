"""
what = "ignores every signal and spins"
held_by = []
must = "cpu"
otherwise = ""
"""

import signal


def f(model, share):
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    while True:
        pass

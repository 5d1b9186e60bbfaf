"""One module a command: ``arguments(parser, spoken)`` declares its options, ``run(options, terminal)`` does it.

``run`` returns the exit status and raises :class:`judge.errors.UsageError` for what was asked wrongly.
"""

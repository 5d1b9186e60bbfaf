"""The judge's log: where a fault of ours is told in full, under the id that the report holds.

``logging`` is loaded with the first fault: it is a good part of a cold verdict, which has none.
"""

from __future__ import annotations

_quiet: list[bool] = []


def error(text: str, *values: object, cause: BaseException | None = None) -> None:
    """Log ``text % values`` with the traceback of ``cause``."""
    import logging

    log = logging.getLogger("judge")
    if _quiet and not log.handlers:
        log.addHandler(logging.NullHandler())
        log.propagate = False
    log.error(text, *values, exc_info=cause)


def quiet() -> None:
    """Keep the log from standard error where no handler was set up: for commands, whose report says what there is."""
    _quiet[:] = [True]

"""Rules that decide any answer on any network: one rule a file, the function ``check`` in each.

A rule looks at one :class:`~judge.checkers.exchange.Exchange` (a call and its answer) and returns ``None`` where the
answer keeps it, else a :class:`judge.message.Message` that says what was expected, what came and where. ``NAME`` is
the rule's name in a report, ``NEEDS`` the rules without which it has nothing to look at. A package's ``checker.py``
lists the rules it wants and hands them to :func:`~judge.checkers.compose.run`.

    result, structure, masks, purity, arguments, fidelity    for both problems
    weights/   count, ranking, values                         single weights set to zero
    channels/  count, ranking, slices                         whole channels taken away
"""

from judge.checkers.compose import Rule, run
from judge.checkers.exchange import Exchange

__all__ = ["Exchange", "Rule", "run"]

"""Judging a coding submission: from bytes to a report.

intake.py     bytes -> source, or why it cannot be judged
drawn.py      a test, encoded, and maybe with replies that are known to be right
execute.py    the tests of a suite, run in confined children that take turns, streaming
lane.py       one child after another, and its row of tests
verdicts.py   what one test's run amounts to
hints.py      what an exception usually means
judge.py      all of them: verdict, score, report
ahead.py      tests drawn while nobody waits for a verdict
"""

from judge.grading.judge import judge_coding

__all__ = ["judge_coding"]

"""Problem packages: a folder becomes a :class:`judge.domain.problem.Problem`, or all findings about it at once.

    library.py       where packages are looked for, and by which name
    load.py          reads what coding and theory packages have in common, and dispatches on the kind
    coding.py        groups, generator and checker of a coding package
    theory.py        the question bank of a theory package
    found.py         tests that somebody found, kept as data
    expectations.py  the shipped submissions and what each must get

The format is described in ``problems/README.md``.
"""

from judge.packages.expectations import load_expectations
from judge.packages.library import Library
from judge.packages.load import load_problem

__all__ = ["Library", "load_expectations", "load_problem"]

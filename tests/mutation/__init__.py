"""Mutants of right solutions against the hidden tests, and mutants of the checkers against their tables.

    python tests/mutation              everything, five seeds, and REPORT.md anew (about a quarter of an hour)
    python -m pytest tests/mutation    a fixed slice

operators.py   what a mutant is             judging.py     hidden tests in this process, no sandbox: mutants are trusted
domain.py      small domains, all of them   solutions.py   mutants of solutions       checkers.py   mutants of checkers

A library would have served only for the first of the five: mutmut and Cosmic Ray run a test command per mutant (a
second each, here some milliseconds), know no pairs, and have no operator for an axis, a dropped ``.copy()``, swapped
arguments or swapped names.
"""

"""Theory problems: questions of a seed, answer sheets, exact grading, and what an author is told.

    present(problem, seed, language)    the questions as the contract's JSON object; nothing tells what is right
    starter(problem, seed, language)    an empty answer sheet
    grade(problem, sheet, seed)         the report; raises InvalidSubmission with all findings
    reference_sheet(problem, seed)      the reference's answer sheet for a seed
    worked(problem, seed, language)     right answers with reasons and sources, for after grading
    review(problem, language)           rubric, model answers and follow-up questions, for after grading
    sheet_from_form(problem, seed, fields)   a sheet from the text fields of a form
    run_problem(problem, report)        questions about one's own accepted run, as a theory problem

How it works: a package's bank (``judge.packages.bank``) is drawn by seed into questions (``draw``); a sheet is
validated (``sheet``) before it is assessed (``grade``); ``routes`` states from the bank alone what every
answer must get, and ``blind`` answers without knowing anything.
"""

from judge.theory.form import sheet_from_form
from judge.theory.grade import grade
from judge.theory.own_run import run_problem
from judge.theory.present import present, review, starter, worked
from judge.theory.reference import reference_sheet
from judge.theory.sheet import MAX_BYTES, read_sheet

__all__ = [
    "MAX_BYTES",
    "grade",
    "present",
    "read_sheet",
    "reference_sheet",
    "review",
    "run_problem",
    "sheet_from_form",
    "starter",
    "worked",
]

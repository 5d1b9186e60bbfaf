"""What can be learnt from an accepted solution: comments with measured figures, accuracy curves, questions.

Worked out after the verdict, on request, and never a part of it.

    review(problem, submission, report, sandbox) -> Review      runs the solution again, confined; some seconds
    review_json(review, problem, report, language) -> dict      what both faces show: the object below
    questions_of(problem, report, language) -> dict | None      its "questions" alone, without running anything
    sheet_of(problem, report, language) -> str                  an empty answer sheet for them, TOML
    grade_answers(problem, report, sheet) -> Report             grades one exactly, in milliseconds
    check_reviewable(problem, report)                           raises what ``review`` would, without running anything

``review`` raises :class:`judge.errors.UsageError` where there is nothing to review: a theory problem, or a report that
is not accepted. A :class:`Review` holds keys and numbers, no words (``to_plain``, ``from_plain``), so that one that was
kept can be shown in either language. Questions are made from the report alone and need not be kept.

The JSON object (``judge review --json``, ``GET /api/submissions/{id}/review``); every field is always there::

    {"problem": "weight_pruning", "seed": 7, "isolation": "full", "versions": {"judge": "...", "problem": "..."},
     "comments": [                          # at most three, the most useful first; may be empty
       {"id": "loop",                       # loop, sort, float64, copies, time, memory, economical, fast, small
        "grade": "essential",               # essential, worth_knowing, well_done
        "label": "essential",               # the grade in words
        "message": "Line 24 runs 280,000 times ...",
        "line": 24, "source": "for value in flat:"}],   # the line it is about; null and "" where it is about none
     "measured": {                          # null where nothing could be measured
       "call": "prune_weights(model, 0.9, scope=\\"global\\")", "weights": 320000,
       "seconds": 0.0113, "reference_seconds": 0.0104, "time_ratio": 1.09,      # CPU, medians of interleaved calls
       "peak_weights": 320000,              # bytes are of a call on so many weights: fewer where the solution is slow
       "peak_bytes": 5120000, "reference_peak_bytes": 4880000, "memory_ratio": 1.05},   # beyond the input
     "curves": [                            # one for each trained network, in a fixed order
       {"network": "mlp", "call": "prune_weights(model, sparsity)", "argument": "sparsity",
        "amounts": [0.0, 0.1, ...],         # the horizontal axis, in [0, 1]
        "images": {"train": 1297, "test": 500},
        "series": [                         # three, in this order
          {"id": "yours", "label": "yours", "test": [0.972, ...], "train": null},
          {"id": "reference", "label": "reference", "test": [...], "train": null},
          {"id": "random", "label": "random", "test": [...], "train": null}],     # mean of draws
        "message": "..."}],                 # what the figures say, in a sentence or two
                                            # shares of images answered right; train only for the overfitted network
     "questions": {                         # null where the run has nothing to ask about
       "seed": 7, "pass_mark": 0.8, "questions": [...], "essay": {...}}}   # as a theory problem's (contract, section 3)

``grade_answers`` takes a sheet as a theory problem does, TOML or ``{"seed": ..., "answers": {...}}``, whose seed must
be the report's, and returns a report as for a theory problem: one entry of ``tests`` per question. Over HTTP:
``POST /api/submissions/{id}/review`` with ``{"answers": {...}}`` answers 200 with that report as JSON, or 422 with all
that is malformed. Nothing of it is kept.

How it works: ``plan`` picks the calls; ``bench`` measures them with the ``probe`` beside the submission, and the
reference in turn; ``comments`` decides from the ``figures`` alone; ``curves`` prunes the trained networks; ``run`` puts
it together as a ``result``, which ``render`` shows.
"""

from judge.review.questions import grade_answers, questions_of, sheet_of
from judge.review.render import review_json
from judge.review.result import Review
from judge.review.run import check_reviewable, review, versions_of

__all__ = [
    "Review",
    "check_reviewable",
    "grade_answers",
    "questions_of",
    "review",
    "review_json",
    "sheet_of",
    "versions_of",
]

"""Try your own input: a solution on one call of your choice, judged by the rules of the hidden tests.

    program.py      the text of a call, or a whole snippet of a report -> calls; parsed as data, never evaluated
    expression.py   its parts: where each stands, what names stand for, how it is refused
    layers.py       networks and layers; values.py: numbers, pairs, arrays
    trying.py       the solution and the reference on these calls, confined; what came of it
    render.py       that as JSON, in a language

Both faces go through two functions::

    trial = try_call(service, problem, content, text)      # content: the source's bytes, None for the reference
    trial_json(trial, language, problem)                   # -> the object below

``try_call`` blocks for as long as a test may take; it raises :class:`judge.errors.BadCall` (a ``UsageError``) where the
text is no call that can be tried, with line and column in the message, and never for what a solution does.

``judge try PROBLEM [SOLUTION] --call TEXT --json`` and ``POST /api/problems/{name}/try`` with
``{"source": "...", "call": "..."}`` (both needed) answer::

    {"problem": "weight_pruning", "graded": "submission", "isolation": "full",
     "verdict": "wrong_answer",                 the words of a report; "accepted": the answer is legitimate
     "seconds": 0.003,                          CPU time of the solution
     "call": "prune_weights(model, 0.5)",       what the rest is about: the first call that went wrong, else the last
     "earlier": [],                             calls that were made before it, in the same process
     "network": "0.weight  1 -2\\n ...",         its input, a table of plain characters (show it in <pre>)
     "numbers": 4,                              entries of the prunable weights of all calls
     "checks": [{"name": "ranking", "passed": false, "detail": "..."}],   as in an entry of a report's tests
     "output": "",                              what the solution printed
     "got": "...",                              its answer: a table, or a sentence; "" where none came
     "reference": "...",                        the reference solution's answer, likewise
     "right_answers": 2,                        how many are right; at most 10^15 are counted
     "expected": "2 answers are right, told apart by their masks."}

A text that cannot be read is a 422 with one entry of ``errors``, whose ``pointer`` is ``#/call`` and whose ``detail``
begins with line and column where there are any; a theory problem is a 404.
"""

from judge.trial.expression import CHARACTERS
from judge.trial.render import answer_text, trial_json
from judge.trial.trying import Trial, read_calls, try_call

__all__ = ["CHARACTERS", "Trial", "answer_text", "read_calls", "trial_json", "try_call"]

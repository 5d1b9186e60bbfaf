"""The words a judging ends in."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """Kattis' verdicts, and ours: ``invalid_submission``, ``not_attempted``, ``judge_error``, ``skipped``."""

    ACCEPTED = "accepted"
    WRONG_ANSWER = "wrong_answer"
    RUNTIME_ERROR = "runtime_error"
    TIME_LIMIT_EXCEEDED = "time_limit_exceeded"
    MEMORY_LIMIT_EXCEEDED = "memory_limit_exceeded"
    OUTPUT_LIMIT_EXCEEDED = "output_limit_exceeded"
    INVALID_SUBMISSION = "invalid_submission"
    NOT_ATTEMPTED = "not_attempted"
    JUDGE_ERROR = "judge_error"
    SKIPPED = "skipped"  # of a single test only: it was not run

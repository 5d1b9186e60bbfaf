"""Every error that the judge itself raises.

    JudgeError                      base of all; ``message`` is a key with values, a face finds the words
    ├── UsageError                  the person called wrongly: exit status 2, HTTP 4xx
    │   ├── UnknownProblem          no such problem; carries the nearest names
    │   ├── UnreadableSubmission    no such file, a directory, a device
    │   ├── BadSeed                 a seed that is no integer in [0, 2^53)
    │   ├── RefusedByServer         a server says what is wrong with a request
    │   └── BadCall                 a text that is no call which can be tried
    ├── ServerFailed                a server could not be reached, or failed: exit status 3
    ├── InvalidSubmission           what was handed in cannot be judged: a verdict, never a crash
    └── InternalError               our fault: verdict ``judge_error``, exit status 3
        ├── BrokenPackage           a problem package with findings, all of them at once
        └── SandboxError            the fork server or a child failed in a way no submission can cause

A candidate's own exceptions never travel as Python exceptions: the sandbox reports them as data
(:class:`judge.domain.answer.Raised`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from judge.message import Message


class JudgeError(Exception):
    """Base of every error raised by the judge. ``message`` carries a key and values, never words."""

    def __init__(self, key: str, **values: Any) -> None:
        self.message = Message(key, values)
        super().__init__(key, values)


class UsageError(JudgeError):
    """The caller asked for something that cannot be done; nothing was judged."""


class UnknownProblem(UsageError):
    """No problem package of this name was found; ``values['nearest']`` lists similar names."""


class UnreadableSubmission(UsageError):
    """The named solution is missing, a directory, a device, or not readable."""


class BadSeed(UsageError):
    """A seed must be an integer in [0, 2^53)."""


class BadCall(UsageError):
    """The text of a call cannot be read; the message tells line and column, counted from 1, where there are any."""


class RefusedByServer(UsageError):
    """A server did not take a request; ``values['said']`` is its reason, in words."""


class ServerFailed(JudgeError):
    """A server could not be reached, is too busy, failed, or answered what is no answer of a judge."""


class InvalidSubmission(JudgeError):
    """The submission cannot be judged (not UTF-8, too large, a malformed answer sheet): all findings at once."""

    def __init__(self, findings: Sequence[Message]) -> None:
        super().__init__("submission.invalid")
        self.findings = tuple(findings)


class InternalError(JudgeError):
    """A fault of the judge, never of the candidate."""


class BrokenPackage(InternalError):
    """A problem package cannot be used; ``findings`` holds everything that is wrong with it."""

    def __init__(self, package: str, findings: Sequence[Message]) -> None:
        super().__init__("package.broken", package=package)
        self.findings = tuple(findings)


class SandboxError(InternalError):
    """The fork server died or could not start, or an exchange failed on our side."""

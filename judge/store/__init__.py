"""Submissions and their queue, on disk: the row of a submission is the truth.

    base.py      what a store promises; the types that go in and come out
    sqlite.py    the store that is used: one file, standard library only
    schema.py    its tables, and how an older file becomes a newer one
    presence.py  which servers on a folder are alive

How nothing is lost and nothing gets two results: :meth:`~judge.store.base.Store.add` returns when the submission is
on disk. A worker claims a row, which raises the row's attempt number; whatever it writes later is written only while
the row still has that number and that owner (a fencing token), so of two workers that believe in the same claim one
writes. A claim ends by a result, by being given back, or by its owner's death: then the row is queued again. Results
have the submission's id as their primary key.
"""

from judge.store.base import (
    Claim,
    NewSubmission,
    Progress,
    QueueFull,
    Status,
    Store,
    Stored,
    StoreUnavailable,
    Summary,
)
from judge.store.presence import Presence
from judge.store.sqlite import SqliteStore

__all__ = [
    "Claim",
    "NewSubmission",
    "Presence",
    "Progress",
    "QueueFull",
    "SqliteStore",
    "Status",
    "Store",
    "StoreUnavailable",
    "Stored",
    "Summary",
]

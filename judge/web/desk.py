"""What the routes work with: the problems, the store, the workers, and who may hand in how much."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field

from starlette.requests import Request

from judge.domain.problem import Problem
from judge.errors import JudgeError
from judge.packages.library import Library
from judge.store import NewSubmission, QueueFull, Store, Stored
from judge.web.fault import Fault
from judge.web.live import Live
from judge.web.rates import Rate, Rates
from judge.worker import Workers

VISITOR = "visitor"  # a cookie: who handed in by a form; set then, and known to nobody else


@dataclass(frozen=True, slots=True)
class Desk:
    """``by_address`` lets a class of two hundred behind one address through; ``by_visitor`` is for one person."""

    library: Library
    store: Store
    workers: Workers
    live: Live = field(default_factory=Live)
    by_address: Rates = field(default_factory=lambda: Rates(Rate(burst=600, per_second=10.0)))
    by_visitor: Rates = field(default_factory=lambda: Rates(Rate(burst=60, per_second=1.0)))

    def admit(self, request: Request) -> None:
        """Raise :class:`Fault` (429) where this visitor, or this address, has handed in too much of late."""
        address = request.client.host if request.client else ""
        names = [(self.by_address, address)]
        if VISITOR in request.cookies:
            names.append((self.by_visitor, visitor_of(request)))
        for rates, name in names:
            seconds = rates.take(name)
            if seconds:
                headers = {"Retry-After": str(seconds)}
                raise Fault("rate", headers=headers, seconds=seconds, burst=rates.rate.burst)

    def submit(self, new: NewSubmission) -> str:
        """Have ``new`` judged. Returns its id; raises :class:`Fault` (503) where too many wait."""
        try:
            return self.workers.submit(new)
        except QueueFull as full:
            headers = {"Retry-After": str(self.workers.patience())}
            raise Fault("queue_full", full.message, headers=headers) from full

    def stored(self, identifier: str) -> Stored:
        """Return a submission; raises :class:`Fault` (404)."""
        found = self.store.get(identifier)
        if found is None:
            raise Fault("unknown_submission")
        return found

    def problem(self, name: str) -> Problem | None:
        """Return the problem of a stored submission, or ``None`` where it has gone or is broken since."""
        try:
            return self.library.by_name(name)
        except JudgeError:
            return None


def visitor_of(request: Request) -> str:
    """Return under which name the store knows who sent this; empty where the browser was given none yet."""
    return visitor_name(request.cookies.get(VISITOR, ""))


def visitor_name(token: str) -> str:
    """Return a hash: who reads the store cannot act as a visitor."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()[:32] if token else ""


def new_token() -> str:
    return secrets.token_urlsafe(16)
